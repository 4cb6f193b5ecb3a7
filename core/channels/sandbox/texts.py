"""How platforms write amounts and instants."""

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

CHINA = timezone(timedelta(hours=8))


@lru_cache(maxsize=50_000)
def local(instant: int) -> str:
    """`yyyy-MM-dd HH:mm:ss` in China; empty for 0."""
    return datetime.fromtimestamp(instant, CHINA).strftime("%Y-%m-%d %H:%M:%S") if instant else ""


@lru_cache(maxsize=50_000)
def iso(instant: int) -> str | None:
    """ISO 8601 with +08:00; None for 0."""
    return datetime.fromtimestamp(instant, CHINA).isoformat() if instant else None


def instant(text: str) -> int:
    """The epoch second of `yyyy-MM-dd HH:mm:ss` (or JD's longer form, or epoch milliseconds).

    Raises ValueError for anything else.
    """
    clean = text.strip()
    if clean.isdigit() and len(clean) == 13:
        return int(clean) // 1000
    if len(clean) == 28:  # JD: milliseconds and a zone
        return int(datetime.strptime(clean, "%Y-%m-%d %H:%M:%S.%f%z").timestamp())
    return int(datetime.strptime(clean[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).timestamp())


def second(moment: datetime) -> int:
    """The epoch second of an aware instant."""
    return int(moment.astimezone(UTC).timestamp())


def yuan(fen: int) -> str:
    """Fen as a yuan text with two decimals."""
    return f"{fen // 100}.{fen % 100:02d}" if fen >= 0 else f"-{yuan(-fen)}"
