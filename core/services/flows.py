"""Flows for persons: the palette, drawing, trying out, publishing with the orders in flight, and the versions between."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core import clock
from core.errors import BadRequest, NotFound
from core.flow import check as checks
from core.flow.check import Problem
from core.flow.document import KIND, Edition, book
from core.flow.dry_run import DryRun, dry_run
from core.flow.registry import stations
from core.flow.setting import Setting
from core.flow.station import GROUPS, Outcome
from core.i18n import N_, _, language
from core.model.fields import CHANNELS
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.settings import Settings
from core.store import Cursor, Store, approvals, catalogue, documents, flow_choices, holds, offers, tokens
from core.store.documents import Document

MOST_TRIED = 100_000


@dataclass(frozen=True, slots=True)
class Piece:
    """One station of the palette. Texts are message ids: translate when showing."""

    kind: str
    title: str
    help: str
    group: str
    group_title: str
    settings: tuple[Setting, ...]
    outcomes: tuple[Outcome, ...]
    waits: bool


@dataclass(frozen=True, slots=True)
class Left:
    """Orders in flight on an older version at one node, and where the new version would take them ("" nowhere)."""

    version: int
    node: str
    label: str
    orders: int
    target: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What two bodies do not have in common: node ids, and edges as FROM>OUTCOME>TO."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[str, ...]
    edges_added: tuple[str, ...]
    edges_removed: tuple[str, ...]


def palette(actor: Actor, store: Store) -> list[Piece]:
    """Every station that can be drawn, by group."""
    require(actor, store, "flow.view")
    return [
        Piece(s.kind, s.title, s.help, s.group, GROUPS[s.group], s.settings, s.outcomes, s.waits)
        for s in stations().values()
    ]


def outcomes(actor: Actor, store: Store, kind: str, settings: Mapping[str, Any]) -> tuple[Outcome, ...]:
    """The ways out of a station with these settings (as written). NotFound for an unknown station."""
    require(actor, store, "flow.view", kind)
    station = stations().get(kind)
    if station is None:
        raise NotFound(N_("There is no station {kind}."), N_("Choose one of the palette."), kind=kind)
    return station.outcomes_of(settings)


def listing(actor: Actor, store: Store) -> list[tuple[Document, Document | None]]:
    """(newest version, the live one or None) of every flow, by name."""
    require(actor, store, "flow.view")
    live = {found.name: found for found in documents.all_published(store, KIND)}
    return [(found, live.get(found.name)) for found in documents.listing(store, KIND)]


def history(actor: Actor, store: Store, name: str) -> list[Document]:
    """All versions of a flow, newest first."""
    require(actor, store, "flow.view", name)
    return documents.history(store, KIND, name)


def opened(actor: Actor, store: Store, name: str, version: int | None = None) -> Document:
    """One version of a flow, the newest unless named. NotFound where there is none."""
    require(actor, store, "flow.view", name)
    return _version(store, name, version)


def check(actor: Actor, store: Store, body: Mapping[str, Any]) -> list[Problem]:
    """All faults of a drawing with their places, in the reader's language; an empty list may be published."""
    require(actor, store, "flow.view")
    return checks.check(body, catalogue.load(store))


def save(actor: Actor, store: Store, body: Mapping[str, Any], note: str = "") -> Document:
    """Keep a drawing as the flow's draft, faults and all: only publishing asks for none. BadRequest without a name."""
    require(actor, store, "flow.edit", str(body.get("name")))
    name = str(body.get("name") or "").strip()
    if not name or body.get("kind") != KIND or not isinstance(body.get("nodes"), list):
        raise BadRequest(N_("A flow has a name and nodes."), N_("Give it a name."))
    with store.write() as cursor:
        draft = documents.save_draft(store, KIND, name, {**body, "name": name}, author=actor.account, note=note)
        audit.record(cursor, actor, "flow.save", name, version=draft.version, nodes=len(body["nodes"]))
    return draft


def in_flight(actor: Actor, store: Store, name: str, version: int) -> list[Left]:
    """What stands on other versions of the flow, with the node that a publication of `version` would offer for it.

    The same id at the same station is offered; nothing is moved unless `publish` is told so.
    """
    require(actor, store, "flow.view", name)
    target = {str(n["id"]): n for n in _version(store, name, version).body["nodes"]}
    found: list[Left] = []
    bodies = {document.version: document.body for document in documents.history(store, KIND, name)}
    for old, nodes in sorted(tokens.by_version(store, name).items()):
        if old == version:
            continue
        before = {str(n["id"]): n for n in bodies.get(old, {}).get("nodes", [])}
        for node, orders in sorted(nodes.items()):
            kind = before.get(node, {}).get("station")
            same = node if node in target and target[node].get("station") == kind else ""
            title = _(stations()[kind].title) if kind in stations() else node
            found.append(Left(old, node, str(before.get(node, {}).get("label") or title), orders, same))
    return found


def publish(
    actor: Actor, store: Store, name: str, version: int, moves: Mapping[int, Mapping[str, str]] | None = None
) -> tuple[Document, int]:
    """Make a draft live within a second. `moves`: old version -> node -> node of the new one for orders in flight; what it
    does not name finishes on its own version. Returns the live document and how many orders were moved.

    BadRequest names the first fault of the drawing, or a node that is not there.
    """
    require(actor, store, "flow.edit", name)
    graph = checks.read(_version(store, name, version).body, catalogue.load(store))
    wanted = {node for mapping in (moves or {}).values() for node in mapping.values()}
    lost = sorted(wanted - set(graph.nodes))
    if lost:
        raise BadRequest(
            N_("The new version has no node {node}."), N_("Choose another one for its orders."), node=lost[0]
        )
    with store.write() as cursor:
        live = documents.publish(store, KIND, name, version)
        moved = sum(_transfer(cursor, actor, name, old, version, mapping) for old, mapping in (moves or {}).items())
        audit.record(cursor, actor, "flow.publish", name, version=version, hash=live.hash, moved=moved)
    return live, moved


def _transfer(cursor: Cursor, actor: Actor, name: str, old: int, to: int, mapping: Mapping[str, str]) -> int:
    """Move the orders; what an approval asked of those that leave it is withdrawn: nobody would answer it in time."""
    now, why = clock.now(), f"flow {name} v{to}"
    left = [node for node, target in mapping.items() if node != target]
    asked = approvals.withdraw(cursor, name, old, left, account=actor.account, why=why, now=now)
    if asked:
        holds.lift(cursor, asked, "approval", actor=actor.account, why=why)
    return tokens.transfer(cursor, name, old, to, mapping, now)


def roll_back(actor: Actor, store: Store, name: str, version: int) -> Document:
    """Publish an older version's body again, as a new version. BadRequest where it has a fault by now."""
    require(actor, store, "flow.edit", name)
    checks.read(_version(store, name, version).body, catalogue.load(store))
    with store.write() as cursor:
        live = documents.roll_back(store, KIND, name, version, author=actor.account)
        audit.record(cursor, actor, "flow.roll_back", name, to=version, version=live.version)
    return live


def compare(actor: Actor, store: Store, before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """What differs between two drawings."""
    require(actor, store, "flow.view")
    old, new = _nodes(before), _nodes(after)
    both = [name for name in new if name in old]
    old_edges, new_edges = _edges(before), _edges(after)
    return Difference(
        tuple(name for name in new if name not in old),
        tuple(name for name in old if name not in new),
        tuple(name for name in both if _meaning(old[name]) != _meaning(new[name])),
        tuple(name for name in both if _place(old[name]) != _place(new[name])),
        tuple(edge for edge in new_edges if edge not in old_edges),
        tuple(edge for edge in old_edges if edge not in new_edges),
    )


def try_order(
    actor: Actor, store: Store, vault: Vault, app: Settings, body: Mapping[str, Any], platform_no: str
) -> DryRun:
    """The way of one order through a draft; nothing is written. NotFound for an unknown number."""
    require(actor, store, "flow.view", platform_no)
    with store.read() as cursor:
        keys = offers.keys_of_number(cursor, platform_no.strip())
    if not keys:
        raise NotFound(N_("There is no order {number}."), N_("Give the platform order no."), number=platform_no)
    return dry_run(store, vault, app, _draft(store, body), keys)


def try_period(
    actor: Actor,
    store: Store,
    vault: Vault,
    app: Settings,
    body: Mapping[str, Any],
    first: date,
    last: date,
    most: int = MOST_TRIED,
) -> DryRun:
    """The ways of all orders paid from `first` to `last` (business days) through a draft, the oldest `most` of them."""
    require(actor, store, "flow.view")
    since, until = _day(first, app.zone), _day(last + timedelta(days=1), app.zone)
    with store.read() as cursor:
        keys = offers.keys_in_period(cursor, since, until, most)
    return dry_run(store, vault, app, _draft(store, body), keys)


def _draft(store: Store, body: Mapping[str, Any]) -> Edition:
    return Edition(str(body.get("name") or ""), 0, checks.read(body, catalogue.load(store)))


def _day(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def _version(store: Store, name: str, version: int | None) -> Document:
    for found in documents.history(store, KIND, name):
        if version in (None, found.version):
            return found
    raise NotFound(N_("There is no flow {name}."), N_("Choose one from the list."), name=name)


def _nodes(body: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {str(node.get("id")): node for node in body.get("nodes", [])}


def _edges(body: Mapping[str, Any]) -> list[str]:
    return [f"{edge.get('from')}>{edge.get('outcome') or 'next'}>{edge.get('to')}" for edge in body.get("edges", [])]


def _meaning(node: Mapping[str, Any]) -> tuple[Any, ...]:
    return node.get("station"), node.get("settings") or {}, node.get("label") or ""


def _place(node: Mapping[str, Any]) -> tuple[Any, ...]:
    return node.get("x"), node.get("y")


def problems(actor: Actor, store: Store) -> dict[str, str]:
    """Published flows that can no longer be read, with the reason; their last good edition stays in force."""
    require(actor, store, "flow.view")
    book(store).live(store)
    return dict(book(store).problems)


def sources(actor: Actor, store: Store) -> dict[str, list[tuple[str, str]]]:
    """What the station's form offers where a setting has a `source`: source -> (value, label) pairs."""
    require(actor, store, "flow.view")
    with store.read() as cursor:
        shops, tags = flow_choices.shops(cursor), flow_choices.tags(cursor, language())
        own, robots = flow_choices.own_fields(cursor, language()), flow_choices.robots(cursor)
        printers = flow_choices.printers(cursor)
    return {
        "channels": [(name, _(label)) for name, label in CHANNELS.items()],
        "shops": shops, "tags": tags, "fields": own, "robots": robots,
        "printers": printers,
    }  # fmt: skip
