"""A task and a policy, compiled into small whole numbers: what every mode computes on.

Orders stand in order of arrival (paid_at, order_id); warehouses by id, so that the lower index is the tie-break. A row
of costs gives, for a parcel of a load, what each warehouse would cost (score in fen: parcel + tier penalty).
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.decide.routing.instance import Instance, Order
from core.decide.routing.load import grams_of, line_load
from core.decide.routing.policy import HOLD, MANUAL, STRICT, Courier, Policy, Tiers, within
from core.decide.routing.quotes import Quote, Tariff
from core.decide.routing.wishes import Wisher
from core.rules.closure import Known

NEVER = 1 << 40
"""The score of a parcel that cannot be sent."""
NOWHERE = -1
"""The warehouse of a line that stays unfilled."""
MOST_TURNS = 20_000
WH_DISABLED, REGION_BAN, NOT_IN_TIERS, SKU_WH_BAN = "WH_DISABLED", "REGION_BAN", "NOT_IN_TIERS", "SKU_WH_BAN"

Lines = tuple[tuple[int, int, int], ...]
"""The lines of an order: (sku, quantity, load)."""
Plan = tuple[int, ...]
"""The warehouse of each line of an order, NOWHERE for one that is not filled."""


@dataclass(frozen=True, slots=True)
class Group:
    """Orders of one region under one rule: they share warehouses, tiers and tariffs."""

    region: str
    tiers: Tiers
    tier: tuple[int, ...]  # by warehouse
    penalty: tuple[int, ...]  # by warehouse: what its tier adds to a parcel's score, nothing under a strict rule
    barred: tuple[str, ...]  # by warehouse: the code of why it may not ship there, "" where it may
    days: tuple[Fraction | None, ...] = ()  # by warehouse: what the rule promises in place of the lane's days
    together: bool = False  # one parcel with everything, or nothing
    wishes: tuple[Courier, ...] = ()  # the couriers its courier rules ask for, before the policy's list

    @property
    def strict(self) -> bool:
        """Whether a later tier is asked only when the earlier ones are short."""
        open_tiers = {tier for tier, code in zip(self.tier, self.barred, strict=True) if not code}
        return self.tiers.mode == STRICT and len(open_tiers) > 1

    @property
    def whole(self) -> bool:
        """Whether an order that cannot be filled completely is not shipped at all."""
        return self.together or self.tiers.on_short in (HOLD, MANUAL)


class Row(dict[int, list[int]]):
    """Scores by warehouse, by load; worked out once a load, shared between loads of one step of the tariffs."""

    def __init__(self, problem: "Problem", group: Group, turns: list[int] | None) -> None:
        super().__init__()
        self._problem, self._group, self._turns = problem, group, turns
        self._steps: list[list[int] | None] = [None] * (len(turns or ()) + 1)

    def __missing__(self, load: int) -> list[int]:
        if self._turns is None:
            found = self._problem.scores(self._group, load)
        else:
            step = bisect_left(self._turns, load)
            found = self._steps[step]
            if found is None:
                found = self._steps[step] = self._problem.scores(self._group, load)
        self[load] = found
        return found

    def step(self, load: int) -> int:
        """Loads of one step cost the same everywhere."""
        return load if self._turns is None else bisect_left(self._turns, load)


class Problem:
    """See the module. `stock` is the opening stock by sku and warehouse; callers copy it before they take from it."""

    def __init__(self, instance: Instance, policy: Policy, keyed: Callable[[str], str] = str) -> None:
        self.policy = policy
        self.tariff = Tariff(instance.lanes, policy)
        self.orders: list[Order] = sorted(instance.orders, key=lambda order: (order.paid_at, order.order_id))
        self._barred = instance.barred
        names = {lane.warehouse for lane in instance.lanes} | {warehouse for warehouse, _sku in instance.stock}
        self.warehouses: tuple[str, ...] = tuple(sorted(names))
        self.skus: dict[str, int] = {}
        self.lines: list[Lines] = self._lines()
        # Orders that ask for one SKU in several lines: what each line finds is then not what all of them find.
        self.twice = {
            n for n, lines in enumerate(self.lines) if len(lines) > 1 and len({line[0] for line in lines}) < len(lines)
        }
        self.groups: list[Group] = []
        self.group_of: list[int] = self._grouped(keyed)
        self.carried: set[tuple[int, int]] = set()  # (sku, warehouse) of the stock list, sold out or not
        self.stock = self._stock(instance.stock)
        self.cands = self._candidates()
        self._quotes: dict[tuple[int, int, int], Quote | str] = {}
        self.turns: list[int] | None = None  # the weights after which any quote may change; None: too many, or volume
        self.rows: list[Row] = self._rows()
        self.least: list[list[int]] = [self._least(group) for group in self.groups]

    def _lines(self) -> list[Lines]:
        unit_g, skus, by_volume = self.policy.unit_g, self.skus, self.tariff.by_volume
        return [
            tuple(
                [
                    (
                        skus.setdefault(line.sku, len(skus)),
                        line.qty,
                        line_load(line.qty, line.weight_g or unit_g(line.sku, 0), line.volume_cm3 if by_volume else 0),
                    )
                    for line in order.lines
                ]
            )
            for order in self.orders
        ]

    def _grouped(self, keyed: Callable[[str], str]) -> list[int]:
        chooser, wisher = self.policy.chooser(keyed), Wisher(self.policy.courier_sets, keyed)
        known: dict[tuple[str, str, str, bool, tuple[Courier, ...]], int] = {}
        found: list[int] = []
        for order in self.orders:
            tiers = chooser.of(order.region, order.paid_at, lambda order=order: facts_of(order))
            wishes = wisher.of(order.paid_at, lambda order=order: facts_of(order))
            key = order.region, tiers.id, order.mark, order.together, wishes
            if key not in known:
                known[key] = len(self.groups)
                self.groups.append(self._group(order, tiers, wishes))
            found.append(known[key])
        return found

    def _group(self, order: Order, tiers: Tiers, wishes: tuple[Courier, ...]) -> Group:
        policy, region = self.policy, order.region
        closed = {**self._barred.get("", {}), **self._barred.get(order.mark, {})}
        ranks = [tiers.tier_of(warehouse) for warehouse in self.warehouses]
        barred = tuple(
            WH_DISABLED
            if warehouse in policy.disabled_warehouses
            else REGION_BAN
            if within(region, policy.banned_regions.get(warehouse, frozenset()), policy.areas)
            else NOT_IN_TIERS
            if rank is None
            else closed.get(warehouse, "")
            for warehouse, rank in zip(self.warehouses, ranks, strict=True)
        )
        tier = tuple(rank or 0 for rank in ranks)
        step = 0 if tiers.mode == STRICT else policy.tier_penalty_fen
        days = tuple(tiers.lead_days.get(warehouse) for warehouse in self.warehouses)
        return Group(region, tiers, tier, tuple(rank * step for rank in tier), barred, days, order.together, wishes)

    def _stock(self, stock: Mapping[tuple[str, str], int]) -> list[list[int]]:
        places = {warehouse: n for n, warehouse in enumerate(self.warehouses)}
        found = [[0] * len(places) for _sku in self.skus]
        for (warehouse, sku), qty in stock.items():
            if sku in self.skus:
                found[self.skus[sku]][places[warehouse]] = qty
                self.carried.add((self.skus[sku], places[warehouse]))
        return found

    def _candidates(self) -> list[tuple[int, ...]]:
        """By sku the warehouses that have any of it and may ship it."""
        bans = [self.policy.banned_skus.get(warehouse, frozenset()) for warehouse in self.warehouses]
        return [
            tuple(w for w, qty in enumerate(row) if qty > 0 and sku not in bans[w])
            for sku, row in zip(self.skus, self.stock, strict=True)
        ]

    def _rows(self) -> list[Row]:
        heaviest = self.heaviest = max(
            (sum(grams_of(load) for _s, _q, load in lines) for lines in self.lines), default=0
        )
        found: list[Row] = []
        every: set[int] = set()
        for group in self.groups:
            turns: set[int] = set()
            for warehouse in self.warehouses:
                turns |= self.tariff.turns(warehouse, group.region, heaviest, group.wishes)
            every |= turns
            found.append(Row(self, group, None if self.tariff.by_volume else sorted(turns)))
        stepped = not self.tariff.by_volume and len(every) <= MOST_TURNS
        self.turns = sorted(every) if stepped else None
        return found

    def _least(self, group: Group) -> list[int]:
        """By warehouse a score no parcel can undercut: the time and pack fee with the lowest fee the lane has."""
        found = [NEVER] * len(self.warehouses)
        for w, code in enumerate(group.barred):
            if code:
                continue
            floor = self.tariff.floor(self.warehouses[w], group.region, group.days[w], group.wishes)
            if floor is not None:
                found[w] = floor + group.penalty[w]
        return found

    def scores(self, group: Group, load: int) -> list[int]:
        """What a parcel of a load scores by warehouse; NEVER where it cannot be sent."""
        found = [NEVER] * len(self.warehouses)
        for w, code in enumerate(group.barred):
            if not code:
                quote = self.tariff.quote(self.warehouses[w], group.region, load, group.days[w], group.wishes)
                if isinstance(quote, Quote):
                    found[w] = quote.fen + group.penalty[w]
        return found

    def quote(self, group: int, w: int, load: int) -> Quote | str:
        """The parcel's quote, or the code of why nobody takes it; remembered by step of the tariffs.

        `load` is at most that of the heaviest order of the task: the steps end there.
        """
        key = group, w, self.rows[group].step(load)
        found = self._quotes.get(key)
        if found is None:
            where = self.groups[group]
            found = self.tariff.quote(self.warehouses[w], where.region, load, where.days[w], where.wishes)
            self._quotes[key] = found
        return found

    def opening(self) -> list[list[int]]:
        """A copy of the opening stock, to take from."""
        return [row.copy() for row in self.stock]


def facts_of(order: Order) -> Known:
    """What a rule's condition sees of an order of the task."""
    known = {"platform_no": order.order_id, "paid_at": order.paid_at, "province": order.region, **order.facts}
    lines: Sequence[Mapping[str, object]] = [
        {"line_no": line.line_no, "sku": line.sku, "qty": line.qty, "weight_g": line.weight_g} for line in order.lines
    ]
    return Known(known, lines)
