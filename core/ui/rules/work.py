"""The rule set a person works on: the document as it stands in this browser. The truth is the store's."""

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import streamlit as st

from core import clock
from core.insight.whatif import Variant
from core.services import rule_forms, rules
from core.store.documents import Document, fingerprint
from core.ui import session

_KEY, _COUNT = "rule_works", "rule_forms_drawn"


@dataclass(frozen=True, slots=True)
class Trial:
    """A back-test: of which bodies (by fingerprint), over which days, how long it took."""

    bodies: tuple[str, ...]
    first: date | None
    last: date | None
    variants: tuple[Variant, ...]
    seconds: float


@dataclass(slots=True)
class Work:
    """`saved` is the body of the newest stored version (None: not stored yet), `hash` its fingerprint."""

    body: dict[str, Any]
    saved: dict[str, Any] | None = None
    version: int = 0
    state: str = "new"
    hash: str = ""
    forms: int = field(default_factory=lambda: _next())  # another number draws all forms afresh from the document
    opened: str | None = None  # the id of the rule whose form is open
    trial: Trial | None = None
    glimpses: dict[str, Trial] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.body["kind"])

    @property
    def name(self) -> str:
        return str(self.body["name"])

    @property
    def rules(self) -> list[dict[str, Any]]:
        return self.body["rules"]

    @property
    def changed(self) -> bool:
        return self.body != self.saved

    def put(self, body: dict[str, Any], *, redraw: bool = False) -> None:
        """Take an edited document; with `redraw` the widgets begin again from it."""
        self.body = body
        if redraw:
            self.forms = _next()

    def put_rule(self, place: int, rule: dict[str, Any], *, redraw: bool = False) -> None:
        """Take an edited rule."""
        self.put({**self.body, "rules": [*self.rules[:place], rule, *self.rules[place + 1 :]]}, redraw=redraw)

    def stored(self, document: Document) -> None:
        """The work has become a stored version."""
        self.body = self.saved = document.body
        self.version, self.state, self.hash = document.version, document.state, document.hash


def of(kind: str, name: str) -> Work:
    """The work on a set: begun from its newest version, or taken up where it was left.

    NotFound when it is neither stored nor begun.
    """
    works = _works()
    present = works.get((kind, name))
    if present is not None and present.saved is None:
        return present
    newest = rules.newest(session.actor(), session.store(), kind, name)
    if present is None or (not present.changed and present.hash != newest.hash):
        opened = present.opened if present else None
        present = works[kind, name] = Work(newest.body, newest.body, newest.version, newest.state, newest.hash)
        present.opened = opened
    elif not present.changed:
        present.version, present.state = newest.version, newest.state
    return present


def begin(body: dict[str, Any]) -> Work:
    """The work on a set that is not stored yet."""
    work = _works()[str(body["kind"]), str(body["name"])] = Work(body)
    return work


def begun(kind: str) -> list[Work]:
    """The works of a kind that are not stored yet."""
    return [work for (of_kind, _name), work in _works().items() if of_kind == kind and work.saved is None]


def forget(kind: str, name: str) -> None:
    """Throw what is not saved away."""
    _works().pop((kind, name), None)


def try_out(variants: list[tuple[str, dict[str, Any]]], first: date | None, last: date | None) -> Trial:
    """Back-test bodies on the stored orders of some days; changes nothing."""
    started = time.perf_counter()
    found = rules.try_out(
        session.actor(), session.store(), session.vault(), variants, zone=session.zone(), first=first, last=last
    )
    marks = tuple(fingerprint(body) for _name, body in variants)
    return Trial(marks, first, last, tuple(found), time.perf_counter() - started)


def glimpse(work: Work, days: int = 30) -> Trial:
    """What the body as it stands would have done in the last days: worked out once for each body."""
    mark = f"{fingerprint(work.body)} {session.store().version}"
    if mark not in work.glimpses:
        today = clock.business_day(clock.now(), session.zone())
        work.glimpses = {mark: try_out([(work.name, work.body)], today - timedelta(days=days - 1), today)}
    return work.glimpses[mark]


def live_body(work: Work) -> dict[str, Any] | None:
    """The body of the published version."""
    found = rule_forms.live(session.actor(), session.store(), work.kind, work.name)
    return found.body if found else None


def _next() -> int:
    """A number that no form of this browser session has had."""
    st.session_state[_COUNT] = st.session_state.get(_COUNT, 0) + 1
    return st.session_state[_COUNT]


def _works() -> dict[tuple[str, str], Work]:
    return st.session_state.setdefault(_KEY, {})
