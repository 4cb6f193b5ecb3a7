"""What stands behind the figures, checked by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.insight.backtest import Period
from core.insight.kpi import figures
from core.insight.kpi_details import Details, details

ZONE = "Asia/Shanghai"
PAID = datetime(2026, 11, 10, 2, tzinfo=UTC)
WEEK = Period(date(2026, 11, 9), date(2026, 11, 15))


@pytest.fixture
def put(store):
    def put(table, **values):
        with store.write() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", [*values.values()]
            )

    return put


def at(minutes):
    return PAID + timedelta(minutes=minutes)


def test_nothing_has_happened(store):
    found = details(store, WEEK, ZONE)
    assert (found.net_p50, found.split, found.shipped) == (None, None, 0)
    assert found == Details(faults=dict.fromkeys(found.faults, 0), losses=dict.fromkeys(found.losses, 0))


def test_the_time_held_is_taken_off_once_however_many_holds_stood(store, put):
    put("orders", order_key=1, status="PICKING", paid_at=PAID, slip_at=at(100))
    for minute, event, reason in (
        (10, "held", "no_stock"), (20, "held", "person"), (30, "released", "no_stock"), (40, "released", "person"),
        (90, "held", "person"),
    ):  # fmt: skip
        put("order_events", order_key=1, event=event, reason=reason, happened_at=at(minute))
    found = details(store, WEEK, ZONE)
    assert (found.net_p50, found.net_p90, found.held_orders) == (60.0, 60.0, 1)
    assert figures(store, WEEK, ZONE)["paid_to_slip_minutes"]["p50"] == 100.0


def test_errors_by_type_and_losses_by_cause_add_up_to_the_figures(store, put):
    for key in range(4):
        put("orders", order_key=key, status="SHIPPED", paid_at=PAID, shipped_at=at(60))
    for key, kind in ((0, "wrong_item"), (0, "missing"), (1, "missing")):
        put("dispatch_faults", order_key=key, kind=kind, found_at=at(600))
    for cause, fen in (("fine", 500), ("fine", 250), ("mis_ship", 100)):
        put("losses", cause=cause, loss_fen=fen, happened_at=PAID)
    found, told = details(store, WEEK, ZONE), figures(store, WEEK, ZONE)
    assert (found.faults["missing"], found.faults["wrong_item"], found.faults["duplicate"]) == (2, 1, 0)
    assert found.faulty / found.shipped == told["dispatch_error_rate"] == 0.5
    assert found.losses["fine"] == 750 and sum(found.losses.values()) == told["loss_fen"] == 850


def test_what_is_in_no_time_is_told_beside_it(store, put):
    put("orders", order_key=1, status="PAID", paid_at=PAID, is_presale=True)
    put("orders", order_key=2, status="SHIPPED", paid_at=PAID, deliver_on=date(2026, 11, 20), slip_at=at(9000))
    put("orders", order_key=3, status="SHIPPED", paid_at=PAID, slip_at=at(-1))
    found = details(store, WEEK, ZONE)
    assert (found.scheduled, found.scheduled_open, found.odd) == (2, 1, 1)


def test_split_and_downgraded_are_shares_of_the_routed(store, put):
    for key, parcels, down in ((1, 2, False), (2, 1, True), (3, 1, False), (4, 1, False)):
        put("orders", order_key=key, paid_at=PAID)
        for number in range(parcels):
            put("parcels", order_key=key, parcel_no=number, downgraded=down)
    found = details(store, WEEK, ZONE)
    assert (found.split, found.downgraded) == (0.25, 0.25)
