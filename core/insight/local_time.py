"""An instant's hour and day in the business zone, as SQL that adds a number: by the calendar ten million orders take 3.7 s
of processor where they take 0.25."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core import clock

HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000


def micros(column: str, zone: str) -> str:
    """What a clock on the wall shows, as microseconds since 1970."""
    offset = _fixed_offset_us(ZoneInfo(zone).key, clock.now().date().isoformat())
    if offset is None:  # a zone with summer time: right, and slower
        return f"epoch_us(timezone('{ZoneInfo(zone).key}', {column}))"
    return f"(epoch_us({column}) + {offset})"


def days(column: str, zone: str) -> str:
    """Its day as a number since 1970."""
    return f"({micros(column, zone)} // {DAY_US})"


def day(column: str, zone: str) -> str:
    """Its day as a DATE."""
    return f"(DATE '1970-01-01' + {days(column, zone)}::INTEGER)"


@lru_cache(maxsize=8)
def _fixed_offset_us(zone: str, today: str) -> int | None:
    """The zone's distance from UTC in microseconds, None where it changed since 2000 or will within a year."""
    place, moment = ZoneInfo(zone), datetime(2000, 1, 1, tzinfo=UTC)
    offset = moment.astimezone(place).utcoffset()
    end = datetime.fromisoformat(today).replace(tzinfo=UTC) + timedelta(days=366)
    while moment < end:
        if moment.astimezone(place).utcoffset() != offset:
            return None
        moment += timedelta(days=28)
    return int((offset or timedelta()).total_seconds()) * 1_000_000
