"""csv and tsv: the delimiter, the header, rows as Arrow columns of text. A million rows take seconds."""

# pyright: reportAttributeAccessIssue=false
# pyarrow.compute makes its functions at import.

import csv
import io
from collections import Counter
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from core.errors import BadRequest
from core.i18n import N_, _
from core.mapping.readers.cells import unnamed
from core.mapping.readers.encoding import Utf8, to_utf8
from core.mapping.readers.finish import finished
from core.mapping.readers.layout import Layout, find_layout
from core.mapping.readers.table import Problem, Table
from core.mapping.said import Said

_DELIMITERS = ",\t;|"
_SAMPLE = 600_000  # bytes looked at for delimiter and header
csv.field_size_limit(8_000_000)


def read_delimited(raw: bytes, *, limit: int | None = None) -> Table:
    """The table of a csv or tsv file; with `limit` about that many rows of it."""
    known = to_utf8(raw)
    data = known.data
    start = data.find(b"\n") + 1 if data[:4].lower() == b"sep=" else 0
    sample = _sample(data[start : start + 2 * _SAMPLE])
    delimiter = data[4:5].decode() if start else _delimiter(sample)
    try:
        grid = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), 200))
    except csv.Error as error:
        raise _unreadable(error) from error
    layout = find_layout(grid)
    width = _width(grid, layout)
    body = _first_lines(data[start:], limit) if limit else memoryview(data)[start:]
    rows, numbers, bad = _parse(body, delimiter, width, quoted=b'"' in data)
    rows, numbers, problems = _mended(rows, numbers, bad, delimiter, width, layout.first)
    extra = [unnamed(place) for place in range(len(layout.columns) + 1, width + 1)]
    return finished(
        [*layout.columns, *extra][:width],
        rows,
        numbers,
        layout,
        format="tsv" if delimiter == "\t" else "csv",
        encoding=known.encoding,
        notes=_notes(known),
        problems=problems,
        shift=1 if start else 0,
    )


def _notes(decoded: Utf8) -> list[str]:
    notes = []
    if decoded.twice:
        notes.append(_("The text was encoded twice; it was repaired."))
    if decoded.lost:
        notes.append(_("{n} characters could not be decoded.").format(n=decoded.lost))
    return notes


def _sample(data: bytes) -> str:
    """The first whole lines, as text."""
    if len(data) > _SAMPLE:
        cut = data.rfind(b"\n", 0, _SAMPLE)
        data = data[: cut + 1 if cut > 0 else _SAMPLE]
    return data.decode("utf-8", errors="replace")


def _first_lines(data: bytes, limit: int) -> bytes:
    """About the first `limit` rows, never cut inside a quoted cell."""
    end, lines, quotes = 0, 0, 0
    while lines < limit or quotes % 2:
        place = data.find(b"\n", end)
        if place < 0 or lines > limit + 1000:
            return data
        quotes += data.count(b'"', end, place)
        end, lines = place + 1, lines + 1
    return data[:end]


def _delimiter(sample: str) -> str:
    """The delimiter that gives the widest table of even rows."""

    def evenness(delimiter: str) -> tuple[float, int]:
        try:
            counts = [
                len(row) for row in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), 60) if row
            ]
        except csv.Error:
            return (0.0, 0)
        if not counts:
            return (0.0, 0)
        width, often = Counter(counts).most_common(1)[0]
        return (often / len(counts) if width > 1 else 0.0, width)

    scores = {delimiter: evenness(delimiter) for delimiter in _DELIMITERS}
    return max(_DELIMITERS, key=lambda one: (round(scores[one][0] * 4), scores[one][1], -_DELIMITERS.index(one)))


def _width(grid: list[list[str]], layout: Layout) -> int:
    """The number of cells most data rows have; the header's where there is no data."""
    counts = Counter(len(row) for row in grid[layout.first - 1 :] if any(row))
    header = len(grid[layout.header - 1])
    return header if not counts or counts[header] else counts.most_common(1)[0][0]


def _parse(
    data: bytes | memoryview, delimiter: str, width: int, *, quoted: bool
) -> tuple[pa.Table, list[int], list[tuple[int, str]]]:
    """Every row of the right width as text columns f0…, the numbers of the others, and the others' text."""
    bad: list[tuple[int, str]] = []

    def odd(row: pacsv.InvalidRow) -> str:
        bad.append((row.number or 0, row.text))
        return "skip"

    names = [f"f{place}" for place in range(width)]
    try:
        rows = pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(data)),
            read_options=pacsv.ReadOptions(column_names=names, use_threads=False, block_size=1 << 24),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=quoted,
                ignore_empty_lines=False,
                invalid_row_handler=odd,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid as error:
        raise _unreadable(error) from error
    return rows, [number for number, _text in bad], bad


def _unreadable(error: Exception) -> BadRequest:
    return BadRequest(
        N_("The file cannot be read as a table: {cause}"),
        N_("Look for a quotation mark that is never closed, or save it as xlsx."),
        cause=str(error).splitlines()[0][:200],
    )


def _mended(
    rows: pa.Table, bad_numbers: list[int], bad: list[tuple[int, str]], delimiter: str, width: int, first: int
) -> tuple[pa.Table, pa.Array, list[Problem]]:
    """Rows of another width: blank ones are dropped, cells beyond the width that are empty are cut, the rest is a problem."""
    total = rows.num_rows + len(bad_numbers)
    numbers = pa.array(range(1, total + 1), pa.int64())
    if bad_numbers:
        numbers = numbers.filter(pc.invert(pc.is_in(numbers, pa.array(bad_numbers, pa.int64()))))
    saved: list[tuple[int, list[str | None]]] = []
    problems: list[Problem] = []
    for number, text in bad:
        if number < first:
            continue
        cells: list[str | None] = [
            cell or None for cell in next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        ]
        while cells and not cells[-1] and len(cells) > width:
            cells.pop()
        if not any(cell and cell.strip() for cell in cells):
            continue
        if len(cells) == width:
            saved.append((number, cells))
            continue
        reason = Said(N_("The row has {found} cells, the header {expected}."), found=len(cells), expected=width)
        problems.append(Problem(number, "", text, reason))
    if not saved:
        return rows, numbers, problems
    added = pa.table(
        [pa.array([cells[i] for _n, cells in saved], pa.string()) for i in range(width)], rows.column_names
    )
    return (
        pa.concat_tables([rows, added]),
        pa.concat_arrays([numbers, pa.array([number for number, _cells in saved], pa.int64())]),
        problems,
    )
