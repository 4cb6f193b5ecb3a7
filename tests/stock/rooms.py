"""Small worlds for tests of stock: orders with lines, levels, bundles, as rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from core.store import Store, stock_levels

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def order(
    store: Store,
    key: int,
    lines: list[tuple[str, int]],
    *,
    status: str = "PAID",
    channel: str = "jd",
    minute: int | None = None,
    **columns: Any,
) -> int:
    """An order with lines (sku, qty), paid `minute` (its key by default) minutes after noon."""
    paid = NOON + timedelta(minutes=key if minute is None else minute)
    row = {
        "order_key": key, "channel": channel, "shop": channel, "platform_no": f"N{key:04d}", "status": status,
        "paid_at": paid, "pool_at": paid, "changed_at": paid, "paid_fen": 1000, **columns,
    }  # fmt: skip
    with store.write() as cursor:
        cursor.execute(
            f"INSERT INTO orders ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
        )
        for place, (sku, qty) in enumerate(lines, 1):
            cursor.execute(
                "INSERT INTO order_lines (order_key, channel, shop, platform_no, line_no, sku, qty) VALUES (?, ?, ?, ?, ?, ?, ?)",
                [key, channel, channel, row["platform_no"], str(place), sku, qty],
            )
    return key


def levels(store: Store, rows: dict[tuple[str, str], int], as_of: datetime = NOON) -> None:
    """Take (warehouse, sku) -> on hand as the WMS's word."""
    with store.write() as cursor:
        stock_levels.take(cursor, [w for w, _s in rows], [s for _w, s in rows], list(rows.values()), as_of)


def rows(store: Store, sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with store.read() as cursor:
        return cursor.execute(sql, values or []).fetchall()
