"""Older Doudian exports: several items in one row, joined by ';'. Split when the counts agree, else a reject."""

# pyright: reportAttributeAccessIssue=false
# pyarrow.compute makes its functions at import.

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.i18n import N_
from core.mapping.readers import ROW
from core.mapping.said import Said

_JOINED = r"^\s*\d+(\s*[;；]\s*\d+)+\s*[;；]?\s*$"
_SIGN = re.compile(r"\s*[;；]\s*")
_AMOUNTS = frozenset(("line_paid_fen",))
_ID_TARGETS = frozenset(("sku", "line_no"))


@dataclass(frozen=True, slots=True)
class RowReject:
    """A row that cannot become part of an order, and why."""

    row: int
    field: str
    value: str
    reason: Said
    external_no: str = ""


def split_joined(
    rows: pa.Table, document: Mapping[str, Any], channel: str
) -> tuple[pa.Table, dict[str, int], list[RowReject]]:
    """(rows, how many rows each order gained, rejects). Rows are joined where the quantity is a list."""
    lines = _line_sources(document)
    quantity = next((name for name, target in lines.items() if target == "qty" and name in rows.column_names), None)
    if quantity is None or not rows.num_rows:
        return rows, {}, []
    joined = pc.fill_null(pc.match_substring_regex(rows.column(quantity), _JOINED), False)
    if channel == "doudian":
        # A list of articles with one quantity: nobody can tell which article it counts.
        for name, target in lines.items():
            if target in _ID_TARGETS and name in rows.column_names:
                joined = pc.or_(
                    joined, pc.fill_null(pc.match_substring_regex(rows.column(name), r"[^;；][;；][^;；]"), False)
                )
    if not pc.any(joined).as_py():
        return rows, {}, []
    made: list[dict[str, Any]] = []
    rejects: list[RowReject] = []
    extra: dict[str, int] = {}
    keys = _number_sources(document)
    for row in rows.filter(joined).to_pylist():
        number = next((str(row[name]) for name in keys if row.get(name)), "")
        parts = _parts(row, lines, quantity)
        if isinstance(parts, str):
            rejects.append(_reject(row, lines, parts, quantity, number))
            continue
        made += parts
        extra[number] = extra.get(number, 0) + len(parts) - 1
    kept = rows.filter(pc.invert(joined))
    if made:
        kept = pa.concat_tables([kept, pa.Table.from_pylist(made, schema=rows.schema)])
    return kept, extra, rejects


def _line_sources(document: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in document["fields"]:
        if entry.get("level") == "line":
            listed = entry.get("from", [])
            for name in [listed] if isinstance(listed, str) else listed:
                found[name] = str(entry["target"])
    return found


def _number_sources(document: Mapping[str, Any]) -> list[str]:
    entry = next(entry for entry in document["fields"] if entry["target"] == "platform_no")
    listed = entry.get("from", [])
    return [listed] if isinstance(listed, str) else listed


def _parts(row: dict[str, Any], lines: dict[str, str], quantity: str) -> list[dict[str, Any]] | str:
    """One row an item; or the name of the column whose count does not agree."""
    count = len(_split(row[quantity]))
    items = [dict(row) for _place in range(count)]
    for name, target in lines.items():
        value = row.get(name)
        if value is None:
            continue
        cut = _split(value)
        if len(cut) == count:
            for item, part in zip(items, cut, strict=True):
                item[name] = part or None
        elif len(cut) == 1:
            # One amount for all items stands once, or it would count several times.
            for item in items[1:] if target in _AMOUNTS else []:
                item[name] = None
        else:
            return name
    return items


def _split(value: str) -> list[str]:
    cut = _SIGN.split(value.strip())
    return cut[:-1] if len(cut) > 1 and not cut[-1] else cut


def _reject(row: dict[str, Any], lines: dict[str, str], column: str, quantity: str, number: str) -> RowReject:
    reason = Said(
        N_(
            "Several items stand in one row and cannot be told apart: {column} has {found} parts, the quantity {count}."
        ),
        column=column,
        found=len(_split(row[column])),
        count=len(_split(row[quantity] or "")),
    )
    return RowReject(row[ROW], lines[column], row[column], reason, number)
