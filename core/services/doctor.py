"""The doctor: looks at everything that quietly goes wrong and says of each what to do. Changes nothing."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core import clock
from core.channels import shops
from core.decide.promotion.book import KIND as PROMOTION
from core.decide.promotion.book import book
from core.decide.risk import rulebook
from core.errors import DanliuError
from core.i18n import N_, _
from core.mapping.document import KIND as MAPPING
from core.mapping.document import parse
from core.mapping.said import unpacked
from core.people.actor import Actor
from core.people.guard import require
from core.people.permissions import ADMIN
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, accounts, audit_chain, backup, catalogue, checkup, documents, inbox, jobs, rejects
from core.store import shops as kept
from core.store.engines.file import FileEngine, file_of

_ROOM = 1 << 30  # bytes; below it, or below half of the store's size, a busy day may fill the disk
_SOON = timedelta(days=3)
_AHEAD = timedelta(minutes=10)
_OLD = timedelta(days=2)
_FAILED_OFTEN = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a stable code, what it is, what to do; both in the reader's language."""

    code: str
    message: str
    hint: str

    def as_json(self) -> dict[str, str]:
        """As the command prints it."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at."""

    store: Store
    vault: Vault
    settings: Settings
    findings: checkup.Findings


Check = Callable[[Patient], Iterator[Problem]]


def examine(actor: Actor, store: Store, vault: Vault, settings: Settings) -> list[Problem]:
    """Every problem there is, the gravest kind first."""
    require(actor, store, "jobs.view")
    patient = Patient(store, vault, settings, checkup.find(store))
    return [problem for check in CHECKS for problem in check(patient)]


def of_error(error: DanliuError) -> Problem:
    """A store or key that cannot even be opened."""
    return Problem(error.code, error.message, error.hint)


def _problem(code: str, message: str, hint: str, **values: Any) -> Problem:
    return Problem(code, _(message).format(**values), _(hint).format(**values))


def _key(patient: Patient) -> Iterator[Problem]:
    if patient.findings.sealed:
        try:
            patient.vault.open_text(patient.findings.sealed)
        except DanliuError as error:
            yield Problem("key_wrong", error.message, error.hint)


def _laws(patient: Patient) -> Iterator[Problem]:
    hint = N_("Make a back-up, then write to the maintainers with this line.")
    for code, count, message in (
        ("double_orders", patient.findings.double_orders, N_("{n} orders stand twice in the pool.")),
        ("lines_astray", patient.findings.lines_astray, N_("{n} lines belong to no order.")),
        ("line_counts", patient.findings.wrong_line_counts, N_("{n} orders have more lines than they say.")),
        ("negative_money", patient.findings.negative_money, N_("{n} orders have a negative amount paid.")),
    ):
        if count:
            yield _problem(code, message, hint, n=count)


def _audit(patient: Patient) -> Iterator[Problem]:
    verdict = audit_chain.check(patient.store, patient.vault.keyed)
    if verdict.broken:
        yield _problem(
            "audit_changed",
            N_("The audit trail was changed from outside, first at entry {place}."),
            N_("Find out who can reach the store's file, and compare with a back-up."),
            place=verdict.broken[0],
        )


def _disk(patient: Patient) -> Iterator[Problem]:
    if not isinstance(patient.store.engine, FileEngine):
        return  # another machine's disk: its keeper watches it
    path = file_of(patient.settings)
    free = shutil.disk_usage(path.parent).free
    if free < max(_ROOM, path.stat().st_size // 2 if path.exists() else 0):
        yield _problem(
            "disk_low",
            N_("Only {free} MB are free where the store lies."),
            N_("Free space or move the store to a larger disk."),
            free=free >> 20,
        )


def _clock(patient: Patient) -> Iterator[Problem]:
    newest = patient.findings.newest
    if newest and newest > clock.now() + _AHEAD:
        yield _problem(
            "clock_behind",
            N_("The store has events of {minutes} minutes in the future."),
            N_("Set the clock of this machine right (NTP)."),
            minutes=round((newest - clock.now()) / timedelta(minutes=1)),
        )


def _documents(patient: Patient) -> Iterator[Problem]:
    known = catalogue.load(patient.store)
    broken: dict[tuple[str, str], str] = {}
    for document in documents.all_published(patient.store, MAPPING):
        try:
            parse(document.body, known)
        except DanliuError as error:
            broken[MAPPING, document.name] = error.message
    for name, why in rulebook(patient.store).problems.items():
        broken["risk", name] = why
    for name, why in book(patient.store).problems.items():
        broken[PROMOTION, name] = why
    for (kind, name), why in broken.items():
        yield _problem(
            "document_broken",
            N_("The published {kind} document {name} cannot be read: {why}"),
            N_("Open it on its page, mend it and publish it again; until then the last good version is used."),
            kind=kind, name=name, why=why,
        )  # fmt: skip


def _shops(patient: Patient) -> Iterator[Problem]:
    fares = kept.progress(patient.store)
    for shop in shops.all_shops(patient.store, patient.settings):
        fare = fares.get((shop.channel, shop.shop))
        if fare is None or fare.paused:
            continue
        if fare.state == "bad_setup" or fare.failures >= _FAILED_OFTEN:
            yield Problem("shop_failing", f"{shop.title or shop.shop}: {unpacked(fare.error)}", unpacked(fare.hint))
        if fare.reauthorise_by and fare.reauthorise_by < clock.now() + _SOON:
            yield _problem(
                "authorisation_ends",
                N_("The authorisation of {shop} ends on {day} and cannot be renewed by itself."),
                N_("Authorise the shop again on the Channels page."),
                shop=shop.title or shop.shop,
                day=f"{fare.reauthorise_by:%Y-%m-%d}",
            )


def _queues(patient: Patient) -> Iterator[Problem]:
    dead = sum(states.get(inbox.DEAD, 0) for states in inbox.count(patient.store).values())
    if dead:
        yield _problem(
            "pushes_dead",
            N_("{n} pushes could not be taken in after many tries."),
            N_("Look at them under Channels, Rejects, and retry."),
            n=dead,
        )
    waiting = sum(rejects.count(patient.store).values())
    if waiting:
        yield _problem(
            "rejects_waiting",
            N_("{n} payloads could not be mapped and wait for a person."),
            N_("Mend the mapping, then press retry under Channels, Rejects."),
            n=waiting,
        )


def _jobs(patient: Patient) -> Iterator[Problem]:
    for name, state in jobs.load(patient.store).items():
        if state.outcome == "error" and not state.paused:
            yield _problem(
                "job_failing",
                N_("The job {name} failed at its last run: {why}"),
                N_("Remove the cause, then run it now on the Jobs page."),
                name=name,
                why=state.result,
            )


def _backups(patient: Patient) -> Iterator[Problem]:
    newest = next(iter(backup.listing(patient.settings.backup_folder)), None)
    if newest and newest.made_at < clock.now() - _OLD and patient.settings.backup_at:
        yield _problem(
            "backup_old",
            N_("The newest back-up is of {day}."),
            N_("See on the Jobs page why the daily one fails, and make one now."),
            day=f"{newest.made_at:%Y-%m-%d}",
        )


def _people(patient: Patient) -> Iterator[Problem]:
    with patient.store.read() as cursor:
        has_accounts, admins = accounts.count(cursor), accounts.count_active(cursor, ADMIN)
    if has_accounts and not admins:
        yield _problem(
            "no_admin",
            N_("No active account is an administrator."),
            N_("Make one with: python -m core accounts."),
        )


CHECKS: tuple[Check, ...] = (
    _key, _laws, _audit, _disk, _clock, _documents, _people, _shops, _queues, _jobs, _backups,
)  # fmt: skip
