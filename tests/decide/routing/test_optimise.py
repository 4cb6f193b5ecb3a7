import pickle

import numpy as np
import pytest

from core.cli.benches.routing_task import routing_task
from core.decide.routing import optimise as optimiser
from core.decide.routing.modes import OPTIMISE, PRICES, Batch, route_batch
from core.decide.routing.optimise import last_report, optimise
from core.decide.routing.policy import Policy
from core.decide.routing.problem import Problem
from core.decide.routing.result import evaluate


def test_the_last_whole_report_of_a_process_that_was_cut_off_counts() -> None:
    first, second = (pickle.dumps(np.array([n])) for n in (1, 2))
    assert last_report(b"") is None
    assert last_report(first[:-3]) is None
    assert list(last_report(first + second[:-3])) == [1]
    assert list(last_report(first + second)) == [2]


def test_the_search_in_its_own_process_makes_a_tight_day_cheaper() -> None:
    task = routing_task(600, skus=60)
    priced = route_batch(task, Policy(), PRICES)
    found = route_batch(task, Policy(), OPTIMISE, seconds=8)
    assert found.cost_fen < priced.cost_fen
    assert found.lower_bound_fen is not None
    assert found.lower_bound_fen <= found.cost_fen


def test_a_process_that_fails_leaves_the_plans_as_they_were(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    problem = Problem(routing_task(200, skus=30), Policy())
    batch = Batch(problem, 0.0, 0.0)
    plans = batch.priced()
    monkeypatch.setattr(optimiser.sys, "executable", "/nowhere/python")
    assert optimise(problem, batch.columns, batch.pricer, batch.prices(), plans, 1.0) == plans
    assert "ended early" in caplog.text
    assert evaluate(problem, plans).orders == 200
