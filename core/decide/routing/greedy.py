"""Orders one after another in order of arrival, each to its cheapest plan on the stock that is left (plus prices).

Cheapest is exact over all plans of one and two parcels; with more parcels allowed, warehouses are added while that
pays. Ties go to fewer parcels, then the lower tier, then the lower warehouse id.
"""

from collections.abc import Iterable, Sequence

from core.decide.routing.plans import Planner
from core.decide.routing.problem import NOWHERE, Plan, Problem
from core.decide.routing.quick import Quick
from core.decide.routing.several import SMALL, Several

Prices = Sequence[Sequence[int]]
"""What a unit of a SKU in a warehouse is worth to later orders: fen by sku and warehouse."""


def route(
    problem: Problem,
    prices: Prices | None = None,
    stock: list[list[int]] | None = None,
    orders: Iterable[int] | None = None,
) -> list[Plan]:
    """The plan of each order (of all, or of the given ones in the given order). Takes from `stock` where it is given."""
    stock = problem.opening() if stock is None else stock
    planner, easy = Planner(problem, stock, prices), Quick(problem, stock, prices).plan
    plans: list[Plan] = []
    keep = plans.append
    single, several = _Single(problem, stock, prices).place, Several(problem, stock, prices).place
    groups, lines, fast = problem.group_of, problem.lines, SMALL if problem.policy.parcels <= 2 else 1
    twice, usual = problem.twice, [not planner.ruled(group) for group in problem.groups]
    for n in range(len(lines)) if orders is None else orders:
        group, wanted = groups[n], lines[n]
        if len(wanted) == 1 and usual[group]:
            keep(single(group, wanted[0]))
            continue
        quick = usual[group] and 1 < len(wanted) <= fast and n not in twice
        plan = several(group, wanted) if quick else easy(group, wanted) or planner.best(group, wanted)
        for (sku, qty, _load), warehouse in zip(wanted, plan, strict=True):
            if warehouse != NOWHERE:
                stock[sku][warehouse] -= qty
        keep(plan)
    return plans


class _Single:
    """One line, no split to think of: more than half of all orders."""

    def __init__(self, problem: Problem, stock: list[list[int]], prices: Prices | None) -> None:
        self._rows, self._cands, self._stock, self._prices = problem.rows, problem.cands, stock, prices
        self._most = problem.policy.unfilled_line_penalty_fen + 1
        self._tier = [group.tier for group in problem.groups]
        self._plans = [(w,) for w in range(len(problem.warehouses))]

    def place(self, group: int, line: tuple[int, int, int]) -> Plan:
        """The plan of the order; takes its stock."""
        sku, qty, load = line
        row, left = self._rows[group][load], self._stock[sku]
        price = None if self._prices is None else self._prices[sku]
        best, chosen = self._most, NOWHERE
        for w in self._cands[sku]:
            if left[w] >= qty:
                score = row[w] if price is None else row[w] + price[w] * qty
                if score < best:
                    best, chosen = score, w
                elif score == best and chosen != NOWHERE and self._tier[group][w] < self._tier[group][chosen]:
                    chosen = w
        if chosen == NOWHERE:
            return _NONE
        left[chosen] -= qty
        return self._plans[chosen]


_NONE: Plan = (NOWHERE,)
