"""The activities in force: read once a publication; a published one that can no longer be read keeps its last good version."""

import json
import threading
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from core.decide.promotion.activity import KIND, Activity, read_activity
from core.decide.promotion.document import Promotion
from core.decide.promotion.evaluate import Plan
from core.errors import DanliuError
from core.settings import ROOT
from core.store import Store, documents
from core.store.documents import Document

FOLDER = ROOT / "data" / "promotions"


@dataclass(frozen=True, slots=True)
class Edition:
    """One published version of an activity."""

    version: int
    activity: Activity


@dataclass(slots=True)
class Book:
    """What is in force in one store. `problems`: activity -> why its published version cannot be read."""

    editions: dict[str, Edition] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    seen: tuple[tuple[str, int, str], ...] | None = None
    read_at: int = -1
    older: dict[tuple[str, int], Promotion | None] = field(default_factory=dict)

    def in_mode(self, *modes: str) -> dict[str, Edition]:
        """The editions whose mode is one of these, by id."""
        return {name: edition for name, edition in self.editions.items() if edition.activity.mode in modes}

    def plan(self, *modes: str) -> Plan:
        """All promotions of these modes, ready to evaluate."""
        return Plan(edition.activity.promotion for edition in self.in_mode(*modes).values())

    @property
    def number(self) -> int:
        """Rises with each publication: the version that decisions name."""
        return sum(edition.version for edition in self.editions.values())


_books: WeakKeyDictionary[Store, Book] = WeakKeyDictionary()
_lock = threading.Lock()


def book(store: Store) -> Book:
    """The activities in force now. A published one is in here at the next call: nothing is read while nothing is written."""
    with _lock:
        found = _books.setdefault(store, Book())
        version = store.version
        if found.read_at != version:
            _refresh(store, found)
            found.read_at = version
        return found


def _refresh(store: Store, found: Book) -> None:
    published = documents.all_published(store, KIND)
    seen = tuple((document.name, document.version, document.hash) for document in published)
    if seen == found.seen:
        return
    before, found.editions, found.problems = found.editions, {}, {}
    for document in published:
        try:
            found.editions[document.name] = Edition(document.version, read_activity(document.body))
        except DanliuError as error:
            found.problems[document.name] = str(error)
            good = before.get(document.name) or _last_good(store, document)
            if good is not None:
                found.editions[document.name] = good
    found.seen = seen


def _last_good(store: Store, broken: Document) -> Edition | None:
    """The newest version that was in force before and can still be read."""
    for document in documents.history(store, KIND, broken.name):
        if document.version < broken.version and document.published_at is not None:
            try:
                return Edition(document.version, read_activity(document.body))
            except DanliuError:
                continue
    return None


def promotion_of(store: Store, found: Book, name: str, version: int) -> Promotion | None:
    """The promotion of one version of an activity, whether it is in force or not; None when it cannot be read.

    A gift is judged again by the version that gave it; that this version has been replaced or switched off since
    changes nothing for an order already decided.
    """
    key = (name, version)
    if key not in found.older:
        body = next((d.body for d in documents.history(store, KIND, name) if d.version == version), None)
        try:
            found.older[key] = replace(read_activity(body).promotion, enabled=True) if body is not None else None
        except DanliuError:
            found.older[key] = None
    return found.older[key]


def install_activities(store: Store) -> int:
    """Keep each example activity of data/promotions that the store has no version of, switched off; returns how many."""
    installed = 0
    for path in sorted(FOLDER.glob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))
        name = read_activity(body).id
        with store.write():
            if documents.newest(store, KIND, name) is None:
                draft = documents.save_draft(store, KIND, name, body, author="starter")
                documents.publish(store, KIND, name, draft.version)
                installed += 1
    return installed
