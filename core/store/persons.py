"""The originals of person data: one sealed JSON text an order, written with the order, opened by a right only."""

from collections.abc import Callable, Sequence

import pyarrow as pa

from core.store.store import Cursor


def seal_persons(cursor: Cursor, seal_many: Callable[[Sequence[str]], list[str]]) -> None:
    """Seal the originals of the orders in `staged` that are new or changed, in place of what was kept of them."""
    changed = cursor.execute("SELECT count(*) FROM fates WHERE fate = 'changed'").fetchone()
    if changed and changed[0]:  # also where the newer payload tells of nobody
        cursor.execute(
            "DELETE FROM order_persons WHERE order_key IN (SELECT order_key FROM fates WHERE fate = 'changed')"
        )
    rows = cursor.execute(
        "SELECT s.order_key, s.person FROM staged s JOIN fates f ON f.place = s.place "
        "WHERE f.fate IN ('new', 'changed') AND s.person IS NOT NULL"
    ).to_arrow_table()
    if not rows.num_rows:
        return
    sealed = seal_many(rows["person"].to_pylist())
    cursor.register(
        "sealed_persons", pa.table({"order_key": rows["order_key"], "cipher": pa.array(sealed, pa.string())})
    )
    cursor.execute("INSERT INTO order_persons (order_key, cipher) SELECT order_key, cipher FROM sealed_persons")
    cursor.unregister("sealed_persons")
