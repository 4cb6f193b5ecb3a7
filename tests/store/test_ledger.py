"""The ledger adds up: on hand = opening + receipts - shipped - adjustments, whatever is said late or twice."""

from datetime import timedelta

from core.stock.reservations import consume, place, reserve
from core.store import Store, ledger, level_quarantine
from core.store.ledger import Balance
from tests.stock.rooms import NOON, levels, order, rows

HOUR = timedelta(hours=1)


def balance(store: Store, sku: str = "A") -> list[Balance]:
    with store.read() as cursor:
        return ledger.balances(cursor, sku)


def ship(store: Store, key: int, hours: float, warehouse: str | None = "jx") -> None:
    """Reserve, place and ship order `key` that many hours after noon."""
    reserve(store, [key])
    if warehouse:
        place(store, [(key, "1", warehouse)])
    with store.write() as cursor:
        cursor.execute(
            "UPDATE orders SET status = 'SHIPPED', shipped_at = ? WHERE order_key = ?", [NOON + hours * HOUR, key]
        )
    consume(store, [key])


def test_a_fall_that_shipments_explain_is_no_adjustment(store: Store) -> None:
    levels(store, {("jx", "A"): 10})
    order(store, 1, [("A", 2)])
    ship(store, 1, 1)
    assert balance(store) == [Balance("jx", "A", 10, 0, 2, 0, 8)]
    levels(store, {("jx", "A"): 8}, NOON + 2 * HOUR)
    assert balance(store) == [Balance("jx", "A", 10, 0, 2, 0, 8)]


def test_a_correction_is_one_adjustment_and_a_rise_one_receipt(store: Store) -> None:
    levels(store, {("jx", "A"): 10})
    levels(store, {("jx", "A"): 7}, NOON + HOUR)
    levels(store, {("jx", "A"): 7}, NOON + HOUR)  # said twice
    assert balance(store) == [Balance("jx", "A", 10, 0, 0, 3, 7)]
    levels(store, {("jx", "A"): 12}, NOON + 2 * HOUR)
    assert balance(store) == [Balance("jx", "A", 10, 5, 0, 3, 12)]
    assert rows(store, "SELECT kind, qty, reason, source FROM stock_movements ORDER BY happened_at") == [
        ("opening", 10, "first_level", "opening"),
        ("adjustment", 3, "wms_correction", "level:20261120T050000"),
        ("receipt", 5, "seen_in_level", "level:20261120T060000"),
    ]


def test_a_shipment_heard_of_late_takes_its_adjustment_back(store: Store) -> None:
    levels(store, {("jx", "A"): 10})
    order(store, 1, [("A", 2)])
    reserve(store, [1])
    place(store, [(1, "1", "jx")])
    levels(store, {("jx", "A"): 8}, NOON + 2 * HOUR)  # the parcel is gone, and nobody told us yet
    assert balance(store) == [Balance("jx", "A", 10, 0, 0, 2, 8)]
    ship(store, 1, 1)
    assert balance(store) == [Balance("jx", "A", 10, 0, 2, 0, 8)]


def test_a_shipment_from_nowhere_explains_the_fall_of_some_warehouse(store: Store) -> None:
    levels(store, {("jx", "A"): 10, ("sz", "A"): 5})
    order(store, 1, [("A", 3)])
    ship(store, 1, 1, warehouse=None)
    levels(store, {("jx", "A"): 9, ("sz", "A"): 2}, NOON + 2 * HOUR)
    assert balance(store) == [Balance("jx", "A", 10, 0, 1, 0, 9), Balance("sz", "A", 5, 0, 2, 1, 2)]
    assert rows(store, "SELECT sum(qty)::BIGINT FROM stock_movements WHERE warehouse = ''") == [(0,)]


def test_levels_that_cannot_be_true_are_held_back(store: Store) -> None:
    levels(store, {("jx", "A"): 10, ("jx", "B"): 200, ("jx", "C"): 3})
    levels(store, {("jx", "A"): -2, ("jx", "B"): 20_000, ("jx", "D"): 20_000_000, ("jx", "C"): 4}, NOON + HOUR)
    doubts = {(d.sku, d.on_hand, d.before, d.reason) for d in level_quarantine.listing(store)}
    assert doubts == {("A", -2, 10, "negative"), ("B", 20_000, 200, "jump"), ("D", 20_000_000, None, "too_many")}
    assert rows(store, "SELECT sku, on_hand FROM stock_levels ORDER BY 1") == [("A", 10), ("B", 200), ("C", 4)]
    levels(store, {("jx", "A"): -2}, NOON + 2 * HOUR)
    assert len(level_quarantine.listing(store)) == 3  # the same word again is no news
    levels(store, {("jx", "A"): 9}, NOON + 3 * HOUR)
    assert {d.sku for d in level_quarantine.listing(store)} == {"B", "D"}
    assert balance(store) == [Balance("jx", "A", 10, 0, 0, 1, 9)]


def test_a_warehouse_that_falls_to_zero_at_once_is_doubted(store: Store) -> None:
    levels(store, {("jx", f"S{n}"): 5 for n in range(30)} | {("sz", "S1"): 4})
    levels(store, {("jx", f"S{n}"): 0 for n in range(30)} | {("sz", "S1"): 0}, NOON + HOUR)
    assert len(level_quarantine.listing(store)) == 30
    assert rows(store, "SELECT sum(on_hand)::BIGINT FROM stock_levels") == [(150,)]
