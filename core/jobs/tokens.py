"""Renews authorisations in time and keeps the date by which a person must authorise a shop again."""

from dataclasses import replace
from datetime import timedelta

from core import clock
from core.channels import pull, shops
from core.errors import DanliuError
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store
from core.store import shops as kept

RENEW_BEFORE = timedelta(hours=12)


def renew(store: Store, vault: Vault, settings: Settings) -> dict[str, str]:
    """Renew what runs out within half a day; returns {"channel/shop": "renewed" or why not}."""
    told: dict[str, str] = {}
    for shop in pull.pullable(shops.all_shops(store, settings)):
        if pull.is_busy(store, shop):
            continue
        try:
            with pull.claimed(store, shop):
                if outcome := _renew_one(store, vault, shop):
                    told[f"{shop.channel}/{shop.shop}"] = outcome
        except DanliuError as error:
            told[f"{shop.channel}/{shop.shop}"] = error.message
    return told


def _renew_one(store: Store, vault: Vault, shop: kept.Shop) -> str:
    connector = shops.connector_of(store, vault, shop)
    try:
        state = connector.token_state()
        if state.refreshable and state.expires_at and state.expires_at - clock.now() < RENEW_BEFORE:
            renewed = connector.refresh()
            if renewed is not None:
                return "renewed"
        _note(store, shop, connector.token_state().reauthorise_by or (None if state.refreshable else state.expires_at))
        return ""
    finally:
        connector.http.close()


def _note(store: Store, shop: kept.Shop, reauthorise_by: object) -> None:
    with store.write() as cursor:
        before = kept.progress_of(store, shop.channel, shop.shop)
        if before.reauthorise_by != reauthorise_by:
            kept.save_progress(cursor, replace(before, reauthorise_by=reauthorise_by))  # type: ignore[arg-type]


JOBS = (Job("tokens", N_("Renew authorisations"), 1800, renew),)
