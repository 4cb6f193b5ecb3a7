"""One part of a batch on its way into the pool: everything that happens inside one transaction."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from core import clock
from core.mapping import stage
from core.mapping.compile import Program
from core.mapping.document import REFUNDS
from core.mapping.people import PERSON, key_columns
from core.people.vault import Vault
from core.store import Cursor, Store, catalogue, raw, rejected, staging
from core.store.documents import Document
from core.store.merge import Merge, Merged
from core.store.pool import merge_orders
from core.store.refund_merge import merge_refunds
from core.store.rejected import Note

_sealing = ThreadPoolExecutor(1, "seal")


@dataclass(frozen=True, slots=True)
class Batch:
    """What came from one shop at once. `bodies`: one JSON text an order or refund.

    origin: pull push file backfill retry. mapping: a document's name; None = the shop's or the channel's published one.
    cursor: an ISO 8601 instant, stored as the shop's cursor of the entity in the same transaction.
    """

    channel: str
    shop: str
    entity: str
    origin: str
    bodies: Sequence[str]
    mapping: str | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """One field that kept a payload out. `row` is the file's row, or the payload's number in the batch from 1."""

    row: int
    field: str
    value: str
    reason: str
    external_no: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of a batch. rows = rows of accepted orders + rejected; orders = inserted + updated + unchanged."""

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

    def __add__(self, other: "Intake") -> "Intake":
        return Intake(
            self.rows + other.rows,
            self.orders + other.orders,
            self.lines + other.lines,
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.rejected + other.rejected,
            self.rejects + other.rejects,
            self.mapping or other.mapping,
            self.seconds + other.seconds,
        )


def nothing(mapping: str = "") -> Intake:
    """The intake of no payloads."""
    return Intake(0, 0, 0, 0, 0, 0, 0, (), mapping, 0.0)


class Part:
    """One transaction's share of a batch. `again`: history is mapped anew, its payloads are stored already.

    `watch` lets a bench time the stages (digest raw map merge); nobody else sets it.
    """

    watch: Callable[[str], AbstractContextManager[None]] | None = None

    def __init__(
        self,
        store: Store,
        cursor: Cursor,
        vault: Vault,
        batch: Batch,
        program: Program,
        document: Document,
        *,
        again: bool = False,
    ) -> None:
        self.cursor, self.vault, self.batch, self.program = cursor, vault, batch, program
        self.document, self.again = document, again
        self.catalogue = catalogue.load(store)
        self.now = clock.now()
        origin = batch.origin
        self.raw = raw.RawBatch(raw.new_batch_id(self.now), batch.channel, batch.shop, batch.entity, origin, self.now)

    def take(self, bodies: pa.Table, first: int = 0) -> Intake:
        """Take the bodies in; `first` is how many came in earlier parts, for the numbers of rejects."""
        cursor, batch = self.cursor, self.batch
        who = (batch.channel, batch.shop, batch.entity)
        with self._stage("digest"):
            different = staging.stage(cursor, bodies, rows=self.program.document.rows)
            same, same_lines = (0, 0) if self.again else staging.unchanged(cursor, *who)
            if self.again:
                staging.nothing_unchanged(cursor)
            # Where every payload is new and none stands twice, there is nothing to look up.
            plain = same == 0 and different == bodies.num_rows
            fresh = bodies if plain else staging.keep_new(cursor, bodies)
        try:
            if not fresh.num_rows:
                rows = self._rows_of_same(bodies)
                return Intake(rows, same, same_lines, 0, 0, same, 0, (), self.document.name, 0.0)
            merged, notes, rejected_rows = self._map(fresh)
            if plain and not self.program.prepare:
                rows = different
            else:
                rows = self._rows_of_same(bodies) + self._rows_of_fresh()
        finally:
            cursor.unregister(staging.BODIES)
        return Intake(
            rows,
            merged.inserted + merged.updated + merged.unchanged + same,
            merged.lines + same_lines,
            merged.inserted,
            merged.updated,
            merged.unchanged + same,
            rejected_rows,
            tuple(self._reject(note, first) for note in notes),
            self.document.name,
            0.0,
        )

    def _map(self, fresh: pa.Table) -> tuple[Merged, list[Note], int]:
        """Seal beside, map, and merge the payloads that are new; returns counts, rejects and how many rows those are."""
        cursor, refunds = self.cursor, self.batch.entity == REFUNDS
        with self._stage("raw"):
            known = raw.find_known(cursor, self.batch.channel, self.batch.shop, self.batch.entity, again=self.again)
            sealing = self._seal(fresh, known=known)
        with self._stage("map"):
            stage.stage(cursor, self.program, self.vault, self.batch.channel, self.batch.shop)
            raw.index(cursor, self.raw, known=known)
            problems = stage.tell_problems(cursor, self.program)
            notes = rejected.collect(cursor, PERSON, problems=problems, refunds=refunds)
        rejected_rows = self._rejected_rows() if notes else 0
        with self._stage("merge"):
            if notes:
                rejected.note(cursor, self.raw, self.document.name, self.document.version)
            if known:
                raw.name_known(cursor)
            rejected.settle(cursor, self.raw, self.now)
            merged = (merge_refunds if refunds else merge_orders)(cursor, self._merge())
        with self._stage("raw"):
            if sealing is not None:
                raw.store_batch(cursor, self.raw, sealing.result())
        return merged, notes, rejected_rows

    @staticmethod
    def _stage(name: str) -> AbstractContextManager[None]:
        return Part.watch(name) if Part.watch is not None else nullcontext()

    def _seal(self, fresh: pa.Table, *, known: bool) -> Future[raw.Sealed] | None:
        """Pack, compress and encrypt what is to be stored, beside the mapping; None where nothing is."""
        if known:
            places = raw.places_to_store(self.cursor)
            if not places:
                return None
            fresh = fresh.filter(pc.is_in(fresh["place"], value_set=pa.array(places, pa.int32())))  # type: ignore[attr-defined]
        return _sealing.submit(raw.sealed, self.vault.seal, fresh["body"])

    def _merge(self) -> Merge:
        lines = self.program.lines
        return Merge(
            self.batch.channel,
            self.batch.shop,
            self.program.main.columns,
            key_columns(self.program.main.columns),
            lines.columns if lines else None,
            self.document.name,
            self.document.version,
            self.batch.origin,
            self.now,
            self.catalogue,
            self.vault.seal_many,
            self.again,
        )

    def _reject(self, note: Note, first: int) -> Reject:
        row = note.row if self.program.document.rows else note.row + first
        return Reject(row, note.field, note.value, note.reason, note.external_no)

    def _rejected_rows(self) -> int:
        return staging.count_rows(self.cursor, staging.REJECTED, self._per_payload)

    def _rows_of_fresh(self) -> int:
        return staging.count_rows(self.cursor, staging.FRESH, self._per_payload)

    def _rows_of_same(self, bodies: pa.Table) -> int:
        return staging.count_same_rows(self.cursor, bodies, rows=self.program.document.rows)

    @property
    def _per_payload(self) -> str | None:
        return stage.ROW_COUNTS if self.program.prepare else None
