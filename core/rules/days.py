"""The business day of an instant as plain arithmetic: far quicker over a million rows than a time zone conversion."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)
_DAY_US = 86_400_000_000


@cache
def day_number(zone: str) -> str:
    """SQL over `t` (microseconds since 1970): the number of the zone's calendar day. Exact from 2000 to 2060."""
    first, *changes = _offsets(zone)
    shift = str(first[1])
    if changes:
        cases = " ".join(f"WHEN t >= {start} THEN {offset}" for start, offset in reversed(changes))
        shift = f"CASE {cases} ELSE {shift} END"
    return f"(t + {shift}) // {_DAY_US}"


def _offsets(zone: str) -> list[tuple[int, int]]:
    """(instant, offset from then on) in microseconds, the first one for all that lies before."""
    place = ZoneInfo(zone)
    found = [(_us(_FIRST), _offset(place, _FIRST))]
    moment = _FIRST
    while moment < _LAST:
        after = moment + timedelta(days=1)
        if _offset(place, after) != found[-1][1]:
            change = _change(place, moment, after)
            found.append((_us(change), _offset(place, change)))
        moment = after
    return found


def _change(place: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first second of the offset that holds at `high` but not at `low`."""
    before = _offset(place, low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (middle, high) if _offset(place, middle) == before else (low, middle)
    return high


def _offset(place: ZoneInfo, moment: datetime) -> int:
    return int((moment.astimezone(place).utcoffset() or timedelta()) / timedelta(microseconds=1))


def _us(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000
