"""Printers for persons: set up by form, tried with a test print."""

from core import clock
from core.errors import BadRequest, NotFound
from core.i18n import N_
from core.model.printing import IPP, KINDS, LANGUAGES, PAPERS, TEST
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store, print_jobs, printers, slips
from core.store.print_jobs import PrintJob, Wanted
from core.store.printers import Printer

__all__ = ["PrintJob", "Printer"]


def listing(actor: Actor, store: Store) -> list[Printer]:
    """The printers by name."""
    require(actor, store, "outbound.update")
    return printers.printers(store)


def save(actor: Actor, store: Store, printer: Printer, *, new: bool) -> None:
    """Set up a printer or change it. BadRequest names what is wrong."""
    require(actor, store, "warehouse.setup", printer.name)
    _check(printer)
    with store.write() as cursor:
        known = {each.name for each in printers.of(cursor)}
        if new and printer.name in known:
            raise BadRequest(N_("There is a printer {name} already."), N_("Choose another name."), name=printer.name)
        printers.save(cursor, printer)
        audit.record(
            cursor, actor, "printers.save", printer.name, kind=printer.kind, host=printer.host, port=printer.port,
            language=printer.language, paper=printer.paper, queue=printer.queue, warehouse=printer.warehouse,
        )  # fmt: skip


def remove(actor: Actor, store: Store, name: str) -> None:
    """Forget a printer; jobs that wait for it fail with a next step."""
    require(actor, store, "warehouse.setup", name)
    with store.write() as cursor:
        printers.remove(cursor, name)
        audit.record(cursor, actor, "printers.remove", name)


def try_out(actor: Actor, store: Store, name: str) -> str:
    """Send a test page or label: the job's key."""
    require(actor, store, "outbound.update", name)
    if printers.find(store, name) is None:
        raise NotFound(N_("There is no printer {name}."), N_("Set one up, or choose another one."), name=name)
    with store.write() as cursor:
        again = f"{name} {clock.now().isoformat()}"
        key = print_jobs.put(cursor, [Wanted(name, "", (), TEST, False, again)], actor=actor.account)[0]
        audit.record(cursor, actor, "printers.test", name)
    return key


def job(actor: Actor, store: Store, key: str) -> PrintJob | None:
    """A print job as it stands."""
    require(actor, store, "outbound.update", key)
    with store.read() as cursor:
        found = print_jobs.find(cursor, key)
    if found is None or not actor.scope.narrows:
        return found
    return found if len(slips.of_numbers(store, found.slips)) == len(found.slips) else None


def _check(printer: Printer) -> None:
    if not printer.name.strip() or len(printer.name) > 40:
        raise BadRequest(N_("A printer needs a name of at most 40 signs."), N_("Give it a name people know it by."))
    if printer.kind not in KINDS or printer.language not in LANGUAGES or printer.paper not in PAPERS[printer.language]:
        raise BadRequest(N_("Kind, language and paper do not go together."), N_("Choose them again."))
    if not printer.host.strip() or any(sign in printer.host for sign in " /\\?#@"):
        raise BadRequest(
            N_("{host} is no host."), N_("Write a name or an address, for example 192.168.1.50."), host=printer.host
        )
    if not 1 <= printer.port <= 65_535:
        raise BadRequest(N_("A port is between 1 and 65535."), N_("Network printers use 9100, CUPS 631."))
    if printer.kind == IPP and (not printer.queue.strip() or any(sign in printer.queue for sign in " /?#")):
        raise BadRequest(
            N_("A CUPS printer needs the name of its queue."), N_("It stands in the list of printers of CUPS.")
        )
