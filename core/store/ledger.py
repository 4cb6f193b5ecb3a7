"""The stock ledger: every change of pieces is one row that is booked once. on hand = opening + receipt - shipped - adjustment.

A row is staged in the temporary table `moved` (warehouse, sku, kind, qty, reason, source, happened_at) and booked as a set.
"""

from core import clock
from core.store.store import Cursor

OPENING, RECEIPT, SHIPPED, ADJUSTMENT = "opening", "receipt", "shipped", "adjustment"
IN_LEVEL = "already_in_level"


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
