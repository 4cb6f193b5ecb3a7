"""The condition tree: read from JSON, checked against the field catalogue, every wrong place named.

Grammar (contracts §6): `all`, `any`, `not`, a leaf on a field, `lines` (any/all/sum/count) over the order's lines, and
`count` (orders or units with the same key within a window, this order included).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import isfinite
from typing import Any

from core.errors import BadRequest
from core.i18n import N_
from core.model.fields import Catalogue, Field, Kind, Level, Privacy
from core.rules.derived import DERIVED

EQUAL = ("eq", "ne", "in", "not_in", "is_null", "in_list")
TEXT = (*EQUAL, "contains", "starts_with")
ORDERED = ("eq", "ne", "gt", "ge", "lt", "le", "between", "in", "not_in", "is_null")
OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: TEXT, Kind.CHOICE: TEXT, Kind.INTEGER: ORDERED, Kind.MONEY: ORDERED, Kind.NUMBER: ORDERED,
    Kind.BOOLEAN: ("eq", "ne", "is_null"), Kind.DATETIME: ORDERED, Kind.DATE: ORDERED,
}  # fmt: skip
COMPARE = ("eq", "ne", "gt", "ge", "lt", "le", "between")
SAME = ("phone", "recipient", "address", "buyer_id", "buyer_name", "ip", "merge_key")
"""Fields by which orders may be counted; person fields are counted by their keyed hash."""


@dataclass(frozen=True, slots=True)
class Group:
    """`all` or `any` of its members; an empty `all` is true, an empty `any` false."""

    how: str
    members: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    member: "Condition"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A comparison of one field. `value` is in computing form: fen, aware datetime, date, tuple for lists."""

    field: Field
    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class Lines:
    """Over the order's lines: `any`/`all` of them meet `where`, or `sum`/`count` of those compares with a value."""

    how: str
    where: "Condition | None"
    of: Field | None = None
    op: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Count:
    """Orders or units with the same key in a window up to and including this order, in order of arrival."""

    what: str
    same: Field
    hours: int | None  # None: the calendar day of the business zone
    where: "Condition | None"
    op: str
    value: Any

    @property
    def window(self) -> "Count":
        """The count without its comparison: thresholds of one window share one computed number."""
        return replace(self, op="", value=None)


Condition = Group | Not | Leaf | Lines | Count


def read(document: Any, catalogue: Catalogue, *, place: str = "when", level: Level = Level.ORDER) -> Condition:
    """The tree of a JSON condition. BadRequest names the place and what is wrong there."""
    return _Reader(catalogue).read(document, place, level)


def walk(condition: Condition | None) -> Iterator[Condition]:
    """The condition and all below it."""
    if condition is None:
        return
    yield condition
    below: tuple[Condition | None, ...] = ()
    if isinstance(condition, Group):
        below = condition.members
    elif isinstance(condition, Not):
        below = (condition.member,)
    elif isinstance(condition, (Lines, Count)):
        below = (condition.where,)
    for member in below:
        yield from walk(member)


class _Reader:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def read(self, document: Any, place: str, level: Level) -> Condition:
        if not isinstance(document, Mapping):
            raise _wrong(place, N_("{place} is no condition."))
        for key, build in (("all", self.group), ("any", self.group), ("not", self.negated)):
            if key in document and "lines" not in document:
                self.only(document, {key}, place)
                return build(document, key, place, level)
        if "lines" in document and level is Level.ORDER:
            return self.lines(document, place)
        if "count" in document and level is Level.ORDER:
            return self.count(document, place)
        if "field" in document:
            return self.leaf(document, place, level)
        raise _wrong(place, N_("{place} is no condition."))

    def only(self, document: Mapping[str, Any], known: set[str], place: str) -> None:
        unknown = sorted(set(document) - known)
        if unknown:
            raise _wrong(place, N_("{place} has an unknown key {key}."), key=unknown[0])

    def group(self, document: Mapping[str, Any], key: str, place: str, level: Level) -> Condition:
        members = document[key]
        if not isinstance(members, list):
            raise _wrong(place, N_("{place}: {key} needs a list of conditions."), key=key)
        return Group(key, tuple(self.read(m, f"{place}.{key}[{n}]", level) for n, m in enumerate(members)))

    def negated(self, document: Mapping[str, Any], key: str, place: str, level: Level) -> Condition:
        return Not(self.read(document[key], f"{place}.not", level))

    def field(self, name: Any, place: str, level: Level) -> Field:
        field = self.catalogue.find(name, level) if isinstance(name, str) else None
        if field is None and level is Level.ORDER and isinstance(name, str) and name in DERIVED:
            field = DERIVED[name].field
        if field is None:
            raise _wrong(place, N_("{place}: there is no field {field} here."), field=str(name))
        if field.retired:
            raise _wrong(place, N_("{place}: the field {field} is retired."), field=field.name)
        return field

    def leaf(self, document: Mapping[str, Any], place: str, level: Level) -> Condition:
        self.only(document, {"field", "op", "value"}, place)
        field = self.field(document["field"], place, level)
        allowed = EQUAL if field.privacy is Privacy.PERSON else OPERATORS[field.kind]
        op = str(document.get("op"))
        if op not in allowed:
            raise _wrong(place, N_("{place}: {op} does not go with {field}."), op=op, field=field.name)
        return Leaf(field, op, self.operand(field.kind, op, document.get("value"), place))

    def lines(self, document: Mapping[str, Any], place: str) -> Condition:
        how = document["lines"]
        where = document.get("where")
        member = None if where is None else self.read(where, f"{place}.where", Level.LINE)
        if how in ("any", "all"):
            self.only(document, {"lines", "where"}, place)
            if member is None:
                raise _wrong(place, N_("{place} needs a where."))
            return Lines(how, member)
        if how not in ("sum", "count"):
            raise _wrong(place, N_("{place}: lines is any, all, sum or count."))
        self.only(document, {"lines", "of", "where", "op", "value"}, place)
        of = self.field(document.get("of"), place, Level.LINE) if how == "sum" else None
        if of is not None and of.kind not in (Kind.INTEGER, Kind.MONEY, Kind.NUMBER):
            raise _wrong(place, N_("{place}: {field} cannot be added up."), field=of.name)
        op, value = self.compared(document, place)
        return Lines(how, member, of, op, value)

    def count(self, document: Mapping[str, Any], place: str) -> Condition:
        self.only(document, {"count", "same", "within", "where", "op", "value"}, place)
        if document["count"] not in ("orders", "units"):
            raise _wrong(place, N_("{place}: count is orders or units."))
        same = self.field(document.get("same"), place, Level.ORDER)
        if same.name not in SAME:
            raise _wrong(place, N_("{place}: orders cannot be counted by {field}."), field=same.name)
        where = document.get("where")
        member = None if where is None else self.read(where, f"{place}.where", Level.ORDER)
        if any(isinstance(part, (Count, Lines)) for part in walk(member)):
            raise _wrong(place, N_("{place}: a count looks at fields of orders only."))
        op, value = self.compared(document, place)
        return Count(document["count"], same, _hours(document.get("within"), place), member, op, value)

    def compared(self, document: Mapping[str, Any], place: str) -> tuple[str, Any]:
        op = str(document.get("op"))
        if op not in COMPARE:
            raise _wrong(place, N_("{place}: {op} does not go with a number."), op=op)
        return op, self.operand(Kind.NUMBER, op, document.get("value"), place)

    def operand(self, kind: Kind, op: str, value: Any, place: str) -> Any:
        if op == "is_null":
            return self.single(Kind.BOOLEAN, True if value is None else value, place)
        if op == "in_list":
            return self.single(Kind.TEXT, value, place)
        if op in ("in", "not_in", "between"):
            if not isinstance(value, list) or not value or (op == "between" and len(value) != 2):
                raise _wrong(place, N_("{place}: {op} needs a list of values."), op=op)
            return tuple(self.single(kind, each, place) for each in value)
        return self.single(kind, value, place)

    def single(self, kind: Kind, value: Any, place: str) -> Any:
        number = isinstance(value, int) and not isinstance(value, bool)
        if kind in (Kind.TEXT, Kind.CHOICE) and isinstance(value, str):
            return value
        if kind in (Kind.INTEGER, Kind.MONEY) and number:
            return value
        if kind is Kind.NUMBER and (number or (isinstance(value, float) and isfinite(value))):
            return value
        if kind is Kind.BOOLEAN and isinstance(value, bool):
            return value
        if kind in (Kind.DATETIME, Kind.DATE) and isinstance(value, str):
            return _instant(kind, value, place)
        raise _wrong(place, N_("{place}: {value} is no {kind}."), value=repr(value), kind=str(kind))


def _instant(kind: Kind, text: str, place: str) -> datetime | date:
    try:
        found = datetime.fromisoformat(text) if kind is Kind.DATETIME else date.fromisoformat(text)
    except ValueError as error:
        raise _wrong(place, N_("{place}: {value} is no {kind}."), value=text, kind=str(kind)) from error
    if isinstance(found, datetime) and found.tzinfo is None:
        raise _wrong(place, N_("{place}: {value} needs an offset, such as +08:00."), value=text)
    return found


def _hours(within: Any, place: str) -> int | None:
    """`day` is the calendar day; `24h`, `7d` slide."""
    if within == "day":
        return None
    text = str(within)
    if text[:-1].isdecimal() and text[-1:] in ("h", "d") and 0 < int(text[:-1]) <= 24 * 400:
        return int(text[:-1]) * (24 if text[-1] == "d" else 1)
    raise _wrong(place, N_("{place}: within is day, or hours and days such as 24h and 7d."))


def _wrong(place: str, message: str, **values: Any) -> BadRequest:
    return BadRequest(message, N_("Mend the rule there."), place=place, **values)
