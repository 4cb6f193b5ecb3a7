"""Orders of one recipient that go into one parcel: who may, who belongs together, who travels behind whom."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.store.store import Cursor

_IN = "order_key IN (SELECT unnest(?::BIGINT[]))"
MERGED, PARTED = "orders_merged", "orders_parted"


def leads(cursor: Cursor, keys: Sequence[int]) -> dict[int, int]:
    """order_key -> the order it travels with (itself for the first), for merged ones."""
    rows = cursor.execute(
        f"SELECT order_key, lead_key FROM merged_orders WHERE undone_at IS NULL AND {_IN}", [list(keys)]
    ).fetchall()
    return dict(rows)


def candidates(
    cursor: Cursor, keys: Sequence[int], settings: Mapping[str, Any], since: datetime | None
) -> dict[int, str]:
    """order_key -> what it has in common with others, of orders that may be merged at all."""
    if settings["by"] == "merge_key":
        same, known = "o.merge_key", "o.merge_key IS NOT NULL"
    else:
        same = "concat_ws('|', o.phone_key, o.recipient_key, o.address_key)"
        known = "o.phone_key IS NOT NULL AND o.recipient_key IS NOT NULL AND o.address_key IS NOT NULL"
    if not settings["across_shops"]:
        same = f"concat_ws('|', o.channel, o.shop, {same})"
    bound, values = ("o.pool_at >= ? AND ", [since]) if since else ("", [])
    presale = " AND NOT coalesce(o.is_presale, false)" if settings["no_presale"] else ""
    rows = cursor.execute(
        f"SELECT o.order_key, {same} || '|' || coalesce(o.deliver_on::VARCHAR, ''), o.tags FROM orders o "
        f"WHERE {bound}{known}{presale} AND NOT coalesce(o.held, false) AND o.status IN ('PAID', 'STOCK_LOCKED') AND o.{_IN}",
        [*values, list(keys)],
    ).fetchall()
    never = set(settings["not_tagged"])
    return {key: same for key, same, tags in rows if not never & set(json.loads(tags or "[]"))}


def merge(cursor: Cursor, group: Sequence[int], now: datetime) -> None:
    """Put the orders together behind the first one."""
    cursor.execute("INSERT INTO merged_orders SELECT unnest(?::BIGINT[]), ?, ?, NULL", [list(group), group[0], now])
    _tell(cursor, group, MERGED, group[0], now)


def part(cursor: Cursor, keys: Sequence[int], now: datetime) -> list[int]:
    """Take the orders out of their groups; a group that loses its first order, or is down to one, comes apart.

    Returns all that travel alone again.
    """
    rows = cursor.execute(
        "WITH g AS (SELECT DISTINCT lead_key FROM merged_orders WHERE undone_at IS NULL AND "
        f"{_IN}), m AS (SELECT order_key, lead_key, order_key IN (SELECT unnest(?::BIGINT[])) AS goes FROM merged_orders "
        "WHERE undone_at IS NULL AND lead_key IN (SELECT lead_key FROM g)), "
        "w AS (SELECT lead_key, bool_or(goes AND order_key = lead_key) OR count(*) FILTER (NOT goes) < 2 AS all_go FROM m GROUP BY lead_key) "
        "SELECT m.order_key FROM m JOIN w ON w.lead_key = m.lead_key WHERE m.goes OR w.all_go",
        [list(keys), list(keys)],
    ).fetchall()
    gone = sorted({row[0] for row in rows})
    if gone:
        cursor.execute(f"UPDATE merged_orders SET undone_at = ? WHERE undone_at IS NULL AND {_IN}", [now, gone])
        _tell(cursor, gone, PARTED, None, now)
    return gone


def _tell(cursor: Cursor, keys: Sequence[int], event: str, lead: int | None, now: datetime) -> None:
    cursor.execute(
        "INSERT INTO order_events SELECT o.order_key, o.channel, o.shop, o.platform_no, ?, ?, 'system', "
        f"coalesce((SELECT platform_no FROM orders WHERE order_key = ? LIMIT 1), ''), '{{}}' FROM orders o WHERE o.{_IN}",
        [event, now, lead, list(keys)],
    )
