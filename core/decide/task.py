"""Builds the routing task of stored orders: lines as reserved, free pieces, lanes, what is closed to whom."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core import clock
from core.decide.policies import Book, usable
from core.decide.routing.instance import Instance, Line, Order
from core.decide.routing.policy import Policy
from core.decide.routing.problem import Problem
from core.decide.routing.result import CAPACITY_FULL, CUTOFF_PASSED
from core.model.region import canonical_province
from core.store import Cursor, courier_codes, routing_input, warehouses
from core.store.routing_input import LineRow, OrderRow
from core.store.warehouses import Warehouse

TODAY = "today"
"""The mark of orders that have to leave today."""


@dataclass(slots=True)
class Task:
    """The orders as the engine wants them. `gifts` follow the goods and are placed after them; `keys` by order id."""

    instance: Instance
    lines: dict[int, list[LineRow]] = field(default_factory=dict)
    gifts: dict[int, list[LineRow]] = field(default_factory=dict)
    adrift: dict[int, str] = field(default_factory=dict)
    """Orders that cannot be asked at all, with the code of why."""


def build(
    cursor: Cursor, book: Book, policy: Policy, orders: Sequence[OrderRow], lines: Iterable[LineRow], zone: str, *,
    stock: Mapping[tuple[str, str], int] | None = None, live: bool = True,
) -> Task:  # fmt: skip
    """The task of the orders. `stock` in place of what is free now; `live` False leaves clocks and capacities aside."""
    by_order: dict[int, list[LineRow]] = {}
    own: Counter[tuple[str, str]] = Counter()
    for line in lines:
        by_order.setdefault(line.order_key, []).append(line)
        if line.warehouse:
            own[line.warehouse, line.sku] += line.qty
    if stock is None:
        stock = routing_input.free(cursor, sorted({line.sku for each in by_order.values() for line in each}))
        stock = {**stock, **{place: stock.get(place, 0) + qty for place, qty in own.items()}}
    known = warehouses.of(cursor)
    off = [each.courier for each in courier_codes.couriers(cursor) if not each.active]
    instance = Instance([], stock, usable(book.lanes, off), _barred(cursor, known, zone) if live else _off(known))
    plain = policy.chooser().by_region and not book.courier_sets  # nothing asks for more than the province
    facts = {} if plain else routing_input.facts(cursor, [order.order_key for order in orders])
    task, end_of_day = Task(instance), _end_of_day(zone)
    for order in orders:
        mark = TODAY if live and order.ship_by is not None and order.ship_by < end_of_day else ""
        _add(task, order, by_order.get(order.order_key, []), facts.get(order.order_key, {}), mark)
    return task


def _add(task: Task, order: OrderRow, lines: list[LineRow], facts: Mapping[str, Any], mark: str) -> None:
    province = canonical_province(order.province)
    goods, gifts = lines, list[LineRow]()
    if any(line.is_gift for line in lines):
        gifts = [line for line in lines if line.is_gift]
        goods = [line for line in lines if not line.is_gift]
        if not goods:
            goods, gifts = gifts, []
    if province is None or not goods:
        task.adrift[order.order_key] = "NO_PROVINCE" if goods else "NO_STOCK"
        return
    task.lines[order.order_key], task.gifts[order.order_key] = goods, gifts
    wanted = [Line(line.line_no, line.sku, line.qty, line.weight_g, line.volume_cm3) for line in goods]
    together = len(goods) > 1 and len({line.line_no for line in goods}) < len(goods)  # a set of several parts
    number = f"{order.platform_no}\x00{order.order_key}"
    task.instance.orders.append(Order(number, order.arrived, province, wanted, facts, together, mark))


def key_of(order_id: str) -> int:
    """The order key behind an order id of a task."""
    return int(order_id.rpartition("\x00")[2])


def _off(known: Sequence[Warehouse]) -> dict[str, dict[str, str]]:
    return {"": {each.warehouse: "WH_DISABLED" for each in known if not each.active}}


def _barred(cursor: Cursor, known: Sequence[Warehouse], zone: str) -> dict[str, dict[str, str]]:
    """Which warehouses are closed now: switched off, at their capacity, or past their cut-off for what must leave today."""
    now = clock.now()
    found = _off(known)
    given = routing_input.loads(cursor, now - timedelta(hours=1)) if any(each.capacity for each in known) else {}
    for each in known:
        if each.capacity and given.get(each.warehouse, 0) >= each.capacity:
            found[""].setdefault(each.warehouse, CAPACITY_FULL)
    wall = now.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    found[TODAY] = {each.warehouse: CUTOFF_PASSED for each in known if each.cutoff and wall >= each.cutoff}
    return found


def _end_of_day(zone: str) -> datetime:
    today = clock.now().astimezone(ZoneInfo(zone))
    return (today + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def price_table(problem: Problem, prices: Mapping[tuple[str, str], int]) -> list[list[int]] | None:
    """Shadow prices by the problem's SKUs and warehouses, the policy's share of them; None where there are none."""
    percent = problem.policy.price_percent
    if not prices or not percent:
        return None
    return [[prices.get((w, sku), 0) * percent // 100 for w in problem.warehouses] for sku in problem.skus]
