"""The mapping a person works on: the document as it stands in this browser, and the payloads it is tried on.

The truth is the store's; this is the draft that is not saved yet. One for each mapping, so that changing over loses none.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core import runtime
from core.mapping.preview import Preview
from core.model.fields import Field
from core.services import mapping_checks, mapping_sources, mapping_trial, mappings
from core.services.mapping_checks import Problem
from core.services.mapping_sources import Source
from core.store.documents import Document
from core.ui import session

_KEY = "mapping_works"


@dataclass(slots=True)
class Work:
    """`saved` is the body of the newest stored version (None for a mapping that is not stored yet)."""

    body: dict[str, Any]
    saved: dict[str, Any] | None = None
    version: int = 0
    state: str = "new"
    board: int = 1  # rises when the board must take our links over its own
    forms: int = 1  # rises when forms must be drawn afresh from the document
    bodies: list[str] = field(default_factory=list)
    origin: str = ""
    thought: dict[str, tuple[float, str]] = field(default_factory=dict)  # target -> confidence, reason of a suggestion
    _found: dict[str, Any] = field(default_factory=dict)  # worked out from the body and the payloads, until they change

    @property
    def name(self) -> str:
        return str(self.body["name"])

    @property
    def entity(self) -> str:
        return str(self.body.get("entity", "orders"))

    @property
    def changed(self) -> bool:
        return self.body != self.saved

    def put(self, body: dict[str, Any], *, redraw: bool = True) -> None:
        """Take an edited document; with `redraw` the board follows it."""
        if body != self.body:
            self.body = body
            self._found.clear()
            self.board += int(redraw)

    def take_bodies(self, bodies: list[str], origin: str) -> None:
        """Try the mapping on other payloads."""
        self.bodies, self.origin = bodies, origin
        self._found.clear()
        self.forms += 1

    def targets(self) -> tuple[Field, ...]:
        """The fields a mapping of this entity may fill, retired ones left out."""
        known = mapping_checks.targets_of(session.store(), self.entity)
        levels = ("refund",) if self.entity == "refunds" else ("order", "line")
        return tuple(f for f in known.fields if f.mapped and not f.retired and f.level.value in levels)

    def problems(self) -> list[Problem]:
        """What keeps the document from being saved."""
        if "problems" not in self._found:
            self._found["problems"] = mapping_checks.problems(session.store(), self.body)
        return self._found["problems"]

    def sources(self) -> list[Source]:
        """The source fields of the payloads, and those the document names."""
        if "sources" not in self._found:
            self._found["sources"] = mapping_sources.sources(self.body, _objects(self.bodies))
        return self._found["sources"]

    def tried(self) -> Preview:
        """What the document makes of the payloads."""
        if "tried" not in self._found:
            self._found["tried"] = mapping_trial.try_out(session.actor(), session.store(), self.body, self.bodies)
        return self._found["tried"]


def of(name: str) -> Work:
    """The work on a stored mapping; begun from its newest version, or taken up where it was left."""
    works = _works()
    newest = mappings.newest(session.actor(), session.store(), name)
    present = works.get(name)
    if present is None or (not present.changed and (present.version, present.state) != (newest.version, newest.state)):
        present = works[name] = _begun(newest, present)
    else:
        present.saved, present.version, present.state = newest.body, newest.version, newest.state
    return present


def begin(body: dict[str, Any], bodies: list[str], thought: dict[str, tuple[float, str]]) -> Work:
    """The work on a mapping that is not stored yet."""
    work = Work(body, bodies=bodies, origin="file", thought=thought)
    _works()[work.name] = work
    return work


def unsaved() -> list[str]:
    """The names of mappings that are worked on and not stored yet."""
    return [name for name, work in _works().items() if work.saved is None]


def find(name: str) -> Work | None:
    """The work on a mapping of that name, stored or not; None when there is none."""
    present = _works().get(name)
    if present is not None and present.saved is None:
        return present
    return of(name) if name else None


def forget(name: str) -> None:
    """Throw what is not saved away."""
    _works().pop(name, None)


def load_samples(work: Work) -> None:
    """Payloads for a work that has none: stored ones of a shop it maps for, else its own examples."""
    if work.bodies or work.origin:
        return
    actor, store = session.actor(), session.store()
    if actor.may("orders.raw"):
        for channel, shop in users(work):
            bodies = mapping_trial.stored_bodies(actor, store, session.vault(), channel, shop, work.entity)
            if bodies:
                work.take_bodies(bodies, f"{channel}/{shop}")
                return
    work.take_bodies(examples(work), "examples")


def examples(work: Work) -> list[str]:
    """The payloads of the document's own examples."""
    return [json.dumps(e["body"], ensure_ascii=False) for e in work.body.get("examples", []) if "body" in e]


def users(work: Work) -> tuple[tuple[str, str], ...]:
    """The shops, as (channel, shop), that this mapping maps for."""
    rows = mappings.listing(session.actor(), session.store(), runtime.settings())
    return next((row.shops for row in rows if row.name == work.name), ())


def _works() -> dict[str, Work]:
    return st.session_state.setdefault(_KEY, {})


def _begun(newest: Document, before: Work | None) -> Work:
    work = Work(newest.body, newest.body, newest.version, newest.state)
    if before is not None:
        work.bodies, work.origin, work.thought = before.bodies, before.origin, before.thought
        work.board, work.forms = before.board + 1, before.forms + 1
    return work


def _objects(bodies: list[str]) -> list[dict[str, Any]]:
    found = []
    for text in bodies:
        try:
            value = json.loads(text)
        except ValueError:
            continue
        if isinstance(value, dict):
            found.append(value)
    return found


def stored(work: Work, document: Document) -> None:
    """The work has become a stored version."""
    work.saved, work.version, work.state = document.body, document.version, document.state
