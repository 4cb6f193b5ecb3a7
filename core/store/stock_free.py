"""Free pieces as SQL relations: what the warehouses said last, and what was booked since, less what is reserved.

A shipment later than the level it would be in is taken off here, so that an order counts exactly once: as a reservation
until it has left, then as a shipment, then in the level.
"""

from collections.abc import Sequence
from typing import Any

from core.store.ledger import SIGNED
from core.store.store import Cursor

_HANDFUL = 16
_SELLABLE = "k.warehouse NOT IN (SELECT warehouse FROM warehouses WHERE NOT coalesce(active, true))"


def per_place(where: str = "true") -> str:
    """SELECT warehouse, sku, on_hand, reserved, free: pieces by warehouse and SKU. `where` filters on a column `sku`.

    on_hand counts what was booked since the level's instant. Reservations of orders not routed yet are not in here:
    see `per_sku`. Warehouses switched off are left out.
    """
    return (
        "SELECT k.warehouse, k.sku, k.on_hand + coalesce(s.qty, 0) AS on_hand, coalesce(r.qty, 0) AS reserved, "
        "k.on_hand + coalesce(s.qty, 0) - coalesce(r.qty, 0) AS free "
        f"FROM (SELECT * FROM stock_levels WHERE {where}) k "
        f"LEFT JOIN ({_booked_since(where)}) s ON s.warehouse = k.warehouse AND s.sku = k.sku "
        f"LEFT JOIN ({_active('warehouse, sku', where)}) r ON r.warehouse = k.warehouse AND r.sku = k.sku "
        f"WHERE {_SELLABLE}"
    )


def per_sku(where: str = "true") -> str:
    """SELECT sku, on_hand, reserved, free: pieces by SKU over all warehouses, orders not routed yet included."""
    return (
        "SELECT k.sku, (k.on_hand - coalesce(u.qty, 0))::BIGINT AS on_hand, coalesce(r.qty, 0)::BIGINT AS reserved, "
        "(k.on_hand - coalesce(u.qty, 0) - coalesce(r.qty, 0))::BIGINT AS free FROM ("
        f"SELECT k.sku, sum(k.on_hand + coalesce(s.qty, 0)) AS on_hand FROM (SELECT * FROM stock_levels WHERE {where}) k "
        f"LEFT JOIN ({_booked_since(where)}) s ON s.warehouse = k.warehouse AND s.sku = k.sku WHERE {_SELLABLE} "
        f"GROUP BY k.sku) k LEFT JOIN ({_unplaced(where)}) u ON u.sku = k.sku "
        f"LEFT JOIN ({_active('sku', where)}) r ON r.sku = k.sku"
    )


def within(skus: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """A `where` for these SKUs, with its named values: a handful one by one, which plans and reads in half the time."""
    if 0 < len(skus) <= _HANDFUL:
        named = {f"sku{n}": sku for n, sku in enumerate(skus)}
        return f"sku IN ({', '.join(f'${name}' for name in named)})", named
    return "sku IN (SELECT unnest($skus::VARCHAR[]))", {"skus": list(skus)}


def within_table(cursor: Cursor, table: str) -> tuple[str, dict[str, Any]]:
    """A `where` for the SKUs of a temporary table, with its named values."""
    found = cursor.execute(f"SELECT DISTINCT sku FROM {table} LIMIT {_HANDFUL + 1}").fetchall()
    few = 0 < len(found) <= _HANDFUL
    return within([row[0] for row in found]) if few else (f"sku IN (SELECT sku FROM {table})", {})


def of_skus(cursor: Cursor, skus: Sequence[str]) -> dict[str, int]:
    """SKU -> free pieces; a SKU no warehouse knows is left out. May be below zero after a correction."""
    where, values = within(skus)
    return dict(cursor.execute(f"SELECT sku, free FROM ({per_sku(where)})", values).fetchall())


def _active(columns: str, where: str) -> str:
    return f"SELECT {columns}, sum(qty) AS qty FROM reservations WHERE state = 'active' AND {where} GROUP BY ALL"


def _booked_since(where: str) -> str:
    """Left, came or was corrected after the level of its warehouse was taken: the effect on the pieces there."""
    return (
        f"SELECT m.warehouse, m.sku, sum({SIGNED.format('m')}) AS qty FROM (SELECT * FROM stock_movements WHERE {where}) m "
        "JOIN stock_levels k ON k.warehouse = m.warehouse AND k.sku = m.sku AND m.happened_at > k.as_of GROUP BY ALL"
    )


def _unplaced(where: str) -> str:
    """Left after every level of the SKU was taken, nobody said from where."""
    return (
        f"SELECT m.sku, sum(m.qty) AS qty FROM (SELECT * FROM stock_movements WHERE kind = 'shipped' AND warehouse = '' AND {where}) m "
        "JOIN (SELECT sku, max(as_of) AS as_of FROM stock_levels GROUP BY sku) k ON k.sku = m.sku "
        "AND m.happened_at > k.as_of GROUP BY m.sku"
    )
