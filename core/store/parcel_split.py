"""The parcels of orders that routing put into more than one."""

from collections.abc import Sequence

from core.store.store import Cursor


def several(cursor: Cursor, keys: Sequence[int]) -> dict[int, list[str]]:
    """order_key -> its parcels, of orders with more than one."""
    rows = cursor.execute(
        "SELECT order_key, list(parcel_no::VARCHAR ORDER BY parcel_no) FROM parcels "
        "WHERE order_key IN (SELECT unnest(?::BIGINT[])) GROUP BY order_key HAVING count(*) > 1",
        [list(keys)],
    ).fetchall()
    return {key: list(parcels) for key, parcels in rows}
