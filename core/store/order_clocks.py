"""The platform's own clock of known orders: what a file that adds to them must carry to be taken as new."""

import pyarrow as pa

from core.store.store import Store


def clocks(store: Store, channel: str, shop: str, numbers: list[str]) -> dict[str, str]:
    """Platform number -> the order's `platform_updated_at` as ISO text ("" for none); only of orders the pool has."""
    with store.read() as cursor:
        cursor.register("asked_numbers", pa.table({"number": pa.array(numbers, pa.string())}))
        rows = cursor.execute(
            "SELECT o.platform_no, coalesce(strftime(o.platform_updated_at, '%Y-%m-%dT%H:%M:%S.%f+00:00'), '') "
            "FROM orders o JOIN (SELECT DISTINCT number FROM asked_numbers) a ON a.number = o.platform_no "
            "WHERE o.channel = ? AND o.shop = ?",
            [channel, shop],
        ).fetchall()
        cursor.unregister("asked_numbers")
    return dict(rows)
