"""Laws of the routing on random small tasks, against all plans there are."""

from datetime import datetime, timedelta, timezone
from fractions import Fraction
from itertools import product
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.decide.routing.columns import build_columns
from core.decide.routing.exchange import exchange
from core.decide.routing.explain import Explainer
from core.decide.routing.freight import Bracket, Lane
from core.decide.routing.greedy import route
from core.decide.routing.instance import Instance, Line, Order
from core.decide.routing.modes import Batch
from core.decide.routing.optimise import Work
from core.decide.routing.plans import Planner
from core.decide.routing.policy import Policy, Split, Tiers
from core.decide.routing.prices import Pricer, shadow_prices
from core.decide.routing.problem import NOWHERE, Plan, Problem
from core.decide.routing.quotes import Quote
from core.decide.routing.result import StockNegative, evaluate
from core.decide.routing.search import Search
from core.decide.routing.solver import Highs, available

START = datetime(2026, 11, 1, tzinfo=timezone(timedelta(hours=8)))
PLACES, SKUS = ("A", "B", "C"), ("x", "y", "z")
BRACKETS = st.builds(Bracket, st.just(0), st.sampled_from([0, 500, 1000]), st.integers(0, 900),
                     st.sampled_from([100, 500, 1000]), st.integers(0, 400))  # fmt: skip
# A heavier parcel may be cheaper: real tariffs are like that.
TARIFFS = st.one_of(
    BRACKETS.map(lambda last: (last,)),
    st.builds(lambda fee, last: (Bracket(700, 0, fee, 0, 0), last), st.integers(0, 1500), BRACKETS),
)


@st.composite
def tasks(draw: st.DrawFn, orders: int = 3, lines: int = 3) -> Instance:
    made = []
    for n in range(draw(st.integers(1, orders))):
        # One SKU in two lines happens: a gift beside the thing bought.
        skus = draw(st.lists(st.sampled_from(SKUS), min_size=1, max_size=lines))
        wanted = [
            Line(str(k), sku, draw(st.integers(1, 3)), draw(st.sampled_from([0, 200, 450, 1200])))
            for k, sku in enumerate(skus)
        ]
        made.append(
            Order(f"o{n}", START + timedelta(minutes=draw(st.integers(0, 2))), draw(st.sampled_from("PQ")), wanted)
        )
    stock = {(place, sku): draw(st.integers(0, 4)) for place in PLACES for sku in SKUS}
    lanes = [
        Lane(place, region, courier, Fraction(draw(st.integers(0, 8)), 4), draw(TARIFFS))
        for place in PLACES
        for region in "PQ"
        for courier in ("SF", "ZTO")
        if draw(st.integers(0, 5))
    ]
    return Instance(made, stock, lanes)


policies = st.builds(
    Policy,
    time_value_fen_per_day=st.sampled_from([0, 33, 60]),
    pack_fee_fen=st.sampled_from([0, 150]),
    split_penalty_fen=st.sampled_from([0, 100]),
    unfilled_line_penalty_fen=st.sampled_from([0, 300, 1000, 3000]),
    max_parcels=st.integers(1, 3),
    tier_penalty_fen=st.sampled_from([0, 100]),
    otherwise=st.builds(
        Tiers,
        tiers=st.sampled_from([(), (("A",), ("*",)), (("C",), ("A", "B"))]),
        mode=st.sampled_from(["prefer", "strict"]),
        on_short=st.sampled_from(["part", "hold"]),
    ),
    split=st.builds(
        Split,
        mode=st.sampled_from(["allow", "allow", "never"]),
        only_if_no_single=st.booleans(),
        max_extra_fen=st.sampled_from([None, None, 200]),
        order=st.sampled_from(["single_first", "tier_first"]),
    ),
)
plain = st.builds(
    Policy,
    time_value_fen_per_day=st.sampled_from([0, 33, 60]),
    split_penalty_fen=st.sampled_from([0, 100]),
    unfilled_line_penalty_fen=st.sampled_from([0, 300, 1000, 3000]),
    max_parcels=st.integers(1, 2),
)


def every_plan(problem: Problem, n: int) -> list[tuple[int, Plan]]:
    """All plans of an order with their cost, stock left aside: written anew, from the quotes."""
    lines, policy, found = problem.lines[n], problem.policy, []
    for plan in product(range(NOWHERE, len(problem.warehouses)), repeat=len(lines)):
        used = sorted({w for w in plan if w != NOWHERE})
        cost = policy.unfilled_line_penalty_fen * plan.count(NOWHERE) + policy.split_penalty_fen * max(0, len(used) - 1)
        quotes = [
            problem.tariff.quote(
                problem.warehouses[w],
                problem.orders[n].region,
                sum(line[2] for line, at in zip(lines, plan, strict=True) if at == w),
            )
            for w in used
        ]
        if len(used) <= policy.parcels and all(isinstance(quote, Quote) for quote in quotes):
            found.append((cost + sum(quote.fen for quote in quotes if isinstance(quote, Quote)), plan))
    return found


def optimum(problem: Problem) -> float:
    """The least cost of all orders together, by trying everything."""
    choices = [every_plan(problem, n) for n in range(len(problem.orders))]

    def best(n: int, left: list[list[int]]) -> float:
        if n == len(choices):
            return 0
        least = inf
        for cost, plan in choices[n]:
            after = [row.copy() for row in left]
            for (sku, qty, _load), w in zip(problem.lines[n], plan, strict=True):
                if w != NOWHERE:
                    after[sku][w] -= qty
            if all(qty >= 0 for row in after for qty in row):
                least = min(least, cost + best(n + 1, after))
        return least

    return best(0, problem.opening())


def searched(problem: Problem, plans: list[Plan], solve) -> list[Plan]:
    columns = build_columns(problem)
    pricer = Pricer(problem, columns)
    dual = shadow_prices(pricer, iterations=30)
    work = Work(problem, columns, pricer, dual, plans)
    work.task.price = np.maximum(work.task.price, 1.0)  # every stock is contested, so that every order may move
    search = Search(work.task, solve)
    for _step in range(4):
        if search.from_order[-1] > 0:
            search.step(2.0)
    return work.plans(work.task.chosen)


@given(st.one_of(tasks(), tasks(orders=5), tasks(lines=9)), policies)
@settings(deadline=None, max_examples=200)
def test_stock_is_never_negative_and_every_limit_is_kept_in_every_mode(task: Instance, policy: Policy) -> None:
    problem = Problem(task, policy)
    batch = Batch(problem, 0.0, 0.0)
    direct, priced = batch.direct(), batch.priced()
    scores = [evaluate(problem, plans).score_fen for plans in (direct, priced)]
    assert scores[1] <= scores[0]
    found = searched(problem, priced, exchange)
    result = evaluate(problem, found)
    assert result.score_fen <= scores[1]
    assert batch.bound() <= min(evaluate(problem, plans).cost_fen for plans in (direct, priced, found))
    assert result.filled_lines + len(result.unfilled) == result.lines
    for n, plan in enumerate(found):
        group, used = problem.groups[problem.group_of[n]], {w for w in plan if w != NOWHERE}
        assert len(used) <= policy.parcels
        assert not any(group.barred[w] for w in used)
        assert not (group.whole and used and NOWHERE in plan)


@given(tasks(), plain)
@settings(deadline=None, max_examples=100)
def test_the_bound_is_at_most_the_optimum_and_the_optimum_at_most_every_mode(task: Instance, policy: Policy) -> None:
    problem = Problem(task, policy)
    batch = Batch(problem, 0.0, 0.0)
    best = optimum(problem)
    assert batch.bound() <= best
    plans = batch.priced()
    assert best <= evaluate(problem, plans).cost_fen <= evaluate(problem, batch.direct()).cost_fen
    assert best <= evaluate(problem, searched(problem, plans, exchange)).cost_fen


@given(tasks(orders=1), plain)
@settings(deadline=None)
def test_one_order_alone_gets_its_optimum(task: Instance, policy: Policy) -> None:
    problem = Problem(task, policy)
    assert evaluate(problem, route(problem)).cost_fen == optimum(problem)


@pytest.mark.skipif(not available(), reason="the optional solver is not installed")
@given(tasks(orders=4), plain)
@settings(deadline=None, max_examples=40)
def test_a_neighbourhood_of_all_orders_is_solved_to_the_optimum(task: Instance, policy: Policy) -> None:
    problem = Problem(task, policy)
    plans = route(problem)
    columns = build_columns(problem)
    pricer = Pricer(problem, columns)
    work = Work(problem, columns, pricer, shadow_prices(pricer, iterations=10), plans, within=10**9)
    part = Search(work.task, exchange).part(np.arange(work.task.chosen.size), 5.0)
    found = Highs()(part)
    assert found is not None
    cost = evaluate(problem, work.plans(part.columns[found])).cost_fen
    assert optimum(problem) <= cost <= optimum(problem) * 1.0005 + 1e-3


@given(tasks(orders=5), policies, st.integers(0, 500))
@settings(deadline=None, max_examples=150)
def test_the_fast_path_agrees_with_the_candidates_one_by_one(task: Instance, policy: Policy, price: int) -> None:
    problem = Problem(task, policy)
    prices = [[price * (sku + w) % 700 for w in range(len(problem.warehouses))] for sku in range(len(problem.skus))]
    stock = problem.opening()
    planner = Planner(problem, stock, prices)
    for n, plan in enumerate(route(problem, prices)):
        chosen = planner.choose(problem.group_of[n], problem.lines[n])
        assert plan == (chosen.plan if chosen else (NOWHERE,) * len(problem.lines[n]))
        for (sku, qty, _load), w in zip(problem.lines[n], plan, strict=True):
            if w != NOWHERE:
                stock[sku][w] -= qty


@given(tasks(orders=4), policies)
@settings(deadline=None, max_examples=150)
def test_an_explanation_adds_up_and_its_chosen_is_the_least_that_may_be(task: Instance, policy: Policy) -> None:
    problem = Problem(task, policy)
    stock = problem.opening()
    for n, plan in enumerate(route(problem)):
        told = Explainer(problem, stock).explain(n)
        may = [candidate.total for candidate in told.candidates if candidate.feasible]
        assert (told.chosen.plan if told.chosen else (NOWHERE,) * len(plan)) == plan
        if told.chosen:
            assert told.chosen.total == sum(told.chosen.parts.values()) == min(may)
        assert told.sentence()
        alone = evaluate(Problem(Instance([problem.orders[n]], task.stock, task.lanes), policy), [plan], detail=False)
        if told.chosen:
            assert told.chosen.total == alone.score_fen
        for (sku, qty, _load), w in zip(problem.lines[n], plan, strict=True):
            if w != NOWHERE:
                stock[sku][w] -= qty


@given(tasks(), policies)
@settings(deadline=None, max_examples=40)
def test_the_same_task_gives_the_same_plans_whatever_order_its_rows_stand_in(task: Instance, policy: Policy) -> None:
    turned = Instance(task.orders[::-1], dict(reversed(task.stock.items())), task.lanes[::-1])
    first, second = Problem(task, policy), Problem(turned, policy)
    assert evaluate(first, route(first)).document() == evaluate(second, route(second)).document()


def test_a_plan_that_takes_more_than_there_is_fails_loudly() -> None:
    lane = Lane("A", "P", "ZTO", Fraction(1), (Bracket(0, 1000, 300, 1000, 100),))
    orders = [Order(f"o{n}", START, "P", [Line("1", "x", 1)]) for n in range(2)]
    problem = Problem(Instance(orders, {("A", "x"): 1}, [lane]), Policy())
    with pytest.raises(StockNegative):
        evaluate(problem, [(0,), (0,)])
