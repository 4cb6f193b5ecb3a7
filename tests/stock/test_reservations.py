"""Promises of pieces: whole orders in order of arrival, never more than there is, twice does no harm."""

from datetime import timedelta

from core.stock.reservations import Placed, Reserved, consume, place, release, reserve
from core.store import Store, reservations
from tests.stock.rooms import NOON, levels, order, rows


def active(store: Store) -> dict[tuple[int, str, str], int]:
    found = rows(store, "SELECT order_key, sku, warehouse, qty FROM reservations WHERE state = 'active'")
    return {(key, sku, warehouse): qty for key, sku, warehouse, qty in found}


def test_who_came_first_is_served_and_who_misses_a_piece_takes_nothing(store: Store) -> None:
    levels(store, {("jx", "A"): 2, ("sz", "A"): 1, ("jx", "B"): 9})
    order(store, 3, [("A", 1)])
    order(store, 1, [("A", 2), ("B", 1)])
    order(store, 2, [("A", 2), ("B", 3)])
    assert reserve(store, [2, 3, 1]) == Reserved([1, 3], {2: ("A",)})
    assert active(store) == {(1, "A", ""): 2, (1, "B", ""): 1, (3, "A", ""): 1}
    assert rows(store, "SELECT order_key, status, coalesce(held, false), held_reasons FROM orders ORDER BY 1") == [
        (1, "STOCK_LOCKED", False, None), (2, "PAID", True, '["no_stock"]'), (3, "STOCK_LOCKED", False, None),
    ]  # fmt: skip
    assert rows(store, "SELECT sku, missing FROM stock_waits") == [("A", 1)]


def test_reserving_twice_changes_nothing(store: Store) -> None:
    levels(store, {("jx", "A"): 2})
    order(store, 1, [("A", 2)])
    assert reserve(store, [1]) == Reserved([1]) == reserve(store, [1])
    assert active(store) == {(1, "A", ""): 2}
    assert rows(store, "SELECT event FROM order_events") == [("stock_reserved",)]


def test_changed_lines_give_back_and_ask_anew(store: Store) -> None:
    levels(store, {("jx", "A"): 3})
    order(store, 1, [("A", 2)])
    reserve(store, [1])
    with store.write() as cursor:
        cursor.execute("UPDATE order_lines SET qty = 3")
    assert reserve(store, [1]) == Reserved([1])
    assert active(store) == {(1, "A", ""): 3}
    with store.write() as cursor:
        cursor.execute("UPDATE order_lines SET qty = 4")
    assert reserve(store, [1]) == Reserved([], {1: ("A",)})
    assert active(store) == {}
    assert rows(store, "SELECT status FROM orders") == [("PAID",)]


def test_a_bundle_takes_its_parts_and_a_gift_its_own_sku(store: Store) -> None:
    levels(store, {("jx", "A"): 5, ("jx", "B"): 2, ("jx", "GIFT"): 1})
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO bundle_components VALUES ('SET', 'A', 2, false, NULL), ('SET', 'B', 1, false, NULL)"
        )
        cursor.execute("INSERT INTO gift_stock (sku, name, free_qty) VALUES ('CARD', 'card', 4), ('GIFT', 'gift', 4)")
    order(store, 1, [("SET", 2), ("A", 1), ("GIFT", 1), ("CARD", 1)])
    with store.write() as cursor:
        cursor.execute("UPDATE order_lines SET is_gift = true, granted_by = 'p' WHERE sku IN ('GIFT', 'CARD')")
    assert reserve(store, [1]) == Reserved([1])  # the card lies on the gift list only: granting took it
    assert [row[:2] + row[3:4] for row in reservations.states(store, 1)] == [
        ("1", "A", 4), ("1", "B", 2), ("2", "A", 1), ("3", "GIFT", 1),
    ]  # fmt: skip
    order(store, 2, [("SET", 1)])
    assert reserve(store, [2]).short == {2: ("A", "B")}


def test_an_order_that_is_not_open_gets_nothing(store: Store) -> None:
    levels(store, {("jx", "A"): 9})
    for key, status in enumerate(("UNPAID", "SHIPPED", "CANCELLED")):
        order(store, key, [("A", 1)], status=status)
    assert reserve(store, [0, 1, 2, 77]) == Reserved([], {}, [0, 1, 2, 77])


def test_a_line_without_a_sku_never_slips_through(store: Store) -> None:
    order(store, 1, [("", 1)])
    assert reserve(store, [1]).short == {1: ("",)}


def test_refunded_lines_take_no_pieces(store: Store) -> None:
    levels(store, {("jx", "A"): 1})
    order(store, 1, [("A", 1), ("B", 1)], channel="taobao")
    with store.write() as cursor:
        cursor.execute("UPDATE order_lines SET line_refund_status = 'SUCCESS' WHERE sku = 'B'")
    assert reserve(store, [1]) == Reserved([1])


def test_placing_moves_whole_orders_and_never_empties_a_shelf_twice(store: Store) -> None:
    levels(store, {("jx", "A"): 2, ("sz", "A"): 3})
    for key in (1, 2, 3):
        order(store, key, [("A", 1)])
    reserve(store, [1, 2, 3])
    assert place(store, [(3, "1", "jx"), (2, "1", "jx"), (1, "1", "jx")]) == Placed([2, 1], [3])
    assert place(store, [(1, "1", "jx"), (2, "1", "jx")]) == Placed([1, 2])  # twice in one place is nothing
    assert active(store) == {(1, "A", "jx"): 1, (2, "A", "jx"): 1, (3, "A", ""): 1}
    assert place(store, [(1, "1", "sz"), (3, "1", "sz")]) == Placed([1, 3])
    assert active(store) == {(1, "A", "sz"): 1, (2, "A", "jx"): 1, (3, "A", "sz"): 1}
    assert reservations.states(store, 1) == [("1", "A", "jx", 1, "released"), ("1", "A", "sz", 1, "active")]
    assert place(store, [(1, "1", "jx")]) == Placed([1])  # and back again, in the row that lies there already
    assert reservations.states(store, 1) == [("1", "A", "jx", 1, "active"), ("1", "A", "sz", 1, "released")]
    assert reserve(store, [1, 2, 3]) == Reserved([1, 2, 3])  # routed or not, it is the same promise


def test_what_is_released_can_be_had_by_others(store: Store) -> None:
    levels(store, {("jx", "A"): 1})
    order(store, 1, [("A", 1)])
    order(store, 2, [("A", 1)])
    assert reserve(store, [1, 2]) == Reserved([1], {2: ("A",)})
    assert release(store, [1, 2], "cancelled") == [1]
    assert rows(store, "SELECT status FROM orders WHERE order_key = 1") == [("PAID",)]
    assert reserve(store, [2]) == Reserved([2])
    assert rows(store, "SELECT held FROM orders WHERE order_key = 2") == [(False,)]


def test_an_order_counts_once_while_it_leaves(store: Store) -> None:
    levels(store, {("jx", "A"): 3})
    order(store, 1, [("A", 2)])
    order(store, 2, [("A", 2)])
    reserve(store, [1])
    place(store, [(1, "1", "jx")])
    with store.write() as cursor:
        cursor.execute(
            "UPDATE orders SET status = 'SHIPPED', shipped_at = ? WHERE order_key = 1", [NOON + timedelta(hours=1)]
        )
    assert consume(store, [1]) == [1]
    assert consume(store, [1]) == []
    assert reserve(store, [2]).short == {2: ("A",)}  # the level of noon still holds the two that have left
    levels(store, {("jx", "A"): 1}, NOON + timedelta(hours=2))
    assert reserve(store, [2]).short == {2: ("A",)}  # now the level says it, and nothing is taken off twice
    levels(store, {("jx", "A"): 2}, NOON + timedelta(hours=3))
    assert reserve(store, [2]) == Reserved([2])
