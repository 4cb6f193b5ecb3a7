"""Message kind `print`: slips to a printer. Body: printer, wave, slips, document, reprint; its key is the print job's.

The job is marked as under way before the first byte leaves. When it broke off there (a dead printer, a killed process) it is
not sent again by itself: unless the printer's queue can tell, a person says what came out.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core import clock
from core.channels import paper
from core.channels.printers import Partly, Way, way_of
from core.errors import BadRequest, BadSetup, DanliuError, NeedsPerson, TryAgain
from core.i18n import N_
from core.model.printing import FAILED, LABEL, PICK_LIST, PRINTED, RAW, SENDING, TEST, UNKNOWN, VOID, WAITING
from core.store import Cursor, Store, moves, print_jobs, printers, slips
from core.store.outbox import Row
from core.store.print_jobs import PrintJob, Wanted
from core.store.printers import Printer

if TYPE_CHECKING:
    from core.channels.deliver import Sending

KIND = "print"


def send(sending: "Sending", row: Row) -> str:
    """Print the job, once. What has been voided meanwhile is left out; nothing left is nothing sent."""
    store = sending.store
    job = _job(store, row)
    if job.state in (PRINTED, VOID):
        return job.state
    try:
        return _print(sending, job)
    except DanliuError as error:
        with store.write() as cursor:
            print_jobs.say(cursor, job.job_key, str(error))
            if not isinstance(error, TryAgain | _Unknown):
                print_jobs.end(cursor, [job.job_key], FAILED, str(error))
        raise


class _Unknown(NeedsPerson):
    """Nobody can tell what came out."""


def _print(sending: "Sending", job: PrintJob) -> str:
    store = sending.store
    printer = printers.find(store, job.printer)
    if printer is None:
        raise BadSetup(
            N_("There is no printer {name}."), N_("Choose another one at the print station."), name=job.printer
        )
    way = way_of(printer)
    if job.state in (SENDING, UNKNOWN):
        answer = _look(way, printer, job, store)
        if answer:
            return answer
    listed = [paper.test_sheet(printer)] if job.document == TEST else paper.sheets(store, job.slips)
    if not listed:
        _end(store, job, VOID)
        return VOID
    done = paper.made(
        listed, job.job_key, document=job.document, language=printer.language, paper=printer.paper,
        zone=sending.settings.zone, reprint=job.reprint,
    )  # fmt: skip
    content = done.content
    if printer.kind == RAW:  # a bare line: the frame names the job
        content = paper.wrapped(printer, content, listed, job.job_key, reprint=job.reprint)

    def begin(ticket: str) -> None:
        with store.write() as cursor:
            print_jobs.begin(cursor, job.job_key, done.lost, ticket)

    try:
        said = way.send(printer, content, job.job_key, begin)
    except Partly as broken:
        _end(store, job, UNKNOWN, str(broken))
        raise _unknown(job) from broken
    _end(store, job, PRINTED, said)
    return said


def _look(way: Way, printer: Printer, job: PrintJob, store: Store) -> str:
    """A job that broke off: what the printer's queue knows of it. "" when it certainly never arrived there."""
    there = way.has(printer, job.ticket)
    if there is None:
        if job.state != UNKNOWN:
            _end(store, job, UNKNOWN, job.told)
        raise _unknown(job)
    if there:
        _end(store, job, PRINTED, job.ticket)
        return job.ticket
    _end(store, job, WAITING)
    return ""


def _unknown(job: PrintJob) -> NeedsPerson:
    return _Unknown(
        N_("Printing broke off on the way to {printer}: nobody knows what came out."),
        N_("Look at the printer, then say on the picking page whether it was printed."),
        printer=job.printer,
    )


def _end(store: Store, job: PrintJob, state: str, told: str = "") -> None:
    with store.write() as cursor:
        print_jobs.end(cursor, [job.job_key], state, told)


def _job(store: Store, row: Row) -> PrintJob:
    """The job of the message; one put by an earlier version gets its row now."""
    with store.read() as cursor:
        job = print_jobs.find(cursor, row.key)
    if job is not None:
        return job
    body = row.body
    wanted = Wanted(
        str(body.get("printer", "")), str(body.get("wave", "")), tuple(body.get("slips", ())),
        str(body.get("document", PICK_LIST)), bool(body.get("reprint")),
    )  # fmt: skip
    if wanted.key != row.key:
        raise BadRequest(N_("The print job {key} is not complete."), N_("Print the wave again."), key=row.key)
    with store.write() as cursor:
        print_jobs.put(cursor, [wanted])
        found = print_jobs.find(cursor, row.key)
    assert found is not None
    return found


def sent(cursor: Cursor, rows: Sequence[Row]) -> None:
    """The slips are on paper: they say so, and each order's events. What had been void before was not printed."""
    now = clock.now()
    by_document: dict[str, list[str]] = {}
    for row in rows:
        by_document.setdefault(str(row.body.get("document", PICK_LIST)), []).extend(row.body["slips"])
    keys = print_jobs.mark_slips(cursor, by_document.get(PICK_LIST, []), now)
    moves.tell(cursor, keys, "slip_printed", actor="system", now=now)
    labelled = slips.keys_of(cursor, by_document.get(LABEL, []))
    moves.tell(cursor, labelled, "label_printed", actor="system", now=now)
