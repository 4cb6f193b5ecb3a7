"""The explorer's questions over all orders: groups by one to three dimensions, one measure, exact totals, the orders behind.

`{"rows": [one or two dimensions], "column": dimension or "", "measure": name, "time": "paid_at", "top": 20, "chart": name,
"view": a view of the pool as on the page Orders (core/services/order_query.py)}`. Identifiers come from the catalogue,
values are bound. One statement computes the groups, the totals of the first dimension and the whole by grouping sets.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from core.errors import BadRequest
from core.i18n import N_
from core.insight.pivot_fields import BY_NAME, LINE, ORDER, REFUND, TIMES, Dimension, Measure, dimensions
from core.model.fields import Catalogue
from core.store import Cursor, Store
from core.store.orders_query import Predicate

CHARTS = ("bar", "line", "heat", "table")
MOST_TOP, MOST_CELLS, MOST_ORDERED = 200, 20_000, 800
_KEYS = frozenset({"rows", "column", "measure", "time", "top", "chart", "view"})


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question; `groups` are the row dimensions and then the column's, if any."""

    groups: tuple[Dimension, ...]
    measure: Measure
    grain: str
    time: str
    top: int
    chart: str
    has_column: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """cells: (value of each group, measure); firsts: the same for the first dimension alone, in its order; `left` groups
    of it are beyond the top; whole: the measure over everything."""

    cells: tuple[tuple[Any, ...], ...]
    firsts: tuple[tuple[Any, Any], ...]
    left: int
    whole: Any
    seconds: float


def read(document: Mapping[str, Any], known: Catalogue, zone: str, *, money: bool) -> Question:
    """The question of a document. BadRequest names what is wrong in it."""
    unknown = set(document) - _KEYS
    if unknown:
        raise BadRequest(N_("A question has no key {key}."), N_("Remove it."), key=min(unknown))
    time = str(document.get("time") or TIMES[0])
    if time not in TIMES:
        raise BadRequest(N_("There is no field {field}."), N_("Choose one of the data model."), field=time)
    names = document.get("rows")
    column = str(document.get("column") or "")
    if not isinstance(names, list) or not 1 <= len(names) <= 2:
        raise BadRequest(N_("A question has one or two rows."), N_("Choose what to group by."))
    named = [*(str(name) for name in names), *([column] if column else [])]
    if len(set(named)) < len(named):
        raise BadRequest(N_("A dimension stands in the question twice."), N_("Choose another one."))
    there = dimensions(known, time, zone)
    for name in named:
        if name not in there:
            raise BadRequest(N_("There is nothing to group by named {name}."), N_("Choose one of the list."), name=name)
    measure = BY_NAME.get(str(document.get("measure") or "orders"))
    if measure is None or (measure.money and not money):
        raise BadRequest(N_("There is no measure {name}."), N_("Choose one of the list."), name=document.get("measure"))
    groups = tuple(there[name] for name in named)
    top = document.get("top", 20)
    chart = document.get("chart") or CHARTS[0]
    if not isinstance(top, int) or not 1 <= top <= MOST_TOP or chart not in CHARTS:
        raise BadRequest(N_("A question shows 1 to {most} groups."), N_("Choose another number."), most=MOST_TOP)
    return Question(groups, measure, _grain(groups, measure), time, top, str(chart), bool(column))


def _grain(groups: Sequence[Dimension], measure: Measure) -> str:
    grains = {group.grain for group in groups} - {ORDER}
    if len(grains) > 1:
        raise BadRequest(
            N_("Lines and refunds cannot be grouped together."), N_("Choose fields of the order beside one of them.")
        )
    grain = next(iter(grains), ORDER)
    if grain == ORDER and ORDER not in measure.sql:
        grain = next(iter(measure.sql))
    if grain not in measure.sql:
        raise BadRequest(N_("This measure does not go with these groups."), N_("Choose another measure."))
    return grain


def answer(store: Store, question: Question, picked: Predicate) -> Answer:
    """Compute it over the orders that are picked: the first dimension with the whole, then the groups within its top."""
    began = perf_counter()
    first, sql = question.groups[0], question.measure.sql[question.grain]
    order = "g0 NULLS LAST" if first.ordered else "m DESC NULLS LAST, g0"
    most = MOST_ORDERED if first.ordered else question.top
    with store.read() as cursor:
        source = _source(question, picked)
        if question.grain == LINE and not _names_order(first.sql, sql):
            source = _lines(cursor, question, picked)
        rows = cursor.execute(
            f"WITH found AS (SELECT {first.sql} AS g0, {sql} AS m, grouping(g0) AS whole {source} "
            f"GROUP BY GROUPING SETS ((g0), ())) SELECT g0, m, whole, count(*) OVER () - 1 AS groups FROM found "
            f"ORDER BY whole DESC, {order} LIMIT {most + 1}",
            list(picked.values),
        ).fetchall()
        whole = rows[0][1] if rows else None
        firsts = tuple((g0, m) for g0, m, _whole, _groups in rows[1:])
        left = max(0, rows[0][3] - len(firsts)) if rows else 0
        cells: tuple[tuple[Any, ...], ...] = firsts
        if len(question.groups) > 1 and firsts:
            cells = _cells(cursor, question, picked, sql, [g0 for g0, _m in firsts])
    return Answer(cells, firsts, left, whole, perf_counter() - began)


def _cells(
    cursor: Cursor, question: Question, picked: Predicate, sql: str, firsts: list[Any]
) -> tuple[tuple[Any, ...], ...]:  # fmt: skip
    names = [f"g{n}" for n in range(len(question.groups))]
    listed = ", ".join(f"{group.sql} AS {name}" for name, group in zip(names, question.groups, strict=True))
    text, values = f"SELECT {listed}, {sql} AS m {_source(question, picked)}", list(picked.values)
    if not question.groups[0].ordered:
        condition = _is_in(question.groups[0].sql, firsts)
        text, values = f"{text} AND {condition.sql}", [*values, *condition.values]
    text += (
        f" GROUP BY {', '.join(names)} ORDER BY {', '.join(f'{name} NULLS LAST' for name in names)} LIMIT {MOST_CELLS}"
    )
    return tuple(cursor.execute(text, values).fetchall())


def _is_in(sql: str, values: Sequence[Any]) -> Predicate:
    known = tuple(value for value in values if value is not None)
    parts = [f"{sql} IN ({', '.join('?' * len(known))})"] if known else []
    parts += [f"{sql} IS NULL"] if len(known) < len(values) else []
    return Predicate(f"({' OR '.join(parts) or 'false'})", known)


def _source(question: Question, picked: Predicate) -> str:
    """FROM and WHERE over the aliases o, l, r, rf. The question's instant must be there for its parts of time."""
    text = f"FROM (SELECT * FROM orders WHERE {picked.sql}) o"
    if question.grain == LINE:
        text += " JOIN order_lines l ON l.order_key = o.order_key"
    elif question.grain == REFUND:
        text += " JOIN refunds r ON r.order_key = o.order_key"
    if question.measure.refunded:
        text += " LEFT JOIN (SELECT DISTINCT order_key FROM refunds) rf ON rf.order_key = o.order_key"
    return f"{text} WHERE o.{question.time} IS NOT NULL"


def _names_order(*texts: str) -> bool:
    return any(re.search(r"\bo\.", text) for text in texts)


def _lines(cursor: Cursor, question: Question, picked: Predicate) -> str:
    """The lines of the picked orders by themselves, where nothing is asked of the orders: a join of 20,000,000 lines with
    10,000,000 orders takes 8 s of processor. The smaller side is listed: the orders that are picked, or those that are not.
    """
    meant = f"coalesce(({picked.sql}), false) AND {question.time} IS NOT NULL"
    ((mine, every),) = cursor.execute(
        f"SELECT count(*) FILTER ({meant}), count(*) FROM orders", list(picked.values)
    ).fetchall()
    kind, those = ("SEMI", meant) if mine * 2 <= every else ("ANTI", f"NOT ({meant})")
    return f"FROM order_lines l {kind} JOIN (SELECT order_key FROM orders WHERE {those}) o ON o.order_key = l.order_key WHERE true"


def behind(
    store: Store, question: Question, picked: Predicate, chosen: Sequence[Any], *, limit: int = 200
) -> tuple[list[tuple[Any, ...]], int]:
    """The newest orders of a group (`chosen`: a value for each of its first dimensions), and how many there are.

    Rows: order_key, platform_no, channel, shop, status, the question's instant, paid_fen.
    """
    conditions = [_is_in(group.sql, [value]) for group, value in zip(question.groups, chosen, strict=False)]
    values = [*picked.values, *(value for condition in conditions for value in condition.values)]
    plain = Question(question.groups, BY_NAME["orders"], question.grain, question.time, 1, "table", False)
    text = _source(plain, picked) + "".join(f" AND {condition.sql}" for condition in conditions)
    with store.read() as cursor:
        rows = cursor.execute(
            f"WITH found AS (SELECT DISTINCT o.order_key, o.{question.time} AS moment {text}) SELECT o.order_key, o.platform_no, "
            f"o.channel, o.shop, o.status, moment, o.paid_fen, (SELECT count(*) FROM found) FROM found JOIN orders o USING (order_key) "
            f"ORDER BY moment DESC, o.order_key LIMIT {int(limit)}",
            values,
        ).fetchall()
    return [row[:-1] for row in rows], int(rows[0][-1]) if rows else 0
