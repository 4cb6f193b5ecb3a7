"""Route: warehouse and courier by the routing policy in force; what finds none waits for a person."""

from collections.abc import Sequence
from datetime import timedelta

from core.decide import foresee, warehouse
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.stock import reservations
from core.store import moves as present


class Route(Station):
    kind = "route"
    title = N_("Warehouse and courier")
    help = N_("Chooses warehouse and courier for each order by the routing policy, with the reasons kept.")
    group = "stock"
    outcomes = (Outcome("routed", N_("Routed")), Outcome("no_route", N_("No warehouse found"), holds=True))
    waits = True
    look_again = timedelta(minutes=10)  # stock, rate cards and the policy change without a word on the order

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        found = warehouse.assign(context.store, keys, context.zone, keyed=context.vault.keyed, since=context.since)
        known = {*found.routed, *found.held, *found.short}
        rest = [key for key in keys if key not in known]
        if rest:  # gone on by somebody else's doing, or closed
            where = present.present(context.cursor, rest, context.since)
            past = {key for key in rest if where.get(key, ("",))[0] in ("SHIPPED", "COMPLETED", "ARCHIVED")}
            context.rest([key for key in rest if key not in past], "status")
        context.rest(found.short, "no_stock")
        held = [key for key in keys if key in found.held]
        stay = set(context.rests) | set(held)
        return {"routed": [key for key in keys if key not in stay], "no_route": held}

    def foresee(self, context: Context, keys: Sequence[int]) -> Moves:
        nowhere = foresee.unroutable(context.store, context.cursor, keys, context.zone, context.vault.keyed)
        return {"routed": [k for k in keys if k not in nowhere], "no_route": [k for k in keys if k in nowhere]}

    def undo(self, context: Context, keys: Sequence[int]) -> None:
        reservations.release(context.store, keys, "flow")


STATION = Route
