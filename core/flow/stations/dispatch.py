"""Dispatch confirm: the parcel has left; the order becomes shipped, its pieces are booked, and the platform is told."""

from collections.abc import Sequence

from core.flow import moving
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.stock import reservations
from core.store import dispatching, outbox
from core.store.outbox import Message

KIND = "dispatch"


class Dispatch(Station):
    kind = "dispatch"
    title = N_("Dispatch confirm")
    help = N_(
        "Takes packed orders to shipped and confirms the waybill to the platform, once. Nothing refunded comes past."
    )
    group = "work"
    outcomes = (Outcome("dispatched", N_("Dispatched")), Outcome("stop", N_("Stopped"), holds=True))
    waits = True
    stops_held = True

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        cursor = context.cursor
        found = {row.order_key: row for row in dispatching.parcels(cursor, keys)}
        bare = [key for key in keys if key not in found]
        context.rest(bare, "no_waybill")
        ready = [key for key in keys if key in found]
        moved = moving.move(cursor, ready, "SHIPPED", why="dispatch")
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
        reservations.consume(context.store, [*moved.moved, *moved.already])
        stopped = {*moved.held, *moved.refunded, *moved.refused}
        return {
            "dispatched": [key for key in ready if key not in stopped],
            "stop": [key for key in ready if key in stopped],
        }


STATION = Dispatch
