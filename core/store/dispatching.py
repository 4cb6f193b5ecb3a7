"""What a dispatch confirmation needs to know of a batch: the waybills, and which orders the own warehouse sent out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Part:
    """One of an order's parcels as it was packed. `lines`: {line_no, qty, sku, spu} of what the platform knows: no gifts
    of ours."""

    parcel_no: int
    courier: str
    tracking_no: str
    lines: list[dict[str, Any]]


def parts(cursor: Cursor, keys: Sequence[int]) -> dict[int, list[Part]]:
    """order_key -> its parcels, of the orders that were packed into several."""
    if not keys:
        return {}
    packed = cursor.execute(
        "SELECT order_key, parcel_no, coalesce(courier, ''), tracking_no, items FROM packings WHERE state = 'packed' "
        f"AND parcel_no IS NOT NULL AND {_IN} ORDER BY order_key, parcel_no",
        [list(keys)],
    ).fetchall()
    if not packed:
        return {}
    known = {
        (key, line): (sku, spu)
        for key, line, sku, spu in cursor.execute(
            "SELECT order_key, line_no, coalesce(sku, ''), coalesce(spu, '') FROM order_lines WHERE granted_by IS NULL AND "
            + _IN,
            [sorted({row[0] for row in packed})],
        ).fetchall()
    }
    found: dict[int, list[Part]] = {}
    for key, number, courier, tracking_no, items in packed:
        lines = []
        for item in json.loads(items or "[]"):
            line = str(item["line"]).split("/", 1)[1]
            if (key, line) in known:
                sku, spu = known[key, line]
                lines.append({"line_no": line, "qty": item["qty"], "sku": sku, "spu": spu})
        found.setdefault(key, []).append(Part(number, courier, tracking_no, lines))
    return {key: each for key, each in found.items() if len(each) > 1}


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
