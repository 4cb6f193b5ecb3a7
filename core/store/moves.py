"""Writes status moves of a batch: the status, the instants that go with it, and one event an order."""

import json
from collections.abc import Sequence
from datetime import datetime

from core.store.listed import among
from core.store.store import Cursor

STATUS_CHANGED = "status_changed"
_STAMPS = {
    "SHIPPED": ", shipped_at = coalesce(shipped_at, ?)",
    "COMPLETED": ", finished_at = coalesce(finished_at, ?)",
}


def present(cursor: Cursor, keys: Sequence[int], since: datetime | None = None) -> dict[int, tuple[str, bool]]:
    """order_key -> (status, held)."""
    bound, values = ("pool_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys)
    rows = cursor.execute(
        f"SELECT order_key, status, coalesce(held, false) FROM orders WHERE {bound}{which}", [*values, *listed]
    ).fetchall()
    return {key: (status, held) for key, status, held in rows}


def write(
    cursor: Cursor, keys: Sequence[int], to: str, *, actor: str, why: str, now: datetime, since: datetime | None = None
) -> None:
    """Put the orders into the status, with its event. The caller has asked the lifecycle."""
    bound, values = ("pool_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys)
    cursor.execute(
        "INSERT INTO order_events (order_key, channel, shop, platform_no, event, happened_at, actor, reason, detail) "
        "SELECT order_key, channel, shop, platform_no, ?, ?, ?, ?, "
        f"'{{\"status\":[\"' || status || '\",\"' || ? || '\"]}}' FROM orders WHERE {bound}{which}",
        [STATUS_CHANGED, now, actor, why, to, *values, *listed],
    )
    stamp, stamped = _STAMPS.get(to, ""), [now] * (to in _STAMPS)
    cursor.execute(
        f"UPDATE orders SET status = ?, changed_at = ?{stamp} WHERE {bound}{which}",
        [to, now, *stamped, *values, *listed],
    )


def tell(
    cursor: Cursor,
    keys: Sequence[int],
    event: str,
    *,
    actor: str,
    why: str = "",
    detail: dict[str, object] | None = None,
    now: datetime,
) -> None:
    """The same event for each of the orders."""
    if keys:
        which, listed = among(cursor, keys)
        cursor.execute(
            f"INSERT INTO order_events SELECT order_key, channel, shop, platform_no, ?, ?, ?, ?, ? FROM orders WHERE {which}",
            [event, now, actor, why, json.dumps(detail or {}, ensure_ascii=False, default=str), *listed],
        )


def touch(cursor: Cursor, keys: Sequence[int], now: datetime) -> None:
    """Something about the orders changed that stands elsewhere: the flow looks at them again."""
    which, listed = among(cursor, keys)
    cursor.execute(f"UPDATE orders SET changed_at = ? WHERE {which}", [now, *listed])
