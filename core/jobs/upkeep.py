"""Clears expired logins and old failures, and writes the store's log into its file."""

from datetime import timedelta

from core import clock
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, logins
from core.store.upkeep import checkpoint

_FAILURES_KEPT = timedelta(days=1)


def clean(store: Store, _vault: Vault, _settings: Settings) -> dict[str, int | bool]:
    """How many expired rows went, and whether the log was written into the file."""
    gone = logins.clear_expired(store, clock.now() - _FAILURES_KEPT)
    return {"removed": gone, "checkpoint": checkpoint(store)}


JOBS = (Job("upkeep", N_("Upkeep of the store"), 900, clean),)
