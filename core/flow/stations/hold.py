"""Hold: orders stop here until a person lets them go."""

from collections.abc import Sequence

from core.flow.setting import Setting
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.store import holds, refund_gate, waits

_REASONS = ("review", "person", "bad_address")


class Hold(Station):
    kind = "hold"
    title = N_("Hold")
    help = N_("Holds every order that comes here, with a reason, until a person lets it go.")
    group = "person"
    settings = (
        Setting("reason", N_("Reason"), "choice", "review", True, choices=tuple((name, holds.REASONS[name]) for name in _REASONS)),
        Setting("why", N_("What the person is to look at"), "text", ""),
    )  # fmt: skip
    outcomes = (Outcome("next", N_("Released")),)
    waits = True

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        reason = context.settings["reason"]
        known = waits.held_before(context.cursor, {key: context.entered[key] for key in keys}, reason)
        fresh = [key for key in keys if key not in known]
        if fresh:
            holds.add(context.cursor, fresh, reason, actor="system", why=context.settings["why"] or "")
        held = set(refund_gate.holding(context.cursor, keys, reason, context.since))
        context.rest(sorted(held), reason)
        return {"next": [key for key in keys if key not in held]}


STATION = Hold
