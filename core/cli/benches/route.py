"""`bench route`: a tight day of orders routed on arrival (what orders per second are counted by), then with prices."""

from core.cli.benches.bench import Bench, Stages
from core.cli.benches.routing_task import routing_task
from core.decide.routing.columns import build_columns
from core.decide.routing.greedy import route
from core.decide.routing.policy import Policy
from core.decide.routing.prices import Pricer, shadow_prices
from core.decide.routing.problem import Problem
from core.decide.routing.result import evaluate
from core.people.vault import Vault
from core.store import Store


def _run(_store: Store, _vault: Vault, orders: int, stages: Stages) -> None:
    task = routing_task(orders)
    with stages.stage("compile"):
        problem = Problem(task, Policy())
    with stages.stage("direct"):
        plans = route(problem)
    with stages.stage("evaluate"):
        direct = evaluate(problem, plans)
    with stages.stage("columns"):
        columns = build_columns(problem)
    with stages.stage("prices"):
        dual = shadow_prices(Pricer(problem, columns))
    with stages.stage("priced"):
        plans = route(problem, dual.whole())
    priced = evaluate(problem, plans, detail=False)
    assert dual.bound <= priced.cost_fen + 1 and dual.bound <= direct.cost_fen + 1, "the bound is none"
    stages.total = stages.seconds["compile"] + stages.seconds["direct"]


BENCH = Bench("route", 30_000, _run)
