"""Orders of our own making that send something again: a copy of the first order's address with only the lines to be sent.

Everything costs nothing on it. Its number is the first one's with -R1, -R2 …; no platform knows it, so none is told of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.store.store import Cursor

SHIP_WITHIN = timedelta(hours=48)
_COPIED = (
    "channel", "shop", "buyer_id", "buyer_name", "recipient", "phone", "province", "city", "district", "address",
    "phone_key", "recipient_key", "buyer_name_key", "address_key", "phone_last4", "currency",
)  # fmt: skip
_KEY = "(md5_number_lower(channel || chr(31) || shop || chr(31) || ?) >> 1)::BIGINT"


def make(
    cursor: Cursor, origin: int, case_id: str, lines: Sequence[tuple[str, str, str, int]], actor: str, now: datetime
) -> tuple[int, str]:
    """Make the order: lines (line_no, sku, title, pieces); returns (its key, its number). The caller has seen that the
    first order exists."""
    row = cursor.execute(
        "SELECT o.platform_no, (SELECT count(*) FROM reissues r WHERE r.origin_key = o.order_key) FROM orders o "
        "WHERE o.order_key = ?",
        [origin],
    ).fetchone()
    assert row is not None
    number = f"{row[0]}-R{row[1] + 1}"
    columns = ", ".join(_COPIED)
    cursor.execute(
        f"INSERT INTO orders ({columns}, order_key, platform_no, status, ordered_at, paid_at, ship_by, paid_fen, goods_fen, "
        "discount_fen, shipping_fen, is_presale, held, held_reasons, seller_note, line_count, unit_count, pool_at, changed_at) "
        f"SELECT {columns}, {_KEY}, ?, 'PAID', ?, ?, ?, 0, 0, 0, 0, false, false, '[]', ?, ?, ?, ?, ? FROM orders "
        "WHERE order_key = ?",
        [
            number,
            number,
            now,
            now,
            now + SHIP_WITHIN,
            row[0],
            len(lines),
            sum(line[3] for line in lines),
            now,
            now,
            origin,
        ],
    )
    made = cursor.execute(f"SELECT {_KEY} FROM orders WHERE order_key = ?", [number, origin]).fetchone()
    key = int(made[0]) if made else 0
    _copy(cursor, origin, key, lines)
    cursor.execute("INSERT INTO reissues VALUES (?, ?, ?, ?, ?)", [key, origin, case_id, actor, now])
    cursor.execute(
        "INSERT INTO order_events SELECT order_key, channel, shop, platform_no, 'order_received', ?, ?, 'reissue', '{}' "
        "FROM orders WHERE order_key = ?",
        [now, actor, key],
    )
    return key, number


def _copy(cursor: Cursor, origin: int, key: int, lines: Sequence[tuple[str, str, str, int]]) -> None:
    """The lines to be sent, and the person as sealed with the first order."""
    cursor.execute(
        "INSERT INTO order_lines (order_key, channel, shop, platform_no, line_no, sku, barcode, title, spec, qty, "
        "unit_price_fen, line_paid_fen, is_gift, spu, weight_g, pool_at) SELECT o.order_key, o.channel, o.shop, o.platform_no, n.line_no, "
        "n.sku, l.barcode, n.title, l.spec, n.qty, 0, 0, false, l.spu, l.weight_g, coalesce(o.pool_at, 'infinity') FROM (SELECT unnest(?::VARCHAR[]) AS line_no, "
        "unnest(?::VARCHAR[]) AS sku, unnest(?::VARCHAR[]) AS title, unnest(?::BIGINT[]) AS qty) n "
        "JOIN orders o ON o.order_key = ? LEFT JOIN (SELECT sku, any_value(barcode) AS barcode, any_value(spec) AS spec, "
        "any_value(spu) AS spu, any_value(weight_g) AS weight_g FROM order_lines WHERE order_key = ? GROUP BY sku) l "
        "ON l.sku = n.sku",
        [*[list(column) for column in zip(*lines, strict=True)], key, origin],
    )
    cursor.execute(
        "INSERT INTO order_persons (order_key, cipher) SELECT ?, cipher FROM order_persons WHERE order_key = ?",
        [key, origin],
    )


def is_one(cursor: Cursor, order_key: int) -> bool:
    """Whether the order is of our own making."""
    return cursor.execute("SELECT 1 FROM reissues WHERE order_key = ?", [order_key]).fetchone() is not None


def of_origin(cursor: Cursor, order_key: int) -> list[tuple[int, str, str]]:
    """(key, number, status) of the orders that send parts of this one again."""
    return cursor.execute(
        "SELECT o.order_key, o.platform_no, o.status FROM reissues r JOIN orders o ON o.order_key = r.order_key "
        "WHERE r.origin_key = ? ORDER BY r.made_at",
        [order_key],
    ).fetchall()
