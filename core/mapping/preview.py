"""What a mapping does to a few payloads, value by value: the source, what each converter made of it, and what failed.

It runs the very SQL of the intake over a temporary relation and writes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.mapping.compile import Compiled, bound, compile_document
from core.mapping.document import MappingDocument
from core.model.fields import Level
from core.store import Cursor

BODIES = "preview_bodies"  # temporary table of the caller's cursor


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of one row. `steps` are texts after each converter; `failed_step` counts them from 1, 0 for none.

    `value` has the field's own type; `reason` says why the row is kept out because of this field.
    """

    source: str | None
    steps: tuple[str | None, ...]
    value: Any
    failed_step: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One payload, or one line of it. `place` counts the payloads from 0, `row_no` as a person does."""

    place: int
    row_no: int
    cells: Mapping[str, Cell]
    held: bool = False

    @property
    def failed(self) -> bool:
        return any(cell.reason for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class Preview:
    """The rows of the orders (or refunds) and of their lines, and the places of bodies that cannot be read."""

    main: tuple[Row, ...]
    lines: tuple[Row, ...]
    unreadable: tuple[int, ...]

    @property
    def failed(self) -> frozenset[int]:
        """The places of payloads that would be rejected."""
        return frozenset(row.place for row in (*self.main, *self.lines) if row.failed) | set(self.unreadable)


def preview(cursor: Cursor, document: MappingDocument, bodies: Sequence[str], zone: str) -> Preview:
    """Map the bodies without taking them in. Needs a cursor of its own: temporary tables are made."""
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE {BODIES} AS SELECT (generate_subscripts(b, 1) - 1)::INTEGER AS place, "
        "unnest(b) AS body FROM (SELECT ?::VARCHAR[] AS b)",
        [list(bodies)],
    )
    program = compile_document(document, zone, BODIES)
    if program.prepare:
        cursor.execute(program.prepare, dict(program.prepare_values))
    main = _rows(cursor, program.main)
    lines = _rows(cursor, program.lines) if program.lines is not None else ()
    read = {row.place for row in main}
    return Preview(main, lines, tuple(place for place in range(len(bodies)) if place not in read))


def _rows(cursor: Cursor, level: Compiled) -> tuple[Row, ...]:
    position = ", pos" if level.level is Level.LINE else ""
    columns: list[str] = []
    for chain in level.chains:
        columns += [f"({value})::VARCHAR" for value in chain.values]
        cases = " ".join(f"WHEN {told[0]} THEN {step}" for step, told in enumerate(chain.failures, 1) if told)
        columns.append(f"CASE {cases} ELSE 0 END" if cases else "0")
    readable = "" if position else " WHERE readable"
    sql = f"SELECT place, row_no{position}, {', '.join(columns)} FROM ({level.inside}){readable} ORDER BY place, row_no{position}"
    inside = cursor.execute(sql, bound(sql, level.values)).fetchall()
    sql = f"SELECT * FROM ({level.select}) ORDER BY place, row_no{position}"
    found = cursor.execute(sql, bound(sql, level.values))
    names = [column[0] for column in found.description or ()]
    finals = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    head = 3 if position else 2
    return tuple(_row(level, texts[head:], final) for texts, final in zip(inside, finals, strict=True))


def _row(level: Compiled, texts: Sequence[Any], final: Mapping[str, Any]) -> Row:
    reasons = {problem["field"]: problem["reason"] for problem in final["problems"] or ()}
    cells: dict[str, Cell] = {}
    place = 0
    for chain in level.chains:
        name, width = chain.mapped.target.name, len(chain.values)
        source, *steps = texts[place : place + width]
        cells[name] = Cell(source, tuple(steps), final[name], int(texts[place + width]), reasons.get(name, ""))
        place += width + 1
    return Row(final["place"], final["row_no"], cells, bool(final.get("held")))
