"""Rows of a file made ready for a mapping: grouped by order, joined items split, sums and states added, bad rows named.

Columns a mapping may ask for beside the file's own: `Σheader` the sum of an amount over the order's rows; `_state` what
the times say where the file has no status column (COMPLETED, SHIPPED, PAID or UNPAID); `_updated` the pool's own clock,
for files that add to orders they do not know whole.
"""

# pyright: reportAttributeAccessIssue=false
# pyarrow.compute makes its functions at import.

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from core.i18n import N_, _
from core.mapping.bodies import RANK
from core.mapping.joined import RowReject, split_joined
from core.mapping.readers import ROW, Table
from core.mapping.said import Said
from core.mapping.typedsteps import NO_INSTANT

SUM, STATE, UPDATED = "Σ", "_state", "_updated"
ADDED = frozenset((STATE, UPDATED, "#"))
STATES = ("UNPAID", "PAID", "SHIPPED", "COMPLETED")
_STATE_TIMES = ("paid_at", "shipped_at", "finished_at")  # each lifts the state by one
_AMOUNT = r"^[-+]?\d{1,15}(\.\d{1,4})?$"


@dataclass(frozen=True, slots=True)
class FileRows:
    """Rows sorted by order (`_rank`), with `_row` and the columns that stand in the bodies."""

    rows: pa.Table
    columns: list[str]
    numbers: list[str]  # the order's number by rank
    rejects: tuple[RowReject, ...] = ()
    notes: tuple[str, ...] = ()
    extra: Mapping[str, int] = field(default_factory=dict)  # by order: rows that came of splitting joined items


def sources(document: Mapping[str, Any], target: str) -> list[str]:
    """The columns a document reads for a target, all levels."""
    found: list[str] = []
    for entry in document["fields"]:
        if entry["target"] == target:
            listed = entry.get("from", [])
            found += [listed] if isinstance(listed, str) else listed
    return found


def all_sources(document: Mapping[str, Any]) -> set[str]:
    """Every column a document reads."""
    return {source for entry in document["fields"] for source in sources(document, entry["target"])}


def file_rows(table: Table, document: Mapping[str, Any], channel: str) -> FileRows:
    """The rows of a table made ready for a document whose source is rows."""
    key = "refund_no" if document.get("entity") == "refunds" else "platform_no"
    rejects = [_broken(problem) for problem in table.problems if not problem.column]
    rows, extra, split_rejects = table.rows, {}, []
    if document.get("granularity") == "line":
        rows, extra_rows, split_rejects = split_joined(rows, document, channel)
        extra = extra_rows
    rejects += split_rejects
    number = _first_filled(rows, [name for name in sources(document, key) if name in table.columns])
    rows = rows.append_column("_number", number)
    rejects += _without_number(rows, table, key, sources(document, key))
    rows = rows.filter(pc.is_valid(rows.column("_number")))
    rows, spoiled, notes = _without_spoiled(rows, table, document, key)
    rejects += spoiled
    encoded = rows.column("_number").combine_chunks().dictionary_encode()
    rows = rows.append_column(RANK, encoded.indices)
    wanted = all_sources(document)
    columns = list(table.columns)
    for name in sorted(wanted):
        if name.startswith(SUM) and name[1:] in table.columns:
            rows = rows.append_column(name, _sums(rows, name[1:]))
            columns.append(name)
    if STATE in wanted:
        rows = rows.append_column(STATE, _states(rows, document))
        columns.append(STATE)
    rows = rows.take(pc.sort_indices(rows, [(RANK, "ascending"), (ROW, "ascending")]))
    numbers = encoded.dictionary.to_pylist()
    by_number = {str(no): count for no, count in extra.items()}
    return FileRows(rows, columns, numbers, tuple(sorted(rejects, key=lambda one: one.row)), notes, by_number)


def with_clock(prepared: FileRows, clocks: Mapping[str, str]) -> FileRows:
    """The rows of known orders only, with the pool's clock as `_updated`; rows of the others are rejects."""
    rows = prepared.rows
    numbers = rows.column("_number")
    known = pc.is_in(numbers, pa.array(list(clocks), pa.string()))
    strangers = rows.filter(pc.invert(known))
    reason = Said(N_("The pool does not have this order. Import the file with the orders first."))
    rejects = [
        RowReject(row, "platform_no", number, reason, number)
        for row, number in zip(strangers.column(ROW).to_pylist(), strangers.column("_number").to_pylist(), strict=True)
    ]
    rows = rows.filter(known)
    encoded = rows.column("_number").combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    clock = pc.take(pa.array([clocks[name] or None for name in names], pa.string()), encoded.indices)
    rows = rows.set_column(rows.column_names.index(RANK), RANK, encoded.indices).append_column(UPDATED, clock)
    merged = tuple(sorted((*prepared.rejects, *rejects), key=lambda one: one.row))
    return FileRows(rows, [*prepared.columns, UPDATED], names, merged, prepared.notes, prepared.extra)


def _broken(problem: Any) -> RowReject:
    return RowReject(problem.row, "", problem.value, problem.reason)


def _first_filled(rows: pa.Table, names: list[str]) -> pa.ChunkedArray | pa.Array:
    if not names:
        return pa.nulls(rows.num_rows, pa.string())
    return pc.coalesce(*(rows.column(name) for name in names))


def _without_number(rows: pa.Table, table: Table, key: str, names: Iterable[str]) -> list[RowReject]:
    """A reject for each row without a number, with the reason where a spreadsheet destroyed it."""
    missing = rows.filter(pc.is_null(rows.column("_number"))).column(ROW).to_pylist()
    why = {problem.row: problem for problem in table.problems if problem.column in set(names)}
    plain = Said(N_("The row has no order number."))
    return [
        RowReject(row, key, why[row].value if row in why else "", why[row].reason if row in why else plain)
        for row in dict.fromkeys(missing)
    ]


def _without_spoiled(
    rows: pa.Table, table: Table, document: Mapping[str, Any], key: str
) -> tuple[pa.Table, list[RowReject], tuple[str, ...]]:
    """Orders with a destroyed line number go whole; destroyed values of other columns stay empty and are only noted."""
    lines = set(sources(document, "line_no"))
    spoiled = {problem.row: problem for problem in table.problems if problem.column in lines}
    others = [
        p for p in table.problems if p.column and p.column not in lines and p.column not in sources(document, key)
    ]
    notes = ()
    if others:
        names = ", ".join(dict.fromkeys(problem.column for problem in others))
        notes = (_("{n} rounded numbers were left empty in {columns}.").format(n=len(others), columns=names),)
    if not spoiled:
        return rows, [], notes
    hit = rows.filter(pc.is_in(rows.column(ROW), pa.array(list(spoiled), pa.int64())))
    bad = pc.is_in(rows.column("_number"), hit.column("_number").combine_chunks().unique())
    gone = rows.filter(bad)
    reason = next(iter(spoiled.values())).reason
    rejects = [
        RowReject(row, "line_no", spoiled[row].value if row in spoiled else "", reason, number)
        for row, number in zip(gone.column(ROW).to_pylist(), gone.column("_number").to_pylist(), strict=True)
    ]
    return rows.filter(pc.invert(bad)), rejects, notes


def _sums(rows: pa.Table, column: str) -> pa.ChunkedArray | pa.Array:
    """The exact sum of an amount column over the rows of each order, as text on each of its rows."""
    plain = pc.replace_substring_regex(rows.column(column), r"[,，¥￥$元\s]", "")
    plain = pc.if_else(
        pc.fill_null(pc.match_substring_regex(plain, _AMOUNT), False), plain, pa.scalar(None, pa.string())
    )
    amounts = pa.table({"rank": rows.column(RANK), "amount": pc.cast(plain, pa.decimal128(38, 4))})
    totals = amounts.group_by("rank").aggregate([("amount", "sum")]).sort_by("rank")
    texts = pc.replace_substring_regex(pc.cast(totals.column("amount_sum"), pa.string()), r"(\.\d\d\d?)0+$", r"\1")
    return pc.take(texts.combine_chunks(), rows.column(RANK))


def _states(rows: pa.Table, document: Mapping[str, Any]) -> pa.Array | pa.ChunkedArray:
    """The farthest state the times of an order's rows prove, on each of its rows."""
    code = pa.array([0] * rows.num_rows, pa.int8())
    for level, target in enumerate(_STATE_TIMES, 1):
        for name in sources(document, target):
            if name in rows.column_names and name not in sources(document, "platform_no"):
                column = rows.column(name)
                told = pc.and_(
                    pc.is_valid(column), pc.invert(pc.is_in(column, pa.array([*NO_INSTANT, "--"], pa.string())))
                )
                code = pc.if_else(told, pc.max_element_wise(code, pa.scalar(level, pa.int8())), code)
    best = (
        pa.table({"rank": rows.column(RANK), "code": code})
        .group_by("rank")
        .aggregate([("code", "max")])
        .sort_by("rank")
    )
    return pc.take(pa.array(STATES), pc.take(best.column("code_max").combine_chunks(), rows.column(RANK)))


def rows_by_number(prepared: FileRows) -> dict[str, int]:
    """How many rows each order has."""
    counts: dict[str, int] = defaultdict(int)
    for item in pc.value_counts(prepared.rows.column("_number")).to_pylist():
        counts[item["values"]] = item["counts"]
    return counts
