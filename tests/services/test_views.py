"""Saved views: named, renamed, one default, nobody else's."""

import pytest

from core.errors import BadRequest, NotFound
from core.people.actor import person
from core.services import views
from core.store import Store

ANN, BEN = person("ann", "cs"), person("ben", "cs")
ZONE = "Asia/Shanghai"


def _names(who, store: Store) -> list[str]:
    return [view.name for view in views.listing(who, store)]


def test_a_view_is_kept_for_its_person_only(store: Store) -> None:
    views.save(ANN, store, "  To  ship ", {"status": ["PAID"]}, zone=ZONE)
    assert _names(ANN, store) == ["To ship"] and _names(BEN, store) == []
    assert views.find(ANN, store, "To ship").body == {"status": ["PAID"]}


def test_saving_under_the_same_name_replaces_it(store: Store) -> None:
    views.save(ANN, store, "mine", {"status": ["PAID"]}, zone=ZONE)
    views.save(ANN, store, "mine", {"held": True}, zone=ZONE)
    assert [view.body for view in views.listing(ANN, store)] == [{"held": True}]


def test_at_most_one_view_is_the_default(store: Store) -> None:
    views.save(ANN, store, "a", {}, zone=ZONE, default=True)
    views.save(ANN, store, "b", {}, zone=ZONE)
    views.make_default(ANN, store, "b")
    assert {view.name: view.default for view in views.listing(ANN, store)} == {"a": False, "b": True}
    views.make_default(ANN, store, "b", default=False)
    assert not any(view.default for view in views.listing(ANN, store))


def test_a_renamed_view_keeps_body_and_mark_and_takes_nobodys_name(store: Store) -> None:
    views.save(ANN, store, "a", {"q": "1"}, zone=ZONE, default=True)
    views.save(ANN, store, "b", {}, zone=ZONE)
    with pytest.raises(BadRequest):
        views.rename(ANN, store, "a", "b")
    views.rename(ANN, store, "a", "c")
    assert _names(ANN, store) == ["b", "c"] and views.find(ANN, store, "c").default


def test_a_deleted_view_is_gone(store: Store) -> None:
    views.save(ANN, store, "a", {}, zone=ZONE)
    views.delete(ANN, store, "a")
    with pytest.raises(NotFound):
        views.find(ANN, store, "a")


@pytest.mark.parametrize("name", ["", "   ", "x" * 41])
def test_a_view_needs_a_fair_name(store: Store, name: str) -> None:
    with pytest.raises(BadRequest):
        views.save(ANN, store, name, {}, zone=ZONE)


def test_a_view_that_is_no_query_is_refused(store: Store) -> None:
    with pytest.raises(BadRequest):
        views.save(ANN, store, "bad", {"more": [{"field": "password", "op": "eq", "value": "1"}]}, zone=ZONE)
    assert _names(ANN, store) == []
