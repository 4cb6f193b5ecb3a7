"""An operator's own fields and own words for built-in ones: their rows, their columns, and how much they are used.

A row whose name does not start with `x_` only gives a built-in field other words. A column once made is never dropped.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from core import clock
from core.errors import TryAgain
from core.i18n import N_
from core.model.fields import Catalogue, Field, Kind, Level
from core.model.lifecycle import BY_NAME
from core.store.store import Cursor, Store

TABLES = {Level.ORDER: "orders", Level.LINE: "order_lines", Level.REFUND: "refunds"}


@dataclass(frozen=True, slots=True)
class Usage:
    """How many rows a level's table has, and in how many of them each field is filled."""

    rows: int
    filled: dict[str, int]


def has_row(cursor: Cursor, name: str) -> bool:
    """Whether the field (or the words of a built-in one) is kept already."""
    return bool(cursor.execute("SELECT 1 FROM own_fields WHERE name = ? LIMIT 1", [name]).fetchone())


def insert(cursor: Cursor, field: Field) -> None:
    """Keep a new row, last in order."""
    cursor.execute(
        "INSERT INTO own_fields SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(max(place), 0) + 1, ? FROM own_fields",
        [field.name, field.kind.value, field.level.value, *_words(field), *_rest(field), clock.now()],
    )


def update(cursor: Cursor, field: Field) -> None:
    """Replace all of a row but its name, type, level and place."""
    cursor.execute(
        "UPDATE own_fields SET label_zh = ?, label_en = ?, choices = ?, required_when = ?, default_value = ?, "
        "retired = ?, changed_at = ? WHERE name = ?",
        [*_words(field), *_rest(field), clock.now(), field.name],
    )


def arrange(cursor: Cursor, names: Sequence[str]) -> None:
    """Give the fields the places of this sequence, the first one place 1."""
    cursor.executemany(
        "UPDATE own_fields SET place = ? WHERE name = ?", [[place, name] for place, name in enumerate(names, 1)]
    )


def add_column(cursor: Cursor, field: Field) -> None:
    """Give the field its column in the caller's transaction. The name must have been checked: it becomes SQL.

    The transaction must not have changed rows of that table before: DuckDB 1.5.5 then refuses to commit. Open readers
    keep their view. Raises TryAgain when another transaction is changing the table.
    """
    try:
        cursor.execute(f"ALTER TABLE {TABLES[field.level]} ADD COLUMN {field.name} {field.sql_type}")
    except duckdb.TransactionException as error:
        raise TryAgain(N_("The table is being changed just now."), N_("Try again in a moment.")) from error


def usage(store: Store, catalogue: Catalogue) -> dict[Level, Usage]:
    """For each level the number of rows, and how many of them have each field filled; retired fields too."""
    found: dict[Level, Usage] = {}
    with store.read() as cursor:
        for level, table in TABLES.items():
            names = [f.name for f in catalogue.at(level, retired=True)]
            row = cursor.execute(f"SELECT count(*), {', '.join(f'count({n})' for n in names)} FROM {table}").fetchone()
            assert row is not None
            found[level] = Usage(int(row[0]), dict(zip(names, map(int, row[1:]), strict=True)))
    return found


def choices_in_use(store: Store, field: Field) -> dict[str, int]:
    """The values a choice field holds and how often."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {field.name}, count(*) FROM {TABLES[field.level]} WHERE {field.name} IS NOT NULL GROUP BY 1"
        ).fetchall()
    return {str(value): int(count) for value, count in rows}


def missing(store: Store, fields: Sequence[Field]) -> dict[str, int]:
    """Own fields that must be filled from a status on: how many orders at or past it have them empty. Cancelled and
    archived orders do not count; a line field counts its order once."""
    wanted = [f for f in fields if f.required_when in BY_NAME and not f.retired]
    if not wanted:
        return {}
    ranks = {name: status.rank for name, status in BY_NAME.items() if name not in ("CANCELLED", "ARCHIVED")}
    found: dict[str, int] = {}
    with store.read() as cursor:
        for field in wanted:
            from_rank = BY_NAME[field.required_when].rank
            statuses = [name for name, rank in ranks.items() if rank >= from_rank]
            empty = (
                f"{field.name} IS NULL"
                if field.level is Level.ORDER
                else f"order_key IN (SELECT order_key FROM {TABLES[field.level]} WHERE {field.name} IS NULL)"
            )
            marks = ", ".join("?" for _ in statuses)
            row = cursor.execute(
                f"SELECT count(*) FROM orders WHERE status IN ({marks}) AND {empty}", statuses
            ).fetchone()
            found[field.name] = int(row[0]) if row else 0
    return found


def _words(field: Field) -> list[str]:
    return [field.labels.get("zh", ""), field.labels.get("en", "")]


def _rest(field: Field) -> list[object]:
    choices = json.dumps(list(field.choices), ensure_ascii=False) if field.kind is Kind.CHOICE and field.own else "[]"
    return [choices, field.required_when, field.default, field.retired]
