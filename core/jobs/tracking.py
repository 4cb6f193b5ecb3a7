"""Follows parcels on the road: new waybills, the couriers' services in turn, parcels that stand still."""

from core.flow import on_the_road
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, tracking_accounts


def watch_parcels(store: Store, vault: Vault, settings: Settings) -> dict[str, int]:
    """Register, close and mark; writes only what has changed."""
    del vault, settings
    told = on_the_road.watch(store)
    return told if any(told.values()) else {}


def ask_couriers(store: Store, vault: Vault, settings: Settings) -> dict[str, int]:
    """Ask for what is due."""
    del settings
    if not tracking_accounts.listing(store):
        return {}
    told = on_the_road.ask_due(store, vault)
    return told if told["asked"] else {}


JOBS = (
    Job("parcels.watch", N_("Follow parcels on the road"), 60, watch_parcels),
    Job("parcels.ask", N_("Ask couriers where parcels are"), 60, ask_couriers),
)
