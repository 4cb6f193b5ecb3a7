"""The quick choice never differs from the planner's, for the choice and for the record of why."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.decide.routing.explain import Explainer
from core.decide.routing.instance import Instance
from core.decide.routing.plans import Planner
from core.decide.routing.policy import HOLD, PART, PREFER, STRICT, Policy, Split, Tiers
from core.decide.routing.problem import Problem
from core.decide.routing.quick import Quick
from tests.decide.routing.test_laws import tasks

POLICIES = st.builds(
    Policy,
    unfilled_line_penalty_fen=st.sampled_from([300, 900, 3000]),
    split_penalty_fen=st.sampled_from([0, 200]),
    max_parcels=st.integers(1, 2),
    otherwise=st.builds(
        Tiers,
        tiers=st.sampled_from([(), (("A",), ("B",), ("*",)), (("B", "C"), ("A",))]),
        mode=st.sampled_from([PREFER, STRICT]),
        on_short=st.sampled_from([PART, HOLD]),
    ),
    split=st.builds(Split, order=st.sampled_from(["single_first", "tier_first"])),
)


@given(tasks(), POLICIES, st.booleans())
@settings(max_examples=60, deadline=None)
def test_what_the_quick_choice_says_is_what_the_planner_says(task: Instance, policy: Policy, together: bool) -> None:
    for order in task.orders:
        order.together = together
    problem = Problem(task, policy)
    stock = problem.opening()
    quick, planner, explainer = Quick(problem, stock), Planner(problem, stock), Explainer(problem, stock)
    for n, lines in enumerate(problem.lines):
        plan = quick.plan(problem.group_of[n], lines)
        if plan is None:
            continue
        assert plan == planner.best(problem.group_of[n], lines)
        told, full = quick.record(n, plan), explainer.explain(n).document()
        assert told is not None
        for key in ("rule_id", "tier", "chosen", "runner_up", "delta_fen", "stock_seen", "quotes"):
            assert told[key] == full[key], key
