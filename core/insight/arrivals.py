"""Orders paid by hour of the day, against a normal day: the same weekday of the eight weeks before.

By the moment of payment, so that a late pull or an import of last month's file moves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from threading import Lock
from time import monotonic
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from core.insight.backtest import Period
from core.store import Cursor, Store

WEEKS = 8
LEAST_WEEKS = 2  # from fewer days nothing is said to be normal
_KEEP_SECONDS = 600.0  # a past day changes by late arrivals only


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the business day. `orders` is None where the day has not come to it; `normal` is the median and
    `low`..`high` the band from the second lowest to the second highest of the days before (of fewer than five: all of
    them); None where there are too few."""

    hour: int
    orders: int | None
    normal: float | None = None
    low: int | None = None
    high: int | None = None


_normal: WeakKeyDictionary[Store, tuple[date, float, list[Hour]]] = WeakKeyDictionary()
_lock = Lock()


def against_normal(store: Store, cursor: Cursor, now: datetime, zone: str) -> tuple[Hour, ...]:
    """The 24 hours of the present business day."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date()
    with _lock:
        kept = _normal.get(store)
    if kept is None or kept[0] != day or monotonic() - kept[1] > _KEEP_SECONDS:
        kept = (day, monotonic(), band(cursor, day, zone))
        with _lock:
            _normal[store] = kept
    counted = _by_hour(cursor, [day], zone).get(day, {})
    return tuple(
        Hour(
            each.hour, counted.get(each.hour, 0) if each.hour <= local.hour else None, each.normal, each.low, each.high
        )
        for each in kept[2]
    )


def band(cursor: Cursor, day: date, zone: str) -> list[Hour]:
    """What is normal for a day, by hour: only days on which anything was paid count."""
    days = [day - timedelta(weeks=n) for n in range(1, WEEKS + 1)]
    found = [hours for hours in _by_hour(cursor, days, zone).values() if hours]
    if len(found) < LEAST_WEEKS:
        return [Hour(hour, None) for hour in range(24)]
    return [_hour(hour, sorted(hours.get(hour, 0) for hours in found)) for hour in range(24)]


def _hour(hour: int, counts: Sequence[int]) -> Hour:
    cut = 1 if len(counts) >= 5 else 0
    return Hour(hour, None, float(median(counts)), counts[cut], counts[-1 - cut])


def _by_hour(cursor: Cursor, days: Sequence[date], zone: str) -> dict[date, dict[int, int]]:
    """day -> hour -> orders paid. Each day is a range of its own, so that the weeks between are not read."""
    asked = " UNION ALL ".join(
        "SELECT ? AS day, ((epoch_us(paid_at) - epoch_us(?::TIMESTAMPTZ)) // 3600000000)::INTEGER AS hour, count(*) AS orders FROM orders "
        "WHERE paid_at >= ? AND paid_at < ? GROUP BY ALL"
        for _day in days
    )
    values: list[object] = []
    for day in days:
        since, until = Period(day, day).bounds(zone)
        values += [day.isoformat(), since, since, until]
    found: dict[date, dict[int, int]] = {}
    for day, hour, orders in cursor.execute(asked, values).fetchall():
        found.setdefault(date.fromisoformat(day), {})[hour] = orders
    return found
