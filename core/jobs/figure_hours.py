"""Counts the hours of payment that changed, so that a year's figures are read in a moment from a large store."""

from core.i18n import N_
from core.insight import cohort_hours
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store


def keep(store: Store, _vault: Vault, _settings: Settings) -> int:
    """How many hours were counted."""
    return cohort_hours.keep(store)


JOBS = (Job("figures.hours", N_("Keep the figures of long periods"), 900, keep),)
