"""A packed parcel leaves: the order becomes shipped, its pieces are booked, the platform is to be told. By the flow's station
or at the packing desk: the one place, so that no order is confirmed twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.flow import moving
from core.stock import reservations
from core.store import Cursor, Store, dispatching, outbox
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
    tell = [*moved.moved, *dispatching.by_warehouse(cursor, moved.already)]
    outbox.put(
        cursor,
        [
            Message(
                KIND, found[key].channel, found[key].shop, found[key].platform_no,
                outbox.key_of("dispatch", found[key].platform_no, found[key].tracking_no),
                {"order_key": key, "courier": found[key].courier, "tracking_no": found[key].tracking_no},
            )
            for key in tell
        ],
    )  # fmt: skip
    reservations.consume(store, [*moved.moved, *moved.already])
    stopped = {*moved.held, *moved.refunded, *moved.refused}
    return Sent(
        [key for key in ready if key not in stopped],
        [key for key in ready if key in stopped],
        [key for key in keys if key not in found],
    )
