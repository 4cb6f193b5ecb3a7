"""Tells the explorer's questions to robots by their timetables, with the rights their owner has today."""

from core import clock
from core.errors import DanliuError
from core.i18n import N_, speaking
from core.jobs.table import Job
from core.people.actor import person_with
from core.people.guard import seen_by
from core.people.roles import role_of
from core.people.vault import Vault
from core.services import pivot
from core.settings import Settings
from core.store import Store, accounts, outbox, pivot_schedules, roles
from core.store.outbox import Message
from core.store.pivot_schedules import Schedule


def tell(store: Store, vault: Vault, settings: Settings) -> int:
    """Put what is due into the outbox; returns how many. One that can no longer be answered is stopped with its reason."""
    now, count = clock.now(), 0
    for one in pivot_schedules.listing(store):
        if pivot.due(one, now, settings.zone):
            count += _tell(store, vault, settings, one)
    return count


def _tell(store: Store, vault: Vault, settings: Settings, one: Schedule) -> int:
    day = clock.business_day(clock.now(), settings.zone)
    with store.read() as cursor:
        owner = accounts.find(cursor, one.account)
        row = roles.find(cursor, owner.role) if owner else None
    text, problem = "", ""
    with speaking((owner.language if owner else "") or settings.language):
        try:
            if owner is None or not owner.active:
                problem = "no account"
            else:
                owner_now = person_with(owner.account, role_of(owner.role, row))
                text = pivot.message(owner_now, seen_by(owner_now, store), vault, one, zone=settings.zone)
        except DanliuError as error:
            problem = str(error)
    with store.write() as cursor:
        pivot_schedules.put(cursor, pivot.told(one, day, problem))
        if not problem:
            key = outbox.key_of(one.robot, one.schedule_id, day.isoformat())
            outbox.put(cursor, [Message("notify", "", one.robot, one.name, key, {"title": one.name, "text": text})])
    return 0 if problem else 1


JOBS = (Job("pivot_report", N_("Tell explorer questions to robots"), 60, tell),)
