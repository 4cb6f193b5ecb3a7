"""Split: an order that routing put into several parcels goes on as those parcels, one token each, side by side.

A parcel alone never passes a gate: what a refund or a hold stops is the order. Packing knows each parcel by itself.
"""

from collections.abc import Sequence

from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.store import parcel_split


class Split(Station):
    kind = "split"
    title = N_("Split into parcels")
    help = N_(
        "An order of several parcels goes on as its parcels. They stand and go together: the order goes on when all of it may."
    )
    group = "stock"
    outcomes = (Outcome("whole", N_("One parcel")), Outcome("split", N_("Several parcels")))

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        found = parcel_split.several(context.cursor, keys)
        context.parcels.update(found)
        return {"whole": [key for key in keys if key not in found], "split": [key for key in keys if key in found]}

    def foresee(self, context: Context, keys: Sequence[int]) -> Moves:
        found = parcel_split.several(context.cursor, keys)
        return {"whole": [key for key in keys if key not in found], "split": [key for key in keys if key in found]}


STATION = Split
