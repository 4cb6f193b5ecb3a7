"""Reservations follow what happens: cancellations, shipments, changed lines, new pieces, corrections of the WMS."""

from datetime import timedelta

from core.stock.reservations import place, reserve
from core.stock.settle import choose, settle
from core.store import Store, ledger
from core.store.stock_events import Candidate
from tests.stock.rooms import NOON, levels, order, rows

HOUR = timedelta(hours=1)


def active(store: Store) -> list[tuple[int, str, int]]:
    return rows(store, "SELECT order_key, warehouse, qty FROM reservations WHERE state = 'active' ORDER BY ALL")


def change(store: Store, sql: str) -> None:
    with store.write() as cursor:
        cursor.execute(sql)


def test_pieces_of_a_cancelled_order_go_to_who_waits(store: Store) -> None:
    levels(store, {("jx", "A"): 2})
    for key in (1, 2, 3):
        order(store, key, [("A", 2 if key == 1 else 1)])
    assert reserve(store, [1, 2, 3]).reserved == [1]
    assert settle(store).touched == 0
    change(store, "UPDATE orders SET status = 'CANCELLED' WHERE order_key = 1")
    done = settle(store)
    assert (done.released, done.served) == (1, 2)
    assert rows(store, "SELECT held_reasons FROM orders WHERE order_key > 1") == [("[]",), ("[]",)]
    assert settle(store).touched == 0


def test_an_order_that_needs_more_than_there_is_is_not_tried_again_and_again(store: Store) -> None:
    order(store, 1, [("A", 5)])
    assert reserve(store, [1]).short == {1: ("A",)}
    levels(store, {("jx", "A"): 4})
    assert settle(store).touched == 0
    levels(store, {("jx", "A"): 5}, NOON + HOUR)
    assert settle(store).served == 1


def test_shipped_orders_are_booked_and_changed_lines_asked_anew(store: Store) -> None:
    levels(store, {("jx", "A"): 9})
    for key in (1, 2):
        order(store, key, [("A", 1)])
    reserve(store, [1, 2])
    change(store, "UPDATE orders SET status = 'SHIPPED', shipped_at = '2026-11-20 05:00:00+00' WHERE order_key = 1")
    change(store, "UPDATE order_lines SET qty = 3 WHERE order_key = 2")
    change(store, "UPDATE orders SET changed_at = now() + INTERVAL 1 HOUR WHERE order_key = 2")
    done = settle(store)
    assert (done.consumed, done.changed) == (1, 1)
    assert active(store) == [(2, "", 3)]


def test_what_left_without_a_reservation_is_in_the_ledger_too(store: Store) -> None:
    levels(store, {("jx", "A"): 9})
    order(store, 1, [("A", 2)], status="SHIPPED", warehouse="jx", shipped_at=NOON + HOUR)
    change(store, "UPDATE orders SET changed_at = now()")
    settle(store)
    settle(store)
    with store.read() as cursor:
        assert [(b.shipped, b.on_hand) for b in ledger.balances(cursor)] == [(2, 7)]


def test_after_a_correction_the_latest_and_cheapest_give_back_and_wait(store: Store) -> None:
    levels(store, {("jx", "A"): 4})
    order(store, 1, [("A", 1)])
    order(store, 2, [("A", 1)], minute=5, paid_fen=900)
    order(store, 3, [("A", 1)], minute=5, paid_fen=500)
    order(store, 4, [("A", 1)], minute=9)
    reserve(store, [1, 2, 3, 4])
    change(store, "UPDATE orders SET status = 'PICKING' WHERE order_key = 4")  # being picked: never a victim
    levels(store, {("jx", "A"): 3}, NOON + HOUR)
    assert settle(store).victims == [3]
    assert [row[0] for row in active(store)] == [1, 2, 4]
    assert rows(store, "SELECT status, held_reasons FROM orders WHERE order_key = 3") == [("PAID", '["no_stock"]')]
    assert rows(store, "SELECT platform_no, thing, qty, outcome FROM stock_victims") == [("N0003", "A", 1, "held")]
    levels(store, {("jx", "A"): 4}, NOON + 2 * HOUR)
    assert settle(store).served == 1


def test_a_shelf_that_lacks_pieces_sends_orders_to_where_some_are(store: Store) -> None:
    levels(store, {("jx", "A"): 2, ("sz", "A"): 5})
    for key in (1, 2):
        order(store, key, [("A", 1)])
    reserve(store, [1, 2])
    place(store, [(1, "1", "jx"), (2, "1", "jx")])
    levels(store, {("jx", "A"): 1}, NOON + HOUR)
    done = settle(store)
    assert (done.rerouted, done.victims) == ([2], [])
    assert active(store) == [(1, "jx", 1), (2, "", 1)]
    assert settle(store).touched == 0


def test_one_victim_may_cover_several_things() -> None:
    def one(key: int, minutes: int, fen: int, **holds: int) -> Candidate:
        return Candidate(key, NOON + timedelta(minutes=minutes), fen, holds)

    found = choose({"A": 2, "B": 1}, [one(1, 1, 5, A=1), one(2, 9, 5, A=2, B=1), one(3, 9, 9, B=1), one(4, 3, 1, C=8)])
    assert found == {2: {"A": 2, "B": 1}}
