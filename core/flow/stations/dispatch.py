"""Dispatch confirm: the parcel has left; the order becomes shipped, its pieces are booked, and the platform is told."""

from collections.abc import Sequence

from core.flow import dispatching
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_


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
        sent = dispatching.dispatch(context.cursor, context.store, keys)
        context.rest(sent.bare, "no_waybill")
        return {"dispatched": sent.gone, "stop": sent.stopped}


STATION = Dispatch
