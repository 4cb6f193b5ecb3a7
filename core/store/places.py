"""Warehouses, printers and products under one name, for what fills a store with all of them."""

from core.store.printers import Printer, printers, save_printers
from core.store.products import Product
from core.store.products import save as save_products
from core.store.warehouses import Warehouse, save_warehouses, warehouses

__all__ = [
    "Printer", "Product", "Warehouse", "printers", "save_printers", "save_products", "save_warehouses", "warehouses",
]  # fmt: skip
