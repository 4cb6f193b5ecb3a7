"""The orders that are likely to come: the mean of the same weekday over four weeks, by province and SKU."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from core import clock
from core.decide.routing.instance import Instance, Line, Order
from core.model.region import canonical_province
from core.store import Cursor, routing_input

WEEKS = 4
MOST_ORDERS = 40_000


def with_forecast(cursor: Cursor, instance: Instance, zone: str) -> Instance:
    """The task with the expected orders of the rest of the day behind the open ones, and the stock of their SKUs."""
    now = clock.now()
    wall = now.astimezone(ZoneInfo(zone))
    rest = 1 - (wall.hour * 60 + wall.minute) / 1440
    rows = routing_input.forecast(cursor, now - timedelta(weeks=WEEKS), wall.isoweekday(), zone)
    expected: list[Order] = []
    for n, (province, sku, pieces) in enumerate(sorted(rows)):
        region, qty = canonical_province(province), round(pieces * rest)
        if region is None:
            continue
        expected += [Order(f"~{n}.{k}", now, region, [Line("1", sku, 1)]) for k in range(qty)]
        if len(expected) >= MOST_ORDERS:
            break
    missing = sorted({order.lines[0].sku for order in expected} - {sku for _warehouse, sku in instance.stock})
    stock = {**instance.stock, **(routing_input.free(cursor, missing) if missing else {})}
    return replace(instance, orders=[*instance.orders, *expected], stock=stock)
