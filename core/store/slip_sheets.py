"""What is printed of slips beyond their own lines: the order's notes and courier, whether it is frozen, where goods lie."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.store import slips
from core.store.slips import Slip
from core.store.store import Store


@dataclass(frozen=True, slots=True)
class About:
    """A slip with what its order says now. `locations`: SKU -> where it lies in the slip's warehouse."""

    slip: Slip
    shop_title: str
    warehouse_title: str
    courier: str
    buyer_note: str
    seller_note: str
    held: bool
    locations: dict[str, str]


def of_numbers(store: Store, numbers: Sequence[str]) -> list[About]:
    """The slips that are not void, in the order asked for."""
    place = {number: at for at, number in enumerate(numbers)}
    listed = sorted(slips.of_numbers(store, numbers), key=lambda slip: place[slip.slip_no])
    if not listed:
        return []
    keys = [slip.order_key for slip in listed]
    with store.read() as cursor:
        orders = {
            row[0]: row[1:]
            for row in cursor.execute(
                "SELECT o.order_key, coalesce(s.title, o.shop), coalesce(o.courier, ''), coalesce(o.buyer_note, ''), "
                "coalesce(o.seller_note, ''), coalesce(o.held, false) OR o.status = 'CANCELLED' FROM orders o LEFT JOIN shops s "
                "ON s.channel = o.channel AND s.shop = o.shop WHERE o.order_key IN (SELECT unnest(?::BIGINT[]))",
                [keys],
            ).fetchall()
        }
        titles = dict(
            cursor.execute("SELECT warehouse, coalesce(nullif(title, ''), warehouse) FROM warehouses").fetchall()
        )
        skus = sorted({str(line.get("sku") or "") for slip in listed for line in slip.lines})
        where: dict[str, dict[str, str]] = {}
        for warehouse, sku, location in cursor.execute(
            "SELECT warehouse, sku, location FROM bin_locations WHERE sku IN (SELECT unnest(?::VARCHAR[]))", [skus]
        ).fetchall():
            where.setdefault(warehouse, {})[sku] = location
    found = []
    for slip in listed:
        shop, courier, buyer_note, seller_note, held = orders.get(slip.order_key, (slip.shop, "", "", "", True))
        title = titles.get(slip.warehouse, slip.warehouse)
        found.append(About(slip, shop, title, courier, buyer_note, seller_note, held, where.get(slip.warehouse, {})))
    return found
