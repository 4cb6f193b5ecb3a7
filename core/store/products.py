"""The product master: what is known of each SKU, what a set is made of, and which SKUs of orders nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core import clock
from core.store.demand import OPEN
from core.store.store import Cursor, count_of

_COLUMNS = "sku, title, barcode, weight_g, volume_cm3, spu, supplier, demo"


@dataclass(frozen=True, slots=True)
class Product:
    """What is known of a SKU; weight in grams and volume in cm³ of one piece, None where unknown."""

    sku: str
    title: str
    barcode: str = ""
    weight_g: int | None = None
    spu: str = ""
    demo: bool = False
    volume_cm3: int | None = None
    supplier: str = ""
    parts: tuple[tuple[str, int], ...] = ()
    """(SKU, pieces) of a set; a link to another SKU is a set of one. Empty for a plain product."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A SKU in orders that neither the master nor a warehouse knows."""

    sku: str
    title: str
    barcode: str
    shops: str
    orders: int
    open_orders: int
    pieces: int
    last_seen: Any


def save(cursor: Cursor, rows: Sequence[Product]) -> None:
    """Insert them or replace what is known of them with their parts, as one set."""
    names = ("sku", "title", "barcode", "weight_g", "volume_cm3", "spu", "supplier", "demo")
    kinds = ("VARCHAR", "VARCHAR", "VARCHAR", "BIGINT", "BIGINT", "VARCHAR", "VARCHAR", "BOOLEAN")
    columns = [[getattr(row, name) for row in rows] for name in names]
    cursor.execute("DELETE FROM products WHERE sku IN (SELECT unnest(?::VARCHAR[]))", [columns[0]])
    cursor.execute(
        f"INSERT INTO products ({_COLUMNS}, changed_at) SELECT {', '.join(f'unnest(?::{kind}[])' for kind in kinds)}, ?",
        [*columns, clock.now()],
    )
    cursor.execute("DELETE FROM bundle_components WHERE bundle IN (SELECT unnest(?::VARCHAR[]))", [columns[0]])
    parts = [(row.sku, sku, qty, row.demo) for row in rows for sku, qty in row.parts]
    if parts:
        cursor.execute(
            "INSERT INTO bundle_components (bundle, sku, qty, demo, changed_at) SELECT unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[]), unnest(?::BIGINT[]), unnest(?::BOOLEAN[]), ?",
            [*[list(column) for column in zip(*parts, strict=True)], clock.now()],
        )


def remove(cursor: Cursor, sku: str) -> None:
    """Forget a product and what it is made of."""
    cursor.execute("DELETE FROM products WHERE sku = ?", [sku])
    cursor.execute("DELETE FROM bundle_components WHERE bundle = ?", [sku])


def find(cursor: Cursor, skus: Sequence[str]) -> dict[str, Product]:
    """SKU -> product, of those that are known."""
    rows = cursor.execute(f"SELECT {_COLUMNS} FROM products WHERE sku IN (SELECT unnest(?::VARCHAR[]))", [list(skus)])
    return {product.sku: product for product in _products(cursor, rows.fetchall())}


def page(cursor: Cursor, text: str, limit: int, offset: int) -> tuple[list[Product], int]:
    """(products by SKU whose SKU, title, barcode or supplier holds the text, how many there are)."""
    where = (
        "($1 = '' OR contains(lower(sku), lower($1)) OR contains(lower(coalesce(title, '')), lower($1)) OR "
        "contains(coalesce(barcode, ''), $1) OR contains(lower(coalesce(supplier, '')), lower($1)))"
    )
    row = cursor.execute(f"SELECT count(*) FROM products WHERE {where}", [text]).fetchone()
    rows = cursor.execute(
        f"SELECT {_COLUMNS} FROM products WHERE {where} ORDER BY sku LIMIT $2 OFFSET $3", [text, limit, offset]
    ).fetchall()
    return _products(cursor, rows), int(row[0]) if row else 0


def _products(cursor: Cursor, rows: Sequence[tuple[Any, ...]]) -> list[Product]:
    skus = [row[0] for row in rows]
    parts: dict[str, list[tuple[str, int]]] = {}
    for bundle, sku, qty in cursor.execute(
        "SELECT bundle, sku, qty FROM bundle_components WHERE bundle IN (SELECT unnest(?::VARCHAR[])) ORDER BY 1, 2",
        [skus],
    ).fetchall():
        parts.setdefault(bundle, []).append((sku, qty))
    return [
        Product(sku, title or "", barcode or "", weight, spu or "", bool(demo), volume, supplier or "", tuple(parts.get(sku, ())))
        for sku, title, barcode, weight, volume, spu, supplier, demo in rows
    ]  # fmt: skip


KNOWN = (
    "SELECT sku FROM products UNION SELECT sku FROM stock_levels UNION SELECT bundle FROM bundle_components "
    "UNION SELECT sku FROM gift_stock"
)
"""Every SKU that somebody has told of: the master, a warehouse, a set, the gift list."""


def unknown(cursor: Cursor, limit: int = 500) -> list[Unknown]:
    """SKUs of orders that nobody knows, those most waited for first. A line without a SKU stands under ''."""
    rows = cursor.execute(
        "SELECT coalesce(l.sku, ''), any_value(l.title), coalesce(any_value(l.barcode), ''), "
        "string_agg(DISTINCT l.shop, ', '), count(DISTINCT l.order_key), "
        f"count(DISTINCT l.order_key) FILTER (o.status IN ({OPEN})), sum(coalesce(l.qty, 1))::BIGINT, max(o.pool_at) "
        f"FROM order_lines l JOIN orders o ON o.order_key = l.order_key WHERE coalesce(l.sku, '') NOT IN ({KNOWN}) "
        "GROUP BY 1 ORDER BY 6 DESC, 5 DESC, 1 LIMIT ?",
        [limit],
    ).fetchall()
    return [Unknown(*row) for row in rows]


def count_unknown(cursor: Cursor) -> int:
    """How many SKUs of orders nobody knows."""
    row = cursor.execute(
        f"SELECT count(DISTINCT coalesce(sku, '')) FROM order_lines WHERE coalesce(sku, '') NOT IN ({KNOWN})"
    ).fetchone()
    return int(row[0]) if row else 0


def open_orders_with(cursor: Cursor, skus: Sequence[str]) -> list[int]:
    """The open orders that have one of the SKUs in a line."""
    rows = cursor.execute(
        "SELECT DISTINCT l.order_key FROM order_lines l JOIN orders o ON o.order_key = l.order_key "
        f"WHERE l.sku IN (SELECT unnest(?::VARCHAR[])) AND o.status IN ({OPEN}) ORDER BY 1",
        [list(skus)],
    ).fetchall()
    return [row[0] for row in rows]


def from_levels(cursor: Cursor) -> int:
    """Take SKUs that only the warehouses know into the master, with what orders say of them; returns how many."""
    cursor.execute(
        "INSERT INTO products (sku, title, barcode, weight_g, spu, demo, changed_at) "
        "SELECT s.sku, coalesce(any_value(l.title), ''), coalesce(any_value(l.barcode), ''), max(nullif(l.weight_g, 0)), "
        "coalesce(any_value(l.spu), ''), false, ? FROM (SELECT DISTINCT sku FROM stock_levels "
        "WHERE sku NOT IN (SELECT sku FROM products)) s LEFT JOIN order_lines l ON l.sku = s.sku GROUP BY s.sku",
        [clock.now()],
    )
    return count_of(cursor)
