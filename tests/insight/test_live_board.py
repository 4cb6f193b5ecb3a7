"""The live board's snapshot against counts made by hand."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from core import clock
from core.insight import kpi, live_board
from core.insight.backtest import Period
from core.store.scope import Scope
from core.store.scoped import bound

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 18, 6, 30, tzinfo=UTC)  # Wednesday, 14:30 in Shanghai


@pytest.fixture
def order(store):
    number = iter(range(1, 10_000))

    def order(status="PAID", paid=NOW - timedelta(hours=1), **more):
        key = next(number)
        values = {"order_key": key, "channel": "jd", "shop": "s", "platform_no": f"N{key}", "status": status,
                  "paid_at": paid, "unit_count": 1, **more}  # fmt: skip
        with store.write() as cursor:
            cursor.execute(
                f"INSERT INTO orders ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", [*values.values()]
            )
        return key

    return order


def put(store, table, **values):
    with store.write() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", [*values.values()]
        )


def count(store):
    with clock.frozen(NOW):
        return live_board.count(store, ZONE)


def test_an_empty_store_counts_nothing_and_knows_no_figure(store):
    board = count(store)
    assert (board.open, board.held, board.late, board.at_risk, board.short_skus, board.rejects) == (0,) * 6
    assert board.today["p50"] is None and board.week["automation_rate"] is None
    assert [hour.orders for hour in board.hours] == [0] * 15 + [None] * 9
    assert {hour.normal for hour in board.hours} == {None}


def test_open_orders_by_status_promise_and_reason(store, order):
    hours = timedelta(hours=1)
    order(ship_by=NOW - hours)
    order(status="PACKED", ship_by=NOW)  # the promise ends now: not late yet
    order(status="PICKING", ship_by=NOW + 3 * hours, held=True, held_reasons='["no_stock","person"]')
    order(ship_by=NOW + 4 * hours, held=True, held_reasons='["person"]')
    order()
    order(status="SHIPPED", ship_by=NOW - hours)
    order(status="CANCELLED", ship_by=NOW - hours)
    board = count(store)
    assert board.by_status == {"PAID": 3, "STOCK_LOCKED": 0, "PICKING": 1, "LOGISTICS_ASSIGNED": 0, "PACKED": 1}
    assert (board.open, board.late, board.at_risk, board.risk_hours) == (5, 1, 2, 4)
    assert [(step.hours, step.orders) for step in board.countdown] == [
        (0, 1), (1, 1), (2, 0), (4, 1), (8, 1), (12, 0), (24, 0), (48, 0), (None, 0),
    ]  # fmt: skip
    assert (board.held, board.reasons) == (2, {"person": 2, "no_stock": 1})


def test_orders_stand_at_the_stations_that_the_published_flow_draws(store, order):
    body = {"nodes": [{"id": "a", "station": "risk", "label": "Risk"}, {"id": "b", "station": "review"}], "edges": []}
    put(
        store, "documents", kind="flow", name="f", version=1, state="published", body=json.dumps(body), published_at=NOW
    )
    for node, state in (("b", "parked"), ("b", "resting"), ("a", "ready"), ("old", "ready")):
        put(store, "flow_tokens", order_key=order(), parcel="", flow="f", version=1, node=node, state=state,
            arrived_at=NOW - timedelta(minutes=5))  # fmt: skip
    stations = count(store).stations
    assert [(s.node, s.label, s.station, s.orders, s.parked) for s in stations] == [
        ("a", "Risk", "risk", 1, 0), ("b", "b", "review", 2, 1), ("old", "old", "", 1, 0),
    ]  # fmt: skip


def test_arrivals_stand_against_the_same_weekday_of_the_weeks_before(store, order):
    for weeks, orders in enumerate((3, 9, 5, 7, 1), start=1):
        for _n in range(orders):
            order("SHIPPED", paid=NOW - timedelta(weeks=weeks))
    order("SHIPPED", paid=NOW - timedelta(days=1))
    order(paid=NOW - timedelta(minutes=10))
    hour = count(store).hours[14]
    assert (hour.orders, hour.normal, hour.low, hour.high) == (1, 5, 3, 7)


def test_one_day_before_is_not_yet_normal(store, order):
    order("SHIPPED", paid=NOW - timedelta(weeks=1))
    assert count(store).hours[14].normal is None


def test_the_outbox_tells_what_waits_what_was_refused_and_since_when(store):
    for state, minutes in (("waiting", 9), ("waiting", -5), ("claimed", 1), ("dead", 90), ("done", 30), ("done", 90)):
        at = NOW - timedelta(minutes=minutes)
        put(store, "outbox", kind="dispatch", state=state, next_at=at, created_at=at, changed_at=at)
    (lane,) = count(store).outbox
    assert (lane.kind, lane.waiting, lane.dead, lane.sent) == ("dispatch", 3, 1, 1)
    assert lane.due_at == NOW - timedelta(minutes=9)


def test_what_is_out_of_stock_is_told_by_sku(store, order):
    put(store, "products", sku="A", title="Cup")
    keys = [order(), order()]
    for key, sku, missing in ((keys[0], "A", 2), (keys[1], "A", 1), (keys[1], "B", 4)):
        put(store, "stock_waits", order_key=key, sku=sku, missing=missing, since=NOW)
    board = count(store)
    assert (board.short_skus, board.short_orders) == (2, 2)
    assert [(s.sku, s.title, s.orders, s.missing) for s in board.shorts] == [("A", "Cup", 2, 3), ("B", "", 1, 4)]


def test_times_and_rates_are_those_of_kpi(store, order):
    for minutes in (5, 10, 60):
        paid = NOW - timedelta(hours=2)
        order("PICKING", paid=paid, slip_at=paid + timedelta(minutes=minutes))
    order("SHIPPED", paid=NOW - timedelta(days=6), shipped_at=NOW - timedelta(days=5))
    board = count(store)
    assert board.today == kpi.figures(store, Period(board.day, board.day), ZONE)["paid_to_slip_minutes"]
    assert board.week == kpi.figures(store, Period(board.week_from, board.day), ZONE)
    assert board.week["automation_rate"] == 1.0
    assert board.paces == ((12, 10.0, 50.0),)


def test_a_part_of_the_shops_has_a_snapshot_of_its_own(store, order):
    order(shop="a")
    order(shop="b", held=True, held_reasons='["person"]')
    part = bound(store, Scope(shops=frozenset({("jd", "a")})))
    mine, whole = live_board.snapshot(part, ZONE), live_board.snapshot(store, ZONE)
    assert (mine.open, mine.held, mine.reasons) == (1, 0, {})
    assert (whole.open, whole.held, whole.reasons) == (2, 1, {"person": 1})
    assert live_board.snapshot(part, ZONE) is mine
