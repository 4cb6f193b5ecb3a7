"""Available-to-sell: every order counts once, and the waterfall adds up."""

from datetime import timedelta

import pytest

from core.errors import BadRequest
from core.stock import available
from core.stock.policy import LiveSale, Lock, StockPolicy, load, parse
from core.store import Store, documents
from core.store import available as reads
from tests.stock.rooms import NOON, levels, order

CHANNELS = ("taobao", "jd")


def of(store: Store, sku: str, **policy: object) -> available.Waterfall:
    found = available.compute(store, StockPolicy(**policy), CHANNELS, NOON + timedelta(hours=1))
    return found.skus[sku]


def test_the_waterfall_adds_up(store: Store) -> None:
    levels(store, {("jx", "A"): 60, ("sz", "A"): 40})
    order(store, 1, [("A", 5)])
    order(store, 2, [("A", 3)], held=True)
    order(store, 3, [("A", 2)], status="UNPAID", channel="taobao")
    order(store, 4, [("A", 9)], status="SHIPPED")
    order(store, 5, [("A", 9)], status="CANCELLED")
    row = of(store, "A", unpaid=("taobao",), buffer="fixed", buffer_pieces=4, locks=(Lock("jd", "A", 6),))
    assert row == available.Waterfall("A", 100, 5, 3, 2, 6, 4)
    assert row.available == 80
    assert of(store, "A").available == 92  # unpaid orders lock nothing unless the platform says so


def test_a_reserved_order_is_not_taken_off_twice(store: Store) -> None:
    from core.stock.reservations import consume, place, reserve

    levels(store, {("jx", "A"): 10})
    order(store, 1, [("A", 4)])
    assert of(store, "A").available == 6
    reserve(store, [1])
    place(store, [(1, "1", "jx")])
    assert of(store, "A").available == 6
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'SHIPPED', shipped_at = ?", [NOON + timedelta(minutes=30)])
    consume(store, [1])
    assert of(store, "A").available == 6
    levels(store, {("jx", "A"): 6}, NOON + timedelta(minutes=40))
    assert of(store, "A").available == 6


def test_a_set_can_be_sold_as_often_as_its_scarcest_part_allows(store: Store) -> None:
    levels(store, {("jx", "A"): 9, ("jx", "B"): 3})
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO bundle_components VALUES ('SET', 'A', 2, false, NULL), ('SET', 'B', 1, false, NULL), ('NONE', 'X', 1, false, NULL)"
        )
    assert of(store, "SET").available == 3
    order(store, 1, [("SET", 1), ("A", 2)])
    assert (of(store, "A").paid, of(store, "SET").available) == (4, 2)
    assert of(store, "NONE").available == 0


def test_the_buffer_follows_the_busiest_hour_and_a_live_sale(store: Store) -> None:
    levels(store, {("jx", "A"): 100, ("jx", "B"): 100})
    for key in range(1, 61):
        order(store, key, [("A", 1)], status="SHIPPED", minute=-90)
    with store.write() as cursor:
        assert reads.keep_peaks(cursor, NOON) == 1
    policy = {"buffer": "formula", "interval_minutes": 5, "delay_minutes": 2, "over_fen": 95, "under_fen": 5}
    assert of(store, "A", **policy).buffer == 12  # Poisson(7) at 0.95
    assert of(store, "B", **policy).buffer == 0
    assert of(store, "B", **policy, least=2).buffer == 2
    assert of(store, "A", **policy, most=8).buffer == 8
    assert of(store, "A", **policy, by_hand={"A": 3}).buffer == 3
    live = LiveSale(NOON, NOON + timedelta(hours=2), 3.0)
    assert of(store, "A", **policy, live=(live,)).buffer == 36


def test_channels_show_what_is_there_and_never_less_than_nothing(store: Store) -> None:
    levels(store, {("jx", "A"): 1})
    order(store, 1, [("A", 3)])
    found = available.compute(store, StockPolicy(), CHANNELS, NOON)
    assert (found.skus["A"].available, found.shown["A"]) == (-2, {"taobao": 0, "jd": 0})


def test_settings_are_kept_as_they_are_and_nonsense_is_refused(store: Store) -> None:
    assert load(store) == StockPolicy()
    policy = StockPolicy(
        pushing=True, mode="share", shares={"taobao": 60, "jd": 40}, priority="jd", by_hand={"A": 3},
        live=(LiveSale(NOON, NOON + timedelta(hours=1), 2.0, "11.11"),), locks=(Lock("jd", "A", 2),), unpaid=("jd",),
    )  # fmt: skip
    draft = documents.save_draft(store, "stock", "stock", policy.body(), author="a")
    documents.publish(store, "stock", "stock", draft.version)
    assert load(store) == StockPolicy(**{**{f: getattr(policy, f) for f in policy.__slots__}, "version": 1})
    for wrong in ({"shares": {"jd": 101}}, {"interval_minutes": 0}, {"mode": "share"}, {"nonsense": 1}, {"most": -1}):
        with pytest.raises(BadRequest):
            parse({**StockPolicy().body(), **wrong})
