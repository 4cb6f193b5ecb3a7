"""The three ways to route a batch: direct (on arrival), prices (with shadow prices), optimise (local search on top)."""

from collections.abc import Callable, Sequence
from math import floor
from time import perf_counter

from core.decide.routing.columns import Columns, build_columns
from core.decide.routing.greedy import route
from core.decide.routing.instance import Instance
from core.decide.routing.optimise import optimise
from core.decide.routing.policy import Policy
from core.decide.routing.prices import Dual, Pricer, shadow_prices
from core.decide.routing.problem import Plan, Problem
from core.decide.routing.result import Result, evaluate

DIRECT, PRICES, OPTIMISE = "direct", "prices", "optimise"
MODES = (DIRECT, PRICES, OPTIMISE)
SECONDS = {DIRECT: 5.0, PRICES: 15.0, OPTIMISE: 45.0}
"""The time a mode may take where nobody says; direct mode spends it on the bound only, after the routing."""
BOUND_ITERATIONS = 60
RESERVE = 1.5
"""Seconds of the budget kept for taking the search's answer over."""


def route_batch(
    instance: Instance,
    policy: Policy,
    mode: str = DIRECT,
    seconds: float | None = None,
    keyed: Callable[[str], str] = str,
) -> Result:
    """Route all orders of a task. `seconds` of the result is the routing; reading, bound and report come on top."""
    began = perf_counter()
    problem = Problem(instance, policy, keyed)
    batch = Batch(problem, began, SECONDS[mode] if seconds is None else seconds)
    plans = batch.direct() if mode == DIRECT else batch.priced() if mode == PRICES else batch.optimised()
    took = perf_counter() - began
    result = evaluate(problem, plans)
    result.seconds = took
    result.lower_bound_fen = batch.bound()
    return result


class Batch:
    """One batch on its way through the modes. `end` of the budget counts from `began` (perf_counter seconds)."""

    def __init__(self, problem: Problem, began: float, seconds: float) -> None:
        self.problem, self.began, self.seconds = problem, began, seconds
        self._columns: Columns | None = None
        self._pricer: Pricer | None = None
        self.dual: Dual | None = None

    @property
    def rest(self) -> float:
        return max(0.0, self.began + self.seconds - perf_counter())

    def direct(self) -> list[Plan]:
        """Each order on arrival."""
        return route(self.problem)

    def priced(self) -> list[Plan]:
        """Each order on arrival at shadow prices of the whole batch; on arrival alone where that is better."""
        prices = self.prices().whole(self.problem.policy.price_percent)
        return self.better(route(self.problem, prices), self.direct())

    def optimised(self) -> list[Plan]:
        """The priced plans, improved for the time that is left."""
        plans = self.priced()
        dual = self.prices()
        found = optimise(self.problem, self.columns, self.pricer, dual, plans, self.rest - RESERVE)
        return self.better(found, plans)

    def better(self, found: Sequence[Plan], other: Sequence[Plan]) -> list[Plan]:
        """The one of the lower total score; the first where both are equal."""
        scores = [evaluate(self.problem, plans, detail=False).score_fen for plans in (found, other)]
        return list(found if scores[0] <= scores[1] else other)

    @property
    def columns(self) -> Columns:
        if self._columns is None:
            self._columns = build_columns(self.problem)
        return self._columns

    @property
    def pricer(self) -> Pricer:
        if self._pricer is None:
            self._pricer = Pricer(self.problem, self.columns)
        return self._pricer

    def prices(self) -> Dual:
        """The shadow prices, worked out once."""
        if self.dual is None:
            self.dual = shadow_prices(self.pricer, seconds=self.rest * 0.6)
        return self.dual

    def bound(self) -> int:
        """What no routing under the policy's hard limits can cost less than: whole fen, tier penalties left out."""
        if self.dual is None:
            self.dual = shadow_prices(self.pricer, iterations=BOUND_ITERATIONS, seconds=SECONDS[DIRECT])
        bound = self.dual.bound
        if any(any(group.penalty) for group in self.problem.groups):
            plain = Pricer(self.problem, self.columns, plain=True)
            bound = shadow_prices(plain, iterations=BOUND_ITERATIONS, start=self.dual.prices).bound
        return max(0, floor(bound + 1e-6))
