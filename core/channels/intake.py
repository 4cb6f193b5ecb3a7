"""The only way in: payloads of a shop become orders and refunds of the pool, or rejects that wait for a person.

A batch goes through as a set: digests first (what the pool has already costs nothing more), then the raw payloads are
sealed while the mapping runs as SQL, then one transaction holds the merge, its events, the raw payloads, the rejects and
the cursor. Large batches are cut into parts of their own transaction; the cursor belongs to the last.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from itertools import groupby, pairwise

from core.channels.part import Batch, Intake, Part, Reject, nothing
from core.errors import BadSetup
from core.i18n import N_
from core.mapping import programs
from core.mapping.compile import Program
from core.mapping.document import KIND
from core.people.vault import Vault
from core.store import Store, catalogue, cursors, documents, raw, rejected, staging
from core.store.documents import Document

__all__ = ["Batch", "Intake", "Reject", "mapping_name", "retry_rejects", "take_in"]

PART, LETTERS = 50_000, 100_000_000  # payloads, and letters of them, that go in one transaction
_reading = ThreadPoolExecutor(1, "read")


class _DryRun(Exception):
    """Undoes the transaction of a dry run."""


def take_in(
    store: Store, vault: Vault, batch: Batch, *, dry_run: bool = False, document: Document | None = None
) -> Intake:
    """Take a batch in; with `dry_run` report the same and write nothing. Raises BadSetup without a usable mapping.

    `document` is the mapping itself, where the caller published it in this very transaction.
    """
    start = time.perf_counter()
    program, document = program_of(store, batch, document)
    done = nothing(document.name)
    try:
        if dry_run:
            with store.write():
                done = _parts(store, vault, batch, program, document)
                raise _DryRun
        done = _parts(store, vault, batch, program, document)
    except _DryRun:
        pass
    return replace(done, seconds=time.perf_counter() - start)


def mapping_name(store: Store, channel: str, shop: str, entity: str) -> str:
    """The document of a shop's entity: one published for the shop alone, else the channel's."""
    own = f"{channel}.{entity}.{shop}"
    return own if documents.published(store, KIND, own) else f"{channel}.{entity}"


def program_of(store: Store, batch: Batch, document: Document | None = None) -> tuple[Program, Document]:
    name = batch.mapping or mapping_name(store, batch.channel, batch.shop, batch.entity)
    document = document or documents.published(store, KIND, name)
    if document is None:
        raise BadSetup(N_("There is no published mapping {name}."), N_("Publish one on the Mapping page."), name=name)
    return programs.program(document, catalogue.load(store), batch.entity, store.zone, staging.BODIES), document


def _parts(store: Store, vault: Vault, batch: Batch, program: Program, document: Document) -> Intake:
    done = nothing(document.name)
    bounds = _bounds(batch.bodies)
    cuts = [batch.bodies[first:end] for first, end in bounds]
    coming = _reading.submit(staging.relation, cuts[0])
    for number, (first, end) in enumerate(bounds):
        part, bodies = replace(batch, bodies=cuts[number]), coming.result()
        if number + 1 < len(cuts):
            coming = _reading.submit(staging.relation, cuts[number + 1])  # while this part is mapped and merged
        with store.write() as cursor:
            if part.bodies:
                done += Part(store, cursor, vault, part, program, document).take(bodies, first)
            if end == bounds[-1][1] and batch.cursor is not None:
                reached = datetime.fromisoformat(batch.cursor)
                cursors.put(cursor, batch.channel, batch.shop, batch.entity, reached)
    return done


def _bounds(bodies: Sequence[str]) -> list[tuple[int, int]]:
    """Where the parts of a batch begin and end; one empty part for an empty batch."""
    ends: list[int] = []
    first = letters = 0
    for place, body in enumerate(bodies):
        if place > first and (place - first >= PART or letters + len(body) > LETTERS):
            ends.append(place)
            first, letters = place, 0
        letters += len(body)
    ends.append(len(bodies))
    return list(pairwise([0, *ends]))


def retry_rejects(store: Store, vault: Vault, reject_ids: list[str]) -> Intake:
    """Map the payloads behind waiting rejects again with the mappings as they are published now.

    What maps enters the pool and leaves the queue; the rest stays in it with its present reason.
    """
    start = time.perf_counter()
    done = nothing()
    with store.write() as cursor:
        places = rejected.places(cursor, reject_ids)
        for (channel, shop, entity, mapping), listed in groupby(places, key=lambda row: row[:4]):
            bodies: list[str] = []
            for batch_id, within in groupby(listed, key=lambda row: row[4]):
                texts = raw.read_batch(cursor, vault.open, batch_id)
                bodies += [texts[row[5]] for row in within]
            batch = Batch(channel, shop, entity, "retry", bodies, mapping)
            done += _parts(store, vault, batch, *program_of(store, batch))
    return replace(done, seconds=time.perf_counter() - start)
