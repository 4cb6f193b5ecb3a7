"""Gives gifts, counts limits and compares amounts for new paid orders, and looks again where a refund has changed one."""

from weakref import WeakKeyDictionary

from core.decide import offers
from core.flow.document import covers
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store

MOST_BATCHES = 25
_idle: WeakKeyDictionary[Store, int] = (
    WeakKeyDictionary()
)  # the version at which nothing was left: no query until a write


def decide_offers(store: Store, _vault: Vault, settings: Settings) -> int:
    """Decide and look again until nothing is left; returns how many orders were touched."""
    if _idle.get(store) == store.version:
        return 0
    touched = 0
    by_flow = covers(store, "promotion") or covers(store, "limit")  # then a station of the flow in force decides
    for _batch in range(MOST_BATCHES):
        version = store.version
        found = offers.recheck(store, settings.zone).orders
        if not by_flow:
            found += offers.decide(store, settings.zone).orders
        touched += found
        if not found:
            _idle[store] = version
            break
        if store.closing.is_set():
            break
    return touched


JOBS = (Job("decide.offers", N_("Apply promotions, gifts and limits to new orders"), 1, decide_offers),)
