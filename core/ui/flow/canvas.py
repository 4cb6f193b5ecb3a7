"""The drawing with what is at each station now, looked at again every five seconds; a finished action runs the page."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from core.i18n import _
from core.services import flow_live, flows
from core.services.flow_live import AtNode
from core.services.flows import Piece
from core.ui import session, words
from core.ui.components.flow_editor import About, Kind, Live, drawn, flow_editor, picked
from core.ui.flow import work as works
from core.ui.flow.work import Work

HEIGHT = 560


def canvas(work: Work, *, locked: bool) -> None:
    """Draw it; a click or a change runs the whole page again, so that form and buttons follow."""
    _live(work, locked)


@st.fragment(run_every="5s")
def _live(work: Work, locked: bool) -> None:
    key = f"flow_canvas_{work.name}"
    sent = drawn(key)
    if not locked and sent is not None and sent.base == work.board and work.take(sent):
        st.rerun(scope="app")
    nodes, edges = works.drawing(work.body)
    flow_editor(
        key,
        version=work.board,
        nodes=nodes,
        edges=edges,
        kinds=kinds(),
        groups=groups(),
        about=about(work),
        live=live(work.name),
        locked=locked,
        small=session.on_phone(),
        height=420 if session.on_phone() else HEIGHT,
        on_picked=partial(_picked, work, key),
    )
    if st.session_state.pop("flow_clicked", False):
        st.rerun(scope="app")


def _picked(work: Work, key: str) -> None:
    chosen = picked(key)
    if chosen:
        work.picked = chosen
        st.session_state["flow_clicked"] = True


def kinds() -> dict[str, Kind]:
    """The palette in the reader's language."""
    return {
        kind: Kind(
            _(piece.title), piece.group, _(piece.help) if piece.help else "",
            tuple((outcome.name, _(outcome.label)) for outcome in piece.outcomes), piece.group != "start",
        )
        for kind, piece in works.pieces().items()
    }  # fmt: skip


def groups() -> dict[str, str]:
    """The groups of the palette in its order."""
    return {piece.group: _(piece.group_title) for piece in works.pieces().values()}


def about(work: Work, marks: Mapping[str, str] | None = None) -> dict[str, About]:
    """What stands on each node beside its kind."""
    wrong: dict[str, str] = {}
    for problem in work.problems():
        wrong.setdefault(problem.id.split(">")[0], problem.message)
    known = works.pieces()
    return {
        str(node["id"]): About(
            str(node.get("label") or ""), summary(node, known), wrong.get(str(node["id"]), ""),
            (marks or {}).get(str(node["id"]), ""), ways(node, known),
        )
        for node in work.nodes
    }  # fmt: skip


def ways(node: Mapping[str, Any], known: Mapping[str, Piece]) -> tuple[tuple[str, str], ...]:
    """The outcomes of a node by its settings."""
    if node["station"] not in known:
        return ()
    found = flows.outcomes(session.actor(), session.store(), str(node["station"]), node.get("settings") or {})
    return tuple((outcome.name, _(outcome.label)) for outcome in found)


def summary(node: Mapping[str, Any], known: Mapping[str, Piece]) -> str:
    """What the node is set to, in a line: the settings that differ from what they begin with."""
    piece = known.get(str(node["station"]))
    if piece is None:
        return ""
    said = []
    for setting in piece.settings:
        value = (node.get("settings") or {}).get(setting.name, setting.default)
        if value in (None, "", [], {}) or value == setting.default or setting.kind in ("condition", "branches"):
            continue
        titles = {name: _(label) for name, label in setting.choices}
        if isinstance(value, bool):
            said.append(_(setting.label))
        elif isinstance(value, list):
            said.append(words.listed(titles.get(str(one), str(one)) for one in value))
        elif setting.kind == "money":
            said.append(f"{_(setting.label)} {words.money(value)}")
        else:
            said.append(titles.get(str(value), f"{_(setting.label)} {value}"))
    title = _(piece.title)
    return " · ".join(said[:3]) or (title if node.get("label") else "")


def live(name: str) -> dict[str, Live]:
    """What is at each node of the flow now."""
    found = flow_live.live(session.actor(), session.store(), name)
    return {node: Live(at.orders, at.parked, told(at)) for node, at in found.items()}


def told(at: AtNode) -> str:
    """How many went on today and how long they stood."""
    passed = sum((at.passed or {}).values())
    if not passed:
        return ""
    return _("{n} passed in 24 h, median {time}").format(n=words.count(passed), time=stood(at.stood_seconds or 0.0))


def stood(seconds: float) -> str:
    """A duration in the largest unit that fits."""
    for size, unit in ((86400, _("{n} d")), (3600, _("{n} h")), (60, _("{n} min"))):
        if seconds >= size:
            return unit.format(n=f"{seconds / size:.3g}")
    return _("{n} s").format(n=f"{seconds:.3g}")
