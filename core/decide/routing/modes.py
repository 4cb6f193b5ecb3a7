"""The three ways to route a batch: direct (on arrival), prices (with shadow prices), optimise (local search on top)."""

from collections.abc import Callable
from time import perf_counter

from core.decide.routing.greedy import route
from core.decide.routing.instance import Instance
from core.decide.routing.policy import Policy
from core.decide.routing.problem import Problem
from core.decide.routing.result import Result, evaluate

DIRECT, PRICES, OPTIMISE = "direct", "prices", "optimise"
MODES = (DIRECT, PRICES, OPTIMISE)


def route_batch(
    instance: Instance, policy: Policy, mode: str = DIRECT, seconds: float | None = None,
    keyed: Callable[[str], str] = str,
) -> Result:  # fmt: skip
    """Route all orders of a task."""
    began = perf_counter()
    problem = Problem(instance, policy, keyed)
    plans = route(problem)
    took = perf_counter() - began
    result = evaluate(problem, plans)
    result.seconds = took
    return result
