"""Human review: held orders stay here until a person has released or rejected them."""

from collections.abc import Sequence

from core.flow.setting import Setting
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.store import holds, tokens, waits


class Review(Station):
    kind = "review"
    title = N_("Human review")
    help = N_("Shows held orders at the review desk; they go on when a person has released them.")
    group = "person"
    settings = (Setting("everyone", N_("Also hold orders that nothing holds yet"), "boolean", False),)
    outcomes = (Outcome("released", N_("Released")), Outcome("rejected", N_("Rejected"), ends=True))
    waits = True

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        cursor = context.cursor
        if context.settings["everyone"]:
            known = waits.held_before(cursor, {key: context.entered[key] for key in keys}, "review")
            held = tokens.held_among(cursor, keys, context.since)
            holds.add(cursor, [key for key in keys if key not in known and key not in held], "review", actor="system")
        rejected = waits.rejected_since(cursor, {key: context.entered[key] for key in keys})
        held = tokens.held_among(cursor, keys, context.since) - rejected
        context.rest(sorted(held), "review")
        free = [key for key in keys if key not in held and key not in rejected]
        return {"released": free, "rejected": [key for key in keys if key in rejected]}


STATION = Review
