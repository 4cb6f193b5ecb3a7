"""The routing policies and rate cards in force: read once, kept until a document changes; the last good one stays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

from core.decide.routing.freight import Lane
from core.decide.routing.policy import Policy, read_policy
from core.decide.routing.rate_card import KIND as CARD
from core.decide.routing.rate_card import read_rate_card
from core.decide.routing.wishes import KIND as WISHES
from core.decide.routing.wishes import CourierSet, read_courier_set
from core.errors import DanliuError
from core.model.fields import Catalogue
from core.store import Store, catalogue, documents, regions_table
from core.store.documents import Document

KIND = "routing"


@dataclass(frozen=True, slots=True)
class Edition:
    """A published policy that can be read."""

    name: str
    version: int
    mode: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class Book:
    """`live` is the live policy published last; `problems` are documents that cannot be read, with why."""

    live: Edition | None = None
    shadow: tuple[Edition, ...] = ()
    lanes: tuple[Lane, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    courier_sets: tuple[CourierSet, ...] = ()
    """The courier rules in force or in shadow, those published first first."""


_books: WeakKeyDictionary[Store, tuple[int, Any, Book]] = WeakKeyDictionary()
_good: WeakKeyDictionary[Store, dict[str, Edition]] = WeakKeyDictionary()
_good_sets: WeakKeyDictionary[Store, dict[str, CourierSet]] = WeakKeyDictionary()


def book(store: Store) -> Book:
    """What is in force now. Cheap while nothing is written; a published document counts for the next batch."""
    kept = _books.get(store)
    if kept and kept[0] == store.version:
        return kept[2]
    version = store.version
    policies, cards = documents.all_published(store, KIND), documents.all_published(store, CARD)
    wishes = documents.all_published(store, WISHES)
    with store.read() as cursor:
        areas = regions_table.areas(cursor)
    stamp = tuple((d.kind, d.name, d.version) for d in (*policies, *cards, *wishes)), tuple(sorted(areas.items()))
    if kept and kept[1] == stamp:
        _books[store] = version, stamp, kept[2]
        return kept[2]
    found = _read(store, policies, cards, wishes, areas)
    _books[store] = version, stamp, found
    return found


def _read(
    store: Store, policies: list[Document], cards: list[Document], wishes: list[Document], areas: dict[str, str]
) -> Book:
    problems: dict[str, str] = {}
    known, good, editions = catalogue.load(store), _good.setdefault(store, {}), []
    for document in sorted(policies, key=lambda d: (d.published_at or d.created_at, d.name)):
        try:
            policy = read_policy(document.body, known, file=document.name, areas=areas)
            good[document.name] = Edition(
                document.name, document.version, str(document.body.get("mode", "live")), policy
            )
        except DanliuError as error:
            problems[document.name] = str(error)
        if document.name in good:
            editions.append(good[document.name])
    lanes: list[Lane] = []
    for document in cards:
        try:
            lanes += read_rate_card(document.body).lanes
        except DanliuError as error:
            problems[document.name] = str(error)
    sets = _courier_sets(store, wishes, known, problems)
    asked = tuple(each for each in sets if each.mode == "live")
    editions = [replace(each, policy=replace(each.policy, courier_sets=asked)) for each in editions]
    live = [edition for edition in editions if edition.mode == "live"]
    shadow = tuple(edition for edition in editions if edition.mode == "shadow")
    return Book(live[-1] if live else None, shadow, tuple(lanes), problems, sets)


def _courier_sets(
    store: Store, wishes: list[Document], known: Catalogue, problems: dict[str, str]
) -> tuple[CourierSet, ...]:
    """The courier rules by time of publishing; of a set that cannot be read its last good version."""
    good, found = _good_sets.setdefault(store, {}), []
    for document in sorted(wishes, key=lambda d: (d.published_at or d.created_at, d.name)):
        try:
            good[document.name] = read_courier_set(document.body, known, document.version)
        except DanliuError as error:
            problems[document.name] = str(error)
        if document.name in good and good[document.name].mode != "off":
            found.append(good[document.name])
    return tuple(found)


def usable(lanes: Iterable[Lane], inactive: Iterable[str]) -> list[Lane]:
    """The lanes whose courier may be chosen."""
    off = set(inactive)
    return [lane for lane in lanes if lane.courier not in off]
