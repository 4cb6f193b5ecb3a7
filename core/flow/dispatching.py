"""A packed parcel leaves: the order becomes shipped, its pieces are booked, the platform is to be told. By the flow's station
or at the packing desk: the one place, so that no order is confirmed twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.flow import moving
from core.stock import reservations
from core.store import Cursor, Store, dispatching, outbox
from core.store.dispatching import Parcel, Part
from core.store.outbox import Message

KIND = "dispatch"


@dataclass(slots=True)
class Sent:
    """What became of the orders: gone (now or before), stopped by a hold, refund or the lifecycle, or without a waybill."""

    gone: list[int] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)
    bare: list[int] = field(default_factory=list)


def dispatch(
    cursor: Cursor, store: Store, keys: Sequence[int], *, actor: str = "system", why: str = "dispatch"
) -> Sent:
    """Take the packed orders out of the house, in the caller's transaction."""
    found = {row.order_key: row for row in dispatching.parcels(cursor, keys)}
    ready = [key for key in keys if key in found]
    moved = moving.move(cursor, ready, "SHIPPED", actor=actor, why=why)
    tell(cursor, [*moved.moved, *dispatching.by_warehouse(cursor, moved.already)])
    reservations.consume(store, [*moved.moved, *moved.already])
    stopped = {*moved.held, *moved.refunded, *moved.refused}
    return Sent(
        [key for key in ready if key not in stopped],
        [key for key in ready if key in stopped],
        [key for key in keys if key not in found],
    )


def tell(cursor: Cursor, keys: Sequence[int]) -> None:
    """The platforms are to hear that these orders have left; told once, however often it is asked."""
    parts = dispatching.parts(cursor, keys)
    found = dispatching.parcels(cursor, keys)
    outbox.put(cursor, [made for order in found for made in messages(order, parts.get(order.order_key, ()))])


def messages(order: Parcel, parts: Sequence[Part]) -> list[Message]:
    """What the platform is to be told: one message for an order in one parcel, else one a parcel, in their order.

    The body of a part: `place` from 1, `lines` of the platform's own goods, and with the first the `others`' waybills.
    """
    if len(parts) < 2:
        return [_message(order, order.courier, order.tracking_no, {})]
    told = sorted(parts, key=lambda part: (not part.lines, part.parcel_no))  # a parcel of own gifts alone comes last
    made = []
    for place, part in enumerate(told, 1):
        body: dict[str, Any] = {"place": place, "split": True, "lines": part.lines}
        if place == 1:
            body["others"] = [{"courier": each.courier, "tracking_no": each.tracking_no} for each in told[1:]]
        made.append(_message(order, part.courier or order.courier, part.tracking_no, body))
    return made


def _message(order: Parcel, courier: str, tracking_no: str, body: dict[str, Any]) -> Message:
    return Message(
        KIND, order.channel, order.shop, order.platform_no, outbox.key_of("dispatch", order.platform_no, tracking_no),
        {"order_key": order.order_key, "courier": courier, "tracking_no": tracking_no, **body},
    )  # fmt: skip
