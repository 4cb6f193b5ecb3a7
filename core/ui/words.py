"""Values in the reader's words: statuses, channels, money, instants, counts. Used by pages, grids and exports alike."""

import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from core import clock
from core.i18n import N_, _
from core.model.events import ACTORS, EVENTS, ORIGINS, WHYS
from core.model.fields import BUILT_IN, CHANNELS, Field, Kind
from core.model.lifecycle import BY_NAME
from core.model.money import yuan
from core.model.parcels import TROUBLES
from core.model.refunds import STATES, state_of
from core.store.holds import REASONS
from core.store.orders_query import AT_STATION, RULE_HIT, WORK_FIELDS

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
        (None, 86400, _("{n} d ago"), _("in {n} d")),
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


def operator(name: str) -> str:
    """A comparison in words."""
    return _(OPERATORS[name])


def condition(one: dict[str, Any], titles: dict[str, str]) -> str:
    """One condition of a view in words: "Amount paid at least 12.50"."""
    value = one.get("value")
    shown = ", ".join(str(item) for item in value) if isinstance(value, list) else "" if value is None else str(value)
    if one.get("field") == AT_STATION:
        return _("At the station {station}").format(station=shown.partition("/")[2])
    if one.get("field") == RULE_HIT:
        return _("Hit in 24 h by {rules}").format(rules=shown.partition("/")[2])
    return f"{titles.get(one.get('field', ''), one.get('field', ''))} {operator(one.get('op', 'eq'))} {shown}".strip()


def hold_reasons(held_reasons: str | None) -> str:
    """Why an order is held, in words."""
    return listed(_(REASONS[name]) if name in REASONS else name for name in json.loads(held_reasons or "[]"))


OPERATORS = {
    "eq": N_("is"),
    "ne": N_("is not"),
    "gt": N_("more than"),
    "ge": N_("at least"),
    "lt": N_("less than"),
    "le": N_("at most"),
    "between": N_("between"),
    "in": N_("is one of"),
    "not_in": N_("is none of"),
    "contains": N_("contains"),
    "starts_with": N_("starts with"),
    "has": N_("has"),
    "is_null": N_("is empty"),
    "not_null": N_("is filled"),
}


FOUND_BY = {
    "platform_no": N_("Platform order no."),
    "tracking_no": N_("Tracking number"),
    "refund_no": N_("Refund no."),
    "buyer_id": N_("Buyer"),
    "merge_key": N_("Merge key"),
    "sku": N_("SKU"),
    "line_no": N_("Line no."),
    "phone": N_("Phone"),
    "last_four": N_("Last four"),
    "part": N_("Beginning of the order no."),
    "recipient": N_("Recipient"),
    "buyer_name": N_("Buyer name"),
    "masked_name": N_("Masked name"),
}


def found_by(kind: str) -> str:
    """What kind of number or name a search text was, in words."""
    return _(FOUND_BY[kind]) if kind in FOUND_BY else kind


REFUND_TYPES = {
    "REFUND_ONLY": N_("Refund only"),
    "RETURN_REFUND": N_("Return and refund"),
    "EXCHANGE": N_("Exchange"),
    "RESEND": N_("Resend"),
    "REPAIR": N_("Repair"),
    "OTHER": N_("Other"),
}


def refund_state(channel: str, word: str | None) -> str:
    """A platform's word for a refund, in ours; its own where it is not known."""
    state = state_of(channel, word)
    return _(STATES[state]) if state else word or NONE


def refund_type(name: str | None) -> str:
    """A refund's type in words."""
    return _(REFUND_TYPES[name]) if name in REFUND_TYPES else name or NONE


def event_detail(reason: str, detail: str, zone: str) -> str:
    """What an event says beside its name: its reason, and each changed field with the value before and after."""
    try:
        found = json.loads(detail or "{}")
    except ValueError:
        found = {}
    known = ORIGINS.get(reason) or REASONS.get(reason) or TROUBLES.get(reason) or WHYS.get(reason)
    parts = [_(known) if known else reason] if reason else []
    for name, change in found.items() if isinstance(found, dict) else ():
        if isinstance(change, list) and len(change) == 2:
            before, after = (_event_value(name, value, zone) for value in change)
            parts.append(
                f"{field_label(name)}: {after}" if before == after else f"{field_label(name)}: {before} → {after}"
            )
        elif name == "why" and isinstance(change, str):
            parts.append(why(change))
        elif change not in (None, "") and not isinstance(change, dict | list):
            parts.append(f"{field_label(name)}: {_event_value(name, change, zone)}")
    return " · ".join(parts)


def why(text: str) -> str:
    """The reason of a hold or a move: the system's own in words, a person's as typed."""
    return _(WHYS[text]) if text in WHYS else text


def event_name(name: str) -> str:
    """An event in words."""
    return _(EVENTS[name]) if name in EVENTS else name


def event_actor(actor: str) -> str:
    """Who did it: a person's account, or one of the system's own hands in words."""
    return _(ACTORS[actor]) if actor in ACTORS else actor


def field_label(name: str) -> str:
    """A catalogue field's label by its name; the name itself for anything else."""
    found = next((f for f in (*BUILT_IN, *WORK_FIELDS) if f.name == name), None)
    return _(found.label) if found else _("Lines") if name == "lines" else name


def _event_value(name: str, value: object, zone: str) -> str:
    if value in (None, ""):
        return NONE
    if name == "status":
        return status(str(value))
    if name == "lines" and isinstance(value, list):
        return _("{n} lines").format(n=len(value))
    if name == "held_reasons":
        return hold_reasons(str(value))
    if name.endswith("_fen") and isinstance(value, int):
        return money(value)
    if name.endswith("_at") and isinstance(value, str):
        try:
            return instant(datetime.fromisoformat(value), zone)
        except ValueError:
            return value
    return str(value)


def plain(text: str | None) -> str:
    """A text from outside without the signs that Markdown would take for its own."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|$~:-])", r"\\\1", text or NONE)


def html(text: str | None) -> str:
    """A text from outside, safe inside HTML."""
    return escape(text or "")
