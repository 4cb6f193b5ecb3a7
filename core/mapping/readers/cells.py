"""Cells as exports write them -> plain text: wrapped ids, apostrophes, tabs, and ids a spreadsheet destroyed."""

# pyright: reportAttributeAccessIssue=false
# pyarrow.compute makes its functions at import.

import re

import pyarrow as pa
import pyarrow.compute as pc

from core.i18n import N_
from core.mapping.readers.table import Problem
from core.mapping.said import Said

_SCIENTIFIC = r"^\d(\.\d+)?[eE]\+?(1[1-9]|2\d|3\d)$"
_LONG = r"^\d{16,32}$"
_BLANKS = re.compile(r"\s+")


def header_text(cell: str) -> str:
    """A header as its column is called: no mark, no wrapping, one blank where there were several or a line break."""
    text = cell.replace("\ufeff", "").strip().strip("\u200b\u00a0")
    if wrapped := re.fullmatch(r'=\s*"(.*)"', text):
        text = wrapped.group(1)
    return _BLANKS.sub(" ", text).strip().removeprefix("'").strip()


def unnamed(place: int) -> str:
    """What a column without a header is called; `place` counts from 1."""
    return f"column {place}"


def unique(names: list[str]) -> list[str]:
    """The names, each once: a second one gets " (2)", an empty one its position, a reserved one a blank in front."""
    seen: dict[str, int] = {}
    result = []
    for place, name in enumerate(names, 1):
        base = name or unnamed(place)
        if base == "_row":
            base = "_row (file)"
        count = seen.get(base, 0) + 1
        seen[base] = count
        fresh = base if count == 1 else f"{base} ({count})"
        while count > 1 and fresh in seen:
            count += 1
            fresh = f"{base} ({count})"
        seen.setdefault(fresh, 1)
        result.append(fresh)
    return result


def plain(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """A text column without the wrapping of exports; what is blank becomes null. Whole columns at a time."""
    column = pc.utf8_trim(column, " \t\r\n\u00a0\ufeff\u200b\u3000")
    if _any(pc.starts_with(column, "=")):
        column = pc.replace_substring_regex(column, r'^=\s*"+(.*?)"+$', r"\1")
        column = pc.utf8_trim(column, " \t")
    if _any(pc.starts_with(column, "'")):
        column = pc.replace_substring_regex(column, r"^'([^']*)$", r"\1")
        column = pc.utf8_trim(column, " \t")
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def destroyed(column: pa.ChunkedArray | pa.Array) -> pa.Array | pa.ChunkedArray | None:
    """A mask of the ids a spreadsheet has rounded: 1.23E+18, or 16 and more digits that are all zero from the 16th on.

    One number may end in zeros by chance; a column where most long numbers do was cut to 15 digits. None: nothing found.
    """
    scientific = pc.match_substring_regex(column, _SCIENTIFIC)
    long = pc.match_substring_regex(column, _LONG)
    longs = pc.sum(long).as_py() or 0
    mask = scientific
    if longs:
        cut = pc.match_substring_regex(column, r"^\d{15}0+$")
        cuts = pc.sum(cut).as_py() or 0
        far = pc.match_substring_regex(column, r"^\d{15}0{3,}$")
        if cuts >= max(3, longs * 0.6) or (cuts == longs and _any(far)):
            mask = pc.or_kleene(scientific, cut)
    return mask if _any(mask) else None


def without_destroyed(rows: pa.Table, columns: list[str]) -> tuple[pa.Table, list[Problem]]:
    """The rows with destroyed ids emptied, and one problem for each."""
    problems: list[Problem] = []
    for name in columns:
        column = rows.column(name)
        mask = destroyed(column)
        if mask is None:
            continue
        hit = rows.select([name, "_row"]).filter(mask)
        reason = Said(
            N_("A spreadsheet has rounded this number; its last digits are lost. Export the file again as text.")
        )
        problems += [
            Problem(row, name, value, reason)
            for value, row in zip(hit.column(name).to_pylist(), hit.column("_row").to_pylist(), strict=True)
        ]
        emptied = pc.if_else(mask, pa.scalar(None, pa.string()), column)
        rows = rows.set_column(rows.column_names.index(name), name, emptied)
    return rows, problems


def _any(mask: pa.ChunkedArray | pa.Array) -> bool:
    return bool(pc.any(mask).as_py())
