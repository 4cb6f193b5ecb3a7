"""Sends what waits in the outbox: figures of stock, dispatches, and whatever other parts put there."""

from weakref import WeakKeyDictionary

from core.channels import deliver as sending
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, dispatch_refusals, outbox

PATIENCE = 1.5  # seconds: lanes that take longer go on by themselves
_empty: WeakKeyDictionary[Store, int] = WeakKeyDictionary()  # the version at which nothing waited at all


def deliver_due(store: Store, vault: Vault, settings: Settings) -> dict[str, int]:
    """Send what is due; returns how many messages ended in which state, of the lanes that were quick."""
    if _empty.get(store) == store.version or store.closing.is_set():
        return {}
    version = store.version
    _send_released(store)
    told = sending.deliver(store, vault, settings, limit=1_000_000, seconds=PATIENCE)
    if not told and sending.is_idle(store) and not outbox.is_waiting(store):
        _empty[store] = version
    return told


def _send_released(store: Store) -> None:
    with store.read() as cursor:
        ids = dispatch_refusals.released(cursor) if dispatch_refusals.has_dead(cursor) else []
    if ids:
        with store.write() as cursor:
            outbox.retry(cursor, ids, "review")


def finish(seconds: float) -> None:
    """Let what is under way come to its end."""
    sending.finish(seconds)


JOBS = (Job("outbox.deliver", N_("Send what waits in the outbox"), 2, deliver_due),)
