"""Warehouses: where they are, whether they ship, until when and how much."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import clock
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A place goods leave from. `warehouse` is the name the stock levels use.

    `cutoff` is HH:MM in the business zone ("": none), `capacity` the most orders an hour (None: any).
    """

    warehouse: str
    title: str
    province: str = ""
    city: str = ""
    active: bool = True
    demo: bool = False
    cutoff: str = ""
    capacity: int | None = None


def save_warehouses(cursor: Cursor, rows: Sequence[Warehouse]) -> None:
    """Insert them or replace what is known of them."""
    cursor.execute("DELETE FROM warehouses WHERE list_contains(?, warehouse)", [[row.warehouse for row in rows]])
    for row in rows:  # a handful
        cursor.execute(
            "INSERT INTO warehouses (warehouse, title, province, city, active, demo, cutoff, capacity, changed_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [row.warehouse, row.title, row.province, row.city, row.active, row.demo, row.cutoff or None, row.capacity,
             clock.now()],
        )  # fmt: skip


def remove(cursor: Cursor, warehouse: str) -> None:
    """Forget a warehouse; its stock levels and decisions stay."""
    cursor.execute("DELETE FROM warehouses WHERE warehouse = ?", [warehouse])


def is_used(cursor: Cursor, warehouse: str) -> bool:
    """Whether pieces lie there or parcels leave from there."""
    row = cursor.execute(
        "SELECT EXISTS (SELECT 1 FROM stock_levels WHERE warehouse = ? AND on_hand <> 0) OR "
        "EXISTS (SELECT 1 FROM parcels p JOIN orders o ON o.order_key = p.order_key WHERE p.warehouse = ? "
        "AND o.status NOT IN ('SHIPPED', 'COMPLETED', 'ARCHIVED', 'CANCELLED'))",
        [warehouse, warehouse],
    ).fetchone()
    return bool(row and row[0])


def of(cursor: Cursor) -> list[Warehouse]:
    """The warehouses by name."""
    rows = cursor.execute(
        "SELECT warehouse, title, coalesce(province, ''), coalesce(city, ''), coalesce(active, true), "
        "coalesce(demo, false), coalesce(cutoff, ''), capacity FROM warehouses ORDER BY warehouse"
    ).fetchall()
    return [Warehouse(*row) for row in rows]


def warehouses(store: Store) -> list[Warehouse]:
    """The warehouses by name."""
    with store.read() as cursor:
        return of(cursor)


def stocked(cursor: Cursor) -> dict[str, tuple[int, int]]:
    """warehouse -> (SKUs on hand, pieces): also of names that only the stock levels know."""
    rows = cursor.execute(
        "SELECT warehouse, count(*) FILTER (on_hand > 0), coalesce(sum(on_hand), 0)::BIGINT FROM stock_levels GROUP BY 1"
    ).fetchall()
    return {name: (int(skus), int(pieces)) for name, skus, pieces in rows}
