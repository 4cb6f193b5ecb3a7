"""The way in, first steps: a batch of payload texts as a relation, its digests, and which of them say nothing new.

Temporary tables of the writing cursor: `intake_digests` (place, digest, copies), `staged` (one mapped order or refund a
row), `staged_lines`, `staged_rejects`. The relation `intake_bodies` (place, body) is the batch itself, in memory.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from core.store.store import Cursor, count_of

BODIES = "intake_bodies"
_SHARE = 2500  # payloads a record batch: DuckDB reads record batches in parallel
# A file row's number is no part of what the row says: the same row further down is the same payload.
_DIGEST = {
    False: "md5(body)",
    True: """md5(regexp_replace(body, '"_row": ?[0-9]+,? ?', '', 'g'))""",
}


def relation(bodies: Sequence[str]) -> pa.Table:
    """The bodies as a table (place, body). A lone surrogate, which no UTF-8 text can hold, becomes a question mark."""
    texts = list(bodies)
    places, columns = [], []
    for start in range(0, max(len(texts), 1), _SHARE):
        part = texts[start : start + _SHARE]
        places.append(pa.array(range(start, start + len(part)), pa.int32()))
        try:
            columns.append(pa.array(part, pa.string()))
        except UnicodeEncodeError:
            columns.append(pa.array([text.encode(errors="replace").decode() for text in part], pa.string()))
    return pa.table({"place": pa.chunked_array(places), "body": pa.chunked_array(columns)})


def stage(cursor: Cursor, bodies: pa.Table, *, rows: bool) -> int:
    """Show the bodies to SQL as `intake_bodies` and compute their digests; of equal ones the last stays.

    Returns how many different ones there are.
    """
    cursor.register(BODIES, bodies)
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE intake_digests AS SELECT max(place) AS place, digest, count(*) AS copies "
        f"FROM (SELECT place, {_DIGEST[rows]} AS digest FROM {BODIES}) GROUP BY digest"
    )
    return count_of(cursor)


def unchanged(cursor: Cursor, channel: str, shop: str, entity: str) -> tuple[int, int]:
    """Mark (`intake_same`) the payloads that are exactly what the pool holds; returns (how many things, their lines)."""
    table, lines = ("orders", "line_count") if entity == "orders" else ("refunds", "0")
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE intake_same AS SELECT d.place, d.copies, p.order_key, p.lines FROM intake_digests d "
        f"JOIN (SELECT order_key, digest, {lines} AS lines FROM {table} WHERE channel = ? AND shop = ?) p "
        "ON p.digest = d.digest",
        [channel, shop],
    )
    if not count_of(cursor):
        return 0, 0
    row = cursor.execute("SELECT count(DISTINCT place), coalesce(sum(lines), 0) FROM intake_same").fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def nothing_unchanged(cursor: Cursor) -> None:
    """Mark no payload as unchanged: all are to be mapped."""
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE intake_same (place INTEGER, copies BIGINT, order_key BIGINT, lines BIGINT)"
    )


def keep_new(cursor: Cursor, bodies: pa.Table) -> pa.Table:
    """Leave only the payloads to be mapped in `intake_bodies`; returns them."""
    places = cursor.execute(
        "SELECT place FROM intake_digests WHERE place NOT IN (SELECT place FROM intake_same) ORDER BY place"
    ).to_arrow_table()["place"]
    if len(places) == bodies.num_rows:
        return bodies
    kept = bodies.filter(pc.is_in(bodies["place"], value_set=places.combine_chunks()))  # type: ignore[attr-defined]
    cursor.unregister(BODIES)
    cursor.register(BODIES, kept)
    return kept


REJECTED = "SELECT place FROM staged_rejects"
FRESH = "SELECT place FROM staged_index"
"""Which payloads of the part: those with a reject, those that are new or changed."""


def count_rows(cursor: Cursor, places: str, per_payload: str | None) -> int:
    """How many rows the payloads of `places` (a SELECT) are, copies counted; `per_payload` gives rows by place."""
    each = f"coalesce((SELECT c.rows FROM ({per_payload}) c WHERE c.place = d.place), 1)" if per_payload else "1"
    row = cursor.execute(
        f"SELECT coalesce(sum(d.copies * {each}), 0) FROM intake_digests d WHERE d.place IN ({places})"
    ).fetchone()
    return int(row[0]) if row else 0


def count_same_rows(cursor: Cursor, bodies: pa.Table, *, rows: bool) -> int:
    """How many rows the payloads are that the pool has as they are."""
    if not rows:
        return count_rows(cursor, "SELECT place FROM intake_same", None)
    cursor.register("intake_all", bodies)
    try:
        return count_rows(
            cursor,
            "SELECT place FROM intake_same",
            "SELECT place, json_array_length(body, '$.rows')::BIGINT AS rows FROM intake_all "
            "WHERE place IN (SELECT place FROM intake_same)",
        )
    finally:
        cursor.unregister("intake_all")
