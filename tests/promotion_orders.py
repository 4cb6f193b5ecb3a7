"""Short ways to put orders, gifts and activities into a store for the tests of promotions."""

from datetime import UTC, datetime, timedelta
from typing import Any

from core.decide.promotion.activity import KIND
from core.store import Store, documents, gift_stock
from core.store.gift_stock import Gift

ZONE = "Asia/Shanghai"
NOON = datetime(2026, 11, 3, 4, tzinfo=UTC)  # 12:00 on the shop's clock
BUY_3_GET_1: dict[str, Any] = {
    "id": "b3g1", "name": "买三赠一", "type": "gift", "buy": 3, "give": {"GIFT": 1}, "scope": {"skus": ["CAT"]},
    "start_at": "2026-11-01T00:00:00", "end_at": "2026-11-04T00:00:00", "mode": "live",
}  # fmt: skip


def publish(store: Store, body: dict[str, Any]) -> int:
    draft = documents.save_draft(store, KIND, body["id"], body, author="test")
    return documents.publish(store, KIND, body["id"], draft.version).version


def gift(store: Store, qty: int, sku: str = "GIFT", barcode: str = "6900000000017") -> None:
    with store.write() as cursor:
        gift_stock.save(cursor, Gift(sku, "Sample", barcode, qty))


def put(cursor: Any, table: str, row: dict[str, Any]) -> None:
    cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def order(store: Store, key: int, *lines: tuple[str, int, int], **fields: Any) -> None:
    """An order of (sku, quantity, unit price in fen), paid at noon unless said otherwise; it arrives in order of keys."""
    row = {
        "order_key": key, "channel": "taobao", "shop": "s", "platform_no": f"N{key}", "status": "PAID", "held": False,
        "held_reasons": "[]", "pool_at": NOON + timedelta(seconds=key), "paid_at": NOON, "ordered_at": NOON,
        "paid_fen": sum(qty * price for _sku, qty, price in lines), "shipping_fen": 0, "phone_key": f"p{key}",
        "buyer_id": f"b{key}", "province": "浙江", **fields,
    }  # fmt: skip
    with store.write() as cursor:
        put(cursor, "orders", row)
        for n, (sku, qty, price) in enumerate(lines, 1):
            line = {
                "order_key": key,
                "channel": row["channel"],
                "shop": "s",
                "platform_no": f"N{key}",
                "line_no": str(n),
            }
            line |= {"sku": sku, "title": sku, "qty": qty, "unit_price_fen": price, "line_paid_fen": qty * price}
            put(cursor, "order_lines", line)


def refund(store: Store, key: int, line_no: str | None, fen: int, word: str = "SUCCESS", number: str = "R1") -> None:
    with store.write() as cursor:
        cursor.execute("DELETE FROM refunds WHERE refund_no = ?", [number])
        put(
            cursor,
            "refunds",
            {
                "order_key": key, "channel": "taobao", "shop": "s", "platform_no": f"N{key}", "refund_no": number,
                "line_no": line_no, "refund_status": word, "refund_fen": fen,
            },
        )  # fmt: skip


def rows(store: Store, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with store.read() as cursor:
        return cursor.execute(sql, list(values)).fetchall()


def gift_lines(store: Store) -> list[tuple[Any, ...]]:
    """(order, SKU, quantity, barcode, price, activity) of every line that an activity gave."""
    return rows(
        store,
        "SELECT order_key, sku, qty, barcode, unit_price_fen, granted_by FROM order_lines WHERE is_gift "
        "ORDER BY order_key, granted_by, sku",
    )


def free(store: Store, sku: str = "GIFT") -> int:
    return rows(store, "SELECT free_qty FROM gift_stock WHERE sku = ?", sku)[0][0]
