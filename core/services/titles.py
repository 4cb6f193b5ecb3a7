"""What shops and the operator's own channels are called, for everybody who works here."""

from dataclasses import dataclass

from core.channels.shops import all_shops
from core.i18n import language
from core.people.actor import Actor
from core.people.guard import require
from core.settings import Settings
from core.store import Store, shops


@dataclass(frozen=True, slots=True)
class Titles:
    """`shops` by `channel/shop`, shops that are disconnected too; `channels`: the own ones, in the reader's language."""

    shops: dict[str, str]
    channels: dict[str, str]


def titles(actor: Actor, store: Store, settings: Settings) -> Titles:
    """All titles there are."""
    require(actor, store, "own.account")
    known = [*shops.listing(store, removed=True), *all_shops(store, settings)]
    words = {"zh": "label_zh", "en": "label_en"}[language()]
    return Titles(
        {f"{shop.channel}/{shop.shop}": shop.title for shop in known if shop.title},
        {own.channel: getattr(own, words) or own.label_zh or own.channel for own in shops.own_channels(store)},
    )
