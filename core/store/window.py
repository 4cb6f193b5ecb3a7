"""Reads around a batch of orders that is being decided: where it lies, the earlier orders of a burst, what is open."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.store.listed import among
from core.store.store import Cursor

KEYED = "order_key IN (SELECT unnest(?::BIGINT[]) AS listed)"
LAST_LABEL = "SELECT order_key, last(label ORDER BY labelled_at) AS label FROM labels GROUP BY order_key"
_RECENT = timedelta(days=1)
_ARRIVED = "coalesce({0}.ordered_at, {0}.paid_at)"


def since(cursor: Cursor, keys: Sequence[int]) -> datetime | None:
    """The instant at which the oldest of the orders came into the pool: a bound that lets the store skip what is older.

    New orders are looked for among the newest first. None when an order is unknown or has no such instant.
    """
    for after in (clock.now() - _RECENT, None):
        newer, values = ("pool_at >= ? AND ", [after]) if after else ("", [])
        which, listed = among(cursor, keys)
        row = cursor.execute(
            f"SELECT count(pool_at), min(pool_at) FROM orders WHERE {newer}{which}", [*values, *listed]
        ).fetchone()
        if row and row[0] == len(set(keys)):
            return row[1]
    return None


def batch(cursor: Cursor, keys: Sequence[int], first: datetime | None = None) -> tuple[str, list[Any]]:
    """The orders with these keys as a condition over o, bounded by the instant from which on they came into the pool."""
    which, listed = among(cursor, keys, "o.order_key")
    return (which, listed) if first is None else (f"o.pool_at >= ? AND {which}", [first, *listed])


def earlier(cursor: Cursor, column: str, hours: int | None, hit: Sequence[int], zone: str) -> list[int]:
    """The not yet shipped orders of the same key and window before the ones hit, unless a rule or a person let them go.

    `hours` None is the calendar day of the zone.
    """
    before, after = _ARRIVED.format("e"), _ARRIVED.format("h")
    if hours is None:
        near, values = f"CAST(timezone(?, {before}) AS DATE) = CAST(timezone(?, {after}) AS DATE)", [zone, zone]
    else:
        near, values = f"{before} > {after} - INTERVAL '{hours} hours'", []
    rows = cursor.execute(
        f"SELECT DISTINCT e.order_key FROM orders h JOIN orders e ON e.{column} = h.{column} "
        f"AND e.order_key <> h.order_key AND {before} <= {after} AND {near} WHERE h.{KEYED} "
        "AND e.status IN ('PAID', 'STOCK_LOCKED', 'PICKING', 'LOGISTICS_ASSIGNED', 'PACKED') "
        "AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.order_key = e.order_key AND d.mode = 'live' "
        "AND d.kind = 'risk' AND d.outcome = 'allow' AND d.rules <> '[]') "
        f"AND e.order_key NOT IN (SELECT order_key FROM ({LAST_LABEL}) WHERE label = 'normal')",
        [*values, list(hit)],
    ).fetchall()
    return [row[0] for row in rows]


def open_orders(cursor: Cursor) -> list[tuple[int, bool, str]]:
    """(order_key, held by risk, a person's word on it or "") of every order that is paid and not yet picked."""
    return cursor.execute(
        "SELECT order_key, coalesce(contains(held_reasons, '\"risk_'), false), coalesce(label, '') FROM orders "
        f"LEFT JOIN ({LAST_LABEL}) USING (order_key) WHERE status IN ('PAID', 'STOCK_LOCKED') ORDER BY order_key"
    ).fetchall()
