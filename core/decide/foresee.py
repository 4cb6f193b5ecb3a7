"""What routing would say of orders as they come in, without writing anything: for the dry run of a flow."""

from collections.abc import Callable, Sequence

from core.decide import task as tasks
from core.decide.policies import book
from core.decide.routing.greedy import route
from core.decide.routing.problem import NOWHERE, Problem
from core.decide.routing.result import REASONS, Why
from core.decide.task import key_of, price_table
from core.decide.warehouse import NO_POLICY, whole
from core.store import Cursor, Store, routing_input


def unroutable(
    store: Store, cursor: Cursor, keys: Sequence[int], zone: str, keyed: Callable[[str], str] = str
) -> dict[int, str]:
    """order -> the code of why no warehouse would ship it by the live policy; the others would be routed.

    Orders are asked for whole, one after the other, on the pieces that are free now and those they hold themselves.
    Gifts are left aside: they follow the goods. Orders whose lines need nothing are not named.
    """
    present = book(store)
    if present.live is None:
        return dict.fromkeys(keys, NO_POLICY)
    orders, lines = routing_input.past(cursor, keys), routing_input.needed(cursor, keys)
    policy = whole(present.live.policy)
    stock = routing_input.free(cursor, sorted({line.sku for line in lines}))
    for place, qty in routing_input.taken_by(cursor, keys).items():
        stock[place] = stock.get(place, 0) + qty
    built = tasks.build(cursor, present, policy, orders, lines, zone, stock=stock, live=False)
    found = dict(built.adrift)
    if not built.instance.orders:
        return found
    problem = Problem(built.instance, policy, keyed)
    left = problem.opening()
    plans = route(problem, price_table(problem, routing_input.prices(cursor)), left)
    why = Why(problem, plans, left)
    for n, plan in enumerate(plans):
        if NOWHERE in plan:
            codes = [why.of(n, k) for k, warehouse in enumerate(plan) if warehouse == NOWHERE]
            found[key_of(problem.orders[n].order_id)] = min(codes, key=REASONS.index)
    return found
