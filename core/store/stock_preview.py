"""What orders would ask of the stock, for a dry run: nothing is staged, nothing is written."""

from collections.abc import Sequence

from core.store import stock_free
from core.store.listed import among
from core.store.store import Cursor


def wanted(cursor: Cursor, keys: Sequence[int]) -> tuple[list[tuple[int, str, int]], dict[str, int]]:
    """((order_key, sku, pieces) in the order of the keys' arrival, what is free of each SKU)."""
    which, listed = among(cursor, keys)
    rows = cursor.execute(
        "SELECT l.order_key, coalesce(l.sku, ''), sum(coalesce(l.qty, 1))::BIGINT FROM order_lines l JOIN (SELECT order_key, "
        f"coalesce(paid_at, ordered_at, pool_at) AS came FROM orders WHERE {which}) o "
        "ON o.order_key = l.order_key WHERE l.granted_by IS NULL GROUP BY l.order_key, l.sku, o.came ORDER BY o.came, l.order_key, l.sku",
        listed,
    ).fetchall()
    return rows, stock_free.of_skus(cursor, sorted({sku for _key, sku, _qty in rows}))
