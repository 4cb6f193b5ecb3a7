"""The channels a shop may belong to: the known ones and the operator's own; and what each connector's form asks."""

import json
import re
from dataclasses import dataclass

from core.channels.base import Setting
from core.channels.registry import connector, connectors
from core.channels.shops import default_connector
from core.errors import BadRequest
from core.i18n import N_, _, language
from core.model.fields import CHANNELS
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.settings import ROOT
from core.store import Store
from core.store import shops as kept
from core.store.shops import OwnChannel

_NAME = re.compile(r"^[a-z][a-z0-9_]{1,29}$")


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel to choose. `title` is in the reader's language; `connector` "" means its shops are fed by files."""

    channel: str
    title: str
    connector: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What a connector asks for. `title` and the settings' labels and helps are gettext source texts."""

    connector: str
    title: str
    settings: tuple[Setting, ...]
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preset:
    """Ready settings for a connector's form. `title` by language."""

    name: str
    channel: str
    connector: str
    titles: dict[str, str]
    settings: dict[str, str]


def listing(actor: Actor, store: Store) -> list[Channel]:
    """Every channel, those with a connector first, in catalogue order; then the operator's own."""
    require(actor, store, "channels.view")
    known = [Channel(name, _(label), default_connector(store, name)) for name, label in CHANNELS.items()]
    words = {"zh": "label_zh", "en": "label_en"}[language()]
    own = [
        Channel(c.channel, getattr(c, words) or c.label_zh or c.channel, default_connector(store, c.channel), True)
        for c in kept.own_channels(store)
    ]
    return sorted(known, key=lambda channel: not channel.connector) + own


def names(store: Store) -> frozenset[str]:
    """The names an order's channel may have."""
    return frozenset(CHANNELS) | {channel.channel for channel in kept.own_channels(store)}


def add_channel(
    actor: Actor, store: Store, channel: str, *, label_zh: str, label_en: str = "", connector_name: str = ""
) -> OwnChannel:
    """Add an own channel, or change the words of one. BadRequest for a bad or a taken name, naming the field."""
    require(actor, store, "channels.edit", channel)
    if not _NAME.match(channel) or channel in CHANNELS:
        raise BadRequest(
            N_("{name} cannot be a channel's name."),
            N_("Use 2 to 30 of a-z, 0-9 and _, and no name that is there already."),
            name=channel,
        )
    if not label_zh.strip():
        raise BadRequest(N_("The channel has no label."), N_("Fill in the label."))
    if connector_name:
        connector(connector_name)
    own = OwnChannel(channel, label_zh.strip(), label_en.strip() or label_zh.strip(), connector_name)
    with store.write() as cursor:
        kept.save_channel(cursor, own)
        audit.record(cursor, actor, "channels.add", channel, label=own.label_zh, connector=connector_name)
    return own


def forms(actor: Actor, store: Store) -> dict[str, Form]:
    """The forms by connector name."""
    require(actor, store, "channels.view")
    return {name: Form(name, kind.title, kind.settings, kind.entities) for name, kind in connectors().items()}


def presets(actor: Actor, store: Store) -> list[Preset]:
    """The ready settings that come with the product (data/presets)."""
    require(actor, store, "channels.view")
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "data/presets").glob("*.json"))]
    return [Preset(p["name"], p["channel"], p["connector"], p["titles"], p["settings"]) for p in found]
