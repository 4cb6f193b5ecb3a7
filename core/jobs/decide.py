"""Decides new paid orders by the risk sets in force and a third party's blacklist, a batch at a time."""

from weakref import WeakKeyDictionary

from core.channels import blacklist
from core.decide import risk
from core.flow.document import covers
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, decisions

BATCH = 2_000
MOST_BATCHES = 25
_idle: WeakKeyDictionary[Store, int] = WeakKeyDictionary()  # its version when nothing was left to decide


def decide_risk(store: Store, vault: Vault, settings: Settings) -> int:
    """Decide what is undecided; returns how many orders were. Does nothing while nothing is in force."""
    decided = 0
    if covers(store, "risk"):
        return decided  # a station of the flow in force does it
    if _idle.get(store) == store.version:
        return decided
    if not risk.in_force(store):
        return decided
    for _batch in range(MOST_BATCHES):
        keys = decisions.undecided(store, risk.KIND, BATCH)
        if not keys:
            _idle[store] = store.version
            break
        blacklist.ask(store, vault, keys)  # before the transaction: a service that hangs holds nobody up
        decided += risk.judge(store, vault, keys, settings.zone).orders
    return decided


JOBS = (Job("decide.risk", N_("Decide new orders by risk rules"), 1, decide_risk),)
