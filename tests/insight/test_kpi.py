"""Each figure by its one formula, checked by hand; nothing to measure is None, never 0."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core import clock
from core.insight import cohort
from core.insight.backtest import Period
from core.insight.kpi import figures
from core.people.actor import person
from core.services import tickets

ZONE = "Asia/Shanghai"
PAID = datetime(2026, 11, 10, 2, tzinfo=UTC)
WEEK = Period(date(2026, 11, 9), date(2026, 11, 15))


@pytest.fixture
def add(store):
    number = iter(range(1, 1000))

    def add(paid=PAID, slip=None, ship=None, status="PAID", **more):
        key = next(number)
        values = {
            "order_key": key, "channel": "taobao", "platform_no": f"N{key}", "status": status, "paid_at": paid,
            "slip_at": None if slip is None else paid + timedelta(minutes=slip),
            "shipped_at": None if ship is None else paid + timedelta(minutes=ship), "unit_count": 1, **more,
        }  # fmt: skip
        with store.write() as cursor:
            cursor.execute(
                f"INSERT INTO orders ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", [*values.values()]
            )
        return key

    return add


@pytest.fixture
def happen(store):
    def happen(table, **values):
        with store.write() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", [*values.values()]
            )

    return happen


def test_an_empty_store_has_no_figure_and_no_zero(store):
    found = figures(store, Period(), ZONE)
    assert found.pop("paid_to_slip_minutes") == {
        "p50": None, "p90": None, "mean": None, "within_30_share": None, "n": 0, "open": 0,
    }  # fmt: skip
    assert found.pop("paid_to_ship_minutes") == {"p50": None, "p90": None, "n": 0}
    assert set(found.values()) == {None} and len(found) == 9


def test_times_are_those_of_the_cohort_with_its_open_orders_beside(store, add):
    for minutes in (10, 20, 30, 40, 100):
        add(slip=minutes, ship=minutes * 10, status="SHIPPED")
    add()  # open
    add(status="CANCELLED")
    add(status="UNPAID", paid=None)
    add(paid=PAID - timedelta(days=7), slip=1)  # another week
    found = figures(store, WEEK, ZONE)
    assert found["paid_to_slip_minutes"] == {
        "p50": 30, "p90": 76, "mean": 40, "within_30_share": 0.6, "n": 5, "open": 1,
    }  # fmt: skip
    assert found["paid_to_ship_minutes"] == {"p50": 300, "p90": 760, "n": 5}


def test_what_is_scheduled_imported_or_refunded_spoils_no_mean(store, add, happen):
    add(slip=20)
    add(slip=5000, deliver_on=date(2026, 11, 20))
    add(slip=9000, is_presale=True)
    add(slip=-5)  # paid after its slip
    add(slip=60 * 24 * 90)  # an import of months ago
    happen("refunds", order_key=add(), channel="taobao", refund_status="SUCCESS")
    happen("refunds", order_key=add(channel="offline"), channel="offline", refund_status="REFUNDED")
    assert figures(store, WEEK, ZONE)["paid_to_slip_minutes"] == {
        "p50": 20, "p90": 20, "mean": 20, "within_30_share": 1, "n": 1, "open": 0,
    }  # fmt: skip


def test_a_business_day_is_one_of_the_zone(store, add):
    add(paid=datetime(2026, 11, 8, 16, 0, tzinfo=UTC), slip=1)  # midnight of the 9th in Shanghai
    add(paid=datetime(2026, 11, 8, 15, 59, tzinfo=UTC), slip=1)
    add(paid=datetime(2026, 11, 15, 15, 59, tzinfo=UTC), slip=1)
    add(paid=datetime(2026, 11, 15, 16, 0, tzinfo=UTC), slip=1)
    assert figures(store, WEEK, ZONE)["paid_to_slip_minutes"]["n"] == 2


def test_an_order_a_person_touched_is_not_automatic(store, add, happen):
    keys = [add(slip=5, ship=100, status="SHIPPED") for _n in range(5)]
    add(slip=5)

    def event(key, actor, minute, what="released"):
        happen("order_events", order_key=key, event=what, actor=actor, happened_at=PAID + timedelta(minutes=minute))

    event(keys[0], "boss", 50)
    event(keys[0], "boss", 60)
    event(keys[1], "system", 50)
    event(keys[2], "boss", 101)  # after it left
    event(keys[3], "wang", 90, "order_packed")  # hands, not a decision
    assert figures(store, WEEK, ZONE)["automation_rate"] == 0.8


def test_an_order_with_two_faults_counts_once_and_a_late_find_not_at_all(store, add, happen):
    keys = [add(ship=100, status="SHIPPED") for _n in range(4)]
    assert figures(store, WEEK, ZONE)["dispatch_error_rate"] is None
    shipped = PAID + timedelta(minutes=100)
    for key, days in ((keys[0], 1), (keys[0], 2), (keys[1], 14)):
        happen("dispatch_faults", order_key=key, kind="wrong_item", found_at=shipped + timedelta(days=days))
    assert figures(store, WEEK, ZONE)["dispatch_error_rate"] == 0.25


def test_questions_losses_and_tickets_between_teams(store, add, happen):
    mei = person("mei", "cs")
    key = add()
    for day, kinds in ((10, ("order_progress", "order_progress", "damaged")), (12, ("order_progress",))):
        with clock.frozen(datetime(2026, 11, day, 4, tzinfo=UTC)):
            for kind in kinds:
                tickets.open_ticket(mei, store, key, kind, "warehouse" if kind == "damaged" else "cs", "")
    for cause, fen in (("fine", 5000), ("mis_ship", 1234)):
        happen("losses", order_key=key, cause=cause, loss_fen=fen, happened_at=PAID)
    found = figures(store, WEEK, ZONE)
    assert found["order_inquiry_share"] == 0.75
    assert found["loss_fen"] == 6234
    assert found["cross_team_tickets_per_day"] == round(1 / 7, 4)
    assert figures(store, Period(), ZONE)["cross_team_tickets_per_day"] == round(1 / 3, 4)
    assert figures(store, Period(date(2026, 12, 1)), ZONE)["loss_fen"] is None


def test_false_positives_are_of_the_normal_and_false_discoveries_of_the_reviewed(store, add, happen):
    keys = [add() for _n in range(10)]
    for n, key in enumerate(keys):
        outcome = "freeze" if n < 4 else "allow"
        happen("decisions", order_key=key, kind="risk", mode="live", outcome=outcome, decided_at=PAID)
    for key, label in ((keys[0], "normal"), (keys[1], "fraud"), (keys[2], "fraud"), (keys[2], "normal")):
        happen("labels", order_key=key, label=label, labelled_at=clock.now())
    found = figures(store, WEEK, ZONE)
    assert found["false_positive_rate"] == 0.25  # 2 of 8: ten without the fraud and the one that waits
    assert found["false_discovery_rate"] == round(2 / 3, 6)


def test_pieces_that_found_no_stock_and_warehouses_that_were_kept(store, add, happen):
    keys = [add(ship=10, status="SHIPPED", unit_count=units) for units in (3, 5, 2)]
    happen("reservations", order_key=keys[0], qty=3, state="consumed", reserved_at=PAID)
    happen("order_events", order_key=keys[2], event="held", reason="no_stock", actor="system", happened_at=PAID)
    for key in keys:
        happen("decisions", order_key=key, kind="routing", mode="live", outcome="jx", decided_at=PAID)
    happen("order_events", order_key=keys[1], event="warehouse_changed", actor="boss", happened_at=PAID)
    found = figures(store, WEEK, ZONE)
    assert found["oversell_rate"] == 0.4
    assert found["routing_acceptance"] == round(2 / 3, 6)


def test_orders_joined_in_parts_give_the_same_figures(store, add, happen, monkeypatch):
    for n in range(30):
        key = add(slip=5, ship=100 if n % 3 else None, status="SHIPPED", unit_count=1 + n % 4)
        happen(
            "decisions",
            order_key=key,
            kind="risk",
            mode="live",
            outcome="freeze" if n % 4 else "allow",
            decided_at=PAID,
        )
        happen("decisions", order_key=key, kind="routing", mode="live", outcome="jx", decided_at=PAID)
        if n % 5 == 0:
            happen("order_events", order_key=key, event="held", reason="no_stock", actor="system", happened_at=PAID)
            happen("order_events", order_key=key, event="warehouse_changed", actor="boss", happened_at=PAID)
        else:
            happen("reservations", order_key=key, qty=1, state="active", reserved_at=PAID)
        if n % 6 == 0:
            happen("labels", order_key=key, label="normal" if n % 12 else "fraud", labelled_at=PAID)
    whole = figures(store, WEEK, ZONE)
    assert None not in (whole["automation_rate"], whole["oversell_rate"], whole["routing_acceptance"])
    monkeypatch.setattr(cohort, "BYTES_PER_ORDER", 40_000_000)  # seven orders in 256 MB
    assert figures(store, WEEK, ZONE) == whole
