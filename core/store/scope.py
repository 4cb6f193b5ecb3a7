"""What part of the store one role sees: shops, warehouses, fields. And the views that make a cursor see no more.

A temporary view of a table's own name stands before the table itself, so every SELECT of a scoped cursor is narrowed,
whoever wrote it: each order by its shop and warehouse, each other row by the order, shop or warehouse it names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.store.engines.engine import SPACE

_SHOWN_BY = {"ticket_notes": ("ticket_id", "tickets")}
"""Tables whose rows name neither order, shop nor warehouse: the column, and the table whose visible rows decide."""
_SHARED = ("reservations",)
"""Stock is shared by the shops: what other shops' orders have taken counts, or too much would seem free."""
_OF_ITS_ORDER = ("after_sales_cases",)
"""Tables whose own warehouse is where something came back to: the order's decides who sees them."""
_HIDING = ("orders", "order_lines", "refunds")


@dataclass(frozen=True, slots=True)
class Scope:
    """Empty sets mean all. `shops`: (channel, shop) pairs; `warehouses`: codes; `hidden`: columns that read as NULL."""

    shops: frozenset[tuple[str, str]] = frozenset()
    warehouses: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether it leaves everything as it is."""
        return not (self.shops or self.warehouses or self.hidden)

    @property
    def narrows(self) -> bool:
        """Whether rows are left out (and not only fields)."""
        return bool(self.shops or self.warehouses)

    def orders_sql(self) -> str:
        """The condition on `orders`, for statements that write; "true" without one."""
        return " AND ".join(filter(None, (self._by_shop(), self._orders_by_warehouse()))) or "true"

    def view(self, table: str, columns: Sequence[str]) -> str:
        """The statement that puts a view before the table; "" where nothing of it is left out."""
        condition = self._condition(table, frozenset(columns))
        hidden = self.hidden & frozenset(columns) if table in _HIDING else frozenset()
        if not condition and not hidden:
            return ""
        listed = [f'NULL AS "{name}"' if name in hidden else f'"{name}"' for name in columns]
        if table == "orders":
            listed.insert(0, "rowid")  # the order page fetches late by it
        where = f" WHERE {condition}" if condition else ""
        return f'CREATE TEMP VIEW "{table}" AS SELECT {", ".join(listed)} FROM {SPACE}."{table}"{where}'

    def _condition(self, table: str, columns: frozenset[str]) -> str:
        if table in _SHOWN_BY:
            column, other = _SHOWN_BY[table]
            deciding = self._condition(other, frozenset(("order_key", "channel", "shop")))
            return f"{column} IN (SELECT {column} FROM {SPACE}.{other} WHERE {deciding})" if deciding else ""
        if table == "orders":
            return self.orders_sql() if self.narrows else ""
        parts = ["" if table in _SHARED else self._shop_part(columns), self._warehouse_part(table, columns)]
        condition = " AND ".join(f"({part})" for part in parts if part)
        return f"order_key IS NULL OR ({condition})" if condition and "order_key" in columns else condition

    def _shop_part(self, columns: frozenset[str]) -> str:
        if not self.shops:
            return ""
        if {"channel", "shop"} <= columns:
            return self._by_shop()
        if "order_key" in columns:
            return _of_orders(self._by_shop())
        return f"shop IN ({_listed(shop for _channel, shop in self.shops)})" if "shop" in columns else ""

    def _warehouse_part(self, table: str, columns: frozenset[str]) -> str:
        if not self.warehouses:
            return ""
        if "warehouse" in columns and table not in _OF_ITS_ORDER:
            return f"warehouse IN ({_listed(self.warehouses)})"
        return _of_orders(self._orders_by_warehouse()) if "order_key" in columns else ""

    def _by_shop(self) -> str:
        pairs = [f"(channel = {_text(channel)} AND shop = {_text(shop)})" for channel, shop in sorted(self.shops)]
        return f"({' OR '.join(pairs)})" if pairs else ""

    def _orders_by_warehouse(self) -> str:
        """Orders of the warehouse, and those of which a part is picked there."""
        if not self.warehouses:
            return ""
        listed = _listed(self.warehouses)
        return (
            f"(warehouse IN ({listed}) OR order_key IN "
            f"(SELECT order_key FROM {SPACE}.slips WHERE warehouse IN ({listed})))"
        )


EVERYTHING = Scope()


def _of_orders(condition: str) -> str:
    return f"order_key IN (SELECT order_key FROM {SPACE}.orders WHERE {condition})"


def _listed(values: Iterable[str]) -> str:
    return ", ".join(_text(value) for value in sorted(values))


def _text(value: str) -> str:
    """A text as a literal: a view cannot bind values. Standard strings know no escape but the doubled quote."""
    return "'" + value.replace("\0", "").replace("'", "''") + "'"
