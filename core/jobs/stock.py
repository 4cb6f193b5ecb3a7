"""Stock: reservations kept true every few seconds, figures pushed at their interval, peaks of demand found every hour."""

from datetime import timedelta
from weakref import WeakKeyDictionary

from core import clock
from core.channels import stock_push
from core.decide import warehouse
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.stock.policy import load
from core.stock.settle import settle
from core.store import Store, available, facts

_idle: WeakKeyDictionary[Store, int] = WeakKeyDictionary()  # the version at which nothing was left to settle
_PEAKS, _PEAKS_EVERY = "stock.peaks", timedelta(hours=1)


def settle_stock(store: Store, vault: Vault, settings: Settings) -> int:
    """Let reservations follow what happened, and route anew what lost its shelf; returns how many orders were touched."""
    if _idle.get(store) == store.version:
        return 0
    version = store.version
    done = settle(store)
    if done.rerouted:
        warehouse.assign(store, done.rerouted, settings.zone, keyed=vault.keyed, again=True)
    touched = done.touched
    if not touched:
        _idle[store] = version
    return touched


def push_stock(store: Store, vault: Vault, settings: Settings) -> dict[str, int]:
    """Push the figures that changed when the interval is over."""
    if not stock_push.is_due(store, load(store)):
        return {}
    done = stock_push.push(store, vault, settings)
    return {"skus": done.skus, "figures": done.figures, "shops": done.shops, "unlisted": done.unlisted}


def find_peaks(store: Store, _vault: Vault, _settings: Settings) -> int:
    """Find each SKU's busiest hour anew, once an hour; returns how many SKUs sold."""
    before = facts.get(store, _PEAKS)
    now = clock.now()
    if before and before > (now - _PEAKS_EVERY).isoformat():
        return 0
    with store.write() as cursor:
        found = available.keep_peaks(cursor, now)
        if found:  # a store that has just been opened is looked at again soon
            facts.put(store, _PEAKS, now.isoformat())
    return found


JOBS = (
    Job("stock.settle", N_("Keep reservations true to what happened"), 2, settle_stock),
    Job("stock.push", N_("Push stock figures to the shops"), 15, push_stock),
    Job("stock.peaks", N_("Find the busiest hour of each SKU"), 60, find_peaks),
)
