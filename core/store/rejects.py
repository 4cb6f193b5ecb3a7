"""Payloads that could not be mapped: what the page lists, counts and sets aside. state: waiting settled ignored."""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.store.store import Cursor, Store

WAITING, SETTLED, IGNORED = "waiting", "settled", "ignored"


@dataclass(frozen=True, slots=True)
class RejectRow:
    """One reject in its queue."""

    reject_id: str
    channel: str
    shop: str
    entity: str
    external_no: str
    row_no: int | None
    field: str
    value: str
    reason: str
    mapping: str
    mapping_version: int | None
    rejected_at: datetime
    state: str
    settled_at: datetime | None
    settled_by: str | None


_COLUMNS = (
    "reject_id, channel, shop, entity, external_no, row_no, field, value, reason, mapping, mapping_version, "
    "rejected_at, state, settled_at, settled_by"
)


def listing(
    store: Store, *, state: str = WAITING, channel: str | None = None, shop: str | None = None, limit: int = 500
) -> list[RejectRow]:
    """The newest rejects of a state, of one shop when given."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {_COLUMNS} FROM rejects WHERE state = ? AND (?::VARCHAR IS NULL OR channel = ?) "
            "AND (?::VARCHAR IS NULL OR shop = ?) ORDER BY rejected_at DESC, reject_id LIMIT ?",
            [state, channel, channel, shop, shop, limit],
        ).fetchall()
    return [RejectRow(*row) for row in rows]


def waiting_ids(store: Store, *, channel: str | None = None, shop: str | None = None) -> list[str]:
    """The ids of all waiting rejects whose payload is kept, of one shop when given (levels come anew with each pull)."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT reject_id FROM rejects WHERE state = ? AND (batch_id IS NOT NULL OR rows_id IS NOT NULL) AND (?::VARCHAR IS NULL OR channel = ?) "
            "AND (?::VARCHAR IS NULL OR shop = ?) ORDER BY rejected_at, reject_id",
            [WAITING, channel, channel, shop, shop],
        ).fetchall()
    return [row[0] for row in rows]


def count(store: Store) -> dict[tuple[str, str], int]:
    """How many wait by (channel, shop)."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT channel, shop, count(*) FROM rejects WHERE state = ? GROUP BY channel, shop", [WAITING]
        ).fetchall()
    return {(channel, shop): number for channel, shop, number in rows}


def set_aside(cursor: Cursor, ids: list[str], account: str, reason: str) -> int:
    """Take waiting rejects out of the queue, with the reason behind the old one; returns how many there were."""
    row = cursor.execute(
        "SELECT count(*) FROM rejects WHERE state = ? AND list_contains(?, reject_id)", [WAITING, ids]
    ).fetchone()
    cursor.execute(
        "UPDATE rejects SET state = ?, settled_at = ?, settled_by = ?, reason = reason || ' · ' || ? "
        "WHERE state = ? AND list_contains(?, reject_id)",
        [IGNORED, clock.now(), account, reason, WAITING, ids],
    )
    return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class LevelReject:
    """A stock level or outbound record that could not be mapped: each pull tells them anew."""

    reject_id: str
    row_no: int
    field: str
    value: str
    reason: str


def replace_levels(
    cursor: Cursor, channel: str, shop: str, entity: str, mapping: str, version: int, rows: list[LevelReject]
) -> None:
    """Put the rejects of the last pull in place of those of the pull before."""
    cursor.execute(
        "DELETE FROM rejects WHERE channel = ? AND shop = ? AND entity = ? AND state = ?",
        [channel, shop, entity, WAITING],
    )
    cursor.execute(
        "INSERT INTO rejects (reject_id, channel, shop, entity, external_no, row_no, field, value, reason, mapping, "
        "mapping_version, rejected_at, state) SELECT unnest(?::VARCHAR[]), ?, ?, ?, '', unnest(?::BIGINT[]), "
        "unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), ?, ?, ?, ?",
        [
            [row.reject_id for row in rows],
            channel,
            shop,
            entity,
            [row.row_no for row in rows],
            [row.field for row in rows],
            [row.value for row in rows],
            [row.reason for row in rows],
            mapping,
            version,
            clock.now(),
            WAITING,
        ],
    )
