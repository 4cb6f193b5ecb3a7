"""Counts kept by the hour of payment (core/insight/cohort_hours.py), and since when what was written is not in them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.store.listed import among
from core.store.store import Cursor

HOUR_US = 3_600_000_000
HOUR = f"(epoch_us(paid_at) - epoch_us(paid_at) % {HOUR_US})"
"""The hour of an order's payment: microseconds since 1970 of its beginning."""
COUNTS = ("decided", "released", "rejected", "waiting", "short", "served", "changed", "routed", "touched", "shipped")
_COLUMNS = ("hour", "orders", "stamp", *COUNTS)
_MARGIN = timedelta(minutes=10)  # a writer reads the clock before it commits
_WRITTEN = (
    ("orders", "changed_at"), ("decisions", "decided_at"), ("labels", "labelled_at"), ("reservations", "reserved_at"),
    ("reservations", "changed_at"), ("order_events", "happened_at"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """`counted_at`: what was written before it is in the kept hours; `whole_at`: when all hours were counted at once."""

    counted_at: datetime
    whole_at: datetime


def mark(cursor: Cursor) -> Mark | None:
    """When the hours were counted; None where none are kept."""
    found = cursor.execute("SELECT counted_at, whole_at FROM cohort_marks").fetchone()
    return Mark(*found) if found else None


def present(cursor: Cursor, condition: str, values: list[object]) -> dict[int, tuple[int, int]]:
    """hour -> (orders, sum of their instants within it) of the orders that meet a condition: differs when one came, left
    or was paid at another time."""
    return {
        hour: (orders, stamp)
        for hour, orders, stamp in cursor.execute(
            f"SELECT {HOUR} AS hour, count(*), sum(epoch_us(paid_at) % {HOUR_US})::BIGINT FROM orders WHERE {condition} "
            "GROUP BY hour",
            values,
        ).fetchall()
    }


def written_since(cursor: Cursor, instant: datetime, condition: str, values: list[object]) -> set[int]:
    """Hours of the orders meeting a condition of which something was written since."""
    logs = " UNION ".join(f"SELECT order_key FROM {table} WHERE {column} >= ?" for table, column in _WRITTEN)
    keys = [key for (key,) in cursor.execute(logs, [instant - _MARGIN] * len(_WRITTEN)).fetchall() if key is not None]
    if not keys:
        return set()
    # The keys are asked for by themselves: as a part of one statement the ten million orders become the hash, for 1.5 s.
    mine, listed = among(cursor, keys)
    found = cursor.execute(f"SELECT DISTINCT {HOUR} FROM orders WHERE {condition} AND {mine}", [*values, *listed])
    return {hour for (hour,) in found.fetchall()}


def kept(cursor: Cursor) -> dict[int, tuple[int, ...]]:
    """hour -> (orders, sum of instants, counts)."""
    return {row[0]: row[1:] for row in cursor.execute(f"SELECT {', '.join(_COLUMNS)} FROM cohort_hours").fetchall()}


def put(cursor: Cursor, rows: Mapping[int, tuple[int, ...]], gone: Collection[int], until: Mark) -> None:
    """Put the rows into the place of what is kept of their hours, drop the hours that are gone, and set the mark."""
    cursor.execute("DELETE FROM cohort_hours WHERE hour IN (SELECT unnest(?::BIGINT[]))", [[*rows, *gone]])
    listed = [list(column) for column in zip(*((hour, *row) for hour, row in rows.items()), strict=True)]
    if listed:
        cursor.execute(f"INSERT INTO cohort_hours SELECT {', '.join(['unnest(?::BIGINT[])'] * len(_COLUMNS))}", listed)
    _forget_mark(cursor)
    cursor.execute("INSERT INTO cohort_marks VALUES (?, ?)", [until.counted_at, until.whole_at])


def forget(cursor: Cursor) -> None:
    """Keep no hours."""
    cursor.execute("DELETE FROM cohort_hours")
    _forget_mark(cursor)


def _forget_mark(cursor: Cursor) -> None:
    cursor.execute("DELETE FROM cohort_marks")
