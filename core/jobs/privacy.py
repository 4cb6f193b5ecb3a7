"""Every night: what is older than it may be kept goes, and what was to be forgotten is forgotten."""

from core.i18n import N_
from core.jobs.table import Job
from core.people.actor import SYSTEM
from core.people.vault import Vault
from core.services import erasure
from core.settings import Settings
from core.store import Store


def forget(store: Store, vault: Vault, _settings: Settings) -> dict[str, int]:
    """Rows removed by kind."""
    return erasure.nightly(SYSTEM, store, vault)


JOBS = (Job("privacy", N_("Keep data no longer than set"), 6 * 3600, forget),)
