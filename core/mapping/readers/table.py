"""What every reader gives: columns, rows of text, and what it had to mend or could not read."""

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from core.mapping.said import Said

ROW = "_row"  # the column with the row's number as a person counts it in the file, from 1


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing of the file that must not be imported as it stands. `column` is empty when the whole row is broken."""

    row: int
    column: str
    value: str
    reason: Said


@dataclass(frozen=True, slots=True)
class Table:
    """A file as read. Every cell is text or null; ids are never numbers.

    `rows` has the `columns` and `_row`. `payloads` holds the records of a JSON file as they came; for nested records
    `columns` are dotted paths and `rows` is empty of cells (only its `_row` counts).
    """

    columns: list[str]
    rows: pa.Table
    format: str  # csv tsv xlsx xls json ndjson parquet
    encoding: str = ""
    sheet: str = ""
    header_row: int = 1
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    payloads: list[dict[str, Any]] | None = None
    list_path: str = ""
    nested: bool = False
    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of data rows (or records)."""
        return self.rows.num_rows

    def values(self, column: str, limit: int = 400) -> list[str]:
        """The first non-empty texts of a column."""
        if column not in self.rows.column_names:
            return []
        head = self.rows.column(column).slice(0, limit * 5).drop_null()
        return head.slice(0, limit).to_pylist()


def text_table(columns: list[str], cells: list[pa.ChunkedArray | pa.Array], numbers: pa.Array) -> pa.Table:
    """Columns of text with their row numbers."""
    return pa.table([*cells, numbers], names=[*columns, ROW])
