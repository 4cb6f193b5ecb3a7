"""The flow documents that are in force: read once a publication, the last good edition kept when a new one is broken."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from core.errors import DanliuError
from core.flow.check import read
from core.flow.graph import Graph
from core.settings import ROOT
from core.store import Store, catalogue, documents

KIND, AUTHOR = "flow", "starter"
FILE = ROOT / "data" / "flows" / "starter.json"


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a flow, ready to walk."""

    name: str
    version: int
    graph: Graph


class Book:
    """The editions of a store: those published, and older ones that still have orders in them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: dict[tuple[str, int], Edition] = {}
        self._live: list[Edition] = []
        self._seen: tuple[Any, ...] | None = None
        self._at: int | None = None  # the store's version at the last look
        self.problems: dict[str, str] = {}

    def live(self, store: Store) -> list[Edition]:
        """The published flows by name. A published one that cannot be read is left out, its last good edition stays."""
        if self._at == store.version:
            return self._live
        at, known = store.version, catalogue.load(store)
        published = documents.all_published(store, KIND)
        seen = (known.fields, *((found.name, found.version) for found in published))
        with self._lock:
            self._at = at
            if seen == self._seen:
                return self._live
            before = {edition.name: edition for edition in self._live}
            if self._seen is not None and self._seen[0] != known.fields:
                self._read.clear()
            self.problems = {}
            self._live = []
            for found in published:
                try:
                    self._live.append(self._edition(store, found.name, found.version, found.body))
                except DanliuError as error:
                    self.problems[found.name] = str(error)
                    if found.name in before:
                        self._live.append(before[found.name])
            self._seen = seen
            return self._live

    def edition(self, store: Store, name: str, version: int) -> Edition:
        """One version, published or not. Raises BadRequest where it can no longer be read."""
        with self._lock:
            known = self._read.get((name, version))
            if known is not None:
                return known
        body = next(found.body for found in documents.history(store, KIND, name) if found.version == version)
        with self._lock:
            return self._edition(store, name, version, body)

    def _edition(self, store: Store, name: str, version: int, body: Mapping[str, Any]) -> Edition:
        known = self._read.get((name, version))
        if known is None:
            known = self._read[name, version] = Edition(name, version, read(body, catalogue.load(store)))
        return known


_books: WeakKeyDictionary[Store, Book] = WeakKeyDictionary()
_lock = threading.Lock()


def book(store: Store) -> Book:
    """The one book of a store."""
    with _lock:
        return _books.setdefault(store, Book())


def covers(store: Store, kind: str) -> bool:
    """Whether a published flow has a station of the kind, so that nobody else need do its work."""
    return any(edition.graph.of_kind(kind) for edition in book(store).live(store))


def starter() -> dict[str, Any]:
    """The body of the flow that ships with the product: the seed's process with its review points."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def install_flow(store: Store) -> int:
    """Publish the starter flow into a store that knows no flow of its name yet; returns how many were published."""
    body = starter()
    read(body, catalogue.load(store))
    with store.write():
        if documents.newest(store, KIND, body["name"]) is not None:
            return 0
        draft = documents.save_draft(store, KIND, body["name"], body, author=AUTHOR)
        documents.publish(store, KIND, body["name"], draft.version)
    return 1
