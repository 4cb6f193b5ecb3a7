"""What a person may do to mapping documents: see, draft, check, publish, roll back, give to a shop.

A published mapping takes the next batch. One that is invalid, or whose own examples fail, is never published.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.channels import shops
from core.channels.intake import mapping_name
from core.channels.reading import mapping_of
from core.channels.registry import connectors
from core.errors import BadRequest, NotFound
from core.i18n import N_
from core.mapping.document import KIND
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.services.mapping_checks import parsed, targets_of
from core.services.mapping_trial import failing_examples
from core.services.mapping_words import differences
from core.settings import Settings
from core.store import Store, documents, raw_samples
from core.store import shops as kept
from core.store.documents import Document
from core.store.shops import Shop


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One mapping for the list. `live_version` 0: never published. `shops` are (channel, shop) that it maps for."""

    name: str
    channel: str
    entity: str
    live_version: int
    newest: Document
    shops: tuple[tuple[str, str], ...]


def listing(actor: Actor, store: Store, settings: Settings) -> list[MappingRow]:
    """All mapping documents by name, with the shops they map for."""
    require(actor, store, "mapping.view")
    users: dict[str, list[tuple[str, str]]] = {}
    for shop in shops.all_shops(store, settings):
        for entity in entities_of(shop):
            name = name_for(store, shop, entity)
            users.setdefault(name, []).append((shop.channel, shop.shop))
    rows, listed = [], documents.listing(store, KIND)
    # A file finds its mapping by its header: whose it is only the orders tell.
    by_file = raw_samples.made_by(store, [d.name for d in listed if d.body.get("source") == "rows"])
    for name, made in by_file.items():
        users.setdefault(name, []).extend(made)
    for newest in listed:
        live = newest if newest.state == "published" else documents.published(store, KIND, newest.name)
        body = newest.body
        rows.append(
            MappingRow(
                newest.name,
                str(body.get("channel", "")),
                str(body.get("entity", "orders")),
                live.version if live else 0,
                newest,
                tuple(dict.fromkeys(users.get(newest.name, ()))),
            )
        )
    return rows


def entities_of(shop: Shop) -> tuple[str, ...]:
    """What a shop brings: its connector's entities, or orders and refunds by file."""
    kind = connectors().get(shop.connector)
    return tuple(kind.entities) if kind else ("orders", "refunds")


def name_for(store: Store, shop: Shop, entity: str) -> str:
    """The mapping that the next batch of a shop's entity will use."""
    if chosen := shop.settings.get(f"mapping_{entity}"):
        return chosen
    kind = connectors().get(shop.connector)
    told = mapping_of(store, shop, kind, entity) if kind else None  # type: ignore[arg-type]  # class attributes suffice
    return told or mapping_name(store, shop.channel, shop.shop, entity)


def name_of_shop(actor: Actor, store: Store, settings: Settings, channel: str, shop: str, entity: str) -> str:
    """The mapping of a shop's entity by the shop's names. BadRequest for an unknown shop."""
    require(actor, store, "mapping.view", shop)
    return name_for(store, shops.find(store, settings, channel, shop), entity)


def newest(actor: Actor, store: Store, name: str) -> Document:
    """The newest version, draft or not. NotFound for an unknown name."""
    require(actor, store, "mapping.view")
    found = documents.newest(store, KIND, name)
    if found is None:
        raise NotFound(N_("There is no mapping {name}."), N_("Choose one from the list."), name=name)
    return found


def live(actor: Actor, store: Store, name: str) -> Document | None:
    """The published version, or None."""
    require(actor, store, "mapping.view")
    return documents.published(store, KIND, name)


def history(actor: Actor, store: Store, name: str) -> list[Document]:
    """All versions, newest first."""
    require(actor, store, "mapping.view")
    return documents.history(store, KIND, name)


def compare(actor: Actor, store: Store, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What the new document does otherwise, a sentence each."""
    require(actor, store, "mapping.view")
    return differences(targets_of(store, str(new.get("entity", "orders"))), old, new)


def save_draft(actor: Actor, store: Store, body: dict[str, Any], *, note: str = "") -> Document:
    """Keep a valid document as its name's draft. BadRequest names the first wrong place."""
    require(actor, store, "mapping.edit", str(body.get("name", "")))
    name = parsed(store, body).name
    with store.write() as cursor:
        document = documents.save_draft(store, KIND, name, body, author=actor.account, note=note.strip())
        audit.record(cursor, actor, "mappings.save_draft", name, version=document.version)
    return document


def publish(actor: Actor, store: Store, name: str, version: int) -> Document:
    """Make a draft live for the next batch. Raises BadRequest when it is invalid or one of its examples fails, Stale when
    it is no draft any more."""
    require(actor, store, "mapping.edit", name)
    draft = next((d for d in documents.history(store, KIND, name) if d.version == version), None)
    if draft is None:
        raise NotFound(N_("There is no version {version} of {name}."), version=version, name=name)
    _refuse_failing(store, draft.body)
    with store.write() as cursor:
        document = documents.publish(store, KIND, name, version)
        audit.record(cursor, actor, "mappings.publish", name, version=version, hash=document.hash)
    return document


def roll_back(actor: Actor, store: Store, name: str, version: int) -> Document:
    """Publish the body of an older version again. It must still be valid."""
    require(actor, store, "mapping.edit", name)
    old = next((d for d in documents.history(store, KIND, name) if d.version == version), None)
    if old is not None:
        _refuse_failing(store, old.body)
    with store.write() as cursor:
        document = documents.roll_back(store, KIND, name, version, author=actor.account)
        audit.record(cursor, actor, "mappings.roll_back", name, to=version, version=document.version)
    return document


def _refuse_failing(store: Store, body: Mapping[str, Any]) -> None:
    parsed(store, body)
    failed = failing_examples(store, body)
    if failed:
        raise BadRequest(
            N_("Its own examples do not pass: {failed}"), N_("Mend the mapping or the example."), failed=failed[0]
        )


def assign(
    actor: Actor, store: Store, settings: Settings, channel: str, shop: str, entity: str, name: str | None
) -> None:
    """Let a shop's entity be mapped by a document of its own choice; None gives it the channel's one again.

    BadRequest for a shop of config.toml, or a mapping that is not published or is for another entity.
    """
    require(actor, store, "mapping.edit", shop)
    known = shops.find(store, settings, channel, shop)
    if known.headless:
        raise BadRequest(N_("The shop {shop} stands in config.toml."), N_("Change it there."), shop=shop)
    if name is not None:
        document = documents.published(store, KIND, name)
        if document is None:
            raise BadRequest(N_("There is no published mapping {name}."), N_("Publish it first."), name=name)
        if document.body.get("entity", "orders") != entity:
            raise BadRequest(N_("The mapping {name} is not for these."), N_("Choose another one."), name=name)
        if document.body.get("source") == "rows":
            raise BadRequest(
                N_("The mapping {name} reads file rows."),
                N_("A file finds it by its header, no shop needs it."),
                name=name,
            )
    values = {key: value for key, value in known.settings.items() if key != f"mapping_{entity}"}
    with store.write() as cursor:
        kept.save(cursor, replace(known, settings=values | ({f"mapping_{entity}": name} if name else {})))
        audit.record(cursor, actor, "mappings.assign", f"{channel}/{shop}", entity=entity, mapping=name)
