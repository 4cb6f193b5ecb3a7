"""A view of the pool: what the address, a saved view and the grid's request hold, as one JSON document.

`{"q": text, "status": [...], "channel": [...], "shop": [...], "warehouse": [...], "courier": [...], "tag": text,
"held": bool, "refund": bool, "by": a datetime field, "from": "2026-11-01", "to": "2026-11-22",
"more": [{"field", "op", "value"}], "columns": [...], "sort": [{"field", "descending"}]}`.
Days are business days, `to` included; money in `more` is yuan as written. Unknown keys are refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import BadRequest
from core.i18n import N_
from core.model.fields import Catalogue, Field, Kind
from core.model.money import fen_from_yuan
from core.store.orders_query import AT_STATION, REFUND_OPEN, RULE_HIT, Filter, Sort, order_fields

LISTS = ("status", "channel", "shop", "warehouse", "courier")
PERIODS = ("paid_at", "ordered_at", "ship_by", "shipped_at", "finished_at", "pool_at", "changed_at", "slip_at")
_KEYS = frozenset({*LISTS, "q", "tag", "held", "refund", "by", "from", "to", "more", "columns", "sort"})


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """What a person asks for; values typed. `columns` empty means the default ones."""

    search: str = ""
    filters: tuple[Filter, ...] = ()
    sort: tuple[Sort, ...] = (Sort("paid_at"),)
    columns: tuple[str, ...] = ()
    offset: int = 0
    limit: int = 100


def query_of(document: Mapping[str, Any], catalogue: Catalogue, zone: str) -> OrderQuery:
    """The query that a document means. BadRequest names what is wrong in it."""
    unknown = set(document) - _KEYS
    if unknown:
        raise BadRequest(N_("A view has no key {key}."), N_("Remove it."), key=min(unknown))
    filters = [Filter(name, "in", tuple(_texts(document, name))) for name in LISTS if document.get(name)]
    if document.get("tag"):
        filters.append(Filter("tags", "has", str(document["tag"])))
    if isinstance(document.get("held"), bool):
        filters.append(Filter("held", "eq", document["held"]))
    if isinstance(document.get("refund"), bool):
        filters.append(Filter(REFUND_OPEN, "eq", document["refund"]))
    filters.extend(_period(document, zone))
    filters.extend(_further(condition, catalogue, zone) for condition in document.get("more") or ())
    sort = tuple(Sort(str(s["field"]), bool(s.get("descending"))) for s in document.get("sort") or ())
    return OrderQuery(
        str(document.get("q") or ""), tuple(filters), sort or (Sort("paid_at"),), tuple(_texts(document, "columns"))
    )


def typed(field: Field, text: Any, zone: str) -> Any:
    """A value as a person wrote it, in the field's own type. BadRequest names the field when it cannot be."""
    if text is None or text == "":
        return None
    try:
        return _TYPED[field.kind](str(text), zone)
    except (ValueError, KeyError) as error:
        raise BadRequest(
            N_("“{value}” does not fit the field {field}."),
            N_("Money as 12.50, days as 2026-11-30."),
            value=str(text),
            field=field.name,
        ) from error


def day_begins(day: date, zone: str) -> datetime:
    """The instant at which a business day begins, in UTC."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def _instant(text: str, zone: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


_TYPED = {
    Kind.TEXT: lambda text, _zone: text,
    Kind.CHOICE: lambda text, _zone: text,
    Kind.INTEGER: lambda text, _zone: int(text),
    Kind.NUMBER: lambda text, _zone: float(text),
    Kind.MONEY: lambda text, _zone: fen_from_yuan(text),
    Kind.BOOLEAN: lambda text, _zone: {"true": True, "1": True, "false": False, "0": False}[text.lower()],
    Kind.DATE: lambda text, _zone: date.fromisoformat(text),
    Kind.DATETIME: _instant,
}


def _further(condition: Any, catalogue: Catalogue, zone: str) -> Filter:
    if not isinstance(condition, Mapping) or not {"field", "op"} <= set(condition) <= {"field", "op", "value"}:
        raise BadRequest(N_("A condition of a view needs a field, a comparison and a value."), N_("Mend the view."))
    name, op, value = str(condition["field"]), str(condition["op"]), condition.get("value")
    if name in (RULE_HIT, AT_STATION):
        return Filter(name, "eq", str(value))
    field = order_fields(catalogue).get(name) or catalogue.find(name)
    if field is None:
        raise BadRequest(N_("There is no field {field}."), N_("Choose one of the data model."), field=name)
    if op in ("in", "not_in", "between"):
        if not isinstance(value, Sequence) or isinstance(value, str) or (op == "between" and len(value) != 2):
            raise BadRequest(N_("The comparison {op} needs a list."), N_("Mend the view."), op=op)
        return Filter(name, op, [typed(field, item, zone) for item in value])
    if op in ("contains", "starts_with", "has", "is_null", "not_null"):
        return Filter(name, op, value)
    return Filter(name, op, typed(field, value, zone))


def _period(document: Mapping[str, Any], zone: str) -> list[Filter]:
    first, last = document.get("from"), document.get("to")
    if not first and not last:
        return []
    by = str(document.get("by") or "paid_at")
    if by not in PERIODS:
        raise BadRequest(N_("There is no field {field}."), N_("Choose one of the data model."), field=by)
    try:
        begin = day_begins(date.fromisoformat(first), zone) if first else None
        end = day_begins(date.fromisoformat(last) + timedelta(days=1), zone) if last else None
    except (TypeError, ValueError) as error:
        raise BadRequest(N_("A day is written 2026-11-30."), N_("Mend the view.")) from error
    return [Filter(by, "between", [begin, end])]


def _texts(document: Mapping[str, Any], name: str) -> list[str]:
    value = document.get(name) or []
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise BadRequest(N_("{name} of a view must be a list of texts."), N_("Mend the view."), name=name)
    return list(value)
