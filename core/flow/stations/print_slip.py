"""Print: the slips go to a printer, a wave a job, each slip once."""

from collections.abc import Sequence
from itertools import groupby

from core.flow.setting import Setting
from core.flow.station import Context, Moves, Station
from core.i18n import N_
from core.store import outbox, places, slips
from core.store.outbox import Message

KIND = "print"


class PrintSlip(Station):
    kind = "print"
    title = N_("Print")
    help = N_("Sends the slips to a printer. Without a printer they wait on the picking page.")
    group = "work"
    settings = (Setting("printer", N_("Printer"), "text", "", source="printers", help=N_("Empty: the first one.")),)
    stops_held = True
    waits = True

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        cursor, wanted = context.cursor, context.settings["printer"]
        known = [printer.name for printer in places.printers(context.store)]
        printer = wanted if wanted in known else known[0] if known and not wanted else ""
        if printer:
            listed = slips.unqueued(cursor, keys, context.since)
            messages = []
            for wave, group in groupby(listed, key=lambda slip: slip.wave):
                numbers = [slip.slip_no for slip in group]
                body = {"printer": printer, "wave": wave, "slips": numbers, "reprint": False}
                messages.append(Message(KIND, "", printer, wave, outbox.key_of("slips", *numbers), body))
            outbox.put(cursor, messages)
            slips.queued(cursor, [slip.slip_no for slip in listed], context.now)
        return {"next": list(keys)}


STATION = PrintSlip
