"""Whitelists and blacklists for a person: typed, imported from a file, removed, exported masked. Every change audited.

A phone, name or address is hashed and masked before it is stored; what was typed is kept nowhere.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import clock
from core.errors import BadRequest
from core.i18n import N_
from core.mapping.identity import identify
from core.model.fields import PERSON_FIELDS
from core.model.region import canonical_city, canonical_province
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.store import Store, documents, lists
from core.store.lists import KINDS, PURPOSES, Member, NamedList

MOST_VALUES = 100_000
_SEPARATORS = ("|", "\t")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Added:
    """How an import went: new members, those already there, and the values that are none (at most 20 of them)."""

    new: int
    known: int
    refused: int
    refused_lines: tuple[int, ...] = ()


def listing(actor: Actor, store: Store) -> list[NamedList]:
    """All lists with their members and the orders of the pool that carry one."""
    require(actor, store, "rules.view", "lists")
    return lists.listing(store)


def members(actor: Actor, store: Store, vault: Vault, name: str, *, text: str = "", limit: int = 500) -> list[Member]:
    """Members of a list, newest first. A typed phone is found by its hash, anything else by what is shown of it."""
    require(actor, store, "rules.view", name)
    wanted = text.strip()
    ((key, _shown),) = identify(store, vault.pads, "phone", [{"phone": wanted}]) if wanted else [(None, "")]
    return lists.members(store, name, text=wanted, value=key or wanted, limit=limit)


def make(actor: Actor, store: Store, name: str, purpose: str, note: str = "") -> None:
    """Make a list, or change the purpose and note of one."""
    require(actor, store, "rules.edit", name)
    wanted = name.strip()
    if not wanted or len(wanted) > 60 or purpose not in PURPOSES:
        raise BadRequest(N_("A list needs a name of at most 60 signs."), N_("Give it a short name."))
    with store.write() as cursor:
        lists.make(cursor, wanted, purpose, note.strip(), by=actor.account)
        audit.record(cursor, actor, "lists.make", wanted, purpose=purpose)


def drop(actor: Actor, store: Store, name: str) -> int:
    """Remove a list. Refused while a live or shadow rule set asks for it; returns how many members it had."""
    require(actor, store, "rules.edit", name)
    used = used_by(actor, store, name)
    if used:
        raise BadRequest(
            N_("The rule set {rules} uses the list {name}."), N_("Take it out of the rule first."),
            rules=used[0], name=name,
        )  # fmt: skip
    with store.write() as cursor:
        gone = lists.drop(cursor, name)
        audit.record(cursor, actor, "lists.drop", name, members=gone)
    return gone


def used_by(actor: Actor, store: Store, name: str) -> list[str]:
    """The published rule sets that ask for the list."""
    require(actor, store, "rules.view", name)
    return [found.name for found in documents.all_published(store, "risk") if name in named(found.body)]


def named(body: object) -> set[str]:
    """The lists a rule set document asks for."""
    if isinstance(body, Mapping):
        own = {str(body.get("value"))} if body.get("op") == "in_list" else set()
        return own.union(*(named(part) for part in body.values()))
    return set().union(*(named(part) for part in body)) if isinstance(body, list | tuple) else set()


def add(
    actor: Actor, store: Store, vault: Vault, name: str, kind: str, values: Sequence[str], *, note: str = ""
) -> Added:
    """Add values to a list: one text each; an address as province|city|district|detail. Masked ones are refused.

    Refused values change nothing else: the others are added. BadRequest when none is one.
    """
    require(actor, store, "rules.edit", name)
    if kind not in KINDS:
        raise BadRequest(N_("A list holds no {kind}."), N_("Choose one of the kinds."), kind=kind)
    wanted = [(n, value.strip()) for n, value in enumerate(values, 1) if value.strip()]
    if not 0 < len(wanted) <= MOST_VALUES:
        raise BadRequest(N_("Give one to {most} values."), N_("One on each line."), most=f"{MOST_VALUES:,}")
    found = _stored(store, vault, kind, [value for _n, value in wanted])
    good = [(value, shown) for value, shown in found if value is not None]
    refused = tuple(n for (n, _text), (value, _shown) in zip(wanted, found, strict=True) if value is None)
    if not good:
        raise BadRequest(
            N_("None of the values can be compared: they are masked, encrypted or incomplete."),
            N_("Give the whole value, as the buyer wrote it."),
        )
    with store.write() as cursor:
        new = lists.add(cursor, name, kind, good, note.strip(), by=actor.account)
        shown = [text for _value, text in good][:5]
        audit.record(cursor, actor, "lists.add", name, kind=kind, new=new, refused=len(refused), shown=shown)
    return Added(new, len(good) - new, len(refused), refused[:20])


def remove(actor: Actor, store: Store, name: str, chosen: Sequence[Member]) -> int:
    """Take members off a list; returns how many were still there."""
    require(actor, store, "rules.edit", name)
    with store.write() as cursor:
        gone = lists.remove(cursor, name, [(member.kind, member.value) for member in chosen])
        audit.record(cursor, actor, "lists.remove", name, members=len(gone), shown=gone[:5])
    return len(gone)


def values_of_file(content: bytes) -> list[str]:
    """One value a line of a text file, as people save them: UTF-8 (with or without mark) or GB18030; first column only.

    A line in quotes is unquoted; an address keeps its | separators.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    rows = csv.reader(io.StringIO(text.replace("\0", "")))
    return [row[0].strip().removeprefix("'") for row in rows if row and row[0].strip()]


def export(actor: Actor, store: Store, name: str) -> bytes:
    """The list as CSV (UTF-8 with mark) as it is shown: masked. Audited; cells that a spreadsheet would run are quoted."""
    require(actor, store, "rules.edit", name)
    rows = lists.members(store, name)
    audit.note(store, actor, "lists.export", name, members=len(rows))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["kind", "shown", "note", "added_by", "added_at"])
    for row in rows:
        cells = (row.kind, row.shown, row.note, row.added_by, row.added_at.isoformat())
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def file_name(name: str) -> str:
    """A name for the exported file."""
    return f"{name}-{clock.now():%Y%m%d}.csv"


def _stored(store: Store, vault: Vault, kind: str, values: Sequence[str]) -> list[tuple[str | None, str]]:
    if kind not in PERSON_FIELDS:
        return [(value if "*" not in value else None, value) for value in values]
    return identify(store, vault.pads, kind, [_row(kind, value) for value in values])


def _row(kind: str, value: str) -> dict[str, str]:
    if kind != "address":
        return {kind: value}
    separator = next((mark for mark in _SEPARATORS if mark in value), None)
    parts = [part.strip() for part in value.split(separator, 3)] if separator else []
    if len(parts) != 4 or not all(parts):  # without its place an address meets none: the hash of orders holds all four
        return {}
    province = canonical_province(parts[0]) or parts[0]
    city = canonical_city(parts[1], province) or parts[1]
    return {"province": province, "city": city, "district": parts[2], "address": parts[3]}
