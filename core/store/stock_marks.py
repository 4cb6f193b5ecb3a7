"""What a change of reservations leaves on the orders: status, hold, event; and the ledger's shipped rows. All as sets."""

import json
from collections.abc import Mapping, Sequence

from core import clock
from core.store import holds, ledger
from core.store.listed import among, rows
from core.store.store import Cursor


def reserved(cursor: Cursor, actor: str) -> None:
    """The orders of the temporary table asked_new: those PAID become STOCK_LOCKED; every one gets its event."""
    now = clock.now()
    cursor.execute(
        "UPDATE orders SET status = 'STOCK_LOCKED', changed_at = ? FROM asked_new n "
        "WHERE orders.order_key = n.order_key AND orders.status = 'PAID'",
        [now],
    )
    cursor.execute(
        "INSERT INTO order_events SELECT o.order_key, o.channel, o.shop, o.platform_no, 'stock_reserved', ?, ?, NULL, NULL "
        "FROM orders o SEMI JOIN asked_new n ON n.order_key = o.order_key",
        [now, actor],
    )


def unlock(cursor: Cursor, keys: Sequence[int], why: str, actor: str) -> None:
    """Orders whose reservation has gone: STOCK_LOCKED becomes PAID again; every one gets its event."""
    if keys:
        which, listed = among(cursor, keys)
        cursor.execute(
            f"UPDATE orders SET status = 'PAID', changed_at = ? WHERE status = 'STOCK_LOCKED' AND {which}",
            [clock.now(), *listed],
        )
        _event(cursor, keys, "stock_released", actor, why, None)


def short(cursor: Cursor, missing: Mapping[int, tuple[str, ...]], actor: str) -> list[int]:
    """Hold the orders that are not held for stock yet, the missing SKUs beside the event; returns those newly held."""
    if not missing:
        return []
    keys = holds.add(cursor, list(missing), "no_stock", actor=actor)
    if keys:
        said = [json.dumps({"why": ", ".join(missing[key])}, ensure_ascii=False) for key in keys]
        _event(cursor, keys, "stock_short", actor, None, said)
    return keys


def book_shipped(cursor: Cursor, keys: Sequence[int]) -> None:
    """Book the active reservations of the orders as shipped, at the instant the order left."""
    now = clock.now()
    which, listed = among(cursor, keys, "r.order_key")
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE moved AS SELECT r.warehouse, r.sku, 'shipped' AS kind, r.qty, NULL::VARCHAR AS reason, "
        "'order:' || r.order_key || '/' || r.line_no AS source, coalesce(o.shipped_at, ?) AS happened_at "
        "FROM reservations r JOIN orders o ON o.order_key = r.order_key "
        f"WHERE r.state = 'active' AND {which}",
        [now, *listed],
    )
    ledger.book_staged(cursor)


def _event(
    cursor: Cursor, keys: Sequence[int], event: str, actor: str, reason: str | None, details: list[str] | None
) -> None:
    said, values = rows(cursor, {"order_key": "BIGINT", "detail": "VARCHAR"}, [keys, details or [None] * len(keys)])
    cursor.execute(
        "INSERT INTO order_events SELECT o.order_key, o.channel, o.shop, o.platform_no, ?, ?, ?, ?, d.detail FROM orders o "
        f"JOIN {said} d ON d.order_key = o.order_key",
        [event, clock.now(), actor, reason, *values],
    )
