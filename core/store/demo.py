"""Takes the demonstration's rows out of every table, in the caller's one transaction."""

from core.store.store import SPACE, Cursor

# Tables whose rows belong to a shop, and those that hang on an order's key.
_BY_SHOP = (
    "order_lines", "refunds", "order_events", "raw_batches", "raw_payloads", "rejects", "inbox", "cursors", "pull_runs",
    "shop_pulls", "orders",
)  # fmt: skip
_DEMO_SHOPS = "SELECT channel, shop FROM shops WHERE demo"


def count(cursor: Cursor) -> dict[str, int]:
    """How many demonstration shops, orders and warehouses there are."""
    row = cursor.execute(
        "SELECT (SELECT count(*) FROM shops WHERE demo AND state <> 'removed'), "
        f"(SELECT count(*) FROM orders WHERE (channel, shop) IN ({_DEMO_SHOPS})), "
        "(SELECT count(*) FROM warehouses WHERE demo)"
    ).fetchone()
    shops, orders, warehouses = row or (0, 0, 0)
    return {"shops": shops, "orders": orders, "warehouses": warehouses}


def remove(cursor: Cursor) -> None:
    """Delete the demonstration shops with everything that came from them. Accounts, documents and own fields stay."""
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE demo_shops AS {_DEMO_SHOPS}")
    for table in (name for name in _tables_with(cursor, "order_key") if name not in _BY_SHOP):
        cursor.execute(
            f'DELETE FROM "{table}" WHERE order_key IN '
            "(SELECT order_key FROM orders WHERE (channel, shop) IN (SELECT channel, shop FROM demo_shops))"
        )
    for table in _BY_SHOP:
        cursor.execute(f"DELETE FROM {table} WHERE (channel, shop) IN (SELECT channel, shop FROM demo_shops)")
    cursor.execute(
        "DELETE FROM outbound_records WHERE (source_channel, source_shop) IN (SELECT channel, shop FROM demo_shops)"
    )
    for table in ("stock_levels", "stock_movements", "level_quarantine"):
        cursor.execute(
            f"DELETE FROM {table} WHERE warehouse IN (SELECT warehouse FROM warehouses WHERE demo) OR warehouse = ''"
        )
    for table in ("outbox", "stock_published", "listings"):
        cursor.execute(f"DELETE FROM {table} WHERE (channel, shop) IN (SELECT channel, shop FROM demo_shops)")
    for table in ("warehouses", "printers", "products", "bundle_components", "tracking_accounts", "shops"):
        cursor.execute(f"DELETE FROM {table} WHERE demo")
    cursor.execute("DROP TABLE demo_shops")


def _tables_with(cursor: Cursor, column: str) -> list[str]:
    """Every table of the store that has the column: a table of a later part is not forgotten."""
    rows = cursor.execute(
        "SELECT DISTINCT table_name FROM duckdb_columns() WHERE column_name = ? AND database_name = ?", [column, SPACE]
    ).fetchall()
    return sorted(row[0] for row in rows)
