"""Picking for persons: waves with their counts, making one from what lies ready, printing, downloading, marking as picked."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core import clock
from core.channels import paper
from core.channels.paper import Made
from core.errors import BadRequest, NotFound
from core.i18n import N_
from core.model.printing import LABEL, PAPERS, PDF, PICK_LIST, UNKNOWN
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require, within
from core.store import Store, bins, outbox, print_jobs, printers, slips, waves
from core.store.outbox import key_of
from core.store.print_jobs import PrintJob, Wanted
from core.store.printers import Printer
from core.store.scoped import whole
from core.store.slips import Slip
from core.store.warehouses import warehouses as known_warehouses
from core.store.waves import MIXED, SINGLE, Wave, WaveRule

__all__ = ["LABEL", "MIXED", "PICK_LIST", "SINGLE", "Made", "PrintJob", "Printer", "Slip", "Wave", "WaveRule"]
_CLOCK = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$")
_MOST_AT_ONCE = 1_000


def waves_of(
    actor: Actor, store: Store, *, warehouse: str = "", open_only: bool = True, text: str = "", limit: int = 100
) -> list[Wave]:  # fmt: skip
    """Waves, those that leave first at the top. `text`: part of a wave's number, or a slip's or order's whole."""
    require(actor, store, "outbound.update")
    return waves.listing(store, warehouse=warehouse, open_only=open_only, text=text.strip(), limit=limit)


def slips_of(actor: Actor, store: Store, wave: str) -> list[dict[str, Any]]:
    """The slips of a wave with how far each is."""
    require(actor, store, "outbound.update", wave)
    return waves.members(store, wave)


def ready(actor: Actor, store: Store) -> list[dict[str, Any]]:
    """Slips that are neither printed, queued nor picked, by warehouse, courier and kind: {"warehouse", "courier", "single",
    "slips", "oldest"}."""
    require(actor, store, "outbound.update")
    return waves.ready(store)


def make_wave(
    actor: Actor, store: Store, zone: str, *, warehouse: str, courier: str = "", kind: str = "", most: int = 50
) -> tuple[str, int]:  # fmt: skip
    """Gather ready slips into a new wave, the most urgent first: (its number, how many). BadRequest when none is ready."""
    require(actor, store, "outbound.update", warehouse)
    if not 1 <= most <= _MOST_AT_ONCE or kind not in ("", SINGLE, MIXED):
        raise BadRequest(N_("A wave has 1 to 1,000 slips."), N_("Mend the number."))
    now = clock.now()
    with store.read() as cursor:  # narrowed to what the actor sees
        chosen = waves.choose(cursor, warehouse, courier, kind, most)
    if not chosen:
        raise BadRequest(
            N_("No slip is ready for such a wave."), N_("Choose other limits, or wait for orders to be picked.")
        )
    with store.write() as cursor:
        numbers = waves.still_ready(cursor, chosen)
        if not numbers:
            raise BadRequest(
                N_("No slip is ready for such a wave."), N_("Choose other limits, or wait for orders to be picked.")
            )
        day = clock.business_day(now, zone)
        wave = waves.gather(
            cursor,
            numbers,
            warehouse=warehouse,
            courier=courier,
            kind=kind,
            day=day,
            now=now,
            zone=zone,
            who=actor.account,
        )
        waves.tell(cursor, numbers, "wave_changed", actor.account, wave, now)
        audit.record(cursor, actor, "picking.wave", wave, slips=len(numbers), warehouse=warehouse, courier=courier)
    return wave, len(numbers)


def mark_picked(actor: Actor, store: Store, wave: str, numbers: Sequence[str] = ()) -> int:
    """The goods of a wave's slips (or of these) lie in their boxes; returns how many were not marked before."""
    require(actor, store, "outbound.update", wave)
    wanted = list(numbers) or [slip.slip_no for slip in slips.of_wave(store, wave)]
    _all_seen(actor, store, wanted, "picking.picked")
    now = clock.now()
    with store.write() as cursor:
        fresh = waves.mark_picked(cursor, wanted, actor.account, now)
        waves.tell(cursor, fresh, "slip_picked", actor.account, "", now)
        audit.record(cursor, actor, "picking.picked", wave, slips=len(fresh))
    return len(fresh)


def download(
    actor: Actor, store: Store, zone: str, numbers: Sequence[str], *, document: str = PICK_LIST, size: str = ""
) -> Made:  # fmt: skip
    """The pick list or labels of these slips as a PDF; marked as a reprint when one of them was printed before."""
    require(actor, store, "outbound.update", document)
    listed = _seen(actor, store, numbers)
    again = waves.printed(store, listed)
    key = key_of("download", document, *listed)
    done = paper.made(
        paper.sheets(store, listed), key, document=document, language=PDF, paper=size or PAPERS[PDF][0], zone=zone,
        reprint=again,
    )  # fmt: skip
    with store.write() as cursor:
        audit.record(cursor, actor, "picking.download", key, document=document, slips=len(listed), reprint=again)
        if document == PICK_LIST:
            keys = print_jobs.mark_slips(cursor, listed, clock.now())
            waves.tell_orders(cursor, keys, "slip_printed", actor.account, clock.now())
    return done


def send(
    actor: Actor, store: Store, printer: str, numbers: Sequence[str], *, document: str = PICK_LIST, wave: str = "",
    reprint: bool = False,
) -> str:  # fmt: skip
    """Send these slips to a printer: the job's key. What was sent before is a reprint and must be asked for as one."""
    require(actor, store, "outbound.update", printer)
    listed = _seen(actor, store, numbers)
    if printers.find(store, printer) is None:
        raise NotFound(N_("There is no printer {name}."), N_("Set one up, or choose another one."), name=printer)
    before = waves.jobs_with(store, listed, document)
    if before and not reprint:
        raise BadRequest(
            N_("{n} of these slips were sent to a printer before."), N_("Print them again as a reprint, or look at the print jobs."),
            n=before,
        )  # fmt: skip
    again = f"reprint {clock.now().isoformat()}" if reprint else ""
    with store.write() as cursor:
        key = print_jobs.put(
            cursor, [Wanted(printer, wave, tuple(listed), document, reprint, again)], actor=actor.account
        )[0]
        if document == PICK_LIST:
            slips.queued(cursor, listed, clock.now())
        audit.record(
            cursor,
            actor,
            "picking.print",
            wave or key,
            printer=printer,
            document=document,
            slips=len(listed),
            reprint=reprint,
        )
    return key


def jobs(actor: Actor, store: Store, *, states: Sequence[str] = (), limit: int = 100) -> list[PrintJob]:
    """Print jobs, those that a person must settle first."""
    require(actor, store, "outbound.update")
    found = print_jobs.listing(store, states=states, limit=limit)
    if not actor.scope.narrows:
        return found
    shown = {slip.slip_no for slip in slips.of_numbers(store, [no for job in found for no in job.slips])}
    return [job for job in found if shown.issuperset(job.slips)]


def job_counts(actor: Actor, store: Store) -> dict[str, int]:
    """State -> print jobs."""
    require(actor, store, "outbound.update")
    return print_jobs.counts(store)


def settle(actor: Actor, store: Store, key: str, *, came_out: bool) -> str:
    """Say what became of a job that broke off: it came out, or it is printed again, marked as a reprint. The new job's key,
    "" where none is needed. BadRequest for a job that is not in doubt."""
    require(actor, store, "outbound.update", key)
    now, fresh = clock.now(), ""
    _job_within(actor, store, key, "picking.settle")
    with store.write() as cursor:
        job = print_jobs.find(cursor, key)
        if job is None or job.state != UNKNOWN:
            raise BadRequest(N_("Nobody needs to settle this job any more."), N_("Load the list again."))
        print_jobs.settle(cursor, key, came_out=came_out, who=actor.account)
        outbox.ignore(cursor, [print_jobs.message_of(cursor, key)], actor.account)
        if came_out and job.document == PICK_LIST:
            waves.tell_orders(cursor, print_jobs.mark_slips(cursor, job.slips, now), "slip_printed", actor.account, now)
        if not came_out:
            again = Wanted(job.printer, job.wave, job.slips, job.document, True, f"after {key}")
            fresh = print_jobs.put(cursor, [again], actor=actor.account)[0]
        audit.record(cursor, actor, "picking.settle", key, came_out=came_out, again=fresh)
    return fresh


def retry(actor: Actor, store: Store, key: str) -> bool:
    """Try a job again that was refused; whether there was one to try."""
    require(actor, store, "outbound.update", key)
    _job_within(actor, store, key, "picking.retry")
    with store.write() as cursor:
        done = outbox.retry(cursor, [print_jobs.message_of(cursor, key)], actor.account)
        audit.record(cursor, actor, "picking.retry", key)
    return bool(done)


def rules(actor: Actor, store: Store) -> dict[str, WaveRule]:
    """How waves are made, by warehouse; "" is the rule of all others."""
    require(actor, store, "outbound.update")
    with store.read() as cursor:
        return {"": WaveRule()} | waves.rules(cursor)


def keep_rule(actor: Actor, store: Store, rule: WaveRule) -> None:
    """Set a warehouse's rule. BadRequest for a size or a time that cannot be."""
    require(actor, store, "warehouse.setup", rule.warehouse)
    if not 1 <= rule.most <= _MOST_AT_ONCE:
        raise BadRequest(N_("A wave has 1 to 1,000 slips."), N_("Mend the number."))
    times = {courier.strip(): wall.strip() for courier, wall in rule.cutoffs.items() if courier.strip()}
    wrong = next((wall for wall in times.values() if not _CLOCK.match(wall)), None)
    if wrong is not None:
        raise BadRequest(N_("{time} is no time of day."), N_("Write it as 16:30."), time=wrong)
    with store.write() as cursor:
        waves.save_rule(cursor, replace(rule, cutoffs=times), actor.account)
        audit.record(cursor, actor, "picking.rule", rule.warehouse, most=rule.most, by_courier=rule.by_courier,
                     single_first=rule.single_first, cutoffs=times)  # fmt: skip


def drop_rule(actor: Actor, store: Store, warehouse: str) -> None:
    """A warehouse follows the general rule again."""
    require(actor, store, "warehouse.setup", warehouse)
    with store.write() as cursor:
        waves.remove_rule(cursor, warehouse)
        audit.record(cursor, actor, "picking.rule", warehouse, dropped=True)


def warehouses(actor: Actor, store: Store) -> dict[str, str]:
    """Name -> title of the warehouses."""
    require(actor, store, "outbound.update")
    return {each.warehouse: each.title or each.warehouse for each in known_warehouses(store)}


def places(actor: Actor, store: Store, warehouse: str, text: str = "", limit: int = 200) -> list[tuple[str, str, str]]:
    """(SKU, title, where it lies) in a warehouse."""
    require(actor, store, "outbound.update", warehouse)
    return bins.listing(store, warehouse, text.strip(), limit)


def keep_places(actor: Actor, store: Store, warehouse: str, rows: Sequence[tuple[str, str]]) -> int:
    """Say where SKUs lie, an empty place forgets it; returns how many changed. BadRequest for a place too long."""
    require(actor, store, "outbound.update", warehouse)
    if actor.scope.warehouses and warehouse not in actor.scope.warehouses:
        raise NotFound(N_("There is no such warehouse."), N_("Choose one of the list."))
    wanted = {sku.strip(): place.strip() for sku, place in rows if sku.strip()}
    long = next((place for place in wanted.values() if len(place) > 40), None)
    if long is not None:
        raise BadRequest(N_("A location has at most 40 signs: {place}"), N_("Shorten it."), place=long[:60])
    with store.write() as cursor:
        changed = bins.save(cursor, warehouse, wanted)
        audit.record(cursor, actor, "picking.places", warehouse, skus=changed)
    return changed


def _all_seen(actor: Actor, store: Store, numbers: Sequence[str], action: str) -> None:
    """Pass when the actor sees the orders of all these slips; what is written is not narrowed by the store."""
    if actor.scope.narrows:
        within(actor, store, [slip.order_key for slip in slips.of_numbers(whole(store), numbers)], action)


def _job_within(actor: Actor, store: Store, key: str, action: str) -> None:
    if actor.scope.narrows:
        with whole(store).read() as cursor:
            job = print_jobs.find(cursor, key)
        _all_seen(actor, store, job.slips if job else (), action)


def _seen(actor: Actor, store: Store, numbers: Sequence[str]) -> list[str]:
    """Those of the slips that stand, in their order, seen by the actor. NotFound when there is none."""
    found = slips.of_numbers(store, numbers)
    within(actor, store, [slip.order_key for slip in found], "picking.print")
    if not found:
        raise NotFound(N_("None of these slips stands any more."), N_("Load the waves again."))
    return [slip.slip_no for slip in found]
