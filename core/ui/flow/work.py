"""The flow a person draws on: the document as it stands in this browser. The truth is the store's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.flow.check import Problem
from core.i18n import language
from core.services import flows
from core.services.flows import Piece
from core.store.documents import Document
from core.ui import session
from core.ui.components.flow_editor import Drawing, Edge, Node

_KEY, _COUNT = "flow_works", "flow_drawn"
EMPTY: dict[str, Any] = {"kind": "flow", "nodes": [], "edges": []}


@dataclass(slots=True)
class Work:
    """`saved` is the body of the newest stored version (None: not stored yet). `board` is another number whenever the
    browser must take our graph, `forms` whenever the station's form must begin afresh."""

    body: dict[str, Any]
    saved: dict[str, Any] | None = None
    version: int = 0
    state: str = "new"
    hash: str = ""
    picked: str = ""
    board: int = field(default_factory=lambda: _next())
    forms: int = field(default_factory=lambda: _next())
    checked: tuple[dict[str, Any], str, int, list[Problem]] | None = None  # of which body, language, commit: the faults

    @property
    def name(self) -> str:
        return str(self.body["name"])

    @property
    def changed(self) -> bool:
        return self.body != self.saved

    @property
    def nodes(self) -> list[dict[str, Any]]:
        return self.body["nodes"]

    def node(self, name: str) -> dict[str, Any] | None:
        """The node of an id."""
        return next((node for node in self.nodes if node["id"] == name), None)

    def problems(self) -> list[Problem]:
        """What keeps it from being published; looked for once, though head, drawing and form all ask."""
        spoken, store = language(), session.store()
        kept = self.checked
        if kept is None or kept[0] is not self.body or kept[1:3] != (spoken, store.version):
            kept = self.checked = self.body, spoken, store.version, flows.check(session.actor(), store, self.body)
        return kept[3]

    def put_node(self, name: str, made: Mapping[str, Any]) -> None:
        """Take an edited node."""
        self.body = {**self.body, "nodes": [dict(made) if n["id"] == name else n for n in self.nodes]}

    def take(self, drawn: Drawing) -> bool:
        """Take what was drawn, settings and labels kept by id; whether anything changed."""
        before = {node["id"]: node for node in self.nodes}
        said = {(edge["from"], edge.get("outcome") or "next"): edge for edge in self.body["edges"]}
        nodes = [_node(node, before.get(node.id)) for node in drawn.nodes]
        known = {node["id"] for node in nodes}
        edges = [
            {**said.get((edge.start, edge.outcome), {}), "from": edge.start, "outcome": edge.outcome, "to": edge.to}
            for edge in drawn.edges
            if {edge.start, edge.to} <= known
        ]
        made = {**self.body, "nodes": nodes, "edges": edges}
        if made == self.body:
            return False
        self.body = made
        return True

    def stored(self, document: Document) -> None:
        """The work has become a stored version."""
        self.body = self.saved = document.body
        self.version, self.state, self.hash = document.version, document.state, document.hash


def _node(drawn: Node, before: dict[str, Any] | None) -> dict[str, Any]:
    made = dict(before) if before and before.get("station") == drawn.kind else {"id": drawn.id, "station": drawn.kind}
    return {**made, "x": drawn.x, "y": drawn.y}


def drawing(
    body: Mapping[str, Any], counts: Mapping[tuple[str, str], int] | None = None
) -> tuple[list[Node], list[Edge]]:
    """A body as the editor draws it; `counts` by (node, outcome) stand on the lines and light them."""
    nodes = [
        Node(str(n["id"]), str(n["station"]), str(n.get("label") or ""), int(n.get("x") or 0), int(n.get("y") or 0))
        for n in body["nodes"]
    ]
    edges = []
    for each in body["edges"]:
        way = (str(each["from"]), str(each.get("outcome") or "next"))
        number = (counts or {}).get(way, 0)
        edges.append(Edge(*way, str(each["to"]), "lit" if number else "", number))
    return nodes, edges


def of(name: str) -> Work:
    """The work on a flow: begun from its newest version, or taken up where it was left. NotFound where there is none."""
    works = _works()
    present = works.get(name)
    if present is not None and present.saved is None:
        return present
    newest = flows.opened(session.actor(), session.store(), name)
    if present is None or (not present.changed and present.hash != newest.hash):
        present = works[name] = Work(newest.body, newest.body, newest.version, newest.state, newest.hash)
    elif not present.changed:
        present.version, present.state = newest.version, newest.state
    return present


def begin(name: str, body: Mapping[str, Any] | None = None) -> Work:
    """The work on a flow that is not stored yet."""
    work = _works()[name] = Work({**(body or EMPTY), "name": name})
    return work


def replace(name: str, body: Mapping[str, Any]) -> Work:
    """The work on a flow with another drawing in it, not saved yet: a finding elsewhere proposes it."""
    work = of(name)
    work.body, work.board, work.forms, work.checked = dict(body), _next(), _next(), None
    return work


def begun() -> list[str]:
    """The names of works that are not stored yet."""
    return [name for name, work in _works().items() if work.saved is None]


def forget(name: str) -> None:
    """Throw what is not saved away."""
    _works().pop(name, None)


def pieces() -> dict[str, Piece]:
    """The stations there are, by kind."""
    return {piece.kind: piece for piece in flows.palette(session.actor(), session.store())}


def _next() -> int:
    st.session_state[_COUNT] = st.session_state.get(_COUNT, 0) + 1
    return st.session_state[_COUNT]


def _works() -> dict[str, Work]:
    return st.session_state.setdefault(_KEY, {})
