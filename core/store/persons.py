"""The originals of person data: one sealed JSON text an order, written with the order, opened by a right only."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from core.store.store import Cursor

_sealing = ThreadPoolExecutor(1, "persons")


class Persons:
    """The originals of the orders in `staged` that are new or changed: sealed beside the merge, written after it."""

    def __init__(self, cursor: Cursor, seal_many: Callable[[Sequence[str]], list[str]]) -> None:
        self._cursor = cursor
        rows = cursor.execute(
            "SELECT s.order_key, s.person FROM staged s JOIN fates f ON f.place = s.place "
            "WHERE f.fate IN ('new', 'changed') AND s.person IS NOT NULL"
        ).to_arrow_table()
        self._keys = rows["order_key"]
        self._sealed: Future[list[str]] = _sealing.submit(lambda: seal_many(rows["person"].to_pylist()))

    def write(self) -> None:
        """Put them in place of what was kept of these orders, also where a newer payload tells of nobody any more."""
        cursor = self._cursor
        changed = cursor.execute("SELECT count(*) FROM fates WHERE fate = 'changed'").fetchone()
        if changed and changed[0]:
            cursor.execute(
                "DELETE FROM order_persons WHERE order_key IN (SELECT order_key FROM fates WHERE fate = 'changed')"
            )
        sealed = pa.array(self._sealed.result(), pa.string())
        if not len(sealed):
            return
        cursor.register("sealed_persons", pa.table({"order_key": self._keys, "cipher": sealed}))
        cursor.execute("INSERT INTO order_persons (order_key, cipher) SELECT order_key, cipher FROM sealed_persons")
        cursor.unregister("sealed_persons")
