"""The runner over a real store: batches, refunds and cancellations in flight, parking, retry, versions."""

from datetime import timedelta

import pytest

from core import clock
from core.flow import registry
from core.flow.runner import Runner, runner
from core.flow.station import Context, Moves, Station
from core.settings import Settings
from core.store import Store
from tests.flow_orders import STRAIGHT, Shop, flow, publish_flow
from tests.payloads import one, rows


@pytest.fixture
def shop(store: Store, settings: Settings) -> Shop:
    publish_flow(store, STRAIGHT)
    return Shop(store, settings)


def test_a_paid_order_walks_to_its_slip_and_waits_for_packing(shop: Shop) -> None:
    shop.orders("1", "2")
    told = shop.drain()
    assert told["processed"] == 2 and told["held"] == 0 and told["waiting"] == 2
    assert told["by_station"] == {"trigger": 2, "refund_gate": 2, "reserve": 2, "pick_list": 2, "wait": 2}
    assert shop.slips() == {"1": 1, "2": 1}
    assert shop.statuses() == {"1": "PICKING", "2": "PICKING"}


def test_draining_again_changes_nothing(shop: Shop) -> None:
    shop.orders("1")
    shop.drain()
    before = rows(shop.store, "SELECT * FROM order_events ORDER BY ALL")
    assert shop.drain()["processed"] == 0
    assert rows(shop.store, "SELECT * FROM order_events ORDER BY ALL") == before


def test_unpaid_and_platform_held_orders_do_not_get_a_slip(shop: Shop) -> None:
    shop.orders("1", state="new")
    shop.orders("2", state="stop")
    shop.drain()
    assert shop.slips() == {}
    shop.orders("1", "2", minute=5, state="paid")
    shop.drain()
    assert shop.slips() == {"1": 1, "2": 1}


def test_a_refund_before_the_flow_stops_at_the_gate_and_a_withdrawn_one_goes_on(shop: Shop) -> None:
    shop.orders("1", "2")
    shop.refund("1")
    assert shop.drain()["held"] == 1
    assert shop.slips() == {"2": 1} and shop.where() == {"1": "gate", "2": "packed"}
    shop.refund("1", "CLOSED", minute=3)
    shop.drain()
    assert shop.slips() == {"1": 1, "2": 1}
    assert one(shop.store, "SELECT held FROM orders WHERE platform_no = '1'") is False


def test_a_refund_in_flight_holds_the_order_where_it_stands(shop: Shop) -> None:
    shop.orders("1")
    shop.drain()
    shop.refund("1")
    told = shop.drain()
    assert told["held"] == 1 and shop.where() == {"1": "packed"}
    assert one(shop.store, "SELECT held_reasons FROM orders") == '["refund_open"]'


def test_a_cancelled_order_leaves_and_gives_back_what_was_taken(shop: Shop) -> None:
    shop.orders("1")
    shop.drain()
    shop.orders("1", minute=9, state="closed")
    shop.drain()
    assert shop.where() == {} and shop.ends() == {"1": "cancelled"} and shop.slips() == {}
    assert rows(shop.store, "SELECT DISTINCT state FROM reservations") == [("released",)]


def test_an_order_without_stock_waits_and_goes_on_when_pieces_come(store: Store, settings: Settings) -> None:
    publish_flow(store, STRAIGHT)
    shop = Shop(store, settings, stock=2)
    shop.orders("1", "2")
    shop.drain()
    assert shop.slips() == {"1": 1} and shop.where() == {"1": "packed", "2": "stock"}


def test_the_limit_caps_how_many_orders_walk(shop: Shop) -> None:
    shop.orders(*(str(n) for n in range(5)))
    assert shop.drain(limit=2)["processed"] == 2
    assert len(shop.slips()) == 2


class Poison(Station):
    """Fails for orders whose number the test names."""

    kind, title, group = "poison", "Poison", "tell"
    bad: frozenset[int] = frozenset()

    def decide(self, context: Context, keys: list[int]) -> Moves:  # type: ignore[override]
        if set(keys) & self.bad:
            raise RuntimeError("cannot do this one")
        return {"next": list(keys)}


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Poison:
    station = Poison()
    monkeypatch.setitem(registry.stations(), "poison", station)
    return station


POISONED = flow(
    [
        ("in", "trigger", {}),
        ("bad", "poison", {}),
        ("stock", "reserve", {}),
        ("slip", "pick_list", {}),
        ("end", "archive", {}),
    ],
    [("in", "next", "bad"), ("bad", "next", "stock"), ("stock", "reserved", "slip"), ("slip", "next", "end")],
)


def test_a_poisoned_order_is_parked_with_its_reason_and_the_rest_of_the_batch_goes_on(
    store: Store, settings: Settings, poison: Poison
) -> None:
    publish_flow(store, POISONED)
    shop = Shop(store, settings)
    shop.orders(*(str(n) for n in range(9)))
    poison.bad = frozenset([shop.key("4")])
    shop.drain()
    assert sorted(shop.slips()) == ["0", "1", "2", "3", "5", "6", "7", "8"]
    parked = rows(store, "SELECT order_key, node, attempts, error FROM flow_tokens WHERE state = 'parked'")
    assert parked == [(shop.key("4"), "bad", 1, "RuntimeError: cannot do this one")]


def test_a_parked_order_is_tried_again_later_and_later_until_it_goes(
    store: Store, settings: Settings, poison: Poison
) -> None:
    publish_flow(store, POISONED)
    shop = Shop(store, settings)
    shop.orders("1")
    poison.bad = frozenset([shop.key("1")])
    shop.drain()
    first = one(store, "SELECT wake_at - changed_at FROM flow_tokens")
    shop.drain()
    assert one(store, "SELECT attempts FROM flow_tokens") == 1  # not before its time
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        shop.drain()
        assert one(store, "SELECT wake_at - changed_at FROM flow_tokens") == 2 * first
    poison.bad = frozenset()
    with clock.frozen(clock.now() + timedelta(minutes=9)):
        shop.drain()
    assert shop.slips() == {"1": 1}


def test_an_order_in_flight_finishes_on_its_own_version(shop: Shop) -> None:
    shop.orders("1")
    shop.drain()
    other = flow(
        [("start", "trigger", {}), ("stop", "hold", {}), ("end", "archive", {})],
        [("start", "next", "stop"), ("stop", "next", "end")],
    )
    publish_flow(shop.store, other)
    shop.orders("2")
    shop.drain()
    assert shop.where() == {"1": "packed", "2": "stop"}
    assert rows(shop.store, "SELECT version FROM flow_tokens ORDER BY version") == [(1,), (2,)]


def test_a_fresh_runner_takes_up_where_the_last_one_stopped(shop: Shop) -> None:
    shop.orders("1", "2", "3")
    shop.drain(limit=1)
    fresh = Runner(shop.store)
    fresh.drain(shop.vault, shop.settings)
    assert shop.slips() == {"1": 1, "2": 1, "3": 1}
    assert runner(shop.store) is not fresh


def test_orders_of_a_clock_that_went_back_walk_and_their_refunds_hold_them(shop: Shop) -> None:
    shop.orders("1")
    shop.drain()
    with clock.ahead(-timedelta(hours=3)):
        shop.orders("2")
        shop.refund("1")
        assert shop.drain()["held"] == 1
        shop.orders("3")
        shop.drain()
    assert shop.slips() == {"1": 1, "2": 1, "3": 1}
    assert rows(shop.store, "SELECT held FROM orders WHERE platform_no = '1'") == [(True,)]


def test_a_held_order_comes_past_no_slip_until_it_is_released(shop: Shop) -> None:
    from core.store import holds

    shop.orders("1")
    with shop.store.write() as cursor:
        holds.add(cursor, [shop.key("1")], "person", actor="anna")
    shop.drain()
    assert shop.slips() == {} and shop.where() == {"1": "slip"}
    with shop.store.write() as cursor:
        holds.lift(cursor, [shop.key("1")], "person", actor="anna")
    shop.drain()
    assert shop.slips() == {"1": 1}
