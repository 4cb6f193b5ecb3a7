"""Routes open orders anew: what would change, what it saves, how far from the best; and takes it over on one word.

Only orders nobody has begun to pick, held by none and chosen by no person. Writes only what was shown and still stands so.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from core.decide import task as tasks
from core.decide.forecast import with_forecast
from core.decide.policies import KIND, Book, Edition, book
from core.decide.routing.modes import DIRECT, OPTIMISE, PRICES, Batch
from core.decide.routing.problem import NOWHERE, Plan, Problem
from core.decide.routing.quotes import Quote
from core.decide.task import Task, key_of
from core.decide.warehouse import Reasons, parcels_of, whole
from core.stock import reservations
from core.store import Store, decisions, parcels, routing_input
from core.store.decisions import Decision
from core.store.parcels import Parcel

MOST_ORDERS = 50_000


@dataclass(frozen=True, slots=True)
class Change:
    """An order that would go another way. `before` are its warehouses now (empty: not routed yet), costs in fen."""

    order_key: int
    platform_no: str
    province: str
    before: tuple[str, ...]
    before_fen: int
    parcels: tuple[Parcel, ...]
    after_fen: int
    record: Mapping[str, Any]

    @property
    def saving_fen(self) -> int:
        return self.before_fen - self.after_fen


@dataclass(frozen=True, slots=True)
class Proposal:
    """What routing anew would change. `gap` is how far the whole plan is from the best at most, as a share; None unknown."""

    changes: tuple[Change, ...]
    looked_at: int
    before_fen: int
    after_fen: int
    gap: float | None
    seconds: float
    policy: str
    version: int

    @property
    def saving_fen(self) -> int:
        return sum(change.saving_fen for change in self.changes)


def propose(
    store: Store, zone: str, *, mode: str = OPTIMISE, seconds: float = 20.0, most: int = 500,
    keyed: Callable[[str], str] = str, only_better: bool = True,
) -> Proposal | None:  # fmt: skip
    """What the live policy would do with the open orders now; at most `most` changes, those that save most. None: no policy.

    `only_better` False shows every order the policy sends another way, dearer ones too: after a new policy was published.
    """
    present, began = book(store), perf_counter()
    if present.live is None:
        return None
    with store.read() as cursor:
        keys = routing_input.unpicked(cursor, MOST_ORDERS)
        orders, lines = routing_input.orders(cursor, keys), routing_input.reserved(cursor, keys)
        # Gifts travel as goods here: what fits must fit with them.
        lines = [line._replace(is_gift=False) for line in lines]
        built = tasks.build(cursor, present, present.live.policy, orders, lines, zone)
        now = parcels.of_orders(cursor, keys)
    problem = Problem(built.instance, whole(present.live.policy), keyed)
    batch = Batch(problem, began, seconds)
    plans = {DIRECT: batch.direct, PRICES: batch.priced, OPTIMISE: batch.optimised}[mode]() if problem.orders else []
    work = _Work(problem, built, plans, now, present.live)
    gap = None if mode == DIRECT or not problem.orders else _gap(work, batch.bound())
    chosen = work.choose(most, only_better)
    return Proposal(
        tuple(chosen), len(plans), sum(work.before), sum(work.after), gap, perf_counter() - began, present.live.name,
        present.live.version,
    )  # fmt: skip


def _gap(work: "_Work", bound: int) -> float | None:
    return max(0.0, sum(work.after) / bound - 1) if bound > 0 else None


class _Work:
    """Costs of what is and of what is proposed, and a choice of changes the stock can bear together."""

    def __init__(
        self, problem: Problem, built: Task, plans: Sequence[Plan], now: Mapping[int, list[Parcel]], edition: Edition
    ) -> None:
        self.problem, self.built, self.plans, self.edition = problem, built, plans, edition
        self.keys = [key_of(order.order_id) for order in problem.orders]
        self.present = [self._present(n, now.get(key, [])) for n, key in enumerate(self.keys)]
        self.before = [self.cost(n, plan) for n, plan in enumerate(self.present)]
        self.after = [self.cost(n, plan) for n, plan in enumerate(plans)]

    def _present(self, n: int, given: Sequence[Parcel]) -> Plan:
        place = {line: parcel.warehouse for parcel in given for line in parcel.lines}
        index = {name: w for w, name in enumerate(self.problem.warehouses)}
        return tuple(index.get(place.get(line.line_no, ""), NOWHERE) for line in self.problem.orders[n].lines)

    def cost(self, n: int, plan: Plan) -> int:
        """What a plan costs under the policy; a lane that is gone counts as not shipped."""
        problem, lines, policy = self.problem, self.problem.lines[n], self.problem.policy
        total = policy.unfilled_line_penalty_fen * sum(w == NOWHERE for w in plan)
        places = {w for w in plan if w != NOWHERE}
        for w in places:
            quote = problem.quote(
                problem.group_of[n], w, sum(line[2] for line, at in zip(lines, plan, strict=True) if at == w)
            )
            total += quote.fen if isinstance(quote, Quote) else policy.unfilled_line_penalty_fen * len(lines)
        return total + policy.split_penalty_fen * max(0, len(places) - 1)

    def choose(self, most: int, only_better: bool) -> list[Change]:
        """The changes that save most and fit the stock one after the other."""
        left = Counter(self.built.instance.stock)
        for n, plan in enumerate(self.present):
            left.subtract(self.use(n, plan))
        wanted = [
            n for n, plan in enumerate(self.plans)
            if plan != self.present[n] and NOWHERE not in plan and (not only_better or self.after[n] < self.before[n])
        ]  # fmt: skip
        wanted.sort(key=lambda n: (self.after[n] - self.before[n], n))
        taken: list[int] = []
        moved = True
        while moved and wanted and len(taken) < most:
            moved, rest = False, []
            for n in wanted:
                back, out = self.use(n, self.present[n]), self.use(n, self.plans[n])
                fits = all(left[place] + back[place] >= qty for place, qty in out.items())
                if not fits or len(taken) >= most:
                    rest.append(n)
                    continue
                left.update(back)
                left.subtract(out)
                taken.append(n)
                moved = True
            wanted = rest
        return [self.change(n) for n in taken]

    def use(self, n: int, plan: Plan) -> Counter[tuple[str, str]]:
        """(warehouse, sku) -> pieces a plan takes."""
        found: Counter[tuple[str, str]] = Counter()
        for line, w in zip(self.problem.orders[n].lines, plan, strict=True):
            if w != NOWHERE:
                found[self.problem.warehouses[w], line.sku] += line.qty
        return found

    def change(self, n: int) -> Change:
        order, problem = self.problem.orders[n], self.problem
        before = tuple(dict.fromkeys(problem.warehouses[w] for w in self.present[n] if w != NOWHERE))
        record = Reasons(problem, problem.opening(), None).record(n, self.plans[n])
        made = tuple(parcels_of(self.keys[n], problem, n, self.plans[n], (), {}))
        number = order.order_id.partition("\x00")[0]
        # A waiting order saves what the policy says of its lines, not what keeps it from being left out.
        open_fen = self.after[n] + self.edition.policy.unfilled_line_penalty_fen * len(order.lines)
        before_fen = self.before[n] if before else open_fen
        return Change(self.keys[n], number, order.region, before, before_fen, made, self.after[n], record)


def take(store: Store, proposal: Proposal, *, actor: str) -> tuple[list[int], list[int]]:
    """Write the changes of the orders that still stand as they were shown: (changed, left as they are)."""
    wanted = {change.order_key: change for change in proposal.changes}
    with store.write() as cursor:
        still = set(routing_input.still_unpicked(cursor, list(wanted)))
        now = parcels.of_orders(cursor, list(wanted))
        fresh = [
            change for key, change in wanted.items()
            if key in still and tuple(p.warehouse for p in now.get(key, ())) == _order(change, now.get(key, ()))
        ]  # fmt: skip
        back = {(c.order_key, line, "") for c in fresh for p in now.get(c.order_key, ()) for line in p.lines}
        reservations.place(store, sorted(back))
        moves = {(c.order_key, line, p.warehouse) for c in fresh for p in c.parcels for line in p.lines}
        refused = set(reservations.place(store, sorted(moves)).refused)
        again = {(key, line, p.warehouse) for key in refused for p in now.get(key, ()) for line in p.lines}
        reservations.place(store, sorted(again))
        done = [change for change in fresh if change.order_key not in refused]
        made = [parcel for change in done for parcel in change.parcels]
        parcels.replace(cursor, made, policy=proposal.policy, version=proposal.version, actor=actor)
        decisions.append(cursor, [_decision(change, proposal) for change in done])
    changed = [change.order_key for change in done]
    return changed, [key for key in wanted if key not in set(changed)]


def _order(change: Change, given: Sequence[Parcel]) -> tuple[str, ...]:
    """The warehouses that were shown, in the order of the parcels now; anything else where they differ."""
    now = tuple(parcel.warehouse for parcel in given)
    return now if sorted(set(now)) == sorted(change.before) else ()


def _decision(change: Change, proposal: Proposal) -> Decision:
    rule = change.record.get("rule_id")
    record = {**change.record, "saved_fen": change.saving_fen}
    return Decision(
        change.order_key, KIND, proposal.policy, proposal.version, "live", "route", (rule,) if rule else (), record
    )


def solve_prices(store: Store, zone: str, *, seconds: float = 15.0) -> tuple[int, int]:
    """Work out anew what pieces are worth to later orders: (prices kept, orders looked at). See `core.jobs.routing`."""
    present: Book = book(store)
    if present.live is None:
        return 0, 0
    with store.read() as cursor:
        keys = routing_input.unpicked(cursor, MOST_ORDERS)
        orders, lines = routing_input.orders(cursor, keys), routing_input.reserved(cursor, keys)
        built = tasks.build(cursor, present, present.live.policy, orders, lines, zone)
        instance = with_forecast(cursor, built.instance, zone)
    if not instance.orders:
        found: dict[tuple[str, str], int] = {}
    else:
        problem = Problem(instance, present.live.policy)
        whole_prices = Batch(problem, perf_counter(), seconds).prices().whole()
        found = {
            (warehouse, sku): whole_prices[n][w]
            for sku, n in problem.skus.items()
            for w, warehouse in enumerate(problem.warehouses)
        }
    with store.write() as cursor:
        routing_input.save_prices(cursor, found)
    return sum(1 for fen in found.values() if fen), len(instance.orders)
