"""Warehouses, printers and products: small tables that later parts grow from."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import clock
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A place goods leave from. `warehouse` is the name the stock levels use."""

    warehouse: str
    title: str
    province: str = ""
    city: str = ""
    active: bool = True
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Printer:
    """A network printer (raw bytes on a TCP port)."""

    name: str
    host: str
    port: int
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """What is known of a SKU; the weight in grams of one piece."""

    sku: str
    title: str
    barcode: str = ""
    weight_g: int | None = None
    spu: str = ""
    demo: bool = False


def save_warehouses(cursor: Cursor, rows: Sequence[Warehouse]) -> None:
    """Insert them or replace what is known of them."""
    cursor.execute("DELETE FROM warehouses WHERE list_contains(?, warehouse)", [[row.warehouse for row in rows]])
    for row in rows:  # a handful
        cursor.execute(
            "INSERT INTO warehouses VALUES (?, ?, ?, ?, ?, ?, ?)",
            [row.warehouse, row.title, row.province, row.city, row.active, row.demo, clock.now()],
        )


def save_printers(cursor: Cursor, rows: Sequence[Printer]) -> None:
    """Insert them or replace what is known of them."""
    cursor.execute("DELETE FROM printers WHERE list_contains(?, name)", [[row.name for row in rows]])
    for row in rows:  # a handful
        cursor.execute(
            "INSERT INTO printers VALUES (?, ?, ?, ?, ?)", [row.name, row.host, row.port, row.demo, clock.now()]
        )


def save_products(cursor: Cursor, rows: Sequence[Product]) -> None:
    """Insert them or replace what is known of them, as one set."""
    columns = [
        [row.sku for row in rows],
        [row.title for row in rows],
        [row.barcode for row in rows],
        [row.weight_g for row in rows],
        [row.spu for row in rows],
        [row.demo for row in rows],
    ]
    cursor.execute("DELETE FROM products WHERE list_contains(?, sku)", [columns[0]])
    cursor.execute(
        "INSERT INTO products SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
        "unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::BOOLEAN[]), ?",
        [*columns, clock.now()],
    )


def warehouses(store: Store) -> list[Warehouse]:
    """The warehouses by name."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT warehouse, title, province, city, active, demo FROM warehouses ORDER BY warehouse"
        ).fetchall()
    return [Warehouse(*row) for row in rows]


def printers(store: Store) -> list[Printer]:
    """The printers by name."""
    with store.read() as cursor:
        rows = cursor.execute("SELECT name, host, port, demo FROM printers ORDER BY name").fetchall()
    return [Printer(*row) for row in rows]
