"""The one clock: every instant in the product comes from `now()`, aware and in UTC."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: datetime | None = None


def now() -> datetime:
    """The present instant, aware, UTC."""
    return _frozen or datetime.now(UTC)


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
