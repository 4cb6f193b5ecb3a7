"""Trying activities without a trace: one order explained line by line, and a period of past orders before publishing."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from core.decide.promotion.activity import KIND, read_activity
from core.decide.promotion.batch import Case, Ledger, cases, ledger
from core.decide.promotion.book import book
from core.decide.promotion.document import Promotion
from core.decide.promotion.evaluate import Outcome, Plan, evaluate
from core.decide.promotion.order import Context, Order
from core.errors import BadRequest, NotFound
from core.i18n import N_
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store, documents, gift_stock, grants, offers

MOST_ORDERS, CHUNK, MOST_ROWS = 200_000, 2_000, 1_000
_PLENTY = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Explained:
    """What the activities make of one order, in the form of the promotion cases; `names`: activity -> its name."""

    found: Mapping[str, Any]
    order: Order
    names: Mapping[str, str]
    priced: bool = True
    order_key: int | None = None


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One order that the activity would have touched."""

    order_key: int
    channel: str
    platform_no: str
    paid_wall: str
    saved: int
    gifts: tuple[tuple[str, int], ...]
    excess: int


@dataclass(slots=True)
class Trial:
    """What the activity would have done in a period. `gifts`: SKU -> (units needed, units in stock now)."""

    orders: int = 0
    touched: int = 0
    saved: int = 0
    held: int = 0
    gifts: dict[str, tuple[int, int]] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    rows: list[TrialRow] = field(default_factory=list)
    complete: bool = True
    seconds: float = 0.0


def find(actor: Actor, store: Store, platform_no: str) -> list[int]:
    """The orders with that number. NotFound when there is none."""
    require(actor, store, "promotions.view", "test")
    with store.read() as cursor:
        keys = offers.keys_of_number(cursor, platform_no.strip())
    if not keys:
        raise NotFound(N_("There is no such order."), N_("Search for it by any of its numbers."))
    return keys


def choices(actor: Actor, store: Store) -> dict[str, Mapping[str, Any]]:
    """Every activity that can be tried: id -> its newest body."""
    require(actor, store, "promotions.view", "test")
    return {document.name: document.body for document in documents.listing(store, KIND)}


def explain_stored(
    actor: Actor, store: Store, order_key: int, bodies: Sequence[Mapping[str, Any]], *, zone: str
) -> Explained:
    """A stored order as these activities would decide it now, with today's gift stock and its own gifts given back."""
    require(actor, store, "promotions.view", "test")
    plan, names = _plan(bodies)
    with store.read() as cursor:
        batch = cases(cursor, [order_key], zone, _all(plan))
        if not batch:
            raise NotFound(N_("There is no such order."), N_("Search for it by any of its numbers."))
        shared = ledger(cursor, plan, batch, zone)
        outcome = shared.judge(plan, batch[0], grants.of_orders(cursor, [order_key]).get(order_key, ()))
    return Explained(outcome.document(), batch[0].order, names, batch[0].priced, order_key)


def explain_typed(actor: Actor, store: Store, order: Order, bodies: Sequence[Mapping[str, Any]]) -> Explained:
    """An order typed by hand, with today's gift stock and nothing bought before."""
    require(actor, store, "promotions.view", "test")
    if not order.lines:
        raise BadRequest(N_("The order has no line."), N_("Type a SKU, a quantity and a price."))
    plan, names = _plan(bodies)
    with store.read() as cursor:
        stock = gift_stock.free(cursor)
    return Explained(evaluate(plan, order, Context(stock)).document(), order, names)


def _plan(bodies: Sequence[Mapping[str, Any]]) -> tuple[Plan, dict[str, str]]:
    read = [read_activity(body) for body in bodies]
    return Plan(activity.promotion for activity in read), {activity.id: activity.name for activity in read}


def _all(plan: Plan) -> list[Promotion]:
    return [promotion for group in plan.groups for promotion in group] + plan.gifts + plan.limits


def back_test(
    actor: Actor, store: Store, body: Mapping[str, Any], first: date, last: date, *, zone: str,
    progress: Callable[[float], object] = lambda _share: None,
) -> Trial:  # fmt: skip
    """The activity on the orders paid from `first` to `last`, beside the other live ones, as if it had run all the time.

    Its own period is set aside; gifts are given without end, to see how many are needed; limits count from `first` on.
    Writes nothing. At most `MOST_ORDERS` orders: `complete` says whether those were all.
    """
    require(actor, store, "promotions.view", "back-test")
    begun = perf_counter()
    tried = read_activity({**body, "start_at": None, "end_at": None, "enabled": True})
    others = [e.activity.promotion for name, e in book(store).in_mode("live").items() if name != tried.id]
    plan = Plan([tried.promotion, *others])
    place = ZoneInfo(zone)
    since = datetime.combine(first, time(), place)
    until = datetime.combine(last + timedelta(days=1), time(), place)
    found, needed, shared = Trial(), Counter[str](), _plenty(plan)
    with store.read() as cursor:
        keys = offers.keys_in_period(cursor, since, until, MOST_ORDERS + 1)
        found.complete = len(keys) <= MOST_ORDERS
        keys = keys[:MOST_ORDERS]
        for start in range(0, len(keys), CHUNK):
            for case in cases(cursor, keys[start : start + CHUNK], zone, _all(plan)):
                _count(found, needed, tried.id, case, shared.judge(plan, case))
            progress(min(1.0, (start + CHUNK) / len(keys)))
        free = gift_stock.free(cursor)
    found.gifts = {sku: (qty, free.get(sku, 0)) for sku, qty in needed.most_common()}
    found.seconds = perf_counter() - begun
    return found


def _plenty(plan: Plan) -> Ledger:
    skus = {sku for promotion in plan.gifts for sku in promotion.rule.get("give", {})}
    skus |= {sku for p in plan.gifts for _threshold, given in p.rule.get("tiers", ()) for sku in given}
    return Ledger(dict.fromkeys(skus, _PLENTY))


def _count(found: Trial, needed: Counter[str], name: str, case: Case, outcome: Outcome) -> None:
    found.orders += 1
    saved = sum(entry["discount"] for entry in outcome.applied if entry["promo"] == name)
    gifts = tuple((gift["sku"], gift["qty"]) for gift in outcome.gifts if gift["promo"] == name)
    excess = sum(hold["excess"] for hold in outcome.holds if hold["promo"] == name)
    for other, reason in outcome.skipped:
        if other == name:
            found.reasons[reason] += 1
    if not (saved or gifts or excess):
        return
    found.touched += 1
    found.saved += saved
    found.held += bool(excess)
    for sku, qty in gifts:
        needed[sku] += qty
    if len(found.rows) < MOST_ROWS:
        facts = case.facts
        found.rows.append(
            TrialRow(facts.order_key, facts.channel, facts.platform_no, facts.paid_wall, saved, gifts, excess)
        )
