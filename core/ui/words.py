"""Values in the reader's words: statuses, channels, money, instants, counts. Used by pages, grids and exports alike."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core import clock
from core.i18n import _
from core.model.fields import CHANNELS, Field, Kind
from core.model.lifecycle import BY_NAME
from core.model.money import yuan

NONE = "–"


def status(name: str | None) -> str:
    """A status in words."""
    return _(BY_NAME[name].label) if name in BY_NAME else name or NONE


def channel(name: str | None) -> str:
    """A channel in words; an operator's own one by its name."""
    return _(CHANNELS[name]) if name in CHANNELS else name or NONE


def money(fen: int | None) -> str:
    """Fen as yuan with its sign: ¥1,234.50."""
    return NONE if fen is None else f"¥{yuan(fen)}"


def count(number: int | None) -> str:
    """A number with thousands commas."""
    return NONE if number is None else f"{number:,}"


def instant(moment: datetime | None, zone: str) -> str:
    """An instant in the business zone, to the second."""
    return NONE if moment is None else moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def ago(moment: datetime | None) -> str:
    """How long ago (or ahead) an instant is, in words."""
    if moment is None:
        return NONE
    seconds = int((clock.now() - moment).total_seconds())
    if abs(seconds) < 5:
        return _("just now")
    steps = (
        (60, 1, _("{n} s ago"), _("in {n} s")),
        (3600, 60, _("{n} min ago"), _("in {n} min")),
        (86400, 3600, _("{n} h ago"), _("in {n} h")),
        (None, 86400, _("{n} days ago"), _("in {n} days")),
    )
    past, future, unit = next((p, f, u) for limit, u, p, f in steps if limit is None or abs(seconds) < limit)
    return (past if seconds > 0 else future).format(n=abs(seconds) // unit)


def ago_with_hover(moment: datetime | None, zone: str) -> str:
    """HTML: the relative time, the absolute one when hovering."""
    return f'<span title="{instant(moment, zone)}">{ago(moment)}</span>'


def value(field: Field, raw: object, zone: str) -> str:
    """Any field's value in words, by its kind."""
    if raw is None or raw == "":
        return NONE
    if field.name == "status":
        return status(str(raw))
    if field.name == "channel":
        return channel(str(raw))
    if field.kind is Kind.MONEY and isinstance(raw, int):
        return money(raw)
    if field.kind is Kind.BOOLEAN:
        return _("yes") if raw else _("no")
    if field.kind is Kind.DATETIME and isinstance(raw, datetime):
        return instant(raw, zone)
    if isinstance(raw, date):
        return raw.isoformat()
    return str(raw)


def listed(items: Iterable[str]) -> str:
    """Several words in one, with the separator of the language."""
    return _(", ").join(items)
