"""What-if of routing: a period's orders under two policies, in order of arrival, on the same opening stock. Reads only.

The opening stock is what is free now with what these orders hold or took along: what came in between counts as there.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.decide import task as tasks
from core.decide.policies import Book
from core.decide.routing.greedy import route
from core.decide.routing.policy import Policy
from core.decide.routing.problem import NOWHERE, Plan, Problem
from core.decide.routing.quotes import Quote
from core.decide.task import key_of, price_table
from core.decide.warehouse import whole
from core.store import Store, routing_input

MOST_ORDERS = 60_000
MOST_CHANGED = 500


@dataclass(slots=True)
class Figures:
    """What a policy would have come to. Money in fen, days per parcel on average, shares of orders or parcels (0-1)."""

    orders: int = 0
    shipped: int = 0
    parcels: int = 0
    split: int = 0
    freight_fen: int = 0
    cost_fen: int = 0
    lead_days: float = 0.0
    late: int = 0
    downgrades: int = 0
    by_warehouse: Counter[str] = field(default_factory=Counter)

    @property
    def filled(self) -> float | None:
        return self.shipped / self.orders if self.orders else None

    @property
    def split_share(self) -> float | None:
        return self.split / self.shipped if self.shipped else None

    @property
    def late_share(self) -> float | None:
        return self.late / self.parcels if self.parcels else None

    @property
    def mean_days(self) -> float | None:
        return self.lead_days / self.parcels if self.parcels else None


@dataclass(frozen=True, slots=True)
class Changed:
    """An order the two policies send differently; "" is not shipped. `delta_fen` is B less A, 0 where one does not ship."""

    order_key: int
    platform_no: str
    province: str
    before: str
    after: str
    before_courier: str
    after_courier: str
    delta_fen: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A against B over one set of orders. `changed` holds at most MOST_CHANGED of `changed_count`, biggest first."""

    a: Figures
    b: Figures
    changed: tuple[Changed, ...]
    changed_count: int
    orders: int
    adrift: int
    complete: bool


def compare(
    store: Store, book: Book, a: Policy, b: Policy, *, zone: str, first: date, last: date, late_days: float = 3.0
) -> Compared:
    """Replay the orders paid on the days first..last (business days) under both policies; late is above `late_days`."""
    place = ZoneInfo(zone)
    since = datetime.combine(first, time(), place)
    until = datetime.combine(last + timedelta(days=1), time(), place)
    with store.read() as cursor:
        keys = routing_input.paid_between(cursor, since, until, MOST_ORDERS)
        orders, lines = routing_input.past(cursor, keys), routing_input.needed(cursor, keys)
        skus = sorted({line.sku for line in lines})
        stock = Counter(routing_input.free(cursor, skus))
        stock.update(routing_input.taken_by(cursor, keys))
        prices = routing_input.prices(cursor)
        asking = (
            a if not a.chooser().by_region else b
        )  # what one policy's conditions look at, the other may see as well
        task = tasks.build(cursor, book, asking, orders, lines, zone, stock=stock, live=False)
    sides = []
    for policy in (a, b):
        problem = Problem(task.instance, whole(policy))
        sides.append(_side(problem, route(problem, price_table(problem, prices)), late_days))
    changed = _changed(sides[0], sides[1])
    return Compared(
        sides[0].figures, sides[1].figures, tuple(changed[:MOST_CHANGED]), len(changed), len(keys), len(task.adrift),
        len(keys) < MOST_ORDERS,
    )  # fmt: skip


@dataclass(slots=True)
class _Side:
    problem: Problem
    figures: Figures
    ways: dict[str, tuple[str, str, int]]  # order id -> warehouses, couriers, cost


def _side(problem: Problem, plans: Sequence[Plan], late_days: float) -> _Side:
    side = _Side(problem, Figures(orders=len(plans)), {})
    for n, plan in enumerate(plans):
        _count(side, n, plan, late_days)
    return side


def _count(side: _Side, n: int, plan: Plan, late_days: float) -> None:
    problem, figures = side.problem, side.figures
    lines, order = problem.lines[n], problem.orders[n]
    if NOWHERE in plan:
        side.ways[order.order_id] = "", "", problem.policy.unfilled_line_penalty_fen * len(lines)
        return
    quotes: list[Quote] = []
    places = list(dict.fromkeys(plan))
    for w in places:
        inside = lines if len(places) == 1 else [line for line, at in zip(lines, plan, strict=True) if at == w]
        quote: Any = problem.quote(problem.group_of[n], w, sum([line[2] for line in inside]))
        quotes.append(quote)
        figures.by_warehouse[problem.warehouses[w]] += 1
        figures.late += quote.lead_days > late_days
        figures.lead_days += quote.days
        figures.downgrades += bool(quote.skipped)
        figures.freight_fen += quote.freight_fen
    cost = sum(quote.fen for quote in quotes) + problem.policy.split_penalty_fen * (len(quotes) - 1)
    figures.shipped += 1
    figures.parcels += len(quotes)
    figures.split += len(quotes) > 1
    figures.cost_fen += cost
    where = " + ".join(problem.warehouses[w] for w in places)
    side.ways[order.order_id] = where, " + ".join(quote.courier for quote in quotes), cost


def _changed(a: _Side, b: _Side) -> list[Changed]:
    found = []
    for order in a.problem.orders:
        before, after = a.ways[order.order_id], b.ways[order.order_id]
        if before[:2] != after[:2]:
            number = order.order_id.partition("\x00")[0]
            found.append(
                Changed(
                    key_of(order.order_id), number, order.region, before[0], after[0], before[1], after[1],
                    after[2] - before[2] if before[0] and after[0] else 0,
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: (bool(one.before and one.after), -abs(one.delta_fen), one.platform_no))
