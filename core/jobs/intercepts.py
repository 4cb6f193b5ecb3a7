"""Opens a task for every refund that comes after packing, a few seconds after it is known."""

from datetime import datetime
from weakref import WeakKeyDictionary

from core.flow import intercept
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store

_seen: WeakKeyDictionary[Store, tuple[int, datetime]] = (
    WeakKeyDictionary()
)  # the version looked at, where to go on from


def find_intercepts(store: Store, _vault: Vault, _settings: Settings) -> int:
    """Open and call off; returns how many tasks changed. Nothing while nothing was written."""
    version, since = _seen.get(store, (-1, None))
    if version == store.version:
        return 0
    version = store.version
    changed, since = intercept.look(store, since)
    _seen[store] = (store.version if changed else version, since)
    return changed


JOBS = (Job("intercepts", N_("Find parcels that a refund wants stopped"), 5, find_intercepts),)
