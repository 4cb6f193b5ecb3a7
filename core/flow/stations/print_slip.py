"""Print: the slips go to a printer, a wave a job, each slip once."""

from collections.abc import Sequence
from itertools import groupby

from core.flow.setting import Setting
from core.flow.station import Context, Moves, Station
from core.i18n import N_
from core.store import print_jobs, printers, slips
from core.store.print_jobs import Wanted


class PrintSlip(Station):
    kind = "print"
    title = N_("Print")
    help = N_("Sends the slips to a printer. Without a printer they wait on the picking page.")
    group = "work"
    settings = (
        Setting("printer", N_("Printer"), "text", "", source="printers", help=N_("Empty: one beside the warehouse.")),
    )
    stops_held = True
    waits = True

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        cursor, wanted = context.cursor, context.settings["printer"]
        known = printers.of(cursor)
        if known:
            listed = slips.unqueued(cursor, keys, context.since)
            jobs, queued = [], []
            for (wave, warehouse), group in groupby(listed, key=lambda slip: (slip.wave, slip.warehouse)):
                numbers = [slip.slip_no for slip in group]
                printer = printers.choose(known, wanted, warehouse)
                if printer is not None:
                    jobs.append(Wanted(printer.name, wave, tuple(numbers)))
                    queued += numbers
            print_jobs.put(cursor, jobs)
            slips.queued(cursor, queued, context.now)
        return {"next": list(keys)}


STATION = PrintSlip
