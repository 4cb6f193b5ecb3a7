"""What a person may do to the status tags. A retired tag stays on the orders that carry it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.errors import BadRequest, NotFound, Stale
from core.i18n import N_
from core.model.lifecycle import BY_NAME
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store, tags
from core.store.tags import Tag

NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,39}\Z")
PALETTE = ("grey", "blue", "cyan", "purple", "orange", "green", "red")


@dataclass(frozen=True, slots=True)
class TagRow:
    """One tag for the page, and how many orders carry it."""

    tag: Tag
    orders: int


def listing(actor: Actor, store: Store) -> list[TagRow]:
    """All tags in their order, retired ones too."""
    require(actor, store, "model.view")
    usage = tags.usage(store)
    return [TagRow(tag, usage.get(tag.name, 0)) for tag in tags.listing(store, retired=True)]


def add_tag(actor: Actor, store: Store, wanted: Tag) -> Tag:
    """Make a tag. BadRequest for a bad or taken name or label, or a colour outside the palette."""
    require(actor, store, "model.edit", wanted.name)
    wanted = _trimmed(wanted)
    if not NAME.match(wanted.name):
        raise BadRequest(
            N_("{name} is no name for a tag."),
            N_("Up to 40 lower-case letters, digits and underscores."),
            name=wanted.name or "–",
        )
    if wanted.name.upper() in BY_NAME:
        raise BadRequest(N_("{name} is a status already."), N_("Choose another name."), name=wanted.name)
    with store.write() as cursor:
        known = tags.listing(store, retired=True)
        if any(tag.name == wanted.name for tag in known):
            raise BadRequest(N_("The name {name} is taken."), N_("Choose another name."), name=wanted.name)
        _check(known, wanted)
        tags.insert(cursor, wanted)
        audit.record(cursor, actor, "model.add_tag", wanted.name, colour=wanted.colour)
    return wanted


def change_tag(actor: Actor, store: Store, wanted: Tag) -> None:
    """Change a tag's words and colour."""
    require(actor, store, "model.edit", wanted.name)
    wanted = _trimmed(wanted)
    with store.write() as cursor:
        known = tags.listing(store, retired=True)
        present = _find(known, wanted.name)
        _check(known, wanted)
        tags.update(cursor, replace(wanted, retired=present.retired))
        audit.record(cursor, actor, "model.change_tag", wanted.name, was=present.colour, now=wanted.colour)


def retire_tag(actor: Actor, store: Store, name: str, *, retired: bool = True) -> None:
    """Offer the tag no more (or, with `retired=False`, again)."""
    require(actor, store, "model.edit", name)
    with store.write() as cursor:
        present = _find(tags.listing(store, retired=True), name)
        tags.update(cursor, replace(present, retired=retired))
        audit.record(cursor, actor, "model.retire_tag" if retired else "model.restore_tag", name)


def move_tag(actor: Actor, store: Store, name: str, steps: int) -> None:
    """Move a tag up (negative) or down."""
    require(actor, store, "model.edit", name)
    with store.write() as cursor:
        names = [tag.name for tag in tags.listing(store, retired=True)]
        if name not in names:
            raise Stale(N_("The tag {name} is gone."), N_("Look again, then decide."), name=name)
        place = names.index(name)
        names.insert(max(0, min(len(names) - 1, place + steps)), names.pop(place))
        tags.arrange(cursor, names)
        audit.record(cursor, actor, "model.move_tag", name, place=names.index(name) + 1)


def _trimmed(tag: Tag) -> Tag:
    return replace(tag, name=tag.name.strip(), label_zh=tag.label_zh.strip(), label_en=tag.label_en.strip())


def _check(known: Iterable[Tag], wanted: Tag) -> None:
    if wanted.colour not in PALETTE:
        raise BadRequest(N_("There is no colour {colour}."), colour=wanted.colour)
    if not (wanted.label_zh or wanted.label_en):
        raise BadRequest(N_("The tag needs a label."), N_("Fill in at least one language."))
    for other in known:
        same = {other.label_zh, other.label_en} & {wanted.label_zh, wanted.label_en} - {""}
        if other.name != wanted.name and not other.retired and same:
            raise BadRequest(
                N_("The label {label} is taken by {name}."),
                N_("Choose another label."),
                label=same.pop(),
                name=other.name,
            )


def _find(known: Iterable[Tag], name: str) -> Tag:
    found = next((tag for tag in known if tag.name == name), None)
    if found is None:
        raise NotFound(N_("There is no tag {name}."), N_("Choose one from the list."), name=name)
    return found
