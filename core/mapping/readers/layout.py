"""Where the table begins in a file: the header row among titles and second header rows, and its totals at the end.

Works on the first rows as lists of texts. A header is a wide row of words over rows that hold values.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from core.errors import BadRequest
from core.i18n import N_
from core.mapping.fold import fold
from core.mapping.headers import known_header
from core.mapping.readers.cells import header_text, unique

_LOOK = 30  # rows to look at
_VALUE = re.compile(
    r"""^[=']*"?[-+¥￥$]?\s*\d[\d,]*(\.\d+)?\s*[元%分件个]?"?$|^\s*="?'?\w*\d{5,}|^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|^\d{1,2}[-/]\w{1,3}[-/]\d{2,4}|^[A-Z]{0,3}\d{5,}[-\w]*$|^\d{6}-\d{15}$|^[0-9a-f]{32}$|^1[\d*]{10}$"""
)
TOTALS = re.compile(
    r"^(总计|合计|共计|小计|汇总|总合计|合计金额|本页合计|total|grandtotal|sum|subtotal)(共?\d*[条笔单行])?[::]?$"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """`header` counts rows from 1; `first` is the first data row, `columns` the unique names."""

    header: int
    first: int
    columns: list[str]
    skipped: tuple[int, ...] = ()  # header-like rows under the header


def is_value(cell: str) -> bool:
    """Whether a cell looks like data: a number, a date, an id, a masked phone."""
    return bool(_VALUE.match(cell.strip()))


def is_total(cells: list[str | None]) -> bool:
    """Whether a row is a file's own totals row: its first filled cell says so."""
    first = next((cell for cell in cells if cell and cell.strip()), "")
    return bool(TOTALS.match(fold(first)))


def find_layout(grid: list[list[str]]) -> Layout:
    """The layout of the first rows of a file. Raises BadRequest when there is no header row."""
    grid = grid[:_LOOK]
    filled = [[cell.strip() for cell in row] for row in grid]
    widths = [sum(bool(cell) for cell in row) for row in filled]
    if not any(widths):
        raise BadRequest(N_("The file is empty."), N_("Export it again and look at it before sending it."))
    widest = max(widths)
    best, place = max(
        (_score(row, width, widest), -index) for index, (row, width) in enumerate(zip(filled, widths, strict=True))
    )
    header = -place
    if best <= 0:
        raise BadRequest(
            N_("The file has no header row: its first row already holds values."),
            N_("Put the names of the columns into the first row."),
        )
    names, below = _names(filled, header)
    skipped = tuple(below)
    first = (max(skipped) if skipped else header) + 1
    extra = _second_header(filled, first)
    return Layout(header + 1, first + len(extra) + 1, unique(names), (*(row + 1 for row in skipped), *extra))


def _score(row: list[str], width: int, widest: int) -> float:
    """How much a row looks like a header: wide, words, each once, known words. Below zero for a row of values."""
    if width == 0 or (widest > 1 and width < 2):
        return -1.0
    cells = [cell for cell in row if cell]
    values = sum(is_value(cell) for cell in cells)
    known = sum(known_header(cell) for cell in cells)
    if values > len(cells) * 0.34 and known < 2:
        return -1.0
    distinct = len({fold(cell) for cell in cells}) / len(cells)
    long = sum(len(cell) > 40 for cell in cells) / len(cells)
    return (
        width / widest
        + 3 * known / max(3, len(cells))
        + 0.5 * distinct
        - 2 * values / len(cells)
        - long
        - 0.3 * (width < widest / 2)
    )


def _names(filled: list[list[str]], header: int) -> tuple[list[str], list[int]]:
    """The column names: the header row, joined with the group row above or the sub-header row below where it has gaps."""
    size = max(len(row) for row in filled)
    rows = [row + [""] * (size - len(row)) for row in filled]
    here = rows[header]
    if header > 0 and _is_group(rows[header - 1], here):
        return [_join(group, name) for group, name in zip(_spread(rows[header - 1]), here, strict=True)], []
    below = rows[header + 1] if header + 1 < len(rows) else []
    if below and _is_group(here, below) and not any(is_value(cell) for cell in below if cell):
        named = [_join(group, name) if name else group for group, name in zip(_spread(here, below), below, strict=True)]
        return named, [header + 1]
    return [header_text(cell) for cell in _cut(here, rows[header + 1 :])], []


def _is_group(upper: list[str], lower: list[str]) -> bool:
    """Whether the upper row holds headings over several columns of the lower: gaps that the lower row fills."""
    words = [cell for cell in upper if cell]
    if len(words) < 2 or any(is_value(cell) for cell in words) or sum(bool(cell) for cell in lower) < 2:
        return False
    gaps = sum(
        1
        for left, right in pairwise(range(len(upper)))
        if upper[left] and not upper[right] and right < len(lower) and lower[right]
    )
    covered = all(lower[place] for place in range(len(upper)) if not upper[place] and any(upper[place:]))
    known = sum(known_header(cell) for cell in lower if cell)
    return gaps >= 1 and covered and known >= 1


def _spread(upper: list[str], lower: list[str] | None = None) -> list[str]:
    """Headings carried over the gaps to their right; a heading whose own column has no lower name stands alone."""
    result, present = [], ""
    for place, cell in enumerate(upper):
        present = cell or (present if lower is None or lower[place] else "")
        result.append(present)
    return result


def _join(group: str, name: str) -> str:
    """A heading and the name under it; a name that is known by itself needs no heading."""
    group, name = header_text(group), header_text(name)
    if not group or not name or group == name or known_header(name):
        return name or group
    return f"{group}-{name}"


def _cut(here: list[str], below: list[list[str]]) -> list[str]:
    """The header without empty columns at its end that hold no value either."""
    end = len(here)
    while end > 1 and not here[end - 1] and not any(row[end - 1] for row in below):
        end -= 1
    return here[:end]


def _second_header(filled: list[list[str]], first: int) -> tuple[int, ...]:
    """The rows (from 1) at the head of the data that are no data: words where every later row has values."""
    found: list[int] = []
    for index in range(first, min(first + 2, len(filled) - 1)):
        later = filled[index + 1 :]
        typed = [
            column
            for column in range(len(filled[index]))
            if (cells := [row[column] for row in later if column < len(row) and row[column]])
            and sum(map(is_value, cells)) >= 0.8 * len(cells)
        ]
        here = filled[index]
        words = [cell for cell in here if cell]
        if not words or len(typed) < 2 or any(is_value(here[column]) for column in typed) or is_total(list(here)):
            break
        if not any(here[column] for column in typed) and len(words) > 1:
            break  # values are merely missing in this row
        found.append(index + 1)
    return tuple(found)
