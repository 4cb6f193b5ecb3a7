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
    """The ids of all waiting rejects, of one shop when given."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT reject_id FROM rejects WHERE state = ? AND (?::VARCHAR IS NULL OR channel = ?) "
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
