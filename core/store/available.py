"""Reads for available-to-sell, as sets: pieces on hand and asked for by SKU, peaks of demand, sets and their parts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.store import demand, stock_free
from core.store.store import Cursor

UNPAID_FOR = timedelta(days=3)  # platforms close unpaid orders within a day or two; an older one locks nothing any more
PEAK_DAYS = 14


def pieces(cursor: Cursor, unpaid_channels: Sequence[str], now: datetime) -> list[tuple[str, int, int, int, int]]:
    """(sku, on_hand, paid and not held, held, unpaid where the platform locks at order time) of every SKU."""
    unpaid = ""
    values: list[object] = []
    if unpaid_channels:
        unpaid = (
            " OR (status = 'UNPAID' AND channel IN (SELECT unnest(?::VARCHAR[])) AND coalesce(ordered_at, pool_at) > ?)"
        )
        values = [list(unpaid_channels), now - UNPAID_FOR]
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE open_demand_orders AS SELECT order_key, CASE WHEN status = 'UNPAID' THEN 'unpaid' "
        f"WHEN held THEN 'held' ELSE 'paid' END AS state FROM orders WHERE status IN ({demand.OPEN}){unpaid}",
        values,
    )
    rows = cursor.execute(
        "SELECT coalesce(f.sku, d.sku), coalesce(f.on_hand, 0)::BIGINT, coalesce(d.paid, 0)::BIGINT, "
        "coalesce(d.held, 0)::BIGINT, coalesce(d.unpaid, 0)::BIGINT FROM "
        f"({stock_free.per_sku()}) f FULL JOIN (SELECT sku, "
        "sum(qty) FILTER (state = 'paid') AS paid, sum(qty) FILTER (state = 'held') AS held, "
        f"sum(qty) FILTER (state = 'unpaid') AS unpaid FROM ({demand.by_sku('open_demand_orders', 'state')}) GROUP BY sku) d "
        "ON d.sku = f.sku ORDER BY 1"
    ).fetchall()
    cursor.execute("DROP TABLE open_demand_orders")
    return rows


def peaks(cursor: Cursor) -> dict[str, float]:
    """SKU -> pieces a minute in its busiest hour, as `keep_peaks` found them."""
    return dict(cursor.execute("SELECT sku, per_minute FROM stock_peaks").fetchall())


def keep_peaks(cursor: Cursor, now: datetime) -> int:
    """Find the busiest hour of every SKU in the last two weeks anew; returns how many SKUs sold."""
    cursor.execute("DELETE FROM stock_peaks")
    cursor.execute(
        "INSERT INTO stock_peaks SELECT sku, max(qty) / 60.0, ? FROM (SELECT coalesce(b.sku, l.sku) AS sku, "
        f"date_trunc('hour', {demand.ARRIVED.format('o')}) AS hour, sum(coalesce(l.qty, 1) * coalesce(b.qty, 1)) AS qty "
        "FROM orders o JOIN order_lines l ON l.order_key = o.order_key LEFT JOIN bundle_components b ON b.bundle = l.sku "
        f"WHERE {demand.ARRIVED.format('o')} > ? AND o.status NOT IN ('UNPAID') AND l.sku IS NOT NULL GROUP BY ALL) GROUP BY sku",
        [now, now - timedelta(days=PEAK_DAYS)],
    )
    row = cursor.execute("SELECT count(*) FROM stock_peaks").fetchone()
    return int(row[0]) if row else 0


def bundles(cursor: Cursor) -> dict[str, tuple[tuple[str, int], ...]]:
    """Set -> its parts (sku, pieces)."""
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for bundle, sku, qty in cursor.execute("SELECT bundle, sku, qty FROM bundle_components ORDER BY 1, 2").fetchall():
        found[bundle] = (*found.get(bundle, ()), (sku, qty))
    return found
