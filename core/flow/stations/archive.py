"""Archive: finished and cancelled orders are put away."""

from collections.abc import Sequence
from datetime import timedelta

from core.flow import moving
from core.flow.setting import Setting
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.store import moves as present


class Archive(Station):
    kind = "archive"
    title = N_("Archive")
    help = N_("Puts completed orders away some days after they came here.")
    group = "end"
    settings = (Setting("days", N_("Days after"), "integer", 15, least=0, most=365),)
    outcomes = (Outcome("archived", N_("Archived"), ends=True),)
    waits = True

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        until = timedelta(days=context.settings["days"] or 0)
        found = present.present(context.cursor, keys)
        for key in keys:
            if found.get(key, ("",))[0] not in ("COMPLETED", "CANCELLED", "ARCHIVED"):
                context.rest([key], "status")
            elif context.entered[key] + until > context.now:
                context.rest([key], "minutes", context.entered[key] + until)
        ready = [key for key in keys if key not in context.rests]
        if ready:
            moving.move(context.cursor, ready, "ARCHIVED", why="archive")
        return {"archived": ready}


STATION = Archive
