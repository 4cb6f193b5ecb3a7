"""Looks every quarter of an hour whether a watched figure has left its band, or has come back."""

from core.i18n import N_, speaking
from core.jobs.table import Job
from core.people.actor import SYSTEM
from core.people.vault import Vault
from core.services import figure_alerts
from core.settings import Settings
from core.store import Store


def watch(store: Store, _vault: Vault, settings: Settings) -> int:
    """How many figures have turned."""
    with speaking(settings.language):
        return figure_alerts.look(SYSTEM, store, zone=settings.zone)


JOBS = (Job("kpi_watch", N_("Watch the figures' bands"), 900, watch),)
