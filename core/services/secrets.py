"""Which secrets the product keeps and how old they are; each can be replaced, none is ever shown."""

import json
from dataclasses import dataclass
from datetime import datetime

from core.errors import BadRequest, NotFound
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.store import Store, secrets

PLACES: dict[str, str] = {
    secrets.SHOP: N_("Shop"),
    secrets.ROBOT: N_("Robot or mail box"),
    secrets.TRACKER: N_("Parcel service"),
    secrets.BLACKLIST: N_("Blacklist service"),
    secrets.SIGN_IN: N_("Company login"),
}
OLD_DAYS = 365
_LONGEST = 10_000
_EDIT = "secrets.edit"


@dataclass(frozen=True, slots=True)
class Kept:
    """One secret, without its value. `since`: replaced then, or no later than then; `by` whom, if on this page."""

    place: str
    owner: str
    setting: str
    since: datetime | None
    by: str


def listing(actor: Actor, store: Store, vault: Vault) -> list[Kept]:
    """Every secret that is kept, the oldest first. BadSetup where the key file does not open them."""
    require(actor, store, _EDIT)
    dates = secrets.dates(store)
    found = []
    for place in secrets.listing(store):
        for setting in _settings(vault, place):
            since, by = dates.get((place.place, place.owner, setting), (place.changed_at, ""))
            found.append(Kept(place.place, place.owner, setting, since, by))
    return sorted(found, key=lambda kept: (kept.since is not None, kept.since, kept.place, kept.owner, kept.setting))


def replace(actor: Actor, store: Store, vault: Vault, place: str, owner: str, setting: str, value: str) -> None:
    """Put a new value in place of the old one, which is gone. NotFound where no such secret is kept."""
    require(actor, store, _EDIT, f"{place} {owner} {setting}".strip())
    value = value.strip()
    if not value or len(value) > _LONGEST:
        raise BadRequest(N_("The new secret is empty or too long."), N_("Paste it as it was given to you."))
    with store.write() as cursor:
        found = secrets.find(cursor, place, owner)
        if found is None or setting not in _settings(vault, found):
            raise NotFound(N_("There is no such secret."), N_("Load the page again."))
        if "" in found.sealed:
            sealed = vault.seal_text(json.dumps(json.loads(vault.open_text(found.sealed[""])) | {setting: value}))
        else:
            sealed = vault.seal_text(value)
        secrets.replace(cursor, place, owner, setting, sealed, by=actor.account)
        audit.record(cursor, actor, "secrets.replace", f"{place} {owner} {setting}".strip())


def _settings(vault: Vault, place: secrets.Place) -> list[str]:
    """The names of an owner's secrets that have a value."""
    if "" not in place.sealed:
        return sorted(name for name, sealed in place.sealed.items() if sealed)
    return sorted(name for name, value in json.loads(vault.open_text(place.sealed[""])).items() if value)
