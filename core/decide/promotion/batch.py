"""A batch of stored orders before the promotions: read as sets, evaluated in memory one after another, in arrival order.

Unknown persons, buyers and provinces stand as `?KEY`: they match no list and are never counted together with others.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from core.decide.promotion.activity import WALL_CLOCK
from core.decide.promotion.document import Promotion
from core.decide.promotion.evaluate import Outcome, Plan, bought, evaluate
from core.decide.promotion.order import Context, Line, Order
from core.decide.promotion.refunded import Bought, Refund, refunded_units
from core.store import Cursor, gift_stock, offers
from core.store.grants import Grant
from core.store.offers import LineFacts, OrderFacts

OUT_OF_REACH = frozenset(
    ("disabled", "not_started", "expired", "platform", "region", "not_new_customer", "no_line_in_scope")
)
"""The reasons that say that an activity was not meant for the order at all."""


@dataclass(frozen=True, slots=True)
class Case:
    """One stored order, ready to evaluate. `priced`: every list price is known, so amounts can be compared."""

    facts: OrderFacts
    order: Order
    priced: bool


@dataclass(slots=True)
class Ledger:
    """What the orders of a batch share: free gifts, and what was granted or bought before, by `PROMOTION|KEY`."""

    stock: dict[str, int] = field(default_factory=dict)
    history: Counter[str] = field(default_factory=Counter)

    def judge(self, plan: Plan, case: Case, own: Sequence[Grant] = ()) -> Outcome:
        """Evaluate one order and let the next ones see what it took. `own`: what it holds already and gives back first."""
        for grant in own:
            self.stock[grant.sku] = self.stock.get(grant.sku, 0) + grant.qty
            self.history[f"{grant.promotion}|{grant.person_key}"] -= grant.qty
        outcome = evaluate(plan, case.order, Context(self.stock, self.history))
        for gift in outcome.gifts:
            self.stock[gift["sku"]] -= gift["qty"]
            self.history[f"{gift['promo']}|{case.order.phone}"] += gift["qty"]
        for limit, key, qty in bought(plan, case.order):
            self.history[f"{limit}|{key}"] += qty
        return outcome


def cases(cursor: Cursor, keys: Sequence[int], zone: str, promotions: Iterable[Promotion]) -> list[Case]:
    """The orders in arrival order, with as much around them as these promotions ask for."""
    prior = any(promotion.new_customer_only for promotion in promotions)
    found, lines = offers.facts(cursor, keys, zone, prior=prior), offers.lines(cursor, keys)
    refunds = offers.refunds(cursor, keys)
    return [_case(facts, lines.get(facts.order_key, []), refunds.get(facts.order_key, [])) for facts in found]


def _case(
    facts: OrderFacts, lines: Sequence[LineFacts], refunds: Sequence[tuple[str | None, str | None, int | None]]
) -> Case:
    back: Mapping[str, int] = {}
    if refunds or any(line.refund_word for line in lines):
        told = [Bought(line.line_no, line.qty, line.line_paid, line.refund_word) for line in lines]
        back = refunded_units(facts.channel, told, [Refund(*refund) for refund in refunds], facts.goods_paid)
    unknown = f"?{facts.order_key}"
    order = Order(
        order_id=facts.platform_no,
        platform=facts.channel,
        paid_at=facts.paid_wall or "",
        lines=tuple(
            Line(line.line_no, line.sku, line.qty, _price(line), line.category, back.get(line.line_no, 0))
            for line in lines
        ),
        phone=facts.person or unknown,
        buyer=facts.buyer or unknown,
        province=facts.province or unknown,
        prior_orders=1 if facts.prior_orders is None else facts.prior_orders,
        actual_paid=facts.goods_paid,
    )
    return Case(facts, order, bool(lines) and all(line.unit_price is not None for line in lines))


def _price(line: LineFacts) -> int:
    """The list price; where the platform tells none, what was paid on one unit, so that amounts still measure."""
    if line.unit_price is not None:
        return line.unit_price
    return (line.line_paid or 0) // line.qty if line.qty else 0


def ledger(cursor: Cursor, plan: Plan, batch: Sequence[Case], zone: str) -> Ledger:
    """Stock and history that the plan asks for, as they stand before the batch."""
    found = Ledger()
    if plan.gifts:
        found.stock = gift_stock.free(cursor, sorted(_gift_skus(plan.gifts)))
    capped = [promotion.id for promotion in plan.gifts if promotion.rule["per_customer"] is not None]
    if capped:
        persons = sorted({case.order.phone for case in batch})
        for (promotion, person), qty in offers.granted_before(cursor, capped, persons).items():
            found.history[f"{promotion}|{person}"] += qty
    keys = [case.facts.order_key for case in batch]
    for limit in plan.limits:
        per = limit.rule["per"]
        if not limit.rule["forbid"]:
            values = sorted({_value(case.order, per) for case in batch})
            for key, qty in offers.bought_before(cursor, per, values, window(limit, zone), keys).items():
                found.history[f"{limit.id}|{key}"] += qty
    return found


def _gift_skus(gifts: Iterable[Promotion]) -> Iterator[str]:
    for promotion in gifts:
        yield from promotion.rule.get("give", {})
        yield from promotion.rule["substitutes"]
        for _threshold, given in promotion.rule.get("tiers", ()):
            yield from given


def _value(order: Order, per: str) -> str:
    return order.phone if per == "phone" else order.buyer if per == "buyer" else order.province


def window(limit: Promotion, zone: str) -> offers.Window:
    """Which earlier purchases count for a limit."""
    scope = limit.scope
    return offers.Window(
        instant(limit.start_at, zone),
        instant(limit.end_at, zone),
        sorted(limit.platforms) if limit.platforms is not None else None,
        sorted(limit.regions) if limit.regions is not None else None,
        sorted(limit.exclude_regions),
        sorted(scope.skus) if scope and scope.skus is not None else None,
        sorted(scope.categories) if scope and scope.categories is not None else None,
        sorted(scope.exclude_skus) if scope else [],
    )


def instant(wall: str | None, zone: str) -> datetime | None:
    """A wall-clock text of the shop as an aware instant."""
    return datetime.strptime(wall, WALL_CLOCK).replace(tzinfo=ZoneInfo(zone)) if wall else None


def in_reach(plan: Plan, outcome: Outcome) -> bool:
    """Whether any money activity was meant for the order: then what was charged can be compared with what was due."""
    if outcome.applied:
        return True
    money = {promotion.id for group in plan.groups for promotion in group}
    return any(name in money and reason not in OUT_OF_REACH for name, reason in outcome.skipped)
