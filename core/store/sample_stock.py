"""Stock in bulk beside the orders of `sample_pool`: for benchmarks and tests."""

from core import clock
from core.store.store import Store

CHANNELS = ("taobao", "jd", "doudian", "pinduoduo", "wechat")
WAREHOUSES = ("WH-JX", "WH-SZ", "WH-WH")


def fill(store: Store, pieces: int, skus: int = 800, prefix: str = "SKU") -> None:
    """`pieces` on hand in all, spread over `skus` SKUs of `sample_pool` (and more of that pattern) and three warehouses."""
    now = clock.now()
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO stock_levels SELECT w, ? || '-' || lpad(i::VARCHAR, 4, '0'), greatest(1, ? * (1 + i % 3) // (? * 6)), ?, ? "
            "FROM range(?) r(i), (SELECT unnest(?::VARCHAR[]) AS w)",
            [prefix, pieces, skus, now, now, skus, list(WAREHOUSES)],
        )


def paid(store: Store) -> list[int]:
    """The paid orders."""
    with store.read() as cursor:
        return [row[0] for row in cursor.execute("SELECT order_key FROM orders WHERE status = 'PAID'").fetchall()]


def places(store: Store) -> list[tuple[int, str, str]]:
    """A warehouse for each reserved line."""
    with store.read() as cursor:
        return cursor.execute(
            "SELECT DISTINCT order_key, line_no, ['WH-JX', 'WH-SZ', 'WH-WH'][1 + (order_key % 3)::INTEGER] FROM reservations "
            "WHERE state = 'active' ORDER BY 1, 2"
        ).fetchall()


def last_pieces(store: Store, number: int, *, pieces: int, orders: int) -> list[list[int]]:
    """Round `number`: one SKU with that few pieces, and buyers of one piece each; returns their keys by platform."""
    sku, now = f"LAST-{number:04d}", clock.now()
    first = (number + 1) * 1_000_000
    with store.write() as cursor:
        cursor.execute("INSERT INTO stock_levels VALUES ('WH-JX', ?, ?, ?, ?)", [sku, pieces, now, now])
        cursor.execute(
            "INSERT INTO orders (order_key, channel, shop, platform_no, status, paid_at, pool_at, changed_at) SELECT ? + i, c, c, "
            "(? + i)::VARCHAR, 'PAID', ?, ?, ? FROM (SELECT i, ?[1 + i % ?] AS c FROM range(?) r(i))",
            [first, first, now, now, now, list(CHANNELS), len(CHANNELS), orders],
        )
        cursor.execute(
            "INSERT INTO order_lines (order_key, line_no, sku, qty) SELECT ? + i, '1', ?, 1 FROM range(?) r(i)",
            [first, sku, orders],
        )
    return [list(range(first + n, first + orders, len(CHANNELS))) for n in range(len(CHANNELS))]
