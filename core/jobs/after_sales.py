"""Opens and moves the cases of after sales by the platforms' refunds."""

from datetime import datetime
from weakref import WeakKeyDictionary

from core.flow.after_sales import follow
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store

_seen: WeakKeyDictionary[Store, tuple[int, datetime]] = WeakKeyDictionary()  # version looked at, where to look on from


def follow_refunds(store: Store, vault: Vault, settings: Settings) -> dict[str, int]:
    """Follow what changed since the last look; an untouched store is not looked at. The first look sees everything."""
    del vault, settings
    version, since = _seen.get(store, (-1, None))
    if version == store.version:
        return {}
    version = store.version
    told, on_from = follow(store, since)
    _seen[store] = (version, on_from)
    return told if any(told.values()) else {}


JOBS = (Job("after_sales", N_("Follow refunds with after-sales cases"), 10, follow_refunds),)
