"""Orders by any field: filters -> SQL with bound values, one sorted page, the exact count.

Identifiers come from the field catalogue only. Measured on 1,000,000 orders: top-N with late fetching is faster than
keys first and rows after, so the page is one statement and the count another over the filtered columns.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core import clock
from core.errors import BadRequest
from core.i18n import N_
from core.model.fields import Catalogue, Field, Kind, Level
from core.store.refund_state import OPEN
from core.store.store import Cursor, Store

# The product's own columns beside the catalogue; they filter, sort and show like any field.
WORK_FIELDS: tuple[Field, ...] = (
    Field("held", Kind.BOOLEAN, Level.ORDER, N_("Held"), mapped=False),
    Field("held_reasons", Kind.TEXT, Level.ORDER, N_("Hold reasons"), mapped=False),
    Field("tags", Kind.TEXT, Level.ORDER, N_("Tags"), mapped=False),
    Field("line_count", Kind.INTEGER, Level.ORDER, N_("Lines"), mapped=False),
    Field("unit_count", Kind.INTEGER, Level.ORDER, N_("Units"), mapped=False),
    Field("phone_last4", Kind.TEXT, Level.ORDER, N_("Last four of the phone"), mapped=False),
    Field("pool_at", Kind.DATETIME, Level.ORDER, N_("In the pool since"), mapped=False),
    Field("changed_at", Kind.DATETIME, Level.ORDER, N_("Changed at"), mapped=False),
)
ORDER_KEY = "order_key"
"""A filter by the store's own key (op `in`), for orders selected one by one."""
REFUND_OPEN = "refund_open"
"""A filter that is no column: orders with a refund that is not settled yet (value: true or false)."""
AT_STATION = "at_station"
"""A filter that is no column: orders that stand at a node of a flow (value: flow/node)."""
RULE_HIT = "rule_hit"
"""A filter that is no column: orders that a rule set hit in the last 24 hours (value: kind/rule set[/rule])."""

_IS_JOINED = "order_key IN ("  # in the SQL of what becomes a join: a list of keys, or rows of another table
_TABLES = {Level.LINE: "order_lines", Level.REFUND: "refunds"}
_COMPARE = {"eq": "=", "ne": "IS DISTINCT FROM", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_ORDERED = ("eq", "ne", "gt", "ge", "lt", "le", "between", "in", "not_in", "is_null", "not_null")
_TEXTUAL = ("eq", "ne", "contains", "starts_with", "in", "not_in", "is_null", "not_null", "has")
OPERATORS: dict[Kind, tuple[str, ...]] = {
    Kind.TEXT: _TEXTUAL,
    Kind.CHOICE: _TEXTUAL,
    Kind.BOOLEAN: ("eq", "is_null", "not_null"),
    Kind.INTEGER: _ORDERED,
    Kind.MONEY: _ORDERED,
    Kind.NUMBER: _ORDERED,
    Kind.DATETIME: _ORDERED,
    Kind.DATE: _ORDERED,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition. `value` has the field's own type (fen, aware datetime, …); a list for in, not_in and between.

    `between` includes its first and excludes its second value, so that neighbouring periods never share an order.
    """

    field: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Predicate:
    """A piece of SQL over `orders` with its bound values."""

    sql: str
    values: tuple[Any, ...] = ()


EVERYTHING = Predicate("true")


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of the order of rows. Empty values come last either way."""

    field: str
    descending: bool = True


def order_fields(catalogue: Catalogue) -> dict[str, Field]:
    """What a row of the pool can show and sort by: the order's fields, retired ones too, and the work columns."""
    return {f.name: f for f in (*catalogue.at(Level.ORDER, retired=True), *WORK_FIELDS)}


def where(catalogue: Catalogue, filters: Iterable[Filter]) -> Predicate:
    """All filters together. BadRequest names an unknown field or an operator its kind does not know."""
    parts: list[str] = []
    values: list[Any] = []
    for condition in filters:
        piece = _condition(catalogue, condition)
        parts.append(piece.sql)
        values.extend(piece.values)
    return Predicate(" AND ".join(parts), tuple(values)) if parts else EVERYTHING


def both(first: Predicate, second: Predicate) -> Predicate:
    """Orders that satisfy both."""
    if EVERYTHING in (first, second):
        return second if first == EVERYTHING else first
    return Predicate(f"({first.sql}) AND ({second.sql})", first.values + second.values)


def count(store: Store, predicate: Predicate) -> int:
    """How many orders satisfy it, exactly; remembered until the next commit."""
    key = (id(store), store.version, predicate.sql, repr(predicate.values))
    with _counted_lock:
        if key in _counted:
            _counted.move_to_end(key)
            return _counted[key]
    with store.read() as cursor:
        found = _scalar(cursor, f"SELECT count(*) FROM orders WHERE {predicate.sql}", predicate.values)
    with _counted_lock:
        _counted[key] = found
        while len(_counted) > 200:
            _counted.popitem(last=False)
    return found


def forget_counts() -> None:
    """Count anew from now on: for measuring."""
    with _counted_lock:
        _counted.clear()


def page(
    store: Store,
    catalogue: Catalogue,
    predicate: Predicate,
    *,
    columns: Sequence[str],
    sort: Sequence[Sort],
    offset: int,
    limit: int,
    total: int | None = None,
) -> list[dict[str, Any]]:
    """Rows `offset` to `offset + limit` as dictionaries of `order_key` and the columns, in a total order.

    With `total` given, the far half of the list is read from its end.
    """
    turned = total is not None and offset > total // 2
    if total is not None and turned:
        limit = max(0, min(limit, total - offset))
        offset = max(0, total - offset - limit)
    names = ["order_key", *(n for n in dict.fromkeys(columns) if n != "order_key")]
    span = f" LIMIT {int(limit)} OFFSET {int(offset)}"
    if _IS_JOINED in predicate.sql:
        # DuckDB fetches late from a bare scan only: of orders that a join picks it would read every column of all.
        place = "rowid" if store.engine.has_rowid else ORDER_KEY
        picked = _statement(catalogue, predicate, [place], sort, turned=turned) + span
        statement = _statement(catalogue, Predicate(f"{place} IN ({picked})"), names, sort, turned=turned)
    else:
        statement = _statement(catalogue, predicate, names, sort, turned=turned) + span
    with store.read() as cursor:
        # DuckDB fetches the other columns after the sort for up to 50 rows only, unless told (2x on 1,000,000 orders).
        cursor.execute("SET late_materialization_max_rows = 1000")
        rows = cursor.execute(statement, list(predicate.values)).fetchall()
    found = [dict(zip(names, row, strict=True)) for row in rows]
    return found[::-1] if turned else found


def stream(
    store: Store,
    catalogue: Catalogue,
    predicate: Predicate,
    *,
    columns: Sequence[str],
    sort: Sequence[Sort],
    limit: int,
    block: int = 10_000,
) -> Iterator[tuple[Any, ...]]:
    """All rows of the predicate, at most `limit`, as tuples of the columns: one scan, `block` rows in memory."""
    statement = _statement(catalogue, predicate, columns, sort)
    with store.read() as cursor:
        cursor.execute(f"{statement} LIMIT {int(limit)}", list(predicate.values))
        while rows := cursor.fetchmany(block):
            yield from rows


def _statement(
    catalogue: Catalogue, predicate: Predicate, names: Sequence[str], sort: Sequence[Sort], *, turned: bool = False
) -> str:
    fields = order_fields(catalogue)
    for name in (*names, *(s.field for s in sort)):
        if name not in fields and name not in (ORDER_KEY, "rowid"):
            raise _unknown(name)
    listed = ", ".join(_quoted(n) for n in names)
    return f"SELECT {listed} FROM orders WHERE {predicate.sql} ORDER BY {_order_by(sort, turned)}"


def values_in_use(store: Store, field: str) -> list[str]:
    """The distinct texts of a column of the pool, for the choices of a filter; at most 500, by name."""
    if field not in ("channel", "shop", "warehouse", "courier", "status", "province", "refund_status"):
        raise _unknown(field)
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT DISTINCT {field} FROM orders WHERE {field} IS NOT NULL AND {field} <> '' ORDER BY 1 LIMIT 500"
        ).fetchall()
    return [row[0] for row in rows]


_counted: OrderedDict[tuple[int, int, str, str], int] = OrderedDict()
_counted_lock = threading.Lock()


def _order_by(sort: Sequence[Sort], turned: bool) -> str:
    nulls = "FIRST" if turned else "LAST"
    keys = [f"{_quoted(s.field)} {'ASC' if s.descending == turned else 'DESC'} NULLS {nulls}" for s in sort]
    return ", ".join([*keys, f"order_key {'DESC' if turned else 'ASC'}"])


def _condition(catalogue: Catalogue, condition: Filter) -> Predicate:
    if condition.field == REFUND_OPEN:
        return _refund_open(bool(condition.value))
    if condition.field == RULE_HIT:
        return _rule_hit(str(condition.value))
    if condition.field == AT_STATION:
        flow, _slash, node = str(condition.value).partition("/")
        return Predicate("order_key IN (SELECT order_key FROM flow_tokens WHERE flow = ? AND node = ?)", (flow, node))
    if condition.field == ORDER_KEY and condition.op == "in":
        return _compare(ORDER_KEY, condition)
    field = order_fields(catalogue).get(condition.field) or catalogue.find(condition.field)
    if field is None:
        raise _unknown(condition.field)
    if condition.op not in OPERATORS[field.kind]:
        raise BadRequest(
            N_("The field {field} cannot be filtered by {op}."),
            N_("Choose another comparison."),
            field=condition.field,
            op=condition.op,
        )
    piece = _compare(_quoted(field.name), condition)
    if field.level is Level.ORDER:
        return piece
    table = _TABLES[field.level]
    return Predicate(f"order_key IN (SELECT order_key FROM {table} WHERE {piece.sql})", piece.values)


def _compare(column: str, condition: Filter) -> Predicate:
    op, value = condition.op, condition.value
    if op == "is_null":
        return Predicate(f"{column} IS NULL")
    if op == "not_null":
        return Predicate(f"{column} IS NOT NULL")
    if op in ("in", "not_in"):
        items = tuple(value or ())
        if not items:
            return Predicate("false" if op == "in" else "true")
        marks = ", ".join("?" * len(items))
        # A NULL is not in the list: without the coalesce it would be lost from both answers.
        return Predicate(
            f"{column} IN ({marks})" if op == "in" else f"coalesce({column} NOT IN ({marks}), true)", items
        )
    if op == "between":
        first, last = value
        parts = [(f"{column} >= ?", first), (f"{column} < ?", last)]
        kept = [(sql, v) for sql, v in parts if v is not None]
        return Predicate(" AND ".join(sql for sql, _v in kept) or "true", tuple(v for _s, v in kept))
    if op == "contains":
        return Predicate(f"contains(lower({column}), lower(?))", (str(value),))
    if op == "starts_with":
        return Predicate(f"starts_with({column}, ?)", (str(value),))
    if op == "has":  # an item of a JSON list of texts: tags, held_reasons
        return Predicate(f"contains({column}, ?)", (f'"{value}"',))
    if op == "eq" and value is False:
        return Predicate(f"coalesce({column}, false) = false")
    return Predicate(f"{column} {_COMPARE[op]} ?", (value,))


def _refund_open(wanted: bool) -> Predicate:
    return Predicate(f"order_key {'' if wanted else 'NOT '}IN (SELECT order_key FROM refunds WHERE {OPEN})")


def _rule_hit(value: str) -> Predicate:
    kind, _slash, rest = value.partition("/")
    rule_set, _slash, rule = rest.partition("/")
    since = clock.now().replace(second=0, microsecond=0) - timedelta(hours=24)  # whole minutes: counts are remembered
    return Predicate(
        "order_key IN (SELECT order_key FROM decisions WHERE kind = ? AND rule_set = ? AND decided_at >= ? "
        "AND rules <> '[]' AND (? = '' OR contains(rules, '\"' || ? || '\"')))",
        (kind, rule_set, since, rule, rule),
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _scalar(cursor: Cursor, sql: str, values: Sequence[Any]) -> int:
    row = cursor.execute(sql, list(values)).fetchone()
    return int(row[0]) if row else 0


def _unknown(name: str) -> BadRequest:
    return BadRequest(N_("There is no field {field}."), N_("Choose one of the data model."), field=name)
