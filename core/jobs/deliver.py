"""Sends what waits in the outbox: figures of stock, and whatever other parts put there."""

from weakref import WeakKeyDictionary

from core.channels.deliver import deliver
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, outbox

MOST_ROUNDS = 20
_empty: WeakKeyDictionary[Store, int] = WeakKeyDictionary()  # the version at which nothing waited at all


def deliver_due(store: Store, vault: Vault, settings: Settings) -> dict[str, int]:
    """Send what is due; returns how many messages ended in which state."""
    if _empty.get(store) == store.version:
        return {}
    version, told = store.version, dict[str, int]()
    for _round in range(MOST_ROUNDS):
        if store.closing.is_set() or not outbox.is_due(store):
            break
        for state, many in deliver(store, vault, settings).items():
            told[state] = told.get(state, 0) + many
    if not told and not outbox.is_waiting(store):
        _empty[store] = version
    return told


JOBS = (Job("outbox.deliver", N_("Send what waits in the outbox"), 2, deliver_due),)
