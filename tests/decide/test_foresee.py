"""What a dry run says of routing agrees with what routing then does, and nothing is written."""

from core.decide import foresee, warehouse
from core.store import Store
from tests.routing_store import JX, SZ, ZONE, ask, furnish, order


def test_it_foresees_which_orders_find_no_warehouse_and_writes_nothing(store: Store) -> None:
    furnish(store, {(JX, "A"): 2, (SZ, "A"): 1, (JX, "B"): 5})
    keys = [order(store, 1, [("A", 1)]), order(store, 2, [("A", 3)]), order(store, 3, [("B", 1)], province="Atlantis"),
            order(store, 4, [("B", 1)]), order(store, 5, [("A", 1)])]  # fmt: skip
    version = store.version
    with store.read() as cursor:
        found = foresee.unroutable(store, cursor, keys, ZONE)
    assert store.version == version
    done = warehouse.assign(store, keys, ZONE)
    assert set(found) == {*done.held, *done.short}
    assert {2, 3} <= set(found) and found[3] == "NO_PROVINCE"


def test_orders_that_are_routed_already_are_foreseen_on_the_pieces_they_hold(store: Store) -> None:
    furnish(store, {(JX, "A"): 1})
    key = order(store, 1, [("A", 1)])
    assert warehouse.assign(store, [key], ZONE).routed == [key]
    with store.read() as cursor:
        assert foresee.unroutable(store, cursor, [key], ZONE) == {}
    assert ask(store, "SELECT count(*) FROM parcels") == [(1,)]


def test_without_a_policy_none_finds_a_warehouse(store: Store) -> None:
    furnish(store, {(JX, "A"): 1}, policy=None)
    with store.read() as cursor:
        assert foresee.unroutable(store, cursor, [order(store, 1, [("A", 1)])], ZONE) == {1: "NO_POLICY"}
