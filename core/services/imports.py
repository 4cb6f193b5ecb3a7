"""Bring a file's orders into the pool: read, find or make its mapping, group rows to orders, take in, report."""

# pyright: reportAttributeAccessIssue=false
# pyarrow.compute makes its functions at import.

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from core.channels.intake import Batch, Intake, Reject, take_in
from core.channels.part import nothing
from core.errors import BadRequest
from core.i18n import N_, _
from core.mapping.bodies import RANK, order_bodies
from core.mapping.filerows import STATE, FileRows, all_sources, file_rows, rows_by_number, with_clock
from core.mapping.joined import RowReject
from core.mapping.readers import ROW, Table, read_table
from core.mapping.suggest import suggest_for
from core.mapping.suggestion import Suggestion
from core.model.fields import CHANNELS
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.services.file_mapping import AUTHOR, Choice, choose, keep
from core.services.row_retry import TEXT, note
from core.store import Store, catalogue, row_rejects, shops
from core.store.documents import Document
from core.store.order_clocks import clocks
from core.store.row_rejects import Whose

PART = 20_000  # orders handed over at once
WHOLE = 200_000  # orders up to which a file is one transaction; a larger file is one a part
SAMPLE = 20_000  # rows a suggestion looks at
_SHOP_MOST = 60
_SHOWN = 200  # characters of a value that the report shows


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of a file. rows = rows of accepted orders + rejected; `notes` tell what was mended on the way."""

    rows: int
    orders: int
    lines: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    rejects: tuple[Reject, ...]
    mapping: str
    seconds: float
    notes: tuple[str, ...] = ()


class _DryRun(Exception):
    """Undoes the transaction of a dry run."""


def suggest_file(
    actor: Actor,
    store: Store,
    source: Path | str | bytes,
    *,
    name: str = "",
    channel: str = "",
    sheet: str | None = None,
) -> Suggestion:
    """What a file's columns may mean. Looks at its first rows only; writes nothing. `channel` may be empty."""
    require(actor, store, "mapping.view")
    return suggest_table(actor, store, read_table(source, name, sheet=sheet, limit=SAMPLE), channel=channel)


def suggest_table(actor: Actor, store: Store, table: Table, *, channel: str = "") -> Suggestion:
    """As `suggest_file`, for a table as read."""
    require(actor, store, "mapping.view")
    if channel:
        _known_channel(store, channel)
    return suggest_for(table, channel, catalogue.load(store))


def import_file(
    actor: Actor,
    store: Store,
    vault: Vault,
    source: Path | str | bytes,
    *,
    shop: str,
    channel: str,
    mapping: str = "auto",
    name: str = "",
    sheet: str | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Import a file into a shop; a new shop is made. `name` is the file's name where `source` is its content.

    A wrong request (channel, file, mapping) raises BadRequest before anything is written. With `dry_run` the report is
    the same and nothing is written.
    """
    require(actor, store, "channels.run", f"{channel}/{shop}")
    start = time.perf_counter()
    _known_channel(store, channel)
    shop = _shop_name(shop)
    table = read_table(source, name, sheet=sheet)
    if not table.count and not table.problems:
        raise BadRequest(N_("The file has a header but no rows."), N_("Export it again with orders in it."))
    choice = choose(store, table, channel, mapping)
    prepared = _prepared(store, table, choice, channel, shop) if choice.rows else None
    refused = {one.row for one in prepared.rejects} if prepared is not None else set()
    spare = _cells(table, refused | row_rejects.waiting_numbers(store, channel, shop))
    if prepared is not None:
        table = replace(table, rows=table.rows.select([ROW]))  # the prepared rows have the cells now
    run = _Run(actor, store, vault, table, choice, prepared, shop, channel, dry_run, spare)
    report = run.report()
    return replace(report, seconds=round(time.perf_counter() - start, 3))


def _cells(table: Table, rows: set[int]) -> dict[int, dict[str, Any]]:
    """The cells of some of a file's rows by row number; of a broken line its text."""
    found: dict[int, dict[str, Any]] = {}
    if rows and not table.nested:
        wanted = pc.is_in(table.rows.column(ROW), pa.array(sorted(rows), pa.int64()))
        found = {row[ROW]: row for row in table.rows.filter(wanted).to_pylist()}
    return found | {p.row: {TEXT: p.value, ROW: p.row} for p in table.problems if not p.column}


def _known_channel(store: Store, channel: str) -> None:
    if channel in CHANNELS or any(own.channel == channel for own in shops.own_channels(store)):
        return
    raise BadRequest(
        N_("There is no channel {channel}."),
        N_("Use one of: {channels}; or add it on the Channels page."),
        channel=channel,
        channels=", ".join(CHANNELS),
    )


def _shop_name(shop: str) -> str:
    clean = shop.strip()
    if not clean or len(clean) > _SHOP_MOST or any(ord(letter) < 32 for letter in clean):
        raise BadRequest(
            N_("The shop needs a name of 1 to {most} characters."), N_("Give it with --shop."), most=_SHOP_MOST
        )
    return clean


def _prepared(store: Store, table: Table, choice: Choice, channel: str, shop: str) -> FileRows:
    prepared = file_rows(table, choice.body, channel)
    if not choice.adds:
        return prepared
    known = clocks(store, channel, shop, prepared.numbers)
    if not known:
        raise BadRequest(
            N_("The file says nothing of the orders' status, and the shop {shop} has none of its orders."),
            N_("Import the file with the orders first, or map a status on the Mapping page."),
            shop=shop,
        )
    return with_clock(prepared, known)


class _Run:
    """One import, once everything that can be wrong with the request is known to be right."""

    def __init__(
        self,
        actor: Actor,
        store: Store,
        vault: Vault,
        table: Table,
        choice: Choice,
        prepared: FileRows | None,
        shop: str,
        channel: str,
        dry_run: bool,
        spare: dict[int, dict[str, Any]],
    ) -> None:
        self.actor, self.store, self.vault = actor, store, vault
        self.table, self.choice, self.prepared = table, choice, prepared
        self.shop, self.channel, self.dry_run = shop, channel, dry_run
        self.spare = spare  # cells of the rows that are rejected, or were the last time

    def report(self) -> ImportReport:
        """Write (or only try) and count."""
        done = nothing(self.choice.name)
        orders = len(self.prepared.numbers) if self.prepared else len(self.table.payloads or [])
        try:
            if self.dry_run or orders <= WHOLE:
                with self.store.write():
                    done = self._write(orders)
                    if self.dry_run:
                        raise _DryRun
            else:
                done = self._write(orders)
        except _DryRun:
            pass
        return self._counted(done)

    def _write(self, orders: int) -> Intake:
        with self.store.write() as cursor:
            document = keep(self.store, self.choice, AUTHOR)
            shops.ensure(cursor, self.channel, self.shop)
            detail = {"mapping": document.name, "orders": orders}
            audit.record(cursor, self.actor, "orders.import", f"{self.channel}/{self.shop}", **detail)
        done = nothing(document.name)
        for first in range(0, orders, PART):
            done += self._part(document, first, min(first + PART, orders))
        self._queue(document)
        return done

    def _queue(self, document: Document) -> None:
        """Rows that never became part of an order wait in the queue with their cells; those that did now leave it."""
        notes = [note(one, self.spare.get(one.row, {ROW: one.row})) for one in self._own_rejects()]
        whose = Whose(self.channel, self.shop, self.choice.entity, document.name, document.version)
        present = {row: row_rejects.digest_of(cells) for row, cells in self.spare.items()}
        if notes or present:
            with self.store.write() as cursor:
                row_rejects.settle_mended(cursor, whose, present, {one.digest for one in notes})
                row_rejects.keep(cursor, whose, notes, self.vault.seal)

    def _part(self, document: Document, first: int, last: int) -> Intake:
        bodies = self._row_bodies(first, last) if self.prepared else self._payload_bodies(first, last)
        batch = Batch(self.channel, self.shop, self.choice.entity, "file", bodies, document.name)
        intake = take_in(self.store, self.vault, batch, document=document)
        if self.prepared is not None:
            return intake
        numbers = self.table.rows.column(ROW).slice(first, last - first).to_pylist()
        return replace(intake, rejects=tuple(replace(one, row=numbers[one.row - 1]) for one in intake.rejects))

    def _row_bodies(self, first: int, last: int) -> list[str]:
        assert self.prepared is not None
        rows = self.prepared.rows
        ranks = rows.column(RANK).to_numpy()
        begin, end = ranks.searchsorted(first), ranks.searchsorted(last)
        part: pa.Table = rows.slice(int(begin), int(end - begin))
        with self.store.read() as cursor:
            return order_bodies(cursor, part, self.prepared.columns)

    def _payload_bodies(self, first: int, last: int) -> list[str]:
        return [orjson.dumps(record).decode() for record in (self.table.payloads or [])[first:last]]

    def _counted(self, done: Intake) -> ImportReport:
        """Add the rows that never became part of an order; rows that came of splitting joined items count once."""
        own = self._own_rejects()
        own_rows = len({one.row for one in own})
        rows, rejected = done.rows, done.rejected
        if self.prepared and self.prepared.extra:
            refused = {one.external_no for one in done.rejects}
            present = rows_by_number(self.prepared)
            rows -= sum(extra for number, extra in self.prepared.extra.items() if number in present)
            rejected -= sum(extra for number, extra in self.prepared.extra.items() if number in refused)
        rejects = tuple(
            Reject(one.row, one.field, one.value[:_SHOWN], one.reason.packed(), one.external_no) for one in own
        )
        notes = (*self.table.notes, *(self.prepared.notes if self.prepared else ()), *self._told())
        return ImportReport(
            rows + own_rows,
            done.orders,
            done.lines if self.choice.has_lines else 0,
            done.inserted,
            done.updated,
            done.unchanged,
            rejected + own_rows,
            tuple(sorted((*rejects, *done.rejects), key=lambda one: one.row)),
            self.choice.name,
            done.seconds,
            notes,
        )

    def _own_rejects(self) -> list[RowReject]:
        if self.prepared is not None:
            return list(self.prepared.rejects)
        return [RowReject(p.row, "", p.value, p.reason) for p in self.table.problems if not p.column]

    def _told(self) -> tuple[str, ...]:
        told = []
        if self.choice.fresh:
            told.append(_("A mapping was made for this header; look at it on the Mapping page."))
        if STATE in all_sources(self.choice.body):
            told.append(_("The file has no status column: its times tell whether an order is paid."))
        if self.choice.adds:
            told.append(_("The file added to orders the pool had."))
        return tuple(told)
