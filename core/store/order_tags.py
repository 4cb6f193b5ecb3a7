"""Puts a tag on orders and takes it off: set-based, one event an order."""

from core import clock
from core.store.orders_query import Predicate
from core.store.store import Cursor


def change(cursor: Cursor, predicate: Predicate, name: str, *, put: bool, actor: str) -> int:
    """Put the tag on (or take it off) the orders of the predicate inside the caller's transaction.

    Orders that already are so are left alone; returns how many changed.
    """
    quoted, now = f'"{name}"', clock.now()
    has = "contains(coalesce(tags, '[]'), ?)"
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE tagging AS SELECT order_key, channel, shop, platform_no FROM orders "
        f"WHERE ({predicate.sql}) AND {'NOT ' if put else ''}{has}",
        [*predicate.values, quoted],
    )
    added = (
        "to_json(list_append(coalesce(from_json(nullif(tags, ''), '[\"VARCHAR\"]'), []), ?))"
        if put
        else "to_json(list_filter(from_json(tags, '[\"VARCHAR\"]'), lambda item: item <> ?))"
    )
    cursor.execute(
        f"UPDATE orders SET tags = {added}::VARCHAR, changed_at = ? WHERE order_key IN (SELECT order_key FROM tagging)",
        [name, now],
    )
    cursor.execute(
        "INSERT INTO order_events (order_key, channel, shop, platform_no, event, happened_at, actor, reason, detail) "
        "SELECT order_key, channel, shop, platform_no, ?, ?, ?, ?, '{}' FROM tagging",
        ["order_tagged" if put else "order_untagged", now, actor, name],
    )
    row = cursor.execute("SELECT count(*) FROM tagging").fetchone()
    cursor.execute("DROP TABLE tagging")
    return int(row[0]) if row else 0
