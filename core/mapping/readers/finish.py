"""The last steps every flat table takes: rows above the data go, cells become plain, blank and totals rows are dropped."""

# pyright: reportAttributeAccessIssue=false
# pyarrow.compute makes its functions at import.

import functools

import pyarrow as pa
import pyarrow.compute as pc

from core.i18n import _
from core.mapping.readers.cells import plain, unnamed, without_destroyed
from core.mapping.readers.layout import Layout, is_total
from core.mapping.readers.table import ROW, Problem, Table, text_table

_TAIL = 5  # totals stand in the last rows only


def finished(
    columns: list[str],
    cells: pa.Table,
    numbers: pa.Array,
    layout: Layout,
    *,
    format: str,
    encoding: str = "",
    sheet: str = "",
    notes: list[str] | None = None,
    problems: list[Problem] | None = None,
    shift: int = 0,
) -> Table:
    """The table from raw text cells; `numbers` are their rows in the file, `shift` lines above were not counted."""
    notes = list(notes or [])
    rows = text_table(columns, [plain(column) for column in cells.columns], numbers)
    # A column that has neither a name nor a value is a delimiter too many.
    idle = {unnamed(place) for place, name in enumerate(columns, 1) if rows.column(name).null_count == rows.num_rows}
    columns = [name for name in columns if name not in idle] or columns
    rows = rows.select([*columns, ROW])
    rows = rows.filter(pc.greater_equal(rows.column(ROW), layout.first))
    rows = _without_blank(rows, columns)
    if len(numbers) > 1 and not _ascending(rows):
        rows = rows.sort_by(ROW)
    found = list(problems or [])
    rows, dropped = _without_totals(rows, columns)
    found, also = _problems_without_totals(found)
    if dropped or also:
        notes.append(_("{n} rows of totals at the end were left out.").format(n=dropped + also))
    if layout.skipped:
        notes.append(_("A second header row was left out."))
    rows, rounded = without_destroyed(rows, columns)
    if rounded:
        notes.append(_("{n} numbers were rounded by a spreadsheet and cannot be used.").format(n=len(rounded)))
    if shift:
        rows = rows.set_column(rows.column_names.index(ROW), ROW, pc.add(rows.column(ROW), shift))
    return Table(
        columns,
        rows,
        format,
        encoding=encoding,
        sheet=sheet,
        header_row=layout.header + shift,
        notes=tuple(notes),
        problems=(*found, *rounded),
    )


def _without_blank(rows: pa.Table, columns: list[str]) -> pa.Table:
    filled = functools.reduce(pc.or_, (pc.is_valid(rows.column(name)) for name in columns))
    return rows.filter(filled)


def _ascending(rows: pa.Table) -> bool:
    numbers = rows.column(ROW).combine_chunks()
    if len(numbers) < 2:
        return True
    return bool(pc.all(pc.less(numbers.slice(0, len(numbers) - 1), numbers.slice(1))).as_py())


def _without_totals(rows: pa.Table, columns: list[str]) -> tuple[pa.Table, int]:
    tail = rows.slice(max(0, rows.num_rows - _TAIL)).select(columns).to_pylist()
    dropped = 0
    for row in reversed(tail):
        if not is_total(list(row.values())):
            break
        dropped += 1
    return rows.slice(0, rows.num_rows - dropped), dropped


def _problems_without_totals(problems: list[Problem]) -> tuple[list[Problem], int]:
    """A totals row is often narrower than the table: it is no broken row then."""
    kept = [
        problem
        for problem in problems
        if problem.column or not is_total([*problem.value.replace("\t", ",").split(",")])
    ]
    return kept, len(problems) - len(kept)
