"""The versions of a flow: compare any two on one drawing, roll back."""

import streamlit as st

from core.i18n import _
from core.services import flows
from core.store.documents import Document
from core.ui import session, words
from core.ui.components.flow_editor import Edge, flow_editor
from core.ui.flow import canvas
from core.ui.flow import work as works
from core.ui.flow.keeping import differences, marks
from core.ui.flow.work import Work
from core.ui.forms import confirm_before, dialog
from core.ui.mapping.versions_tab import STATES, state_words
from core.ui.theme import badge_colour


def versions_tab(work: Work) -> None:
    """Draw the tab."""
    actor = session.actor()
    if work.saved is None:
        st.caption(_("Not saved yet: there is no version to compare."))
        return
    history = flows.history(actor, session.store(), work.name)
    _compare(work, history)
    st.markdown(f"**{_('History')}**")
    for version in history:
        _row(work, version)


def _compare(work: Work, history: list[Document]) -> None:
    if len(history) < 2:
        return
    titles = {one.version: f"v{one.version} {state_words(one.state)}" for one in history}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        before = st.selectbox(
            _("Earlier version"), list(titles), index=1, format_func=titles.__getitem__, key="flow_before", width=220
        )
        after = st.selectbox(
            _("Later version"), list(titles), index=0, format_func=titles.__getitem__, key="flow_after", width=220
        )
    bodies = {one.version: one.body for one in history}
    old, new = bodies[before], bodies[after]
    found = flows.compare(session.actor(), session.store(), old, new)
    node_marks, line_marks = marks(found)
    both = {**new, "nodes": [*new["nodes"], *(n for n in old["nodes"] if n["id"] in found.removed)]}
    lines = [
        *new["edges"],
        *(
            e
            for e in old["edges"]
            if (e["from"], e.get("outcome") or "next")
            not in {(n["from"], n.get("outcome") or "next") for n in new["edges"]}
        ),
    ]
    nodes, _edges = works.drawing({**both, "edges": []})
    drawn = [
        Edge(
            e["from"], e.get("outcome") or "next", e["to"], line_marks.get((e["from"], e.get("outcome") or "next"), "")
        )
        for e in lines
    ]
    flow_editor(
        f"flow_compare_{work.name}_{before}_{after}", version=before * 100_000 + after, nodes=nodes, edges=drawn,
        kinds=canvas.kinds(), groups=canvas.groups(), about=canvas.about(Work(both), node_marks), locked=True,
        small=session.on_phone(), height=420,
    )  # fmt: skip
    st.caption(_("Green is new, orange is changed, dashed is gone."))
    differences(old, new)


def _row(work: Work, version: Document) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"flow_v{version.version}"):
        st.markdown(f"**v{version.version}**", width="content")
        colour = STATES.get(version.state, ("grey", ""))[0]
        st.badge(state_words(version.state), color=badge_colour(colour))  # type: ignore[arg-type]
        when = words.instant(version.published_at or version.created_at, session.zone())
        st.caption(words.plain(f"{version.author} · {when} · {version.note}".rstrip(" ·")), width="content")
        st.space("stretch")
        if (
            session.actor().may("flow.edit")
            and version.state == "superseded"
            and st.button(_("Roll back to it"), icon=":material/undo:", key=f"flow_back_{version.version}")
        ):
            dialog(_("Roll back"), _roll_back, work, version)


def _roll_back(work: Work, version: Document) -> None:
    live = next(
        (one for _newest, one in flows.listing(session.actor(), session.store()) if one and one.name == work.name), None
    )
    if live is not None:
        differences(live.body, version.body)

    def back() -> Document:
        done = flows.roll_back(session.actor(), session.store(), work.name, version.version)
        works.forget(work.name)
        return done

    confirm_before(
        _("Roll back"),
        _("Version {version} becomes live again as a new version. Orders in flight finish on theirs.").format(
            version=version.version
        ),
        back,
        key="flow_confirm_back",
        done=_("Version {version} is live again.").format(version=version.version),
    )
