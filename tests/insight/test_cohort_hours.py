"""Kept hours are a shortcut, never another answer: whatever is written after, a period's counts are those of the store."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.insight import cohort_hours
from core.insight.cohort import Bounds
from core.insight.cohort_hours import Counts

BEGIN = datetime(2026, 11, 10, tzinfo=UTC)
EVER = Bounds(None, None)
HALF = Bounds(BEGIN + timedelta(minutes=90), BEGIN + timedelta(hours=4, minutes=30))
"""Cuts two hours in the middle, as a zone half an hour off does."""


def counted(store, bounds=EVER):
    with store.read() as cursor:
        return cohort_hours.counts(cursor, bounds)


def afresh(store, bounds):
    """Without what was kept."""
    with store.read() as cursor:
        cursor.execute("BEGIN TRANSACTION")
        cursor.execute("DELETE FROM cohort_marks")
        found = cohort_hours.counts(cursor, bounds)
        cursor.execute("ROLLBACK")
    return found


def pay(cursor, key, hour, now, shipped=False):
    paid = BEGIN + timedelta(hours=hour, minutes=key % 60)
    cursor.execute(
        "INSERT INTO orders (order_key, channel, platform_no, status, unit_count, paid_at, shipped_at, changed_at) "
        "VALUES (?, 'taobao', ?, 'PAID', ?, ?, ?, ?)",
        [key, f"N{key}", key % 3 + 1, paid, paid + timedelta(days=2) if shipped else None, now],
    )


def log(cursor, what, key, now):
    """Something is written of an order at an instant."""
    kind, word = what
    if kind in ("risk", "routing"):
        cursor.execute(
            "INSERT INTO decisions (order_key, kind, mode, outcome, decided_at) VALUES (?, ?, 'live', ?, ?)",
            [key, kind, word, now],
        )
    elif kind == "label":
        cursor.execute("INSERT INTO labels VALUES (?, ?, 'review', 'zhao', ?)", [key, word, now])
    elif kind == "booked":
        cursor.execute(
            "INSERT INTO reservations (order_key, reserved_at, changed_at) VALUES (?, ?, ?)", [key, now, now]
        )
    elif kind == "event":
        event, reason, actor = word
        cursor.execute(
            "INSERT INTO order_events (order_key, event, reason, actor, happened_at) VALUES (?, ?, ?, ?, ?)",
            [key, event, reason, actor, now],
        )
    elif kind == "shipped":
        cursor.execute(
            "UPDATE orders SET shipped_at = paid_at + INTERVAL 3 DAY, changed_at = ? WHERE order_key = ?", [now, key]
        )
    elif kind == "paid again":
        cursor.execute(
            "UPDATE orders SET paid_at = paid_at + INTERVAL 2 HOUR, changed_at = ? WHERE order_key = ?", [now, key]
        )
    else:
        cursor.execute("DELETE FROM orders WHERE order_key = ?", [key])


HAPPENINGS = (
    ("risk", "pass"), ("risk", "review"), ("label", "normal"), ("label", "fraud"), ("routing", "WH1"), ("booked", ""),
    ("event", ("held", "no_stock", "system")), ("event", ("warehouse_changed", "", "zhao")),
    ("event", ("field_set", "", "zhao")), ("shipped", ""), ("paid again", ""), ("gone", ""),
)  # fmt: skip
steps = st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.integers(1, 12)), max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=steps, after=steps, again=steps)
def test_counts_by_kept_hours_equal_those_counted_afresh(store, before, after, again):
    with store.write() as cursor:
        for table in ("orders", "decisions", "labels", "reservations", "order_events", "cohort_hours", "cohort_marks"):
            cursor.execute(f"DELETE FROM {table}")
        for key in range(1, 13):
            pay(cursor, key, key // 2, BEGIN + timedelta(days=4))
    for day, written in enumerate((before, after, again)):
        with clock.frozen(BEGIN + timedelta(days=5, hours=day)), store.write() as cursor:
            for what, key in written:
                log(cursor, what, key, clock.now())
        with clock.frozen(BEGIN + timedelta(days=5, hours=day, minutes=30)):
            for bounds in (EVER, HALF):
                assert counted(store, bounds) == afresh(store, bounds)
            cohort_hours.keep(store, least=1)
            assert counted(store) == afresh(store, EVER)


def test_only_hours_written_since_are_counted_again_and_all_after_a_day(store):
    with store.write() as cursor:
        for key in range(1, 13):
            pay(cursor, key, key // 2, BEGIN + timedelta(days=4), shipped=True)
    with clock.frozen(BEGIN + timedelta(days=5)):
        assert cohort_hours.keep(store, least=1) == 7
        assert cohort_hours.keep(store, least=1) == 0
    with clock.frozen(BEGIN + timedelta(days=5, hours=1)):
        with store.write() as cursor:
            log(cursor, ("event", ("field_set", "", "zhao")), 5, BEGIN + timedelta(days=5, minutes=59))
        assert cohort_hours.keep(store, least=1) == 1
    with clock.frozen(BEGIN + timedelta(days=6)):
        assert cohort_hours.keep(store, least=1) == 7
    assert counted(store) == Counts(shipped=12)


def test_nothing_kept_is_believed_when_the_clock_went_back(store):
    with store.write() as cursor:
        pay(cursor, 1, 0, BEGIN)
    with clock.frozen(BEGIN + timedelta(days=5)):
        cohort_hours.keep(store, least=1)
    with clock.frozen(BEGIN + timedelta(days=1)):
        with store.write() as cursor:
            log(cursor, ("risk", "pass"), 1, clock.now())
        assert counted(store).decided == 1
        cohort_hours.keep(store, least=1)
    with clock.frozen(BEGIN + timedelta(days=5)):
        assert counted(store).decided == 1


@pytest.mark.parametrize(("least", "kept"), [(3, 0), (2, 2)])
def test_a_small_store_keeps_no_hours(store, least, kept):
    with store.write() as cursor:
        pay(cursor, 1, 0, BEGIN)
        pay(cursor, 2, 1, BEGIN)
    with clock.frozen(BEGIN + timedelta(days=5)):
        cohort_hours.keep(store, least=1)
        with store.write() as cursor:
            log(cursor, ("shipped", ""), 1, clock.now())
            log(cursor, ("shipped", ""), 2, clock.now())
        assert cohort_hours.keep(store, least=least) == kept
        with store.read() as cursor:
            assert cursor.execute("SELECT count(*) FROM cohort_hours").fetchone() == (kept,)
        assert counted(store) == Counts(shipped=2)
