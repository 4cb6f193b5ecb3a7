from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from core.model.fields import Catalogue
from core.rules.closure import Known, compile_closure
from core.rules.condition import read
from core.ui.rules import tree

PAID = {"field": "paid_fen", "op": "gt", "value": 100}
CITY = {"field": "city", "op": "eq", "value": "杭州市"}
COUNT = {"count": "orders", "same": "phone", "within": "day", "op": "gt", "value": 5}


def conditions() -> st.SearchStrategy[dict[str, Any]]:
    leaf = st.sampled_from([PAID, CITY, {"lines": "any", "where": {"field": "qty", "op": "ge", "value": 2}}])
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds(lambda m: {"all": m}, st.lists(inner, max_size=3)),
            st.builds(lambda m: {"any": m}, st.lists(inner, max_size=3)),
            st.builds(lambda m: {"not": m}, inner),
        ),
        max_leaves=6,
    )


@rounds(suppress_health_check=[HealthCheck.too_slow])
@given(conditions(), st.sampled_from([50, 200]), st.sampled_from(["杭州市", None]), st.lists(st.sampled_from([1, 3])))
def test_what_the_form_draws_and_saves_means_what_was_loaded(
    document: dict[str, Any], paid: int, city: str | None, quantities: list[int]
) -> None:
    known = Known({"paid_fen": paid, "city": city}, [{"qty": qty} for qty in quantities])
    drawn = tree.normal(document)
    for form in (drawn, tree.tidy(drawn)):
        test = compile_closure(read(form, Catalogue()), str)
        assert test(known) == compile_closure(read(document, Catalogue()), str)(known)
    assert tree.normal(tree.tidy(drawn)) == drawn
    assert tree.shape(drawn) in tree.GROUPS


def test_a_single_condition_is_drawn_in_a_group() -> None:
    assert tree.normal(PAID) == {"all": [PAID]}
    assert tree.normal({"not": PAID}) == {"not": {"any": [PAID]}}
    assert tree.normal(None) == {"all": []}


def test_a_member_is_added_changed_and_removed_by_its_place() -> None:
    top = tree.with_member({"all": [PAID]}, (), tree.group("none", [CITY]))
    assert top == {"all": [PAID, {"not": {"any": [CITY]}}]}
    place = ("all", 1, "not", "any", 0)
    assert tree.at(top, place) == CITY
    assert tree.put(top, (*place, "value"), "上海市") == {
        "all": [PAID, {"not": {"any": [{**CITY, "value": "上海市"}]}}]
    }
    assert tree.without(top, ("all", 0)) == {"all": [{"not": {"any": [CITY]}}]}
    assert tree.at(top, place) == CITY


def test_a_group_that_is_left_empty_goes_with_its_last_condition() -> None:
    assert tree.without({"all": [PAID, {"any": [CITY]}]}, ("all", 1, "any", 0)) == {"all": [PAID]}
    assert tree.without({"all": [PAID, {"not": {"any": [CITY]}}]}, ("all", 1, "not", "any", 0)) == {"all": [PAID]}
    assert tree.without({"all": [PAID]}, ("all", 0)) == {"all": []}


def test_a_group_is_turned_without_losing_its_conditions() -> None:
    top = {"all": [{"any": [PAID, CITY]}]}
    assert tree.regrouped(top, ("all", 0), "not_all") == {"all": [{"not": {"all": [PAID, CITY]}}]}
    assert tree.shape(tree.regrouped(top, (), "none")) == "none"


def test_an_empty_filter_of_a_count_is_left_out_of_the_document() -> None:
    drawn = tree.normal({"all": [COUNT, {"lines": "count", "op": "gt", "value": 2}]})
    assert tree.members(drawn)[0]["where"] == {"all": []}
    assert tree.tidy(drawn) == {"all": [COUNT, {"lines": "count", "op": "gt", "value": 2}]}


def test_the_thresholds_of_a_rule_are_found_in_the_order_of_its_sentence() -> None:
    top = {"all": [{"any": [COUNT, {"not": {"any": [PAID]}}]}, CITY, {"field": "paid_fen", "op": "eq", "value": 1}]}
    assert list(tree.thresholds(top)) == [(("all", 0, "any", 0), COUNT), (("all", 0, "any", 1, "not", "any", 0), PAID)]


def test_depth_counts_groups_within_groups() -> None:
    assert tree.depth({"all": [PAID]}) == 1
    assert tree.depth({"all": [{"not": {"any": [PAID]}}]}) == 2
