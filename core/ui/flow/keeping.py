"""Saving and publishing a flow: each dialog says what it changes before it changes it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.i18n import _
from core.services import flows
from core.services.flows import Difference
from core.store.documents import Document
from core.ui import session, words
from core.ui.flow import work as works
from core.ui.flow.work import Work
from core.ui.forms import attempt, say_after_rerun


def titles(body: Mapping[str, Any]) -> dict[str, str]:
    """What each node is called: its own name, else its station's."""
    known = works.pieces()
    return {
        str(n["id"]): str(n.get("label") or (_(known[n["station"]].title) if n["station"] in known else n["id"]))
        for n in body["nodes"]
    }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """What one drawing has and the other has not, in words."""
    found = flows.compare(session.actor(), session.store(), before, after)
    names = titles(before) | titles(after)
    said = [
        (_("New stations"), found.added), (_("Removed stations"), found.removed), (_("Changed stations"), found.changed),
    ]  # fmt: skip
    for title, ids in said:
        if ids:
            st.markdown(f"- {title}: {words.plain(words.listed(names.get(one, one) for one in ids))}")
    for title, edges in ((_("New line"), found.edges_added), (_("Removed line"), found.edges_removed)):
        for edge in edges[:20]:
            start, _outcome, end = edge.split(">", 2)
            st.markdown(f"- {title}: {words.plain(names.get(start, start))} → {words.plain(names.get(end, end))}")
    if not any((found.added, found.removed, found.changed, found.edges_added, found.edges_removed)):
        st.caption(_("Nothing but places on the drawing.") if found.moved else _("No difference."))


def marks(found: Difference) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Marks of the nodes and lines of both drawings laid over one another."""
    nodes = (
        dict.fromkeys(found.added, "added")
        | dict.fromkeys(found.removed, "removed")
        | dict.fromkeys(found.changed, "changed")
    )
    lines = {}
    for names, mark in ((found.edges_removed, "removed"), (found.edges_added, "added")):
        for name in names:
            start, outcome, _end = name.split(">", 2)
            lines[start, outcome] = mark
    return nodes, lines


def save(work: Work) -> None:
    """The dialog of saving a draft."""
    if work.saved is not None:
        differences(work.saved, work.body)
    problems = work.problems()
    if problems:
        st.caption(
            _("{n} faults are left; they keep it from being published, not from being saved.").format(n=len(problems))
        )
    note = st.text_input(_("Note"), key="flow_note", placeholder=_("What is it for?"))
    st.caption(_("A draft changes nothing yet: orders walk along the version that is live."))
    if st.button(_("Save the draft"), type="primary", key="flow_save"):
        made = attempt(lambda: flows.save(session.actor(), session.store(), work.body, (note or "").strip()))
        if isinstance(made, Document):
            work.stored(made)
            say_after_rerun(_("Saved as version {version}, a draft.").format(version=made.version))
            st.rerun()


def publish(work: Work) -> None:
    """The dialog of publishing: what differs, and what becomes of the orders in flight."""
    actor, store = session.actor(), session.store()
    problems = work.problems()
    for problem in problems[:8]:
        st.error(words.plain(problem.message), icon=":material/error:")
    if problems:
        st.caption(_("Mend these first; the stations are marked on the drawing."))
        return
    live = next((one for _newest, one in flows.listing(actor, store) if one and one.name == work.name), None)
    if live is not None:
        differences(live.body, work.body)
    draft = _draft(work)
    if draft is None:
        return
    moves = _in_flight(work, draft.version)
    st.caption(_("It is live within a second. New orders walk along it at once."))
    if st.button(_("Publish"), type="primary", key="flow_publish"):
        done = attempt(lambda: flows.publish(actor, store, work.name, draft.version, moves))
        if isinstance(done, tuple):
            work.stored(done[0])
            say_after_rerun(
                _("Version {version} is live; {n} orders in flight were moved.").format(
                    version=done[0].version, n=done[1]
                )
            )
            st.rerun()


def _draft(work: Work) -> Document | None:
    """The draft to publish: what is drawn is saved first."""
    if work.changed or work.state != "draft":
        made = attempt(lambda: flows.save(session.actor(), session.store(), work.body))
        if not isinstance(made, Document):
            return None
        work.stored(made)
    return flows.opened(session.actor(), session.store(), work.name, work.version)


def _in_flight(work: Work, version: int) -> dict[int, dict[str, str]]:
    """Where each group of orders in flight goes: it finishes on its version, or goes on at a station of the new one."""
    left = flows.in_flight(session.actor(), session.store(), work.name, version)
    if not left:
        return {}
    st.markdown(f"**{_('Orders in flight')}**")
    move = st.toggle(_("Take them over to the new version"), value=False, key="flow_move")
    st.caption(
        _("Choose where each group goes on. What an approval asked of those that leave it is withdrawn.")
        if move
        else _("They finish on the version they began with.")
    )
    named = titles(work.body)
    moves: dict[int, dict[str, str]] = {}
    for one in left:
        text = _("{n} orders at “{station}” (v{version})").format(n=one.orders, station=one.label, version=one.version)
        if not move:
            st.markdown(f"- {words.plain(text)}")
            continue
        options = ["", *named]
        target = st.selectbox(
            text, options, index=options.index(one.target) if one.target in options else 0,
            format_func=lambda name: named.get(name) or _("finish on their version"), key=f"move_{one.version}_{one.node}",
        )  # fmt: skip
        if target:
            moves.setdefault(one.version, {})[one.node] = target
    return moves
