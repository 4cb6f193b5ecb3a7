"""Reserve stock: the whole order or nothing, in order of arrival; an order that misses pieces waits for stock."""

from collections.abc import Sequence

from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.stock import reservations
from core.store import moves as present
from core.store import stock_preview


class Reserve(Station):
    kind = "reserve"
    title = N_("Reserve stock")
    help = N_("Promises the pieces to the order. Whole orders only; who comes first is served first.")
    group = "stock"
    outcomes = (Outcome("reserved", N_("Reserved")), Outcome("no_stock", N_("Out of stock"), holds=True))
    waits = True
    stops_held = False  # the station itself lifts its hold when pieces come back

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        found = reservations.reserve(context.store, keys, since=context.since)
        past: list[int] = []
        closed = list(found.closed)
        if closed:  # further on already, by the warehouse's or the platform's word
            where = present.present(context.cursor, closed, context.since)
            past = [key for key in closed if where.get(key, ("",))[0] not in ("", "UNPAID", "CANCELLED")]
            context.rest([key for key in closed if key not in set(past)], "status")
        return {"reserved": [*found.reserved, *past], "no_stock": list(found.short)}

    def undo(self, context: Context, keys: Sequence[int]) -> None:
        reservations.release(context.store, keys, "flow")

    def foresee(self, context: Context, keys: Sequence[int]) -> Moves:
        rows, free = stock_preview.wanted(context.cursor, keys)
        missing = reservations.serve(rows, free)
        return {"reserved": [k for k in keys if k not in missing], "no_stock": [k for k in keys if k in missing]}


STATION = Reserve
