"""A tight day of 30,000 orders over 8 warehouses: orders per second on arrival; gap to the bound of each mode.

The gap is a share of the run's own bound (at most that far from the best), so it says the same on any machine but for
`optimise`, which searches for a fixed time: DANLIU_BENCH_SEARCH seconds, 45 where it is not set.
"""

import os
from typing import Any

import pytest

from core.cli.benches.routing_task import TIGHT, routing_task
from core.decide.routing.greedy import route
from core.decide.routing.instance import Instance
from core.decide.routing.modes import MODES, OPTIMISE, route_batch
from core.decide.routing.policy import Policy
from core.decide.routing.problem import Problem

SEARCH = float(os.environ.get("DANLIU_BENCH_SEARCH", "45"))
ORDERS = 30_000


@pytest.fixture(scope="module", params=[TIGHT, 1.15, 1.5], ids=lambda supply: f"supply {supply}")
def task(request: pytest.FixtureRequest) -> Instance:
    return routing_task(ORDERS, supply=request.param)


def test_orders_on_arrival(benchmark: Any, task: Instance) -> None:
    problem = Problem(task, Policy())
    benchmark.pedantic(route, (problem,), rounds=5, warmup_rounds=1)
    benchmark.extra_info["orders_per_second"] = round(ORDERS / benchmark.stats.stats.median)


@pytest.mark.parametrize("mode", MODES)
def test_gap_to_the_bound(benchmark: Any, task: Instance, mode: str) -> None:
    seconds = SEARCH if mode == OPTIMISE else None
    result = benchmark.pedantic(route_batch, (task, Policy(), mode, seconds), rounds=1)
    gap = result.gap
    assert gap is not None
    assert gap >= 0
    benchmark.extra_info |= {
        "gap_percent": round(100 * gap, 2),
        "cost_fen": result.cost_fen,
        "freight_fen": result.freight_fen,
        "filled_lines_percent": round(100 * result.filled_lines / result.lines, 2),
        "split_orders_percent": round(100 * result.split_orders / result.orders, 2),
        "routing_seconds": round(result.seconds, 2),
    }
