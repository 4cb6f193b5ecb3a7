"""`bench backtest`: twenty rules over N orders at once, one order explained, and from publication to effect."""

from statistics import median
from time import perf_counter
from typing import Any

from core.cli.benches.bench import Bench, Stages
from core.decide import risk
from core.insight.backtest import Period, back_test
from core.people.actor import SYSTEM
from core.people.vault import Vault
from core.rules.ruleset import read_rule_set
from core.services import order_decisions
from core.services import rules as rule_sets
from core.store import Store, catalogue, sample_bursts, sample_pool

ZONE, TIMES = "Asia/Shanghai", 5


def body(rules: int = 20, mode: str = "live") -> dict[str, Any]:
    """Rules that each join a choice of values, one of three amounts, a status and what the buyer wrote."""
    return {
        "kind": "risk", "name": "bench", "mode": mode, "hit": "all", "otherwise": {"action": "allow"},
        "rules": [
            {"id": f"r{n}", "then": {"action": "review"}, "when": {"all": [
                {"field": "channel", "op": "in", "value": ["taobao", "jd", "doudian"]},
                {"any": [{"field": "paid_fen", "op": "gt", "value": 30_000 + 500 * n},
                         {"field": "goods_fen", "op": "gt", "value": 40_000 + 100 * n},
                         {"all": [{"field": "shipping_fen", "op": "gt", "value": n},
                                  {"field": "discount_fen", "op": "ge", "value": 100 * n}]}]},
                {"field": "province", "op": "ne", "value": "浙江"},
                {"field": "buyer_note", "op": "is_null"},
            ]}}
            for n in range(rules)
        ],
    }  # fmt: skip


def _run(store: Store, vault: Vault, orders: int, stages: Stages) -> None:
    with stages.stage("fill"):
        sample_pool.fill(store, vault.pads, vault.seal_text, orders, days=365)
    rules = read_rule_set(body(), catalogue.load(store))
    times = [_timed(lambda: back_test(store, vault, rules, None, zone=ZONE, period=Period())) for _n in range(TIMES)]
    stages.seconds["backtest_20_rules"] = stages.total = median(times)
    with stages.stage("publish_to_effect"):
        draft = rule_sets.save(SYSTEM, store, body())
        rule_sets.publish(SYSTEM, store, vault, draft.kind, draft.name, draft.version)
        assert [edition.version for edition in risk.rulebook(store).in_mode("live")] == [draft.version]
    newest = sample_bursts.newest(store, 50)
    risk.judge(store, vault, newest, ZONE)
    times = [_timed(lambda key=key: order_decisions.of_order(SYSTEM, store, key, ZONE)) for key in newest]
    stages.seconds["explain_one_order"] = median(times)


def _timed(action: Any) -> float:
    begun = perf_counter()
    action()
    return perf_counter() - begun


BENCH = Bench("backtest", 1_000_000, _run)
