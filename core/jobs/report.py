"""Makes the report of a month once it is over, in the language of the settings."""

from core import clock
from core.i18n import N_, speaking
from core.jobs.table import Job
from core.people.actor import SYSTEM
from core.people.vault import Vault
from core.services import monthly_report
from core.settings import Settings
from core.store import Store


def monthly(store: Store, _vault: Vault, settings: Settings) -> list[str]:
    """The names of the files made now: those of last month that are missing. Nothing for a month without an order."""
    if not monthly_report.is_scheduled(SYSTEM, store):
        return []
    month = monthly_report.month_before(clock.business_day(clock.now(), settings.zone))
    with speaking(settings.language):
        there = {each.name for each in monthly_report.listing(SYSTEM, store)}
        missing = [kind for kind in monthly_report.KINDS if monthly_report.name_of(month, kind) not in there]
        if not missing or not monthly_report.has_orders(SYSTEM, store, month, zone=settings.zone):
            return []
        made = monthly_report.make(SYSTEM, store, month, missing, zone=settings.zone)
    return [each.name for each in made if each.kind in missing]


JOBS = (Job("monthly_report", N_("Make the monthly report"), 3600, monthly),)
"""Hourly, so that a night in which the process stood still leaves no gap."""
