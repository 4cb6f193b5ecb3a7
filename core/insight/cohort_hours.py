"""Counts of a period's orders, kept by the hour of payment: joining ten million orders with their logs takes seconds each time.

Kept hours are only a shortcut: whoever reads counts those hours anew of which an order, or what is logged of one, was
written since they were kept. So a figure is always that of the store as it is; a job keeps the hours fresh.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core import clock
from core.insight import cohort
from core.insight.cohort import Bounds
from core.store import Cursor, Store, cohort_hours
from core.store.cohort_hours import COUNTS, HOUR, Mark

LEAST_ORDERS = 300_000  # fewer are joined with their logs in a quarter of a second
_WHOLE_AFTER = timedelta(days=1)  # what only a clock that went back could hide is seen a day later
_EVER = Bounds(None, None)


@dataclass(frozen=True, slots=True)
class Counts:
    """Orders of the period by the instant of payment: `decided` by live risk rules, of those `released` as normal by a
    person, `rejected` as fraud, `waiting` held without a word; pieces `short` of stock when they came, and `served` from
    it; `routed` and shipped, of those `changed` to another warehouse by a person; `shipped`, of those `touched` by one."""

    decided: int = 0
    released: int = 0
    rejected: int = 0
    waiting: int = 0
    short: int = 0
    served: int = 0
    changed: int = 0
    routed: int = 0
    touched: int = 0
    shipped: int = 0


def counts(cursor: Cursor, bounds: Bounds) -> Counts:
    """The counts of a period, of the store as it is."""
    kept, stale = _kept(cursor, bounds)
    rows = [*kept.values(), *_counted(cursor, bounds, stale).values()]
    return Counts(*(sum(column) for column in zip(*rows, strict=True)))


def keep(store: Store, *, least: int = LEAST_ORDERS) -> int:
    """Count what changed and keep it; how many hours. A store of fewer than `least` paid orders keeps none."""
    begun = clock.now()
    with store.read() as cursor:
        cursor.execute("BEGIN TRANSACTION")  # one snapshot; the writer is not kept waiting
        try:
            before = cohort_hours.mark(cursor)
            there = cohort_hours.present(cursor, *_EVER.on("paid_at"))
            whole = before is None or not timedelta(0) <= begun - before.whole_at < _WHOLE_AFTER
            stale = None if whole else _kept(cursor, _EVER)[1]
            enough = sum(orders for orders, _stamp in there.values()) >= least
            made = _counted(cursor, _EVER, stale) if enough else {}
            gone = set(cohort_hours.kept(cursor)) - (set() if whole else set(there))
        finally:
            cursor.execute("ROLLBACK")
    if not enough and before is None:
        return 0
    nothing = (0,) * len(COUNTS)
    again = there if stale is None else stale
    with store.write() as cursor:
        if not enough:
            cohort_hours.forget(cursor)
            return 0
        rows = {hour: (*there[hour], *made.get(hour, nothing)) for hour in again if hour in there}
        cohort_hours.put(cursor, rows, gone, Mark(begun, begun if before is None or whole else before.whole_at))
    return len(rows)


def _kept(cursor: Cursor, bounds: Bounds) -> tuple[dict[int, tuple[int, ...]], Collection[int] | None]:
    """(hour -> counts that still hold, hours to count anew; None for all of them)."""
    until = cohort_hours.mark(cursor)
    if until is None or clock.now() < until.counted_at:
        return {}, None
    condition, values = bounds.on("paid_at")
    there, kept = cohort_hours.present(cursor, condition, values), cohort_hours.kept(cursor)
    written = cohort_hours.written_since(cursor, until.counted_at, condition, values)
    sound = {hour for hour, seen in there.items() if hour not in written and kept.get(hour, ())[:2] == seen}
    return {hour: kept[hour][2:] for hour in sound}, set(there) - sound


def _counted(cursor: Cursor, bounds: Bounds, hours: Collection[int] | None) -> dict[int, tuple[int, ...]]:
    """hour -> counts, of the orders of a period paid within the hours (None: any), joined with their logs. An hour of which
    there is nothing to say may be missing."""
    if hours is not None and not hours:
        return {}
    if hours is not None:
        first, last = _instant(min(hours)), _instant(max(hours)) + timedelta(hours=1)
        bounds = Bounds(max(first, bounds.since or first), min(last, bounds.until or last))
    condition, values = bounds.on("paid_at")
    if hours is not None:
        condition, values = f"{condition} AND {HOUR} IN (SELECT unnest(?::BIGINT[]))", [*values, list(hours)]
    found: dict[int, list[int]] = {}
    for part in cohort.parts(cursor, condition, values):
        for question in (_risk, _stock, _routing, _hands):
            text, given, names = question(bounds, part)
            paid = (
                "WITH paid AS NOT MATERIALIZED (SELECT order_key, unit_count, paid_at, shipped_at, "
                f"{HOUR} AS hour FROM orders WHERE {condition} AND {part}), "
            )
            for hour, *numbers in cursor.execute(paid + text, [*values, *given]).fetchall():
                row = found.setdefault(hour, [0] * len(COUNTS))
                for name, number in zip(names, numbers, strict=True):
                    row[COUNTS.index(name)] += number
    return {hour: tuple(row) for hour, row in found.items()}


_Question = tuple[str, list[Any], tuple[str, ...]]


def _risk(bounds: Bounds, part: str) -> _Question:
    """Held and not yet decided: neither normal nor not."""
    after, since = bounds.after("decided_at", days=cohort.SANE_DAYS)
    later, spoken_since = bounds.after("labelled_at", days=cohort.SANE_DAYS)
    return (
        "judged AS (SELECT order_key, outcome FROM decisions "
        f"WHERE kind = 'risk' AND mode = 'live' AND {after} AND {part}), "
        f"held AS (SELECT DISTINCT order_key FROM judged WHERE outcome IN {cohort.HELD}), "
        f"said AS (SELECT order_key, arg_max(label, labelled_at) AS label FROM labels WHERE {later} AND {part} "
        "GROUP BY order_key), asked AS (SELECT order_key, label, h.order_key IS NOT NULL AS held FROM said "
        "FULL JOIN held h USING (order_key)) "
        "SELECT hour, sum(decided)::BIGINT, sum(released)::BIGINT, sum(rejected)::BIGINT, sum(waiting)::BIGINT FROM ("
        "SELECT hour, count(*) AS decided, 0 AS released, 0 AS rejected, 0 AS waiting "
        "FROM paid SEMI JOIN judged USING (order_key) GROUP BY hour UNION ALL "
        "SELECT hour, 0, count(*) FILTER (label = 'normal'), count(*) FILTER (label = 'fraud'), "
        "count(*) FILTER (held AND label IS NULL) FROM (SELECT p.hour, order_key, a.label, a.held FROM asked a "
        "JOIN paid p USING (order_key)) SEMI JOIN judged USING (order_key) GROUP BY hour) GROUP BY hour",
        [*since, *spoken_since],
        ("decided", "released", "rejected", "waiting"),
    )


def _stock(bounds: Bounds, part: str) -> _Question:
    after, since = bounds.after("happened_at", days=cohort.SANE_DAYS)
    booked, booked_since = bounds.after("reserved_at", days=cohort.SANE_DAYS)
    return (
        f"lacking AS (SELECT DISTINCT order_key FROM order_events WHERE event = 'held' AND reason = 'no_stock' AND {after} "
        f"AND {part}) SELECT hour, sum(lacked)::BIGINT, sum(had)::BIGINT FROM ("
        "SELECT hour, coalesce(sum(unit_count), 0) AS lacked, 0 AS had "
        "FROM paid SEMI JOIN lacking USING (order_key) GROUP BY hour UNION ALL "
        "SELECT hour, 0, coalesce(sum(unit_count), 0) FROM (SELECT * FROM paid ANTI JOIN lacking USING (order_key)) "
        f"SEMI JOIN (SELECT order_key FROM reservations WHERE {booked} AND {part}) r USING (order_key) GROUP BY hour) "
        "GROUP BY hour",
        [*since, *booked_since],
        ("short", "served"),
    )


def _routing(bounds: Bounds, part: str) -> _Question:
    after, since = bounds.after("happened_at", days=cohort.SANE_DAYS)
    decided, decided_since = bounds.after("decided_at", days=cohort.SANE_DAYS)
    return (
        "planned AS NOT MATERIALIZED (SELECT order_key FROM decisions "
        f"WHERE kind = 'routing' AND mode = 'live' AND {decided} AND {part}), "
        "sent AS NOT MATERIALIZED (SELECT order_key, hour FROM paid WHERE shipped_at IS NOT NULL), "
        "said AS (SELECT DISTINCT order_key FROM order_events WHERE event = 'warehouse_changed' "
        f"AND actor NOT IN ({cohort.MACHINES}) AND {after} AND {part}) "
        "SELECT hour, sum(turned)::BIGINT, sum(all_of)::BIGINT FROM ("
        "SELECT hour, count(*) AS turned, 0 AS all_of FROM (SELECT s.hour, order_key FROM said JOIN sent s USING (order_key)) "
        "SEMI JOIN planned USING (order_key) GROUP BY hour UNION ALL "
        "SELECT hour, 0, count(*) FROM sent SEMI JOIN planned USING (order_key) GROUP BY hour) GROUP BY hour",
        [*decided_since, *since],
        ("changed", "routed"),
    )


def _hands(bounds: Bounds, part: str) -> _Question:
    after, since = bounds.after("happened_at")
    return (
        f"touches AS (SELECT order_key, happened_at FROM order_events WHERE actor NOT IN ({cohort.MACHINES}) "
        f"AND event NOT IN {cohort.HANDS} AND {after} AND {part}) "
        "SELECT hour, sum(by_hand)::BIGINT, sum(all_of)::BIGINT FROM ("
        "SELECT hour, count(DISTINCT order_key) AS by_hand, 0 AS all_of FROM paid JOIN touches e USING (order_key) "
        "WHERE shipped_at IS NOT NULL AND e.happened_at BETWEEN paid_at AND shipped_at GROUP BY hour UNION ALL "
        "SELECT hour, 0, count(*) FROM paid WHERE shipped_at IS NOT NULL GROUP BY hour) GROUP BY hour",
        since,
        ("touched", "shipped"),
    )


def _instant(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
