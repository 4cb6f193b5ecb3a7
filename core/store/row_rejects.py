"""Rejected rows of files: kept sealed beside the queue, told anew when the file comes again, settled when they fit."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from core import clock
from core.store.raw import new_batch_id, read_batch
from core.store.rejects import SETTLED, WAITING
from core.store.store import Cursor, Store

Seal = Callable[[bytes], str]
Unseal = Callable[[str], bytes]
_SHOWN = 200  # characters of a value that the queue shows


@dataclass(frozen=True, slots=True)
class RowNote:
    """One row that was kept out. `cells` by header, with `_row`; a broken line has the key `_text` alone beside it.

    `reason` as the queue keeps it (`Said.packed`).
    """

    row: int
    field: str
    value: str
    reason: str
    external_no: str
    cells: dict[str, Any]

    @property
    def digest(self) -> str:
        """Names the row's content, wherever it stands."""
        return digest_of(self.cells)


def digest_of(cells: Mapping[str, Any]) -> str:
    """A row's content as a name, wherever the row stands."""
    content = {name: value for name, value in cells.items() if name != "_row"}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(frozen=True, slots=True)
class Whose:
    """The shop, what the rows are of, and the mapping that read them."""

    channel: str
    shop: str
    entity: str
    mapping: str
    version: int


def keep(cursor: Cursor, whose: Whose, notes: Sequence[RowNote], seal: Seal) -> int:
    """Put the rows into the queue; a row that waits there already only gets its present reason. Returns how many are new."""
    place = [whose.channel, whose.shop, whose.entity]
    known = cursor.execute(
        "SELECT digest, field, reject_id FROM rejects WHERE channel = ? AND shop = ? AND entity = ? "
        f"AND rows_id IS NOT NULL AND state <> '{SETTLED}'",
        place,
    ).fetchall()
    present = {(digest, field): reject_id for digest, field, reject_id in known}
    fresh = [note for note in notes if (note.digest, note.field) not in present]
    again = [note for note in notes if (note.digest, note.field) in present]
    _tell_anew(cursor, whose, [(present[note.digest, note.field], note) for note in again])
    if fresh:
        _insert(cursor, whose, fresh, seal)
    return len(fresh)


def _tell_anew(cursor: Cursor, whose: Whose, listed: Sequence[tuple[str, RowNote]]) -> None:
    if listed:
        cursor.execute(  # named values: DuckDB counts those of FROM before those of SET
            "UPDATE rejects SET reason = t.reason, row_no = t.row_no, mapping = $mapping, mapping_version = $version FROM "
            "(SELECT unnest($ids::VARCHAR[]) AS reject_id, unnest($reasons::VARCHAR[]) AS reason, "
            "unnest($rows::BIGINT[]) AS row_no) t "
            f"WHERE rejects.reject_id = t.reject_id AND rejects.state = '{WAITING}'",
            {
                "mapping": whose.mapping,
                "version": whose.version,
                "ids": [reject_id for reject_id, _note in listed],
                "reasons": [note.reason for _id, note in listed],
                "rows": [note.row for _id, note in listed],
            },
        )


def _insert(cursor: Cursor, whose: Whose, notes: Sequence[RowNote], seal: Seal) -> None:
    now = clock.now()
    rows_id = new_batch_id(now)
    cursor.execute(
        "INSERT INTO rejected_rows (rows_id, channel, shop, sealed, kept_at) VALUES (?, ?, ?, ?, ?)",
        [rows_id, whose.channel, whose.shop, seal(orjson.dumps([note.cells for note in notes])), now],
    )
    cursor.execute(
        "INSERT INTO rejects (reject_id, channel, shop, entity, external_no, row_no, field, value, reason, rows_id, place, "
        "digest, mapping, mapping_version, rejected_at, state) SELECT md5(? || place::VARCHAR), ?, ?, ?, external_no, "
        "row_no, field, value, reason, ?, place, digest, ?, ?, ?, ? FROM (SELECT unnest(?::VARCHAR[]) AS external_no, "
        "unnest(?::BIGINT[]) AS row_no, unnest(?::VARCHAR[]) AS field, unnest(?::VARCHAR[]) AS value, "
        "unnest(?::VARCHAR[]) AS reason, unnest(?::INTEGER[]) AS place, unnest(?::VARCHAR[]) AS digest)",
        [
            *(rows_id, whose.channel, whose.shop, whose.entity, rows_id),
            *(whose.mapping, whose.version, now, WAITING),
            [note.external_no for note in notes],
            [note.row for note in notes],
            [note.field for note in notes],
            # A broken line may hold anybody's data: the queue shows none of it.
            ["" if "_text" in note.cells else note.value[:_SHOWN] for note in notes],
            [note.reason for note in notes],
            list(range(len(notes))),
            [note.digest for note in notes],
        ],
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """One waiting row: its reject, where it stands, and its cells."""

    reject_id: str
    field: str
    cells: dict[str, Any]


def waiting(
    cursor: Cursor, reject_ids: Sequence[str], unseal: Unseal
) -> dict[tuple[str, str, str, str, str], list[Kept]]:
    """The rows behind waiting rejects by (channel, shop, entity, mapping, rows_id)."""
    rows = cursor.execute(
        "SELECT r.channel, r.shop, r.entity, r.mapping, r.rows_id, r.reject_id, r.field, r.place, k.sealed "
        f"FROM rejects r JOIN rejected_rows k ON k.rows_id = r.rows_id WHERE r.state = '{WAITING}' "
        "AND list_contains(?, r.reject_id) ORDER BY r.rows_id, r.place",
        [list(reject_ids)],
    ).fetchall()
    opened: dict[str, list[dict[str, Any]]] = {}
    found: dict[tuple[str, str, str, str, str], list[Kept]] = {}
    for channel, shop, entity, mapping, rows_id, reject_id, field, place, sealed in rows:
        if rows_id not in opened:
            opened[rows_id] = orjson.loads(unseal(sealed))
        found.setdefault((channel, shop, entity, mapping, rows_id), []).append(
            Kept(reject_id, field, opened[rows_id][place])
        )
    return found


def settle(cursor: Cursor, reject_ids: Sequence[str]) -> None:
    """These rows are in, or wait with their whole order: they leave the queue, and what nobody needs is let go."""
    cursor.execute(
        f"UPDATE rejects SET state = '{SETTLED}', settled_at = ?, settled_by = 'intake' WHERE state = '{WAITING}' "
        "AND list_contains(?, reject_id)",
        [clock.now(), list(reject_ids)],
    )
    cursor.execute(
        "DELETE FROM rejected_rows WHERE rows_id NOT IN (SELECT rows_id FROM rejects WHERE rows_id IS NOT NULL "
        f"AND state <> '{SETTLED}')"
    )


def waiting_numbers(store: Store, channel: str, shop: str) -> set[int]:
    """The row numbers at which rejected rows of a shop wait: what a file that comes again is compared at."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT DISTINCT row_no FROM rejects WHERE channel = ? AND shop = ? AND rows_id IS NOT NULL AND state = '{WAITING}'",
            [channel, shop],
        ).fetchall()
    return {row[0] for row in rows}


def settle_mended(cursor: Cursor, whose: Whose, present: Mapping[int, str], still: set[str]) -> None:
    """Settle the waiting rows that a file brought again and that were not rejected this time.

    `present`: the digests of the file's rows by row number; `still` are the digests rejected again.
    """
    rows = cursor.execute(
        "SELECT reject_id, row_no, digest FROM rejects WHERE channel = ? AND shop = ? AND entity = ? "
        f"AND rows_id IS NOT NULL AND state = '{WAITING}'",
        [whose.channel, whose.shop, whose.entity],
    ).fetchall()
    waiting_rows = [(reject_id, row_no, digest) for reject_id, row_no, digest in rows if digest not in still]
    if waiting_rows:
        gone = [reject_id for reject_id, row_no, digest in waiting_rows if present.get(row_no) == digest]
        if gone:
            settle(cursor, gone)


def orders_rows(
    cursor: Cursor, whose: tuple[str, str, str], numbers: Sequence[str], unseal: Unseal
) -> dict[str, list[dict[str, Any]]]:
    """The rows of the newest kept payload of each of these orders; what came as a payload of another kind is left out."""
    found = cursor.execute(
        "SELECT external_no, batch_id, place FROM raw_payloads WHERE channel = ? AND shop = ? AND entity = ? "
        "AND list_contains(?, external_no) QUALIFY row_number() OVER (PARTITION BY external_no "
        "ORDER BY platform_updated_at DESC NULLS LAST, batch_id DESC, place DESC) = 1 ORDER BY batch_id",
        [*whose, list(numbers)],
    ).fetchall()
    opened = {batch_id: read_batch(cursor, unseal, batch_id) for batch_id in {row[1] for row in found}}
    made: dict[str, list[dict[str, Any]]] = {}
    for number, batch_id, place in found:
        body = orjson.loads(opened[batch_id][place])
        if isinstance(body, dict) and isinstance(body.get("rows"), list):
            made[number] = body["rows"]
    return made


def samples(store: Store, unseal: Unseal, channel: str, shop: str, entity: str, limit: int) -> list[dict[str, Any]]:
    """Up to `limit` waiting rows of a shop, for a look while the mapping is mended; broken lines are left out."""
    with store.read() as cursor:
        ids = cursor.execute(
            "SELECT reject_id FROM rejects WHERE channel = ? AND shop = ? AND entity = ? AND rows_id IS NOT NULL "
            f"AND state = '{WAITING}' ORDER BY rows_id DESC, place LIMIT ?",
            [channel, shop, entity, limit],
        ).fetchall()
        kept = waiting(cursor, [row[0] for row in ids], unseal)
    return [one.cells for group in kept.values() for one in group if "_text" not in one.cells]
