"""What orders need of the seller's own pieces, as SQL: bundles as their parts, refunded lines left out, gifts included."""

from datetime import datetime

from core.model.refunds import REFUNDED
from core.store.refund_state import means
from core.store.store import Cursor

OPEN_STATUSES = ("PAID", "STOCK_LOCKED", "PICKING", "LOGISTICS_ASSIGNED", "PACKED")
"""Paid, not shipped, not cancelled: these orders still take pieces off the shelf."""
OPEN = ", ".join(f"'{status}'" for status in OPEN_STATUSES)
ARRIVED = "coalesce({0}.paid_at, {0}.ordered_at, {0}.pool_at)"
"""When an order came, for the order of service; ties by platform_no."""


def needs(orders: str, bound: str = "true") -> str:
    """SELECT order_key, line_no, sku, qty: pieces by line and component of the orders in the relation `orders`.

    A gift that only the gift list keeps (no level of any warehouse) is left out: granting it has taken it already.
    A line without a SKU stands under the SKU '', which nobody has.
    `bound`: a further condition over the lines (alias l).
    """
    columns = "l.order_key, coalesce(l.line_no, '') AS line_no, coalesce(b.sku, l.sku, '') AS sku"
    return f"SELECT {columns}, {_QTY} AS qty {_lines(orders, bound)} GROUP BY 1, 2, 3"


def by_sku(orders: str, column: str) -> str:
    """SELECT sku, `column` of the relation `orders`, qty: the same pieces summed over all orders."""
    return f"SELECT coalesce(b.sku, l.sku, '') AS sku, o.{column}, {_QTY} AS qty {_lines(orders)} GROUP BY ALL"


_QTY = "sum(coalesce(l.qty, 1) * coalesce(b.qty, 1))::BIGINT"


def _lines(orders: str, bound: str = "true") -> str:
    return (
        f"FROM order_lines l JOIN {orders} o ON o.order_key = l.order_key "
        "LEFT JOIN bundle_components b ON b.bundle = l.sku "
        f"LEFT JOIN (SELECT DISTINCT order_key, line_no FROM refunds SEMI JOIN {orders} USING (order_key) "
        f"WHERE line_no IS NOT NULL AND {means('channel', 'refund_status', REFUNDED)}) f "
        "ON f.order_key = l.order_key AND f.line_no = l.line_no "
        f"WHERE {bound} AND f.order_key IS NULL AND NOT {means('l.channel', 'l.line_refund_status', REFUNDED)} "
        "AND coalesce(l.qty, 1) > 0 AND NOT (l.granted_by IS NOT NULL AND b.sku IS NULL AND "
        "l.sku IN (SELECT sku FROM gift_stock) AND l.sku NOT IN (SELECT sku FROM stock_levels))"
    )


def stage(cursor: Cursor, name: str, orders: str, since: datetime | None = None) -> None:
    """Make the temporary table `name` of `needs(orders)`. `since`: none of the orders came into the pool earlier."""
    bound, values = ("l.pool_at >= ?", [since]) if since else ("true", [])
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {needs(orders, bound)}", values)
