"""The originals of person data: one sealed JSON text an order, written with the order, opened by a right only."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from core.store.store import Cursor

_sealing = ThreadPoolExecutor(1, "persons")


class Persons:
    """The originals of the orders in `staged` that are new or changed: sealed beside the merge, written after it.

    `corrected`: some in the temporary table of that name were corrected by a person, and stay.
    """

    def __init__(self, cursor: Cursor, seal_many: Callable[[Sequence[str]], list[str]], *, corrected: bool) -> None:
        self._cursor = cursor
        self._but = " AND {0}order_key NOT IN (SELECT order_key FROM corrected)" if corrected else ""
        rows = cursor.execute(
            "SELECT s.order_key, s.person FROM staged s JOIN fates f ON f.place = s.place "
            f"WHERE f.fate IN ('new', 'changed') AND s.person IS NOT NULL{self._but.format('s.')}"
        ).to_arrow_table()
        self._keys = rows["order_key"]
        self._sealed: Future[list[str]] = _sealing.submit(lambda: seal_many(rows["person"].to_pylist()))

    def write(self, *, changed: bool) -> None:
        """Put them in place of what was kept of these orders, also where a newer payload tells of nobody any more.

        changed: some orders are not new.
        """
        cursor = self._cursor
        if changed:
            cursor.execute(
                "DELETE FROM order_persons WHERE order_key IN (SELECT order_key FROM fates WHERE fate = 'changed')"
                f"{self._but.format('')}"
            )
        ciphers = self._sealed.result()
        if not ciphers:
            return
        sealed = pa.array(ciphers, pa.string())
        cursor.register("sealed_persons", pa.table({"order_key": self._keys, "cipher": sealed}))
        cursor.execute("INSERT INTO order_persons (order_key, cipher) SELECT order_key, cipher FROM sealed_persons")
        cursor.unregister("sealed_persons")
