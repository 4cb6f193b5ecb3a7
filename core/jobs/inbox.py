"""Drains the inbox: within a second after a push, and again for those whose next attempt is due."""

import logging

from core.channels.inbox import arrived, drain
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store

log = logging.getLogger(__name__)
RETRY_EVERY = 10  # runs: how often to look for due attempts when nothing arrived
_rounds = 0


def drain_inbox(store: Store, vault: Vault, settings: Settings) -> dict[str, int]:
    """Take in what was pushed. Looks into the store only after an arrival, and every tenth run."""
    global _rounds
    _rounds += 1
    if not arrived.is_set() and _rounds % RETRY_EVERY != 1:
        return {}
    arrived.clear()
    found = drain(store, vault, settings)
    return found if found["done"] or found["failed"] else {}


JOBS = (Job("inbox", N_("Take in pushes"), 1, drain_inbox),)
