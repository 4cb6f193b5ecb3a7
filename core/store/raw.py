"""Raw payloads: what came in, as it came. One sealed pile of texts a batch, one index row a payload.

A payload that equals the last one stored of the same order (or refund) is not stored again.
"""

import itertools
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

import orjson
import pyarrow as pa

from core.store.store import Cursor, Store, count_of

Seal = Callable[[bytes], str]
Unseal = Callable[[str], bytes]
_counter = itertools.count()


@dataclass(frozen=True, slots=True)
class RawPlace:
    """Where one payload lies: the `place`-th text of a batch."""

    batch_id: str
    place: int
    external_no: str
    digest: str
    received_at: datetime


def new_batch_id(now: datetime) -> str:
    """An id that sorts by time of arrival."""
    return f"{int(now.timestamp() * 1_000_000):014x}-{next(_counter) % 0x1000000:06x}-{os.urandom(4).hex()}"


@dataclass(frozen=True, slots=True)
class Sealed:
    """The bodies of a batch in one sealed text; `size` is their bytes before."""

    text: str
    count: int
    size: int


def sealed(seal: Seal, bodies: pa.ChunkedArray) -> Sealed:
    """Pack and seal bodies: `#`, their lengths in bytes as a JSON list, a line's end, then the texts as they stand.

    Batches of older versions are one JSON list of texts, which begins with a bracket.
    """
    lengths: list[int] = []
    texts: list[memoryview] = []
    for chunk in [chunk for chunk in bodies.chunks if len(chunk)]:
        _valid, ends, letters = chunk.buffers()
        offsets = memoryview(ends).cast("i")[chunk.offset : chunk.offset + len(chunk) + 1]
        lengths += [end - start for start, end in itertools.pairwise(offsets)]
        texts.append(memoryview(letters or b"")[offsets[0] : offsets[-1]])
    packed = b"".join([b"#", orjson.dumps(lengths), b"\n", *texts])
    return Sealed(seal(packed), len(lengths), len(packed))


def sealed_texts(seal: Seal, texts: list[str]) -> Sealed:
    """As `sealed`, for a few texts at hand."""
    return sealed(seal, pa.chunked_array([pa.array(texts, pa.string())]))


def unpacked(packed: bytes) -> list[str]:
    """The texts that `sealed` packed."""
    if not packed.startswith(b"#"):
        return orjson.loads(packed)
    head = packed.index(b"\n")
    found: list[str] = []
    start = head + 1
    for length in orjson.loads(packed[1:head]):
        found.append(packed[start : start + length].decode())
        start += length
    return found


def find_known(cursor: Cursor, channel: str, shop: str, entity: str, *, again: bool) -> bool:
    """Mark (`intake_known`) the payloads to be mapped that are stored already; False where none is.

    They were stale or rejected the first time; now they are mapped again, but not stored again: unless one of the same
    time was stored since, for then this is the later arrival and must be the last of them. `again`: history is
    being mapped anew, so that every payload is stored already, last or not.
    """
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE intake_known AS SELECT d.place, r.batch_id, r.place AS raw_place, r.order_key, "
        "r.external_no, r.received_at, r.platform_updated_at FROM intake_digests d JOIN raw_payloads r ON r.digest = d.digest "
        "WHERE r.channel = ? AND r.shop = ? AND r.entity = ? AND d.place NOT IN (SELECT place FROM intake_same) "
        "QUALIFY row_number() OVER (PARTITION BY d.place ORDER BY r.batch_id DESC, r.place DESC) = 1",
        [channel, shop, entity],
    )
    if not count_of(cursor):
        return False
    if again:
        return True
    cursor.execute(
        "DELETE FROM intake_known WHERE EXISTS (SELECT 1 FROM raw_payloads r WHERE r.order_key = intake_known.order_key "
        "AND r.entity = ? AND r.external_no = intake_known.external_no AND r.batch_id > intake_known.batch_id "
        "AND NOT coalesce(r.platform_updated_at > intake_known.platform_updated_at, false))",
        [entity],
    )
    return True


def places_to_store(cursor: Cursor) -> list[int]:
    """The places of the batch that are neither in the pool as they are nor stored already, in order.

    Their payloads are to be sealed in this order: the place in the raw batch is kept in `raw_places`.
    """
    found = cursor.execute(
        "SELECT place FROM intake_digests WHERE place NOT IN (SELECT place FROM intake_same) "
        "AND place NOT IN (SELECT place FROM intake_known) ORDER BY place"
    ).to_arrow_table()
    ranks = pa.array(range(found.num_rows), pa.int32())
    cursor.register("raw_places", pa.table({"place": found["place"], "raw_place": ranks}))
    return found["place"].to_pylist()


@dataclass(frozen=True, slots=True)
class RawBatch:
    """The batch that is coming in, as its row will name it."""

    batch_id: str
    channel: str
    shop: str
    entity: str
    origin: str
    received_at: datetime


def store_batch(cursor: Cursor, batch: RawBatch, kept: Sealed) -> None:
    """The sealed batch and, from `staged_index`, its index rows."""
    cursor.execute(
        "INSERT INTO raw_batches (batch_id, channel, shop, entity, origin, received_at, payloads, bytes, sealed) "
        "VALUES ($batch_id, $channel, $shop, $entity, $origin, $received_at, $payloads, $bytes, $sealed)",
        asdict(batch) | {"payloads": kept.count, "bytes": kept.size, "sealed": kept.text},
    )
    cursor.execute(
        "INSERT INTO raw_payloads (order_key, channel, shop, entity, external_no, digest, batch_id, place, "
        "platform_updated_at, received_at) SELECT order_key, $channel, $shop, $entity, external_no, digest, batch_id, "
        "raw_place, platform_updated_at, received_at FROM staged_index WHERE batch_id = $batch_id",
        {"channel": batch.channel, "shop": batch.shop, "entity": batch.entity, "batch_id": batch.batch_id},
    )


def index(cursor: Cursor, batch: RawBatch, *, known: bool) -> None:
    """Make `staged_index`: where each payload being mapped lies, by place; before anything leaves `staged`.

    known: some are stored already (`intake_known`); the places of the others are `raw_places` of `places_to_store`.
    """
    external = "s.refund_no" if batch.entity == "refunds" else "s.platform_no"
    if not known:
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE staged_index AS SELECT d.place, d.digest, s.order_key, coalesce({external}, '') "
            "AS external_no, s.platform_updated_at, $batch_id AS batch_id, $now AS received_at, "
            "(row_number() OVER (ORDER BY d.place) - 1)::INTEGER AS raw_place FROM intake_digests d "
            "LEFT JOIN staged s ON s.place = d.place WHERE d.place NOT IN (SELECT place FROM intake_same)",
            {"batch_id": batch.batch_id, "now": batch.received_at},
        )
        return
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE staged_index AS SELECT d.place, d.digest, s.order_key, "
        f"coalesce({external}, k.external_no, '') AS external_no, s.platform_updated_at, "
        "coalesce(k.batch_id, $batch_id) AS batch_id, coalesce(k.received_at, $now) AS received_at, "
        "coalesce(k.raw_place, w.raw_place) AS raw_place FROM intake_digests d "
        "LEFT JOIN raw_places w ON w.place = d.place LEFT JOIN intake_known k ON k.place = d.place LEFT JOIN staged s ON s.place = d.place "
        "WHERE d.place NOT IN (SELECT place FROM intake_same)",
        {"batch_id": batch.batch_id, "now": batch.received_at},
    )


def name_known(cursor: Cursor) -> None:
    """Payloads that were stored before anybody could read their number get it now."""
    cursor.execute(
        "UPDATE raw_payloads SET order_key = s.order_key, external_no = s.external_no, "
        "platform_updated_at = s.platform_updated_at FROM staged_index s WHERE raw_payloads.batch_id = s.batch_id "
        "AND raw_payloads.place = s.raw_place AND s.external_no <> '' AND (raw_payloads.order_key IS NULL "
        "OR raw_payloads.platform_updated_at IS DISTINCT FROM s.platform_updated_at)"
    )


def bodies(store: Store, unseal: Unseal, batch_id: str) -> list[str]:
    """All payload texts of a batch, by place; empty for an unknown batch."""
    with store.read() as cursor:
        return read_batch(cursor, unseal, batch_id)


def read_batch(cursor: Cursor, unseal: Unseal, batch_id: str) -> list[str]:
    """As `bodies`, with the caller's cursor."""
    row = cursor.execute("SELECT sealed FROM raw_batches WHERE batch_id = ?", [batch_id]).fetchone()
    return unpacked(unseal(row[0])) if row else []


def latest(store: Store, unseal: Unseal, order_key: int, entity: str = "orders") -> str | None:
    """The newest payload of an order as the platform's clock has it; None when there is none."""
    with store.read() as cursor:
        row = cursor.execute(
            "SELECT batch_id, place FROM raw_payloads WHERE order_key = ? AND entity = ? "
            "ORDER BY platform_updated_at DESC NULLS LAST, batch_id DESC, place DESC LIMIT 1",
            [order_key, entity],
        ).fetchone()
        return read_batch(cursor, unseal, row[0])[row[1]] if row else None


def newest_of_each(store: Store, channel: str, shop: str, entity: str) -> dict[str, list[int]]:
    """Of every order (refund) of a shop its newest payload, as places by batch, oldest batch first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT batch_id, list(place ORDER BY place) FROM (SELECT batch_id, place FROM raw_payloads "
            "WHERE channel = ? AND shop = ? AND entity = ? AND external_no <> '' QUALIFY row_number() OVER ("
            "PARTITION BY external_no ORDER BY platform_updated_at DESC NULLS LAST, batch_id DESC, place DESC) = 1) "
            "GROUP BY batch_id ORDER BY batch_id",
            [channel, shop, entity],
        ).fetchall()
    return dict(rows)
