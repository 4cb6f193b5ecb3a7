"""Rejected rows of files tried again with the mapping as it is published now, together with their order's other rows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
import pyarrow as pa

from core.channels.intake import Batch, Intake, take_in
from core.channels.part import nothing
from core.errors import BadSetup
from core.i18n import N_
from core.mapping.bodies import RANK, order_bodies
from core.mapping.document import KIND
from core.mapping.filerows import UPDATED, FileRows, all_sources, file_rows, with_clock
from core.mapping.joined import RowReject
from core.mapping.readers import ROW, Table
from core.people.vault import Vault
from core.store import Cursor, Store, documents
from core.store import row_rejects as kept
from core.store.documents import Document
from core.store.order_clocks import clocks
from core.store.row_rejects import Kept, RowNote, Whose

TEXT = "_text"  # the only cell of a line that could not be read


def retry(store: Store, vault: Vault, reject_ids: Sequence[str]) -> Intake:
    """Try the rows behind these waiting rejects again; what is none of a file's row is passed over.

    What fits leaves the queue, as does what fails with its whole order (that waits with its payload); the rest stays with
    its present reason. Broken lines stay until the file is mended and imported again, or they are set aside.
    """
    done = nothing()
    with store.write() as cursor:
        for (channel, shop, entity, mapping, _rows_id), rows in kept.waiting(cursor, reject_ids, vault.open).items():
            document = documents.published(store, KIND, mapping)
            if document is None:
                raise BadSetup(
                    N_("There is no published mapping {name}."), N_("Publish one on the Mapping page."), name=mapping
                )
            whose = Whose(channel, shop, entity, document.name, document.version)
            done += _again(store, cursor, vault, whose, document, rows)
    return done


def _again(
    store: Store, cursor: Cursor, vault: Vault, whose: Whose, document: Document, rows: Sequence[Kept]
) -> Intake:
    readable = [row for row in rows if TEXT not in row.cells]
    broken = len(rows) - len(readable)
    if not readable or document.body.get("source") != "rows":
        return replace(nothing(document.name), rows=len(rows), rejected=len(rows))
    table = _table([row.cells for row in readable])
    prepared = file_rows(table, document.body, whose.channel)
    if UPDATED in all_sources(document.body):
        prepared = with_clock(prepared, clocks(store, whose.channel, whose.shop, prepared.numbers))
    by_row = {int(row.cells[ROW]): row for row in readable}
    # A row that fails at the same field keeps its reason: what the file's reader saw there is not to be seen any more.
    other = [one for one in prepared.rejects if one.field != by_row[one.row].field]
    kept.keep(cursor, whose, [note(one, by_row[one.row].cells) for one in other], vault.seal)
    still = {one.row for one in prepared.rejects}
    same = still - {one.row for one in other}
    done = nothing(document.name)
    if prepared.rows.num_rows:
        bodies = _whole_orders(cursor, vault, whose, prepared)
        batch = Batch(whose.channel, whose.shop, whose.entity, "retry", bodies, document.name)
        done = take_in(store, vault, batch, document=document)
    kept.settle(cursor, [row.reject_id for number, row in by_row.items() if number not in same])
    waits = len(still) + broken
    return replace(done, rows=done.rows + waits, rejected=done.rejected + waits)


def note(reject: RowReject, cells: dict[str, Any]) -> RowNote:
    """A rejected row as the queue keeps it."""
    return RowNote(reject.row, reject.field, reject.value, reject.reason.packed(), reject.external_no, cells)


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    columns = [name for name in dict.fromkeys(name for row in rows for name in row) if name != ROW]
    cells = {name: pa.array([row.get(name) for row in rows], pa.string()) for name in columns}
    numbers = pa.array([int(row[ROW]) for row in rows], pa.int64())
    return Table(columns, pa.table({**cells, ROW: numbers}), "rows")


def _whole_orders(cursor: Cursor, vault: Vault, whose: Whose, prepared: FileRows) -> list[str]:
    """The bodies, each with the rows that the pool has of that order already: a part of an order would replace it."""
    bodies = order_bodies(cursor, prepared.rows, prepared.columns)
    numbers = [prepared.numbers[rank] for rank in sorted(set(prepared.rows.column(RANK).to_pylist()))]
    place = (whose.channel, whose.shop, whose.entity)
    known = kept.orders_rows(cursor, place, numbers, vault.open)
    made = []
    for number, body in zip(numbers, bodies, strict=True):
        fresh = orjson.loads(body)["rows"]
        present = [row for row in known.get(number, []) if set(row) >= set(prepared.columns)]
        lines = [*present, *(row for row in fresh if _content(row) not in [_content(other) for other in present])]
        made.append(orjson.dumps({"rows": sorted(lines, key=lambda row: row.get(ROW) or 0)}).decode())
    return made


def _content(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != ROW}
