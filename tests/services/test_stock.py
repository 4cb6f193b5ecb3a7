"""Stock by hand: rights, audit, doubts accepted or left, counts, settings with what they change, the simulator."""

import pytest

from core.errors import BadRequest, NotAllowed, NotFound
from core.people.actor import Actor
from core.people.permissions import of_role
from core.services import stock, stock_settings
from core.settings import Settings
from core.stock.policy import StockPolicy
from core.store import Store
from tests.stock.rooms import NOON, levels, order, rows

LEAD, CS = (Actor(name, name, of_role(name)) for name in ("lead", "cs"))


def test_a_doubted_level_counts_once_a_person_says_so(store: Store) -> None:
    levels(store, {("jx", "A"): 10, ("jx", "B"): 5})
    levels(store, {("jx", "A"): -3, ("jx", "B"): -1}, NOON.replace(hour=6))
    first, second = stock.doubts(LEAD, store)
    with pytest.raises(NotAllowed):
        stock.accept(CS, store, first.quarantine_id)
    stock.accept(LEAD, store, first.quarantine_id)
    stock.leave(LEAD, store, second.quarantine_id)
    assert rows(store, "SELECT sku, on_hand FROM stock_levels ORDER BY sku") == [("A", 0), ("B", 5)]
    assert stock.doubts(LEAD, store) == []
    with pytest.raises(NotFound):
        stock.accept(LEAD, store, first.quarantine_id)
    assert rows(store, "SELECT action, outcome FROM audit ORDER BY seq") == [
        ("stock.edit", "denied"), ("stock.accept", "done"), ("stock.leave", "done"),
    ]  # fmt: skip


def test_a_count_is_a_level(store: Store, settings: Settings) -> None:
    stock.count(LEAD, store, "jx", "A", 7)
    order(store, 1, [("A", 2)])
    assert stock.view(CS, store, settings).found.skus["A"].available == 5
    assert [row[2:4] for row in stock.ledger_of(CS, store, "A")] == [("opening", 7)]
    for warehouse, sku, qty in (("", "A", 1), ("jx", " ", 1), ("jx", "A", -1)):
        with pytest.raises(BadRequest):
            stock.count(LEAD, store, warehouse, sku, qty)


def test_settings_say_what_they_change_before_they_count(store: Store, settings: Settings) -> None:
    levels(store, {("jx", "A"): 10, ("jx", "B"): 3})
    wanted = StockPolicy(buffer="fixed", buffer_pieces=4)
    effect = stock_settings.effect(LEAD, store, settings, wanted)
    assert (effect.figures, effect.before, effect.after, effect.buffered) == (0, 0, 0, 8)  # no shop takes figures yet
    with pytest.raises(NotAllowed):
        stock_settings.publish(CS, store, wanted)
    with pytest.raises(BadRequest):
        stock_settings.publish(LEAD, store, StockPolicy(interval_minutes=0))
    assert stock_settings.publish(LEAD, store, wanted) == 1
    assert stock_settings.publish(LEAD, store, StockPolicy()) == 2
    assert stock_settings.roll_back(LEAD, store, 1) == 3
    assert stock_settings.present(CS, store).buffer_pieces == 4
    assert [version.version for version in stock_settings.history(CS, store)] == [3, 2, 1]
    assert stock.view(CS, store, settings).found.skus["B"].available == -1
    with pytest.raises(BadRequest):
        stock.push_now(LEAD, store)


def test_the_simulator_plays_made_up_demand_for_an_empty_store_and_writes_nothing(store: Store) -> None:
    version = store.version
    found = stock_settings.simulation(CS, store, 7, 1, intervals=(5.0,), buffers=(0, 1))
    assert (found.made_up, store.version) == (True, version)
    rates = {outcome.name: outcome.oversell_rate for outcome in found.outcomes}
    assert rates["by hand"] > 0.01
    assert rates["5/0"] < 0.003
    assert rates["5/1"] < 0.0002


def test_corrections_are_counted_by_warehouse(store: Store) -> None:
    now_levels = {("jx", "A"): 10, ("sz", "A"): 10}
    levels(store, now_levels)
    levels(store, {("jx", "A"): 6, ("sz", "A"): 10}, NOON.replace(hour=6))
    assert {row.warehouse: (row.corrected, row.on_hand) for row in stock.drift(CS, store, 4000)} == {
        "jx": (4, 6),
        "sz": (0, 10),
    }
    assert stock.victims(CS, store) == []
