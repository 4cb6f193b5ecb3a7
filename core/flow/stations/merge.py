"""Merge orders of one recipient: they wait a little for each other, then travel as one parcel behind the first."""

from collections.abc import Sequence
from datetime import timedelta

from core.flow.setting import Setting
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.store import merging

_BY = (("person", N_("Same phone, recipient and address")), ("merge_key", N_("The platform's merge key")))


class Merge(Station):
    kind = "merge"
    title = N_("Merge orders")
    help = N_("Puts orders of one recipient into one parcel. Each order keeps its own slip.")
    group = "stock"
    settings = (
        Setting("by", N_("What is the same"), "choice", "person", True, choices=_BY),
        Setting("across_shops", N_("Also over several shops"), "boolean", False),
        Setting("minutes", N_("Time to wait for each other (minutes)"), "minutes", 10, True, least=0, most=2_880),
        Setting("most", N_("At most so many orders"), "integer", 10, True, least=2, most=50),
        Setting("not_tagged", N_("Never these tags"), "texts", [], source="tags"),
        Setting("no_presale", N_("Never presale orders"), "boolean", True),
    )
    outcomes = (Outcome("merged", N_("Merged")), Outcome("alone", N_("Alone")))
    waits = True
    stops_held = True

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        cursor, wait = context.cursor, timedelta(minutes=context.settings["minutes"])
        merged = set(merging.leads(cursor, keys))
        who = merging.candidates(cursor, [key for key in keys if key not in merged], context.settings, context.since)
        groups: dict[str, list[int]] = {}
        for key in keys:  # in order of arrival
            if key in who:
                groups.setdefault(who[key], []).append(key)
        rests: set[int] = set()
        for group in groups.values():
            first = min(context.entered[key] for key in group)
            if first + wait > context.now:  # when the first one's time is over, all that are there go with it
                context.rest(group, "merge", first + wait)
                rests.update(group)
                continue
            for part in _capped(group, context.settings["most"]):
                merging.merge(cursor, part, context.now)
                merged.update(part)
        alone = [key for key in keys if key not in merged and key not in rests]
        return {"merged": [key for key in keys if key in merged], "alone": alone}

    def undo(self, context: Context, keys: Sequence[int]) -> None:
        merging.part(context.cursor, keys, context.now)


def _capped(group: Sequence[int], most: int) -> list[list[int]]:
    parts = [list(group[n : n + most]) for n in range(0, len(group), most)]
    return [part for part in parts if len(part) > 1]


STATION = Merge
