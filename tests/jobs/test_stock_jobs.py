"""The jobs of stock: idle while nothing happens, pushing only when switched on, peaks found once there are orders."""

from datetime import timedelta

from core import clock
from core.jobs.deliver import deliver_due
from core.jobs.stock import find_peaks, push_stock, settle_stock
from core.people.vault import open_vault
from core.settings import Settings
from core.stock.reservations import place, reserve
from core.store import Store
from tests.stock.rooms import NOON, levels, order, rows


def test_nothing_to_do_is_nothing_written(store: Store, settings: Settings) -> None:
    vault, version = open_vault(settings), store.version
    assert settle_stock(store, vault, settings) == 0
    assert push_stock(store, vault, settings) == {}
    assert deliver_due(store, vault, settings) == {}
    assert store.version == version


def test_waiting_orders_are_served_when_pieces_come(store: Store, settings: Settings) -> None:
    vault = open_vault(settings)
    order(store, 1, [("A", 1)])
    reserve(store, [1])
    assert settle_stock(store, vault, settings) == 0
    levels(store, {("jx", "A"): 1})
    assert settle_stock(store, vault, settings) == 1
    assert rows(store, "SELECT status, held FROM orders") == [("STOCK_LOCKED", False)]
    assert settle_stock(store, vault, settings) == 0


def test_an_order_that_lost_its_shelf_is_routed_anew_or_held_with_the_reason(store: Store, settings: Settings) -> None:
    levels(store, {("jx", "A"): 1, ("sz", "A"): 5})
    order(store, 1, [("A", 1)])
    reserve(store, [1])
    place(store, [(1, "1", "jx")])
    levels(store, {("jx", "A"): 0}, NOON + timedelta(hours=1))
    assert settle_stock(store, open_vault(settings), settings) == 1
    # no routing policy is published here: the order says so instead of standing still
    assert rows(store, "SELECT warehouse, held_reasons FROM orders") == [(None, '["no_route"]')]
    assert rows(store, "SELECT warehouse, state FROM reservations WHERE state = 'active'") == [("", "active")]


def test_peaks_are_found_once_there_are_orders(store: Store, settings: Settings) -> None:
    vault = open_vault(settings)
    assert find_peaks(store, vault, settings) == 0
    with clock.frozen(NOON + timedelta(hours=2)):
        order(store, 1, [("A", 6)])
        assert find_peaks(store, vault, settings) == 1
        assert find_peaks(store, vault, settings) == 0
    assert rows(store, "SELECT sku, per_minute FROM stock_peaks") == [("A", 0.1)]
