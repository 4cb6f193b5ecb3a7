"""The stock ledger: every change of pieces is one row that is booked once. on hand = opening + receipt - shipped - adjustment.

A row is staged in the temporary table `moved` (warehouse, sku, kind, qty, reason, source, happened_at) and booked as a set.
"""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.store.store import Cursor

OPENING, RECEIPT, SHIPPED, ADJUSTMENT = "opening", "receipt", "shipped", "adjustment"
IN_LEVEL, IN_LEVEL_SEEN, CORRECTION = "already_in_level", "seen_in_level", "wms_correction"
SIGNED = "CASE WHEN {0}.kind IN ('shipped', 'adjustment') THEN -{0}.qty ELSE {0}.qty END"
"""A movement's effect on the pieces on hand."""
_ATTRIBUTABLE = "1 DAY"  # a shipment nobody placed explains a fall of a level for that long


def book_staged(cursor: Cursor) -> int:
    """Book the rows of `moved` that are not booked yet; returns how many.

    A shipment that left before the level of its warehouse was taken is in that level already: an adjustment of the same
    size takes it back, so that the ledger stays equal to the level and no drift is seen where there is none.
    """
    now = clock.now()
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE moved_new AS SELECT * FROM moved m WHERE m.qty <> 0 AND NOT EXISTS (SELECT 1 FROM "
        "stock_movements k WHERE k.kind = m.kind AND k.source = m.source AND k.warehouse = m.warehouse AND k.sku = m.sku)"
    )
    row = cursor.execute("SELECT count(*) FROM moved_new").fetchone()
    cursor.execute(
        "INSERT INTO stock_movements SELECT warehouse, sku, kind, qty, reason, source, happened_at, ? FROM moved_new",
        [now],
    )
    cursor.execute(
        "INSERT INTO stock_movements SELECT m.warehouse, m.sku, 'adjustment', -m.qty, ?, m.source, m.happened_at, ? "
        "FROM moved_new m JOIN stock_levels k ON k.warehouse = m.warehouse AND k.sku = m.sku "
        "WHERE m.kind = 'shipped' AND m.happened_at <= k.as_of",
        [IN_LEVEL, now],
    )
    return int(row[0]) if row else 0


def reconcile(cursor: Cursor) -> None:
    """Book what the staged levels (`level_news`) change, before they are merged.

    The first level of a place opens it. A later one is compared with what the ledger says at its instant: a fall is first
    laid on shipments whose warehouse nobody named, the rest is one adjustment; a rise is a receipt.
    """
    now = clock.now()
    cursor.execute(
        "INSERT INTO stock_movements SELECT warehouse, sku, 'opening', on_hand, 'first_level', 'opening', as_of, ? "
        "FROM level_news WHERE NOT known",
        [now],
    )
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE level_gaps AS SELECT n.warehouse, n.sku, n.as_of, n.before_at, "
        "n.before + coalesce(m.qty, 0) - n.on_hand AS gap FROM level_news n LEFT JOIN (SELECT l.warehouse, l.sku, "
        f"sum({SIGNED.format('l')}) AS qty FROM stock_movements l JOIN level_news n ON n.warehouse = l.warehouse "
        "AND n.sku = l.sku WHERE n.known AND l.happened_at > n.before_at AND l.happened_at <= n.as_of GROUP BY ALL) m "
        "ON m.warehouse = n.warehouse AND m.sku = n.sku WHERE n.known"
    )
    _place_shipments(cursor, now)
    cursor.execute(
        "INSERT INTO stock_movements SELECT warehouse, sku, CASE WHEN gap > 0 THEN 'adjustment' ELSE 'receipt' END, abs(gap), "
        "CASE WHEN gap > 0 THEN ? ELSE ? END, 'level:' || strftime(as_of AT TIME ZONE 'UTC', '%Y%m%dT%H%M%S'), as_of, ? "
        "FROM level_gaps WHERE gap <> 0",
        [CORRECTION, IN_LEVEL_SEEN, now],
    )


def _place_shipments(cursor: Cursor, now: datetime) -> None:
    """Lay falls on shipments without a warehouse, in the order of warehouses, as far as they go."""
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE level_explained AS WITH left_over AS (SELECT m.sku, sum(m.qty) AS qty FROM "
        "stock_movements m JOIN (SELECT sku, min(before_at) AS since, max(as_of) AS until FROM level_gaps WHERE gap > 0 "
        "GROUP BY sku) g ON g.sku = m.sku WHERE m.warehouse = '' AND m.kind = 'shipped' "
        f"AND m.happened_at > g.since - INTERVAL {_ATTRIBUTABLE} AND m.happened_at <= g.until GROUP BY m.sku HAVING sum(m.qty) > 0), "
        "falls AS (SELECT *, sum(gap) OVER (PARTITION BY sku ORDER BY warehouse) - gap AS earlier FROM level_gaps WHERE gap > 0) "
        "SELECT f.warehouse, f.sku, f.as_of, least(f.gap, u.qty - f.earlier)::BIGINT AS qty FROM falls f "
        "JOIN left_over u ON u.sku = f.sku WHERE u.qty > f.earlier"
    )
    for place, sign in (("warehouse", 1), ("''", -1)):
        cursor.execute(
            f"INSERT INTO stock_movements SELECT {place}, sku, 'shipped', {sign} * qty, ?, "
            "'level:' || warehouse || strftime(as_of AT TIME ZONE 'UTC', '%Y%m%dT%H%M%S'), as_of, ? FROM level_explained",
            [IN_LEVEL_SEEN, now],
        )
    cursor.execute(
        "UPDATE level_gaps SET gap = gap - e.qty FROM level_explained e WHERE e.warehouse = level_gaps.warehouse "
        "AND e.sku = level_gaps.sku"
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """The ledger of one place: opening + receipts - shipped - adjustments = on_hand, in pieces."""

    warehouse: str
    sku: str
    opening: int
    receipts: int
    shipped: int
    adjustments: int
    on_hand: int


def balances(cursor: Cursor, sku: str | None = None) -> list[Balance]:
    """The balance of every place (of one SKU when given), by SKU and warehouse."""
    rows = cursor.execute(
        "SELECT warehouse, sku, coalesce(sum(qty) FILTER (kind = 'opening'), 0)::BIGINT, "
        "coalesce(sum(qty) FILTER (kind = 'receipt'), 0)::BIGINT, coalesce(sum(qty) FILTER (kind = 'shipped'), 0)::BIGINT, "
        "coalesce(sum(qty) FILTER (kind = 'adjustment'), 0)::BIGINT, "
        f"sum({SIGNED.format('m')})::BIGINT FROM stock_movements m WHERE warehouse <> '' AND (?::VARCHAR IS NULL OR sku = ?) "
        "GROUP BY warehouse, sku ORDER BY sku, warehouse",
        [sku, sku],
    ).fetchall()
    return [Balance(*row) for row in rows]
