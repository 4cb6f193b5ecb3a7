"""Gifts and how many of each are left. The stock falls only inside the batch that grants, never below zero."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.store.store import Cursor, Store

_LISTS = "unnest(?::VARCHAR[]), unnest(?::BIGINT[])"


@dataclass(frozen=True, slots=True)
class Gift:
    """One gift: its SKU, name, the barcode that packing scans, and the free quantity."""

    sku: str
    name: str
    barcode: str
    free_qty: int
    changed_at: datetime | None = None


def listing(store: Store) -> list[Gift]:
    """All gifts by SKU."""
    with store.read() as cursor:
        rows = cursor.execute("SELECT sku, name, barcode, free_qty, changed_at FROM gift_stock ORDER BY sku").fetchall()
    return [Gift(sku, name or "", barcode or "", qty, at) for sku, name, barcode, qty, at in rows]


def free(cursor: Cursor, skus: Sequence[str] | None = None) -> dict[str, int]:
    """SKU -> free quantity, of these SKUs or of all."""
    where, values = ("", []) if skus is None else (" WHERE sku IN (SELECT unnest(?::VARCHAR[]))", [list(skus)])
    return dict(cursor.execute(f"SELECT sku, free_qty FROM gift_stock{where}", values).fetchall())


def save(cursor: Cursor, gift: Gift) -> int:
    """Write the gift's row with its free quantity; returns the quantity before (0 for a new one)."""
    row = cursor.execute("SELECT free_qty, filled_at FROM gift_stock WHERE sku = ?", [gift.sku]).fetchone()
    now, before = clock.now(), row[0] if row else 0
    filled = now if gift.free_qty > before else row[1] if row else None
    cursor.execute("DELETE FROM gift_stock WHERE sku = ?", [gift.sku])
    cursor.execute(
        "INSERT INTO gift_stock VALUES (?, ?, ?, ?, ?, ?)",
        [gift.sku, gift.name, gift.barcode, gift.free_qty, filled, now],
    )
    return before


def remove(cursor: Cursor, sku: str) -> None:
    """Take a gift off the list."""
    cursor.execute("DELETE FROM gift_stock WHERE sku = ?", [sku])


def move(cursor: Cursor, moves: Mapping[str, int]) -> None:
    """Add to (positive) or take from (negative) the stock; RuntimeError, so that the batch is undone, below zero."""
    moved = {sku: qty for sku, qty in moves.items() if qty}
    if not moved:
        return
    now = clock.now()
    cursor.execute(
        f"WITH m(sku, qty) AS (SELECT {_LISTS}) UPDATE gift_stock SET free_qty = free_qty + m.qty, changed_at = ?, "
        "filled_at = CASE WHEN m.qty > 0 THEN ? ELSE filled_at END FROM m WHERE gift_stock.sku = m.sku",
        [list(moved), list(moved.values()), now, now],
    )
    row = cursor.execute("SELECT sku FROM gift_stock WHERE free_qty < 0").fetchone()
    if row:
        raise RuntimeError(f"the stock of gift {row[0]} would fall below zero")
