"""Risk: the live risk rule sets decide; what they freeze or want reviewed is held with its reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.channels import blacklist
from core.decide import risk
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.store import Store, decisions, refund_gate
from core.store import blacklist as known


class Risk(Station):
    kind = "risk"
    title = N_("Risk check")
    help = N_("Decides by the risk rules in force. Frozen and doubtful orders are held until a person lets them go.")
    group = "decide"
    outcomes = (
        Outcome("allow", N_("Allowed")),
        Outcome("review", N_("For review"), holds=True),
        Outcome("freeze", N_("Frozen"), holds=True),
    )
    waits = True
    asks = True

    def asks_with(self, store: Store, settings: Mapping[str, Any]) -> bool:
        """A third party's blacklist is asked before, when one is connected."""
        del settings
        with store.read() as cursor:
            return known.service(cursor).mode != "off"

    def before(self, context: Context, keys: Sequence[int]) -> Mapping[int, Any]:
        blacklist.ask(context.store, context.vault, keys)
        return {}

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        fresh = decisions.without(context.cursor, keys, risk.KIND, context.since)
        if fresh and risk.in_force(context.store):
            risk.judge(context.store, context.vault, fresh, context.zone, since=context.since)
        return _by_hold(context, keys)

    def foresee(self, context: Context, keys: Sequence[int]) -> Moves:
        said = risk.foresee(context.cursor, context.store, context.vault, keys, context.zone)
        moves: Moves = {"allow": [], "review": [], "freeze": []}
        for key in keys:
            word = said.get(key, "allow")
            moves[word if word in moves else "allow"].append(key)
        return moves


def _by_hold(context: Context, keys: Sequence[int]) -> Moves:
    reasons = refund_gate.held_for(context.cursor, keys, context.since)
    frozen = {key for key, held in reasons.items() if "risk_freeze" in held}
    review = {key for key, held in reasons.items() if "risk_review" in held} - frozen
    free = [key for key in keys if key not in frozen and key not in review]
    return {"allow": free, "review": [k for k in keys if k in review], "freeze": [k for k in keys if k in frozen]}


STATION = Risk
