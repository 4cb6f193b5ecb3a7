"""Another warehouse for an order, chosen by a person: the whole order is reserved there, or nothing changes."""

from core.errors import BadRequest, NotFound
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require, within
from core.stock import reservations
from core.store import Store, holds, moves, parcels, routing_input, warehouses
from core.store.parcels import Parcel

_BEFORE_SLIP = ("PAID", "STOCK_LOCKED")


def choices(actor: Actor, store: Store) -> dict[str, str]:
    """Code -> title of the warehouses an order can be taken to."""
    require(actor, store, "review.view")
    return {place.warehouse: place.title or place.warehouse for place in warehouses.warehouses(store)}


def change_warehouse(actor: Actor, store: Store, order_key: int, warehouse: str, why: str = "") -> None:
    """Send the whole order from that warehouse, by its present courier; the routing leaves it there.

    Only before the slip is made. BadRequest when the warehouse has too little free.
    """
    require(actor, store, "review.decide", str(order_key))
    within(actor, store, [order_key], "review.decide")
    if warehouse not in choices(actor, store):
        raise BadRequest(N_("There is no such warehouse."), N_("Choose one of the list."))
    with store.write() as cursor:
        status, _held = moves.present(cursor, [order_key]).get(order_key, ("", False))
        if not status:
            raise NotFound(N_("There is no such order."), N_("Search for it by any of its numbers."))
        if status not in _BEFORE_SLIP:
            raise BadRequest(N_("The order has its slip already."), N_("Take it back on the board first."))
        lines = routing_input.reserved(cursor, [order_key])
        if not lines:
            reservations.reserve(store, [order_key], actor=actor.account)
            lines = routing_input.reserved(cursor, [order_key])
        rows = sorted({(order_key, line.line_no, warehouse) for line in lines})
        if not rows or order_key in reservations.place(store, rows).refused:
            raise BadRequest(N_("The warehouse has too little free for the whole order."), N_("Choose another one."))
        (order,) = routing_input.facts(cursor, [order_key]).values()
        made = Parcel(
            order_key, 1, warehouse, str(order.get("courier") or ""), 0, 0, 0.0, sum(n.weight_g * n.qty for n in lines),
            sum(n.qty for n in lines), False, tuple(dict.fromkeys(n.line_no for n in lines)),
        )  # fmt: skip
        parcels.replace(cursor, [made], policy="", version=0, actor=actor.account, pinned=True)
        holds.lift(cursor, [order_key], "no_route", actor=actor.account, why=why)
        audit.record(cursor, actor, "review.warehouse", str(order_key), warehouse=warehouse, why=why)
