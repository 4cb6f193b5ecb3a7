"""Plenty of stock for the made-up orders of `bench pipeline`, and a past that nobody works on any more."""

from collections.abc import Sequence
from datetime import datetime

from core.store.store import Cursor, Store

_GOODS = ("KZ-2201", "WZ-01", "BW-3")
_COLOURS = ("BLK", "GRY", "WHT", "RED")


def fill(cursor: Cursor, warehouses: Sequence[str], now: datetime) -> None:
    """Ten million pieces of every SKU of the made-up payloads in every warehouse, and their products."""
    skus = [f"{goods}-{colour}" for goods in _GOODS for colour in _COLOURS]
    cursor.execute(
        "INSERT INTO stock_levels SELECT w, s, 10000000, ?, ? FROM (SELECT unnest(?::VARCHAR[]) AS w), (SELECT unnest(?::VARCHAR[]) AS s)",
        [now, now, list(warehouses), skus],
    )
    cursor.execute(
        "INSERT INTO products BY NAME SELECT s AS sku, s AS title, 500 AS weight_g FROM (SELECT unnest(?::VARCHAR[]) AS s)",
        [skus],
    )


def settle(store: Store) -> None:
    """Let all orders that are still on their way be completed, so that the flow has none of them to do."""
    with store.write() as cursor:
        cursor.execute(
            "UPDATE orders SET status = 'COMPLETED', held = false, held_reasons = '[]' WHERE status NOT IN ('COMPLETED', 'CANCELLED')"
        )
