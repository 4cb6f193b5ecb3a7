"""Movements of the ledger for goods that came back, staged as a set and booked once by their source."""

from collections.abc import Sequence
from datetime import datetime

from core.store import ledger
from core.store.store import Cursor

RETURNED, DAMAGED = "returned", "damaged"


def book(cursor: Cursor, warehouse: str, source: str, lines: Sequence[tuple[str, str, int, int]], now: datetime) -> int:
    """Receipts for everything that came back, an adjustment for what of it is damaged: rows (line_no, sku, good, damaged)."""
    rows = [line for line in lines if line[1] and line[2] + line[3] > 0]
    if not rows:
        return 0
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE came_back AS SELECT n.line_no, coalesce(b.sku, n.sku) AS sku, "
        "sum(n.good * coalesce(b.qty, 1))::BIGINT AS good, sum(n.damaged * coalesce(b.qty, 1))::BIGINT AS damaged FROM (SELECT "
        "unnest(?::VARCHAR[]) AS line_no, unnest(?::VARCHAR[]) AS sku, unnest(?::BIGINT[]) AS good, unnest(?::BIGINT[]) AS damaged) n "
        "LEFT JOIN bundle_components b ON b.bundle = n.sku GROUP BY 1, 2",
        [list(column) for column in zip(*rows, strict=True)],
    )
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE moved AS SELECT ?::VARCHAR AS warehouse, sku, 'receipt' AS kind, good + damaged AS qty, "
        "?::VARCHAR AS reason, ?::VARCHAR || '/' || line_no AS source, ?::TIMESTAMPTZ AS happened_at FROM came_back UNION ALL "
        "SELECT ?, sku, 'adjustment', damaged, ?, ? || '/' || line_no, ? FROM came_back WHERE damaged > 0",
        [warehouse, RETURNED, source, now, warehouse, DAMAGED, source, now],
    )
    return ledger.book_staged(cursor)
