"""Where each SKU lies in a warehouse."""

from collections.abc import Mapping

from core import clock
from core.store.store import Cursor, Store


def listing(store: Store, warehouse: str, text: str, limit: int) -> list[tuple[str, str, str]]:
    """(SKU, title, location), by SKU: those with a location or on hand there, or that hold the text."""
    with store.read() as cursor:
        return cursor.execute(
            "SELECT k.sku, coalesce(p.title, ''), coalesce(b.location, '') FROM (SELECT sku FROM bin_locations WHERE warehouse = $1 "
            "UNION SELECT sku FROM stock_levels WHERE warehouse = $1 UNION SELECT sku FROM products WHERE $2 <> '') k "
            "LEFT JOIN bin_locations b ON b.warehouse = $1 AND b.sku = k.sku LEFT JOIN products p ON p.sku = k.sku "
            "WHERE $2 = '' OR contains(lower(k.sku), lower($2)) OR contains(lower(coalesce(p.title, '')), lower($2)) "
            "OR starts_with(lower(coalesce(b.location, '')), lower($2)) ORDER BY k.sku LIMIT $3",
            [warehouse, text, limit],
        ).fetchall()


def save(cursor: Cursor, warehouse: str, wanted: Mapping[str, str]) -> int:
    """Set them, "" forgets one; returns how many differ from before."""
    skus, places = list(wanted), list(wanted.values())
    row = cursor.execute(
        "SELECT count(*) FROM (SELECT unnest(?::VARCHAR[]) AS sku, unnest(?::VARCHAR[]) AS location) n LEFT JOIN bin_locations b "
        "ON b.warehouse = ? AND b.sku = n.sku WHERE coalesce(b.location, '') <> n.location",
        [skus, places, warehouse],
    ).fetchone()
    cursor.execute(
        "DELETE FROM bin_locations WHERE warehouse = ? AND sku IN (SELECT unnest(?::VARCHAR[]))", [warehouse, skus]
    )
    cursor.execute(
        "INSERT INTO bin_locations SELECT ?, n.sku, n.location, ? FROM (SELECT unnest(?::VARCHAR[]) AS sku, "
        "unnest(?::VARCHAR[]) AS location) n WHERE n.location <> ''",
        [warehouse, clock.now(), skus, places],
    )
    return int(row[0]) if row else 0
