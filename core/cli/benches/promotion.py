"""`bench promotion`: ten active promotions of every type over believable orders, evaluated in memory, one after another."""

from random import Random
from typing import Any

from core.cli.benches.bench import Bench, Stages
from core.decide.promotion import Context, Line, Order, Plan, evaluate, parse
from core.people.vault import Vault
from core.store import Store

_PERIOD = {"start_at": "2026-11-01T00:00:00", "end_at": "2026-12-01T00:00:00", "platforms": ["taobao", "jd"]}
PROMOTIONS: tuple[dict[str, Any], ...] = (
    {"id": "special", "type": "special_price", "price": 1990, "scope": {"skus": ["S1", "S2"]}},
    {"id": "half", "type": "nth_discount", "n": 2, "rate": "0.5", "scope": {"categories": ["c1"]}},
    {"id": "free", "type": "nth_free", "n": 3, "scope": {"skus": ["S5"]}},
    {"id": "set", "type": "bundle", "set": {"S3": 1, "S4": 1}, "price": 9900},
    {"id": "less", "type": "full_reduce", "group_id": "g", "group_mode": "best",
     "tiers": [{"threshold": 19900, "reduce": 2000}, {"threshold": 29900, "reduce": 4000}]},
    {"id": "three", "type": "full_discount", "tiers": [{"threshold": 3, "rate": "0.9"}], "basis": "qty", "group_id": "g"},
    {"id": "all", "type": "full_reduce", "level": "platform",
     "every": {"threshold": 30000, "reduce": 3000, "max_times": 3}},
    {"id": "gift", "type": "gift", "buy": 3, "give": {"GA": 1}},
    {"id": "rich", "type": "gift", "basis": "amount", "tiers": [{"threshold": 29900, "gifts": {"GB": 1}}],
     "per_customer_limit": 1},
    {"id": "limit", "type": "limit", "per": "phone", "max_qty": 5},
)  # fmt: skip


def plan() -> Plan:
    """The ten promotions, all within their period and on two platforms."""
    return Plan(parse({**promotion, **_PERIOD}) for promotion in PROMOTIONS)


def context() -> Context:
    """Gifts enough for everybody, nothing bought before."""
    return Context({"GA": 1_000_000, "GB": 1_000_000}, {})


def orders(count: int) -> list[Order]:
    """Orders of one to three lines out of twelve items; the same ones at each call."""
    random = Random(7)
    return [_order(n, random) for n in range(count)]


def _order(n: int, random: Random) -> Order:
    lines = []
    for number in range(random.choice((1, 1, 1, 2, 2, 3))):
        item = random.randint(1, 12)
        qty, price = random.choice((1, 1, 2, 3)), random.randint(990, 15990)
        lines.append(Line(str(number), f"S{item}", qty, price, f"c{item % 3}"))
    paid = f"2026-11-{random.randint(1, 28):02d}T12:00:00"
    return Order(str(n), "taobao", paid, tuple(lines), f"p{n % 5000}", f"b{n % 5000}", "Zhejiang")


def _run(_store: Store, _vault: Vault, count: int, stages: Stages) -> None:
    known, around, made = plan(), context(), orders(count)
    with stages.stage("evaluate"):
        for order in made:
            evaluate(known, order, around)


BENCH = Bench("promotion", 100_000, _run)
