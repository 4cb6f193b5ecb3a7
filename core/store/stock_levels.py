"""What the warehouses said last: pieces on hand by (warehouse, sku). An older word never replaces a newer one."""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.store import ledger, level_quarantine
from core.store.store import Cursor, Store

INCOMING = "incoming_levels"  # temporary relation: warehouse, sku, on_hand, as_of


@dataclass(frozen=True, slots=True)
class StockLevel:
    """Pieces on hand of one SKU in one warehouse."""

    warehouse: str
    sku: str
    on_hand: int
    as_of: datetime | None


def merge(cursor: Cursor, incoming: str = INCOMING, *, trusted: bool = False) -> tuple[int, int, int]:
    """Merge a relation (warehouse, sku, on_hand, as_of) of the caller's; returns (inserted, updated, unchanged).

    Of several rows for one (warehouse, sku) the newest counts; a row without a time counts as said now. Levels that
    cannot be true are held back for a person, unless `trusted`; every change of a level is booked in the ledger.
    """
    now = clock.now()
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE level_news AS SELECT n.warehouse, n.sku, n.on_hand, n.as_of, k.on_hand AS before, "
        "k.as_of AS before_at, k.warehouse IS NOT NULL AS known FROM ("
        f"SELECT warehouse, sku, on_hand, coalesce(as_of, ?) AS as_of FROM {incoming} "
        "QUALIFY row_number() OVER (PARTITION BY warehouse, sku ORDER BY as_of DESC NULLS LAST) = 1) AS n "
        "LEFT JOIN stock_levels AS k ON k.warehouse = n.warehouse AND k.sku = n.sku "
        "WHERE k.as_of IS NULL OR n.as_of >= k.as_of",
        [now],
    )
    if not trusted:
        level_quarantine.hold_back(cursor)
    ledger.reconcile(cursor)
    cursor.execute(
        "MERGE INTO stock_levels AS k USING level_news AS n ON k.warehouse = n.warehouse AND k.sku = n.sku "
        "WHEN MATCHED AND (k.on_hand IS DISTINCT FROM n.on_hand OR k.as_of IS DISTINCT FROM n.as_of) "
        "THEN UPDATE SET on_hand = n.on_hand, as_of = n.as_of, changed_at = ? "
        "WHEN NOT MATCHED THEN INSERT (warehouse, sku, on_hand, as_of, changed_at) "
        "VALUES (n.warehouse, n.sku, n.on_hand, n.as_of, ?)",
        [now, now],
    )
    row = cursor.execute(
        "SELECT count(*) FILTER (WHERE NOT known), count(*) FILTER (WHERE known AND before IS DISTINCT FROM on_hand), "
        "count(*) FILTER (WHERE known AND before IS NOT DISTINCT FROM on_hand) FROM level_news"
    ).fetchone()
    return (int(row[0]), int(row[1]), int(row[2])) if row else (0, 0, 0)


def take(
    cursor: Cursor,
    warehouses: list[str],
    skus: list[str],
    on_hand: list[int],
    as_of: datetime | None,
    *,
    trusted: bool = False,
) -> tuple[int, int, int]:
    """Merge columns of equal length, all said at one instant (None: now); see `merge`."""
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE {INCOMING} AS SELECT unnest(?::VARCHAR[]) AS warehouse, "
        "unnest(?::VARCHAR[]) AS sku, unnest(?::BIGINT[]) AS on_hand, ?::TIMESTAMPTZ AS as_of",
        [warehouses, skus, on_hand, as_of],
    )
    return merge(cursor, trusted=trusted)


def listing(store: Store, *, sku: str | None = None, limit: int = 1000) -> list[StockLevel]:
    """The levels by SKU and warehouse, of one SKU when given."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT warehouse, sku, on_hand, as_of FROM stock_levels WHERE (?::VARCHAR IS NULL OR sku = ?) "
            "ORDER BY sku, warehouse LIMIT ?",
            [sku, sku, limit],
        ).fetchall()
    return [StockLevel(*row) for row in rows]
