"""The one clock: every instant in the product comes from `now()`, aware and in UTC."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_frozen: datetime | None = None
_ahead = timedelta(0)


def now() -> datetime:
    """The present instant, aware, UTC."""
    return _frozen or datetime.now(UTC) + _ahead


def business_day(instant: datetime, zone: str) -> date:
    """The calendar day of an aware instant in the business zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Tests only: hold the clock still at an aware instant."""
    global _frozen
    if instant.tzinfo is None:
        raise ValueError("the clock holds aware instants only")
    before, _frozen = _frozen, instant
    try:
        yield
    finally:
        _frozen = before


@contextmanager
def ahead(by: timedelta) -> Iterator[None]:
    """Tests only: let the clock run that much ahead of the system's, or behind it."""
    global _ahead
    before, _ahead = _ahead, by
    try:
        yield
    finally:
        _ahead = before
