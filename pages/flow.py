"""Flow: the drawing orders walk along, what is at each station now, trying out, versions."""

import streamlit as st

from core.i18n import N_, _
from core.services import flows
from core.ui import address, session, words
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.flow import keeping
from core.ui.flow import work as works
from core.ui.flow.canvas import canvas
from core.ui.flow.station_form import station_form
from core.ui.flow.try_tab import try_tab
from core.ui.flow.versions_tab import versions_tab
from core.ui.flow.work import Work
from core.ui.forms import dialog
from core.ui.mapping.versions_tab import STATES, state_words
from core.ui.page import Page
from core.ui.tabs import tabs
from core.ui.theme import badge_colour

PAGE = Page("flow", N_("Flow"), "account_tree", "rules", 10, "flow.view")
_TABS = {"draw": N_("Drawing"), "try": N_("Try out"), "versions": N_("Versions")}


def render() -> None:
    """The page."""
    names = _names()
    if not names:
        st.header(_("Flow"))
        empty(
            _("There is no flow yet."), _("Begin one; orders walk along it once it is published."), icon="account_tree"
        )
        _new()
        return
    with st.container(horizontal=True, vertical_alignment="center", key="flow_head", gap="small"):
        work = _chosen(names)
        _state(work)
        st.space("stretch")
        if not _locked():
            _buttons(work)
    for name, why in flows.problems(session.actor(), session.store()).items():
        st.error(
            _("The live flow {name} cannot be read: {why}. Its last good version goes on.").format(name=name, why=why)
        )
    {"draw": _draw, "try": try_tab, "versions": versions_tab}[tabs("part", _TABS)](work)
    opened = address.opened_order()
    if opened is not None:
        show_order(opened)


def _locked() -> bool:
    return not session.actor().may("flow.edit") or session.on_phone()


def _names() -> dict[str, str]:
    listed = flows.listing(session.actor(), session.store())
    names = {newest.name: str(newest.body.get("label") or newest.name) for newest, _live in listed}
    return names | {name: name for name in works.begun() if name not in names}


def _chosen(names: dict[str, str]) -> Work:
    wanted = st.session_state.pop("flow_wanted", None)
    if wanted in names:
        st.session_state["flow_name"] = wanted
    name = st.selectbox(
        _("Flow"), list(names), format_func=lambda one: names[one], key="flow_name", label_visibility="collapsed", width=240,
        bind="query-params",
    )  # fmt: skip
    return works.of(name if name in names else next(iter(names)))


def _new() -> None:
    with st.popover("", icon=":material/add:", help=_("New flow")):
        name = st.text_input(_("Name"), key="flow_new_name", max_chars=40).strip()
        if st.button(_("Begin"), type="primary", key="flow_begin", disabled=not name):
            works.begin(name)
            st.session_state["flow_wanted"] = name
            st.rerun()


def _state(work: Work) -> None:
    colour = badge_colour(STATES.get(work.state, ("grey", ""))[0])
    st.badge(f"v{work.version} {state_words(work.state)}" if work.version else state_words(work.state), color=colour)  # type: ignore[arg-type]
    faults = len(work.problems())
    if faults:
        st.badge(_("{n} faults").format(n=faults), color="red", icon=":material/error:")
    if work.changed and work.version:
        st.badge(_("not saved"), color="orange")


def _buttons(work: Work) -> None:
    if work.changed and st.button(_("Discard"), key="flow_discard", type="tertiary"):
        works.forget(work.name)
        st.rerun()
    _new()
    if st.button(_("Save"), key="flow_save_open", icon=":material/save:", disabled=not work.changed):
        dialog(_("Save the draft"), keeping.save, work)
    live = work.state == "published" and not work.changed
    if st.button(_("Publish"), key="flow_publish_open", type="primary", icon=":material/publish:", disabled=live):
        dialog(_("Publish"), keeping.publish, work, width="medium")


def _draw(work: Work) -> None:
    if session.on_phone():
        st.caption(words.plain(_("On a phone the drawing is for looking only.")))
        canvas(work, locked=True)
        station_form(work, locked=True)
        return
    left, right = st.columns([7, 3], gap="medium")
    with left:
        canvas(work, locked=_locked())
        for problem in work.problems():
            if problem.place == "flow":
                st.warning(words.plain(problem.message), icon=":material/error:")
    with right:
        station_form(work, locked=_locked())
