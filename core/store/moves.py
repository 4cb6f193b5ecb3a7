"""Writes status moves of a batch: the status, the instants that go with it, and one event an order."""

import json
from collections.abc import Sequence
from datetime import datetime

from core.store.store import Cursor

STATUS_CHANGED = "status_changed"
_IN = "order_key IN (SELECT unnest(?::BIGINT[]))"
_STAMPS = {
    "SHIPPED": ", shipped_at = coalesce(shipped_at, $now)",
    "COMPLETED": ", finished_at = coalesce(finished_at, $now)",
}


def present(cursor: Cursor, keys: Sequence[int], since: datetime | None = None) -> dict[int, tuple[str, bool]]:
    """order_key -> (status, held)."""
    bound, values = ("pool_at >= ? AND ", [since]) if since else ("", [])
    rows = cursor.execute(
        f"SELECT order_key, status, coalesce(held, false) FROM orders WHERE {bound}{_IN}", [*values, list(keys)]
    ).fetchall()
    return {key: (status, held) for key, status, held in rows}


def write(
    cursor: Cursor, keys: Sequence[int], to: str, *, actor: str, why: str, now: datetime, since: datetime | None = None
) -> None:
    """Put the orders into the status, with its event. The caller has asked the lifecycle."""
    bound = "pool_at >= $since AND " if since else ""
    values = {"to": to, "now": now, "keys": list(keys), **({"since": since} if since else {})}
    which = f"{bound}order_key IN (SELECT unnest($keys::BIGINT[]))"
    cursor.execute(
        "INSERT INTO order_events (order_key, channel, shop, platform_no, event, happened_at, actor, reason, detail) "
        "SELECT order_key, channel, shop, platform_no, $event, $now, $actor, $why, "
        f"'{{\"status\":[\"' || status || '\",\"' || $to || '\"]}}' FROM orders WHERE {which}",
        {**values, "event": STATUS_CHANGED, "actor": actor, "why": why},
    )
    cursor.execute(f"UPDATE orders SET status = $to, changed_at = $now{_STAMPS.get(to, '')} WHERE {which}", values)


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
        cursor.execute(
            f"INSERT INTO order_events SELECT order_key, channel, shop, platform_no, ?, ?, ?, ?, ? FROM orders WHERE {_IN}",
            [event, now, actor, why, json.dumps(detail or {}, ensure_ascii=False, default=str), list(keys)],
        )


def touch(cursor: Cursor, keys: Sequence[int], now: datetime) -> None:
    """Something about the orders changed that stands elsewhere: the flow looks at them again."""
    cursor.execute(f"UPDATE orders SET changed_at = ? WHERE {_IN}", [now, list(keys)])
