"""Routing of stored orders: a batch is read, routed and written in one transaction, each order with its reason.

Stored orders ship whole or wait: what an order needs is reserved as a whole, and parts of it are not sent ahead. Gifts go
with the goods; only where the gift is not there, a warehouse is sought that has everything.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from core.decide import task as tasks
from core.decide.courier_notes import notes
from core.decide.policies import KIND, Edition, book
from core.decide.routing.explain import Explainer
from core.decide.routing.greedy import route
from core.decide.routing.instance import Line
from core.decide.routing.policy import HOLD, PART, Policy, Tiers
from core.decide.routing.problem import NOWHERE, Plan, Problem
from core.decide.routing.quick import Quick
from core.decide.routing.quotes import Quote
from core.decide.routing.result import REASONS, Why
from core.decide.task import Task, key_of, price_table
from core.stock import reservations
from core.store import Cursor, Store, decisions, holds, parcels, routing_input
from core.store.decisions import Decision
from core.store.parcels import Parcel
from core.store.routing_input import LineRow, OrderRow

HELD = "no_route"
WAITING_FEN = 100_000
"""What a line that is not shipped counts at least, where orders ship whole."""
GIFT, NO_POLICY = "GIFT_WITH_PARENT", "NO_POLICY"
_MOST_CANDIDATES = 6
Prices = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Assigned:
    """How a batch was routed. `held`: order -> the code of why no warehouse ships it. `short`: held for stock before."""

    routed: list[int] = field(default_factory=list)
    held: dict[int, str] = field(default_factory=dict)
    short: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Routed:
    """What an edition says of a batch, before anything is written."""

    edition: Edition
    parcels: dict[int, list[Parcel]] = field(default_factory=dict)
    held: dict[int, str] = field(default_factory=dict)
    records: dict[int, dict[str, Any]] = field(default_factory=dict)


def assign(
    store: Store, keys: Sequence[int], zone: str, *, keyed: Callable[[str], str] = str, again: bool = False,
    actor: str = "system", since: datetime | None = None,
) -> Assigned:  # fmt: skip
    """Route open orders by the live policy. Orders routed before stay as they are, unless their lines changed or `again`.

    Who finds a warehouse gets parcels, reservations there and loses the hold `no_route`; who does not is held with it.
    `since`: none of the orders came into the pool earlier, if known.
    """
    present = book(store)
    with store.write() as cursor:
        known, lines, done, short = _read(cursor, store, keys, again, actor, since)
        orders = [order for order in known if order.order_key not in done]
        if not orders:
            return Assigned(sorted(done), {}, short)
        if present.live is None:
            missing = dict.fromkeys((order.order_key for order in orders), NO_POLICY)
            holds.add(cursor, list(missing), HELD, actor=actor, why=NO_POLICY)
            return Assigned(sorted(done), missing, short)
        prices = routing_input.prices(cursor)
        for edition in present.shadow:
            shadow = decide(edition, tasks.build(cursor, present, edition.policy, orders, lines, zone), prices, keyed)
            decisions.append(cursor, [_decision(shadow, key, "shadow") for key in (*shadow.parcels, *shadow.held)])
        built = tasks.build(cursor, present, present.live.policy, orders, lines, zone)
        found = decide(present.live, built, prices, keyed)
        _write(cursor, store, found, actor)
        decisions.append(cursor, [_decision(found, key, "live") for key in (*found.parcels, *found.held)])
        decisions.append(cursor, notes(present.courier_sets, built, found.parcels, keyed))
    return Assigned(sorted([*done, *found.parcels]), found.held, short)


def _read(
    cursor: Cursor, store: Store, keys: Sequence[int], again: bool, actor: str, since: datetime | None
) -> tuple[list[OrderRow], list[LineRow], set[int], list[int]]:
    """(open orders that hold pieces, their lines, those that need nothing done, those short of stock)."""
    orders = routing_input.orders(cursor, keys, since)
    lines = routing_input.reserved(cursor, keys, since)
    have = {line.order_key for line in lines}
    bare = [order.order_key for order in orders if order.order_key not in have]
    if bare:
        reservations.reserve(store, bare, actor=actor, since=since)
        lines += routing_input.reserved(cursor, bare, since)
        have = {line.order_key for line in lines}
    loose = {line.order_key for line in lines if not line.warehouse}
    done = {o.order_key for o in orders if o.order_key in have and o.order_key not in loose and (o.pinned or not again)}
    return [o for o in orders if o.order_key in have], lines, done, [key for key in bare if key not in have]


def decide(edition: Edition, built: Task, prices: Prices, keyed: Callable[[str], str] = str) -> Routed:
    """Route a task without writing anything: orders in order of arrival, then once more those that found nothing."""
    found = Routed(edition, held=dict(built.adrift))
    if not built.instance.orders:
        return found
    problem = Problem(built.instance, edition.policy, keyed)
    table = price_table(problem, prices)
    stock = problem.opening()
    plans = route(problem, table, stock)
    left = _keep(found, built, problem, plans, table)
    if left:
        _second(found, built, problem, stock, plans, left, prices, keyed)
    return found


def _keep(found: Routed, built: Task, problem: Problem, plans: Sequence[Plan], table: Any) -> list[int]:
    """Take over the plans that ship everything, gifts included; returns the places of the others, their stock untaken."""
    stock = problem.opening()
    explain = Reasons(problem, stock, table)
    warehouses, left = problem.warehouses, []
    shelves = dict(built.instance.stock)  # of gifts, which the problem may not know
    for n, plan in enumerate(plans):
        key = key_of(problem.orders[n].order_id)
        gifts = built.gifts[key]
        if NOWHERE in plan:
            left.append(n)
            continue
        at = _gifts(gifts, [warehouses[w] for w in dict.fromkeys(plan)], shelves) if gifts else {}
        if at is None:
            left.append(n)
            continue
        found.records[key] = explain.record(n, plan)
        found.parcels[key] = parcels_of(key, problem, n, plan, gifts, at)
        for (sku, qty, _load), w in zip(problem.lines[n], plan, strict=True):
            stock[sku][w] -= qty
        for gift in gifts:
            shelves[at[gift.line_no], gift.sku] -= gift.qty
    return left


def _gifts(
    gifts: Sequence[LineRow], places: Sequence[str], shelves: Mapping[tuple[str, str], int]
) -> dict[str, str] | None:
    """line -> the first of the parcels' warehouses that has it; None where one is in none of them."""
    found: dict[str, str] = {}
    for gift in gifts:
        place = next((w for w in places if shelves.get((w, gift.sku), 0) >= gift.qty), None)
        if place is None:
            return None
        found[gift.line_no] = place
    return found


def _second(
    found: Routed, built: Task, problem: Problem, stock: list[list[int]], plans: Sequence[Plan], left: Sequence[int],
    prices: Prices, keyed: Callable[[str], str],
) -> None:  # fmt: skip
    """Ask again for orders that found not everything: all or nothing, on what the others left; gifts count as goods."""
    for n in left:
        for (sku, qty, _load), w in zip(problem.lines[n], plans[n], strict=True):
            if w != NOWHERE:
                stock[sku][w] += qty
    shelves = dict(built.instance.stock)
    for sku, place in problem.skus.items():
        for w, name in enumerate(problem.warehouses):
            if (name, sku) in shelves:
                shelves[name, sku] = stock[place][w]
    for key, given in found.parcels.items():
        for gift in built.gifts[key]:
            at = next(parcel.warehouse for parcel in given if gift.line_no in parcel.lines)
            if gift.sku not in problem.skus:
                shelves[at, gift.sku] -= gift.qty
    orders = []
    for n in left:
        order, key = problem.orders[n], key_of(problem.orders[n].order_id)
        gifts = [Line(g.line_no, g.sku, g.qty, g.weight_g, g.volume_cm3) for g in built.gifts[key]]
        orders.append(replace(order, lines=[*order.lines, *gifts], together=order.together or bool(gifts)))
    again = Problem(replace(built.instance, orders=orders, stock=shelves), whole(found.edition.policy), keyed)
    table, opening = price_table(again, prices), again.opening()
    explain, second = Reasons(again, opening, table), route(again, table)
    for n, plan in enumerate(second):
        key = key_of(again.orders[n].order_id)
        found.records[key] = explain.record(n, plan)
        if NOWHERE in plan:
            continue
        found.parcels[key] = parcels_of(key, again, n, plan, (), {})
        for (sku, qty, _load), w in zip(again.lines[n], plan, strict=True):
            opening[sku][w] -= qty
    why = Why(again, second, opening)
    for n, plan in enumerate(second):
        key = key_of(again.orders[n].order_id)
        if key not in found.parcels:
            codes = [why.of(n, k) for k, w in enumerate(plan) if w == NOWHERE]
            # The line that is farthest from being shipped says why the others wait with it.
            worst = min(codes, key=REASONS.index)
            found.held[key] = GIFT if built.gifts[key] and worst == "MUST_SHIP_TOGETHER" else worst
            found.records[key]["codes"] = [found.held[key]]


def whole(policy: Policy) -> Policy:
    """The policy with every rule shipping all of an order or nothing; a dear parcel is no reason to let a buyer wait."""

    def of(tiers: Tiers) -> Tiers:
        return replace(tiers, on_short=HOLD) if tiers.on_short == PART else tiers

    rules = tuple(replace(rule, tiers=of(rule.tiers)) for rule in policy.rules)
    dear = max(policy.unfilled_line_penalty_fen, WAITING_FEN)
    return replace(policy, rules=rules, otherwise=of(policy.otherwise), unfilled_line_penalty_fen=dear)


class Reasons:
    """Makes the record of why for each order, on the stock of the moment (before the order takes its own)."""

    def __init__(self, problem: Problem, stock: list[list[int]], prices: Any) -> None:
        self._quick, self._full = Quick(problem, stock, prices), Explainer(problem, stock, prices)

    def record(self, n: int, plan: Plan) -> dict[str, Any]:
        """The record, with at most a handful of candidates: the best that may ship, then those that may not."""
        whole = NOWHERE not in plan
        made = self._quick.record(n, plan) if whole else None
        if made is None:
            made = self._full.explain(n, plan if whole else None).document()
        candidates = made["candidates"]
        if len(candidates) > _MOST_CANDIDATES:
            best = sorted(candidates, key=lambda one: (not one["feasible"], one["total"] or 0))
            made["candidates"] = best[:_MOST_CANDIDATES]
            made["further"] = len(candidates) - _MOST_CANDIDATES
        return made


def parcels_of(
    key: int, problem: Problem, n: int, plan: Plan, gifts: Sequence[LineRow], at: Mapping[str, str]
) -> list[Parcel]:
    """The parcels of a plan, the one with most pieces first."""
    order, made = problem.orders[n], []
    places = dict.fromkeys(plan)
    if len(places) == 1 and not gifts:
        w, load = plan[0], sum([line[2] for line in problem.lines[n]])
        return [_parcel(key, problem, n, w, load, tuple(dict.fromkeys([line.line_no for line in order.lines])))]
    for w in places:
        inside = [k for k, place in enumerate(plan) if place == w]
        load = sum(problem.lines[n][k][2] for k in inside)
        quote = problem.quote(problem.group_of[n], w, load)
        assert isinstance(quote, Quote), "a plan uses a lane without a courier"
        name = problem.warehouses[w]
        more = [gift for gift in gifts if at[gift.line_no] == name]
        grams = (load & 0xFFFFFFFF) + sum(gift.qty * gift.weight_g for gift in more)
        pieces = sum(order.lines[k].qty for k in inside) + sum(gift.qty for gift in more)
        numbers = dict.fromkeys([*(order.lines[k].line_no for k in inside), *(gift.line_no for gift in more)])
        made.append(
            Parcel(
                key, 1, name, quote.courier, quote.freight_fen, quote.fen, quote.days, grams, pieces,
                bool(quote.skipped), tuple(numbers),
            )
        )  # fmt: skip
    if len(places) == 1:
        return made
    made.sort(key=lambda parcel: -parcel.pieces)
    return [replace(parcel, parcel_no=number) for number, parcel in enumerate(made, 1)]


def _parcel(key: int, problem: Problem, n: int, w: int, load: int, lines: tuple[str, ...]) -> Parcel:
    """Everything in one parcel."""
    quote = problem.quote(problem.group_of[n], w, load)
    assert isinstance(quote, Quote), "a plan uses a lane without a courier"
    pieces = sum([line.qty for line in problem.orders[n].lines])
    return Parcel(
        key, 1, problem.warehouses[w], quote.courier, quote.freight_fen, quote.fen, quote.days, load & 0xFFFFFFFF, pieces,
        bool(quote.skipped), lines,
    )  # fmt: skip


def _write(cursor: Cursor, store: Store, found: Routed, actor: str) -> None:
    """Reservations, parcels, holds. An order whose warehouse has less than was thought is held."""
    moves = {
        (key, line, parcel.warehouse)
        for key, given in found.parcels.items()
        for parcel in given
        for line in parcel.lines
    }  # fmt: skip
    for key in reservations.place(store, sorted(moves)).refused:
        found.held[key] = "NO_STOCK"
        found.records[key] = {**found.records[key], "chosen": None, "codes": ["NO_STOCK"]}
        del found.parcels[key]
    edition = found.edition
    made = [parcel for given in found.parcels.values() for parcel in given]
    parcels.replace(cursor, made, policy=edition.name, version=edition.version, actor=actor)
    by_code: dict[str, list[int]] = {}
    for key, code in found.held.items():
        by_code.setdefault(code, []).append(key)
    for code, keys in by_code.items():
        holds.add(cursor, keys, HELD, actor=actor, why=code)
    if found.parcels:
        holds.lift(cursor, list(found.parcels), HELD, actor=actor)


def _decision(found: Routed, key: int, mode: str) -> Decision:
    kept = found.records.get(key) or {"chosen": None, "codes": [found.held[key]]}
    rule = kept.get("rule_id")
    outcome = f"hold:{found.held[key]}" if key in found.held else "route"
    edition = found.edition
    return Decision(key, KIND, edition.name, edition.version, mode, outcome, (rule,) if rule else (), kept)
