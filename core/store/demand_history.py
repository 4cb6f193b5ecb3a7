"""The demand of a past period, sale by sale, as the simulator plays it; and accepted against oversold pieces."""

from datetime import datetime

from core.store import demand
from core.store.store import Cursor


def sales(cursor: Cursor, since: datetime, until: datetime, limit: int) -> list[tuple[str, float, str, int]]:
    """(sku, minutes after `since`, channel, pieces) of orders paid in [since, until), sets as their parts, in order."""
    return cursor.execute(
        "SELECT coalesce(b.sku, l.sku), epoch(bought_at - $1::TIMESTAMPTZ) / 60, o.channel, (coalesce(l.qty, 1) * coalesce(b.qty, 1))::BIGINT "
        f"FROM (SELECT order_key, channel, {demand.ARRIVED.format('orders')} AS bought_at FROM orders WHERE status <> 'UNPAID') o "
        "JOIN order_lines l ON l.order_key = o.order_key LEFT JOIN bundle_components b ON b.bundle = l.sku "
        "WHERE bought_at >= $1 AND bought_at < $2 AND l.sku <> '' AND coalesce(l.qty, 1) > 0 AND l.granted_by IS NULL "
        "ORDER BY bought_at, o.order_key, l.line_no LIMIT $3",
        [since, until, limit],
    ).fetchall()


def drift(cursor: Cursor, since: datetime) -> list[tuple[str, int, int, int, int]]:
    """By warehouse since an instant: (warehouse, corrections down, corrections taken back, pieces shipped, pieces on hand)."""
    return cursor.execute(
        "SELECT k.warehouse, coalesce(m.down, 0)::BIGINT, coalesce(m.back, 0)::BIGINT, coalesce(m.shipped, 0)::BIGINT, k.on_hand "
        "FROM (SELECT warehouse, sum(on_hand)::BIGINT AS on_hand FROM stock_levels GROUP BY warehouse) k LEFT JOIN ("
        "SELECT warehouse, sum(qty) FILTER (kind = 'adjustment' AND qty > 0) AS down, "
        "-sum(qty) FILTER (kind = 'adjustment' AND qty < 0) AS back, sum(qty) FILTER (kind = 'shipped') AS shipped "
        "FROM stock_movements WHERE happened_at >= ? GROUP BY warehouse) m ON m.warehouse = k.warehouse ORDER BY k.warehouse",
        [since],
    ).fetchall()


def victims(cursor: Cursor, limit: int) -> list[tuple[str, str, str, int, str, datetime]]:
    """(channel, platform_no, what was missing, pieces, outcome, when) of orders that lost their place, newest first."""
    return cursor.execute(
        "SELECT channel, platform_no, thing, qty, outcome, chosen_at FROM stock_victims ORDER BY chosen_at DESC, platform_no LIMIT ?",
        [limit],
    ).fetchall()


def movements(cursor: Cursor, sku: str, limit: int) -> list[tuple[datetime, str, str, int, str | None, str]]:
    """(when, warehouse, kind, pieces, reason, source) of a SKU's ledger, newest first."""
    return cursor.execute(
        "SELECT happened_at, warehouse, kind, qty, reason, source FROM stock_movements WHERE sku = ? "
        "ORDER BY happened_at DESC, booked_at DESC LIMIT ?",
        [sku, limit],
    ).fetchall()
