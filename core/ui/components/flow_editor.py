"""The drawing of a flow: stations dragged from a palette, joined by their outcomes, live counts on them.

The browser owns the drag and sends the whole graph once per finished action; Python checks it and answers with problems
and marks. Its own graph replaces the browser's only when `version` changes. The script is built from
core/ui/frontend/flow_editor and loaded once from /assets, not with every message.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from core.i18n import _
from core.ui.components.state import component_state

ASSETS = Path(__file__).resolve().parent.parent / "assets"
_LOADER = """
const loaded = import(new URL("assets/flow_editor.js?v=VERSION", document.baseURI).href);
export default function (component) {
  let end = null, gone = false;
  loaded.then((module) => { if (!gone) end = module.default(component); });
  return () => { gone = true; if (end) end(); };
}
"""


@dataclass(frozen=True, slots=True)
class Node:
    """A station on the drawing, at (x, y) in pixels."""

    id: str
    kind: str
    label: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from an outcome to a station. `mark`: lit, added, removed, bad or ""; `count` of orders that took it."""

    start: str
    outcome: str
    to: str
    mark: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """A station of the palette. `outcomes` are (name, label); `enters`: whether a line may lead into it."""

    title: str
    group: str
    help: str
    outcomes: tuple[tuple[str, str], ...]
    enters: bool = True


@dataclass(frozen=True, slots=True)
class About:
    """What Python knows of one node: its title, settings in a line, problem, mark, outcomes by its settings."""

    label: str = ""
    summary: str = ""
    problem: str = ""
    mark: str = ""
    outcomes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Live:
    """What is at a node now: orders, those parked with an error, and a word on the time they take."""

    count: int = 0
    errors: int = 0
    told: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the browser sent: the graph after a finished action, and the version it began from."""

    base: int
    sent: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = field(default=())


def flow_editor(
    key: str,
    *,
    version: int,
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    kinds: Mapping[str, Kind],
    groups: Mapping[str, str],
    about: Mapping[str, About] | None = None,
    live: Mapping[str, Live] | None = None,
    locked: bool = False,
    small: bool = False,
    height: int = 560,
    on_picked: Callable[[], None] = lambda: None,
) -> None:
    """Draw it. The run after a finished action finds it in `drawn`; `on_picked` runs after a click on a node (`picked`).

    `groups` are titles by name in the palette's order; `locked` shows it read-only; `small` leaves out the map.
    """
    _editor()(
        key=key,
        height=height,
        data={
            "version": version,
            "nodes": [asdict(node) for node in nodes],
            "edges": [_edge(edge) for edge in edges],
            "kinds": {name: _kind(kind) for name, kind in kinds.items()},
            "groups": [{"name": name, "title": title} for name, title in groups.items()],
            "about": {name: _about(said) for name, said in (about or {}).items()},
            "live": {name: asdict(now) for name, now in (live or {}).items()},
            "texts": _texts(),
            "locked": locked,
            "small": small,
        },
        on_work_change=lambda: None,
        on_picked_change=on_picked,
    )


def drawn(key: str) -> Drawing | None:
    """The last finished action of the editor with this key; None before the first, or for what is no graph."""
    said = component_state(key).get("work")
    if not isinstance(said, Mapping):
        return None
    try:
        nodes = tuple(
            Node(str(n["id"]), str(n["kind"]), str(n.get("label") or ""), int(n["x"]), int(n["y"]))
            for n in said["nodes"]
        )
        edges = tuple(Edge(str(e["from"]), str(e["outcome"]), str(e["to"])) for e in said["edges"])
        return Drawing(int(said.get("base", -1)), int(said.get("sent", 0)), nodes, edges)
    except (KeyError, TypeError, ValueError):
        return None


def picked(key: str) -> str:
    """The node that was clicked in this run, or ""."""
    return str(component_state(key).get("picked") or "")


def _edge(edge: Edge) -> dict[str, Any]:
    return {"from": edge.start, "outcome": edge.outcome, "to": edge.to, "mark": edge.mark, "count": edge.count}


def _ways(outcomes: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "label": label} for name, label in outcomes]


def _kind(kind: Kind) -> dict[str, Any]:
    return asdict(kind) | {"outcomes": _ways(kind.outcomes)}


def _about(said: About) -> dict[str, Any]:
    told = {name: value for name, value in asdict(said).items() if value}
    return told | ({"outcomes": _ways(said.outcomes)} if said.outcomes else {})


@st.cache_resource
def _editor() -> Callable[..., Any]:
    script = (ASSETS / "flow_editor.js").read_bytes()
    return component(
        "danliu_flow_editor",
        # A style sheet of one line, as the build makes it, would be taken for the name of a file.
        css="/* the flow editor */\n" + (ASSETS / "flow_editor.css").read_text(encoding="utf-8"),
        js=_LOADER.replace("VERSION", hashlib.sha256(script).hexdigest()[:12]),
    )


def _texts() -> dict[str, str]:
    return {
        "search": _("Search stations"),
        "none": _("No station matches."),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "arrange": _("Arrange"),
        "here": _("Orders here now"),
        "errors": _("Parked with an error"),
    }
