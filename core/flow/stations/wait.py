"""Wait: some minutes, until shortly before the delivery date the buyer chose, or until the order has come to a status."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.flow.setting import Setting
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.model.lifecycle import BY_NAME
from core.store import moves as present
from core.store import waits

_EVENTS = ("LOGISTICS_ASSIGNED", "PACKED", "SHIPPED", "COMPLETED")


class Wait(Station):
    kind = "wait"
    title = N_("Wait")
    help = N_(
        "Lets orders rest: for minutes, until days before the delivery date, or until they are packed or shipped."
    )
    group = "work"
    settings = (
        Setting("until", N_("Wait for"), "choice", "minutes", True, choices=(("minutes", N_("Minutes")), ("deliver_on", N_("The delivery date")), ("status", N_("A status")))),
        Setting("minutes", N_("Minutes"), "minutes", 30, least=1, most=525_600),
        Setting("days_before", N_("Days before the delivery date"), "integer", 2, least=0, most=60),
        Setting("status", N_("Status"), "choice", "PACKED", choices=tuple((name, BY_NAME[name].label) for name in _EVENTS)),
    )  # fmt: skip
    outcomes = (Outcome("next", N_("Time has come")),)
    waits = True

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        until = context.settings["until"]
        if until == "status":
            return self._status(context, keys)
        if until == "deliver_on":
            days = waits.delivery_days(context.cursor, keys, context.since)
            ends = {key: _start(days[key], context) for key in keys if key in days}
        else:
            ends = {key: context.entered[key] + timedelta(minutes=context.settings["minutes"]) for key in keys}
        for key, end in ends.items():
            if end > context.now:
                context.rest([key], until, end)
        return {"next": [key for key in keys if key not in context.rests]}

    @staticmethod
    def _status(context: Context, keys: Sequence[int]) -> Moves:
        wanted = BY_NAME[context.settings["status"]].rank
        found = present.present(context.cursor, keys, context.since)
        done = {
            key for key, (status, _held) in found.items() if BY_NAME[status].rank >= wanted and status != "CANCELLED"
        }
        context.rest([key for key in keys if key not in done], "status")
        return {"next": [key for key in keys if key in done]}


def _start(day: date, context: Context) -> datetime:
    """The morning from which an order for that day is to be worked on."""
    begin = day - timedelta(days=context.settings["days_before"])
    return datetime.combine(begin, time(0), ZoneInfo(context.zone))


STATION = Wait
