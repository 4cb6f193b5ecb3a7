"""A cursor that spells short lists of keys out, so that the server's indexes find them.

DuckDB hands `key IN (1, 2, 3)` to PostgreSQL, but reads a whole table for `key IN (SELECT unnest(?))` and for a join with
a batch's temporary table. The statements of the store keep those forms, which plan fast on a file; here each gets, beside
what it says, the condition that follows from it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from core.store.engines.engine import Cursor
from core.store.engines.indexes import INDEXES

MOST = 2_000
"""From here on to read the table is as quick as to look so many keys up."""
_LISTED = re.compile(r"IN \(SELECT unnest\(\?(?:::(?:BIGINT|VARCHAR)\[\])?\)(?: AS \w+)?\)")
_MADE = re.compile(r"\s*CREATE (?:OR REPLACE )?TEMP TABLE (\w+)")
_NAMED = re.compile(r"\b(?:FROM|JOIN|UPDATE|USING|INTO) (\w+)(?: AS)?(?: (?!ON\b|USING\b|WHERE\b|SET\b|JOIN\b)(\w+))?")
_ROWS = re.compile(
    r"\(SELECT unnest\((\?)::BIGINT\[\]\) AS order_key(?:, unnest\(\?(?:::\w+\[\])?\) AS \w+)*\) (?:AS )?(\w+)"
)
_EQUAL = re.compile(r"\b(\w+)\.order_key = (\w+)\.order_key\b")
_WITHIN = re.compile(r"(?<!NOT )\b((?:\w+\.)?(order_key|phone_key)) IN \(SELECT (?:\w+\.)?\2 FROM (\w+)\b")


class KeyedCursor:
    """A cursor of DuckDB with `execute` that spells keys out; everything else is the cursor's own."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._temporary: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def execute(self, query: Any, parameters: Any = None) -> Cursor:
        """As the cursor's own."""
        if isinstance(query, str):
            made = _MADE.match(query)
            listed = parameters and isinstance(parameters, list | tuple) and "SELECT unnest(" in query
            rows = _rows(query, parameters) if listed else {}
            if self._temporary or rows:
                query = "".join(self._narrowed(query, rows))
            if listed:
                query, parameters = spelt(query, parameters)
            if made:
                self._temporary.add(made[1])
        return self._cursor.execute(query) if parameters is None else self._cursor.execute(query, parameters)

    def _narrowed(self, query: str, rows: dict[str, str]) -> Iterator[str]:
        """The statement in pieces: what equals a key of a temporary table is one of its keys, and that is said too.

        `rows`: the keys of relations that came as values, by their name in the statement.
        """
        named = _tables(query) | {name: name for name in rows}
        small = self._temporary | rows.keys()
        written = {(name, "order_key"): keys for name, keys in rows.items()}
        found = sorted([*_EQUAL.finditer(query), *_WITHIN.finditer(query)], key=lambda each: each.start())
        end = 0
        for each in found:
            if each.start() < end:
                continue
            if each.re is _EQUAL:
                left, right = each[1], each[2]
                if named.get(right) not in small:
                    left, right = right, left
                temporary, column, subject = named.get(right), "order_key", f"{left}.order_key"
                if named.get(left) not in INDEXES:
                    continue
            else:
                subject, column, temporary = each[1], each[2], each[3]
            if temporary is None or temporary not in small:
                continue
            if (temporary, column) not in written:
                written[temporary, column] = self._keys(temporary, column)
            keys = written[temporary, column]
            if keys:
                yield f"{query[end : each.start()]}({subject} IN ({keys}) AND {each[0]}{')' if each.re is _EQUAL else ''}"
                end = each.end()
                if each.re is _WITHIN:
                    closing = _closing(query, each.start() + each[0].index("("))
                    yield query[end : closing + 1] + ")"
                    end = closing + 1
        yield query[end:]

    def _keys(self, table: str, column: str) -> str:
        """The keys that stand in the temporary table, written out; "" where there are none, too many or no such column."""
        known = self._cursor.execute(
            "SELECT 1 FROM duckdb_columns() WHERE database_name = 'temp' AND table_name = ? AND column_name = ?",
            [table, column],
        ).fetchone()
        if not known:
            return ""
        rows = self._cursor.execute(
            f"SELECT DISTINCT {column} FROM temp.{table} WHERE {column} IS NOT NULL LIMIT {MOST + 1}"
        ).fetchall()
        return ", ".join(_literal(row[0]) for row in rows) if len(rows) <= MOST else ""


def spelt(query: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    """The statement with every short list of whole numbers or texts in place of its mark.

    Numbers are written, texts stay bound. What is empty, long or holds NULL stays as it is.
    """
    found = list(_LISTED.finditer(query))
    places = _marks(query) if found else []
    if len(places) != len(values):
        return query, list(values)
    at = {place: number for number, place in enumerate(places)}
    text, kept, end, taken = "", [], 0, 0
    for each in found:
        number = at.get(query.index("?", each.start()))
        listed = _plain(values[number]) if number is not None else None
        if number is None or listed is None:
            continue
        written, bound = listed
        text += f"{query[end : each.start()]}IN ({written})"
        kept += [*values[taken:number], *bound]
        end, taken = each.end(), number + 1
    return text + query[end:], [*kept, *values[taken:]]


def _plain(value: Any) -> tuple[str, Sequence[Any]] | None:
    """What stands between the brackets, with its values; None where the list has to stay one value."""
    if not isinstance(value, list | tuple) or not 0 < len(value) <= MOST:
        return None
    if all(type(each) is int for each in value):
        return ", ".join(map(str, value)), ()
    if all(type(each) is str for each in value):
        return ", ".join("?" * len(value)), value
    return None


def _rows(query: str, values: Sequence[Any]) -> dict[str, str]:
    """The keys of the relations that stand in the statement as lists of values, written out."""
    found = list(_ROWS.finditer(query))
    places = _marks(query) if found else []
    if len(places) != len(values):
        return {}
    told = {each[2]: _plain(values[places.index(each.start(1))]) for each in found}
    return {name: listed[0] for name, listed in told.items() if listed and not listed[1]}


def _literal(value: int | str) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def _tables(query: str) -> dict[str, str]:
    """Table by the name it goes by in the statement; a name that stands for two is left out."""
    named: dict[str, set[str]] = {}
    for table, alias in _NAMED.findall(query):
        named.setdefault(alias or table, set()).add(table)
        if alias:
            named.setdefault(table, set()).add(table)
    return {name: tables.pop() for name, tables in named.items() if len(tables) == 1}


def _marks(query: str) -> list[int]:
    """Where the marks of values stand: those in quoted texts and names are none."""
    return [place for place, sign in _bare(query) if sign == "?"]


def _closing(query: str, opening: int) -> int:
    """Where the bracket is closed that is opened there."""
    depth = 0
    for place, sign in _bare(query):
        if place >= opening:
            depth += (sign == "(") - (sign == ")")
            if not depth:
                return place
    return len(query) - 1


def _bare(query: str) -> Iterator[tuple[int, str]]:
    """The signs outside of quoted texts and names, with their places."""
    quote = ""
    for place, sign in enumerate(query):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        else:
            yield place, sign
