from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.fields import Catalogue
from core.rules.closure import Known, compile_closure
from core.rules.conflicts import conflicts
from core.rules.ruleset import read_rule_set


def over(fen: int) -> dict[str, Any]:
    return {"field": "paid_fen", "op": "gt", "value": fen}


def under(fen: int) -> dict[str, Any]:
    return {"field": "paid_fen", "op": "lt", "value": fen}


def found(
    *whens: Any, hit: str = "first", actions: tuple[str, ...] = ("freeze", "review", "freeze")
) -> list[tuple[str, ...]]:
    rules = [{"id": f"r{n}", "when": when, "then": {"action": actions[n]}} for n, when in enumerate(whens)]
    document = {"kind": "risk", "name": "t", "mode": "live", "hit": hit, "rules": rules}
    return [(c.kind, c.rule, c.other) for c in conflicts(read_rule_set(document, Catalogue()))]


def test_conditions_that_exclude_each_other_are_never_met() -> None:
    assert found({"all": [over(900), under(800)]}) == [("never", "r0", "")]
    assert found({"all": [over(800), under(801), {"field": "paid_fen", "op": "ne", "value": 3}]}) == []
    assert found({"all": [{"field": "flag", "op": "is_null"}, {"field": "flag", "op": "eq", "value": "1"}]}) == [
        ("never", "r0", "")
    ]


def test_a_rule_behind_a_wider_one_is_unreachable_when_only_the_first_hit_counts() -> None:
    assert found(over(100), over(200)) == [("unreachable", "r1", "r0")]
    assert found(over(200), over(100)) == [("overlapping", "r1", "r0")]
    assert found(over(100), over(200), hit="all") == [("overlapping", "r1", "r0")]


def test_a_rule_kept_twice_is_told_though_both_do_the_same() -> None:
    alike = ("freeze", "freeze")
    assert found(over(100), over(100), hit="all", actions=alike) == [("overlapping", "r1", "r0")]
    assert found(over(100), over(200), hit="all", actions=alike) == []  # a second level of the same rule


def test_allow_against_freeze_is_a_contradiction() -> None:
    assert found(over(100), under(500), hit="all", actions=("allow", "freeze")) == [("contradictory", "r1", "r0")]


def test_rules_that_cannot_meet_the_same_order_do_not_conflict() -> None:
    assert found(over(500), under(100)) == []


def test_nothing_is_claimed_of_rules_that_are_no_plain_conjunction() -> None:
    assert found(over(100), {"any": [over(200), under(5)]}) == []


@given(
    bounds=st.lists(
        st.tuples(st.sampled_from(["gt", "ge", "lt", "le", "eq", "ne"]), st.integers(0, 4)), min_size=1, max_size=4
    )
)
def test_never_is_said_of_exactly_those_that_no_value_meets(bounds: list[tuple[str, int]]) -> None:
    when = {"all": [{"field": "paid_fen", "op": op, "value": 10 * value} for op, value in bounds]}
    document = {
        "kind": "risk",
        "name": "t",
        "mode": "live",
        "rules": [{"id": "r", "when": when, "then": {"action": "tag", "tag": "t"}}],
    }
    rules = read_rule_set(document, Catalogue())
    test = compile_closure(rules.rules[0].when, str)
    possible = any(test(Known({"paid_fen": fen})) for fen in range(-5, 60))
    assert (not conflicts(rules)) == possible or (possible is False and not conflicts(rules) and _needs_gap(bounds))


def _needs_gap(bounds: list[tuple[str, int]]) -> bool:
    """A closed span of one value that `ne` takes away is the only emptiness not looked for."""
    return any(op == "ne" for op, _value in bounds)


@pytest.mark.parametrize("hit", ["first", "all"])
def test_a_set_without_rules_has_no_conflicts(hit: str) -> None:
    assert found(hit=hit) == []
