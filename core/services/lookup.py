"""Look-up: what customer service must know of an order to answer at once. Read only."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.model.refunds import CLOSED, REFUNDED, REFUSED, state_of
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.services import order_detail, orders
from core.services.order_query import OrderQuery
from core.store import Store, courier_codes
from core.store.orders_query import Sort

MOST = 6  # orders answered at once; more means the search was too wide


@dataclass(frozen=True, slots=True)
class Answer:
    """One order in a state's word. `state` is one of STATES; `late`: the promise to ship was missed and it has not left.

    `order` has masked person data; amounts are absent for a role that may not see them. `courier`: what people call it.
    """

    state: str
    late: bool
    ship_by: datetime | None
    order: dict[str, Any]
    lines: list[dict[str, Any]]
    refunds: list[dict[str, Any]]
    courier: str = ""


STATES = (
    "unpaid", "waiting", "checking", "stock_short", "preparing", "packed", "on_the_way", "delivered", "cancelled",
    "refund_asked", "refunded",
)  # fmt: skip
_PREPARING = ("STOCK_LOCKED", "PICKING", "LOGISTICS_ASSIGNED")
_BY_STATUS = {
    "UNPAID": "unpaid", "PAID": "waiting", "PACKED": "packed", "SHIPPED": "on_the_way", "COMPLETED": "delivered",
    "ARCHIVED": "delivered", "CANCELLED": "cancelled",
} | dict.fromkeys(_PREPARING, "preparing")  # fmt: skip
_GONE = ("SHIPPED", "COMPLETED", "ARCHIVED", "CANCELLED")
_SHORT = ("no_stock", "gift_short")


def find(actor: Actor, store: Store, vault: Vault, text: str) -> tuple[list[Answer], int]:
    """The newest orders that an id, phone, waybill, last four digits or a name means, and how many there are in all."""
    require(actor, store, "orders.view")
    if not text.strip():
        return [], 0
    asked = OrderQuery(text, columns=("platform_no",), sort=(Sort("ordered_at", descending=True),), limit=MOST)
    found = orders.search(actor, store, vault, asked)
    return [answer(actor, store, row["order_key"]) for row in found.rows], found.total


def answer(actor: Actor, store: Store, order_key: int) -> Answer:
    """One order. NotFound where it is gone."""
    detail = order_detail.detail(actor, store, order_key)
    order = detail.order
    late = bool(order["ship_by"] and order["ship_by"] < clock.now() and order["status"] not in (*_GONE, "UNPAID"))
    return Answer(
        _state(order, detail.refunds), late, order["ship_by"], order, detail.lines, detail.refunds,
        _called(store, order.get("courier") or ""),
    )  # fmt: skip


def _called(store: Store, courier: str) -> str:
    """The name of a courier; its code where nobody has named it."""
    with store.read() as cursor:
        return next((each.title for each in courier_codes.couriers(cursor) if each.courier == courier), "") or courier


def _state(order: dict[str, Any], refunds: list[dict[str, Any]]) -> str:
    states = [state_of(order["channel"], refund["refund_status"]) for refund in refunds]
    if any(state not in (REFUNDED, CLOSED, REFUSED) for state in states):
        return "refund_asked"
    if REFUNDED in states and order["status"] not in ("SHIPPED", "COMPLETED", "ARCHIVED"):
        return "refunded"
    if order["held"] and order["status"] not in _GONE:
        reasons = json.loads(order["held_reasons"] or "[]")
        return "stock_short" if any(reason in _SHORT for reason in reasons) else "checking"
    return _BY_STATUS[order["status"]]
