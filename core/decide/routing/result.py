"""What a routing comes to: cost as in contracts §4, checked against the stock, with a reason for each unfilled line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.decide.routing.plans import MUST_SHIP_TOGETHER, NOT_WORTH, SPLIT_LIMIT, WHOLE_OR_NOTHING
from core.decide.routing.problem import NOT_IN_TIERS, NOWHERE, SKU_WH_BAN, Plan, Problem
from core.decide.routing.quotes import Quote

NO_STOCK, SKU_NOT_IN_WH = "NO_STOCK", "SKU_NOT_IN_WH"
CUTOFF_PASSED, CAPACITY_FULL = "CUTOFF_PASSED", "CAPACITY_FULL"
REASONS = (
    SKU_NOT_IN_WH, SKU_WH_BAN, "WH_DISABLED", "REGION_BAN", NOT_IN_TIERS, "COURIER_NO_SERVICE", "WEIGHT_OVER",
    "PRICE_CAP", CUTOFF_PASSED, CAPACITY_FULL, NO_STOCK, MUST_SHIP_TOGETHER, WHOLE_OR_NOTHING, SPLIT_LIMIT, NOT_WORTH,
)  # fmt: skip
"""The codes of unfilled lines, from "farthest from being shipped" on. A line's reason is the nearest miss."""


class StockNegative(AssertionError):
    """A plan takes more than there is: a defect of the engine, never of its input."""


@dataclass(slots=True)
class Result:
    """The figures of a routing. `score_fen` is the cost with the tier penalties; both bounds are of the same policy."""

    cost_fen: int = 0
    freight_fen: int = 0
    tier_fen: int = 0
    filled_lines: int = 0
    lines: int = 0
    split_orders: int = 0
    orders: int = 0
    parcels: int = 0
    downgrades: int = 0
    lead_days: float = 0.0
    lower_bound_fen: int | None = None
    seconds: float = 0.0
    assignments: list[dict[str, Any]] = field(default_factory=list)
    unfilled: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def score_fen(self) -> int:
        return self.cost_fen + self.tier_fen

    @property
    def gap(self) -> float | None:
        """How far the cost is above the bound at most, as a share: 0.021 is "at most 2.1 % from the best"."""
        if self.lower_bound_fen is None:
            return None
        if self.lower_bound_fen <= 0:
            return 0.0 if self.cost_fen == 0 else None
        return self.cost_fen / self.lower_bound_fen - 1

    def document(self) -> dict[str, Any]:
        """As the command prints it (contracts §1)."""
        gap = self.gap
        return {
            "cost_fen": self.cost_fen,
            "freight_fen": self.freight_fen,
            "filled_lines": self.filled_lines,
            "lines": self.lines,
            "split_orders": self.split_orders,
            "orders": self.orders,
            "lower_bound_fen": self.lower_bound_fen,
            "gap": None if gap is None else round(gap, 6),
            "seconds": round(self.seconds, 4),
            "assignments": self.assignments,
            "unfilled": self.unfilled,
        }


def evaluate(problem: Problem, plans: Sequence[Plan], *, detail: bool = True) -> Result:
    """The figures of the plans, from the quotes and not from the scores. StockNegative on more than there is."""
    result = Result(orders=len(plans))
    left = problem.opening()
    for n, plan in enumerate(plans):
        _take(problem, n, plan, left)
        _order(problem, n, plan, result, detail)
    if detail:
        why = Why(problem, plans, left)
        result.unfilled = [
            {"order_id": order.order_id, "line_no": line.line_no, "reason": why.of(n, k)}
            for n, order in enumerate(problem.orders)
            for k, line in enumerate(order.lines)
            if plans[n][k] == NOWHERE
        ]
    return result


def _take(problem: Problem, n: int, plan: Plan, left: list[list[int]]) -> None:
    for (sku, qty, _load), w in zip(problem.lines[n], plan, strict=True):
        if w != NOWHERE:
            left[sku][w] -= qty
            if left[sku][w] < 0:
                raise StockNegative(
                    f"{problem.orders[n].order_id} takes more of a SKU than {problem.warehouses[w]} has"
                )


def _order(problem: Problem, n: int, plan: Plan, result: Result, detail: bool) -> None:
    """Add one order's parcels, lines and penalties."""
    policy, group, lines = problem.policy, problem.groups[problem.group_of[n]], problem.lines[n]
    loads: dict[int, int] = {}
    for (_sku, _qty, load), w in zip(lines, plan, strict=True):
        if w != NOWHERE:
            loads[w] = loads.get(w, 0) + load
    quotes: dict[int, Quote] = {}
    for w, load in loads.items():
        quote = problem.quote(problem.group_of[n], w, load)
        assert isinstance(quote, Quote), "a plan uses a lane without a courier"
        quotes[w] = quote
        result.cost_fen += quote.fen
        result.freight_fen += quote.freight_fen
        result.tier_fen += group.penalty[w]
        result.downgrades += bool(quote.skipped)
        result.lead_days += float(quote.lead_days)
    filled = sum(w != NOWHERE for w in plan)
    result.parcels += len(loads)
    result.split_orders += len(loads) > 1
    result.filled_lines += filled
    result.lines += len(lines)
    result.cost_fen += policy.split_penalty_fen * max(0, len(loads) - 1)
    result.cost_fen += policy.unfilled_line_penalty_fen * (len(lines) - filled)
    if detail:
        order = problem.orders[n]
        result.assignments += [
            {
                "order_id": order.order_id,
                "line_no": line.line_no,
                "warehouse": problem.warehouses[w],
                "courier": quotes[w].courier,
                "qty": line.qty,
            }
            for line, w in zip(order.lines, plan, strict=True)
            if w != NOWHERE
        ]


class Why:
    """Why a line stays unfilled: over all warehouses, the code of the one that came nearest to shipping it."""

    def __init__(self, problem: Problem, plans: Sequence[Plan], left: list[list[int]]) -> None:
        self.problem, self.plans, self.left = problem, plans, left

    def of(self, n: int, k: int) -> str:
        """The reason code of line k of order n."""
        codes = [self.at(n, k, w) for w in range(len(self.problem.warehouses))]
        return max(codes, key=REASONS.index, default=SKU_NOT_IN_WH)

    def at(self, n: int, k: int, w: int) -> str:
        """The code of one warehouse."""
        problem, plan = self.problem, self.plans[n]
        sku, qty, load = problem.lines[n][k]
        group = problem.groups[problem.group_of[n]]
        if (sku, w) not in problem.carried:
            return SKU_NOT_IN_WH
        if group.barred[w]:
            return group.barred[w]
        if self.problem.orders[n].lines[k].sku in problem.policy.banned_skus.get(problem.warehouses[w], frozenset()):
            return SKU_WH_BAN
        together = load + sum(line[2] for line, at in zip(problem.lines[n], plan, strict=True) if at == w)
        quote = problem.quote(problem.group_of[n], w, together)
        if isinstance(quote, str):
            return quote
        if self.left[sku][w] < qty:
            return NO_STOCK
        if group.together:
            return MUST_SHIP_TOGETHER
        if group.whole:
            return WHOLE_OR_NOTHING
        used = {at for at in plan if at != NOWHERE}
        if w not in used and len(used) >= problem.policy.parcels:
            return SPLIT_LIMIT
        guarded = problem.policy.split.max_extra_fen is not None or problem.policy.split.only_if_no_single
        return SPLIT_LIMIT if used and w not in used and guarded else NOT_WORTH
