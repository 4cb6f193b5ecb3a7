"""Purchase limit: an order over a limit per person, account or region waits for a person."""

from collections.abc import Sequence

from core.decide import offers
from core.flow.station import Context, Moves, Outcome, Station
from core.flow.stations.promotion import held_apart
from core.i18n import N_


class Limit(Station):
    kind = "limit"
    title = N_("Purchase limit")
    help = N_("Counts what the person, account or region has bought before; an order over the limit is held.")
    group = "decide"
    outcomes = (Outcome("within", N_("Within the limit")), Outcome("over_limit", N_("Over the limit"), holds=True))
    waits = True

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        offers.decide_these(context.store, keys, context.zone)  # limits and gifts are judged together, once an order
        return held_apart(context, keys, "over_limit", "within")


STATION = Limit
