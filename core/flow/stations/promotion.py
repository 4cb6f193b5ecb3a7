"""Promotions and gifts: the live activities are applied; a missing gift lets the order wait for stock."""

from collections.abc import Sequence

from core.decide import offers
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.store import refund_gate


class Promotion(Station):
    kind = "promotion"
    title = N_("Promotions and gifts")
    help = N_("Gives gifts as lines of the order and compares what was charged with what was due.")
    group = "decide"
    outcomes = (Outcome("next", N_("Applied")), Outcome("gift_short", N_("Gift out of stock"), holds=True))
    waits = True

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        offers.decide_these(context.store, keys, context.zone)
        return held_apart(context, keys, "gift_short", "next")


def held_apart(context: Context, keys: Sequence[int], reason: str, otherwise: str) -> Moves:
    """The orders held for a reason by the outcome of that name, the rest by the other."""
    held = set(refund_gate.holding(context.cursor, keys, reason, context.since))
    return {otherwise: [key for key in keys if key not in held], reason: [key for key in keys if key in held]}


STATION = Promotion
