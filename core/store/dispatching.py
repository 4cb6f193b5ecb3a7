"""What a dispatch confirmation needs to know of a batch: the waybills, and which orders the own warehouse sent out."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.store.store import Cursor

_IN = "order_key IN (SELECT unnest(?::BIGINT[]))"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One order with its waybill."""

    order_key: int
    channel: str
    shop: str
    platform_no: str
    courier: str
    tracking_no: str


def parcels(cursor: Cursor, keys: Sequence[int]) -> list[Parcel]:
    """Those of the orders that have a waybill, or have left already."""
    rows = cursor.execute(
        "SELECT order_key, channel, shop, platform_no, coalesce(courier, ''), coalesce(tracking_no, '') FROM orders "
        f"WHERE (nullif(tracking_no, '') IS NOT NULL OR status IN ('SHIPPED', 'COMPLETED', 'ARCHIVED')) AND {_IN}",
        [list(keys)],
    ).fetchall()
    return [Parcel(*row) for row in rows]


def by_warehouse(cursor: Cursor, keys: Sequence[int]) -> list[int]:
    """Those of the shipped orders that the own warehouse's system reported: the platform has not heard of it from anyone."""
    if not keys:
        return []
    rows = cursor.execute(
        f"SELECT DISTINCT o.order_key FROM orders o JOIN outbound_records r ON r.platform_no = o.platform_no AND r.matched "
        f"AND r.tracking_no = o.tracking_no WHERE o.status = 'SHIPPED' AND o.{_IN}",
        [list(keys)],
    ).fetchall()
    return [row[0] for row in rows]
