"""Trying a drawing on orders as if they came in now: the ways light up, nothing is written."""

from datetime import timedelta

import streamlit as st

from core import clock, runtime
from core.flow.dry_run import DryRun
from core.i18n import N_, _
from core.services import flows
from core.ui import session, words
from core.ui.components.flow_editor import flow_editor
from core.ui.empty import empty
from core.ui.flow import canvas
from core.ui.flow import work as works
from core.ui.flow.work import Work
from core.ui.forms import attempt

_WAYS = {"period": N_("A period"), "order": N_("One order")}


def try_tab(work: Work) -> None:
    """Draw the tab."""
    st.caption(_("People are taken to release and waits to pass. Nothing is written, nobody is told."))
    if work.problems():
        st.warning(_("Mend the faults on the drawing first: only a whole flow can be tried."), icon=":material/error:")
        return
    way = st.segmented_control(
        _("Try on"), list(_WAYS), default="period", format_func=lambda name: _(_WAYS[name]), key="flow_try_way",
        required=True, label_visibility="collapsed",
    )  # fmt: skip
    kept = st.session_state.setdefault("flow_tried", {})
    found = _order(work) if way == "order" else _period(work)
    if isinstance(found, DryRun):
        kept[work.name] = (work.body, found)
    body, shown = kept.get(work.name, (None, None))
    if shown is None:
        empty(_("Nothing tried yet."), _("Choose orders and press try; it takes some seconds."), icon="route")
        return
    if body != work.body:
        st.caption(f":orange[{_('The drawing has changed since: try again.')}]")
    _show(work, body, shown)


def _order(work: Work) -> object:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.text_input(_("Platform order no."), key="flow_try_no", width=280)
        if st.button(_("Try"), type="primary", key="flow_try_order", disabled=not (number or "").strip()):
            return attempt(
                lambda: flows.try_order(
                    session.actor(), session.store(), session.vault(), runtime.settings(), work.body, number
                )
            )
    return None


def _period(work: Work) -> object:
    today = clock.business_day(clock.now(), session.zone())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = st.date_input(
            _("Paid from, to"),
            value=(today - timedelta(days=6), today),
            key="flow_try_days",
            format="YYYY-MM-DD",
            width=280,
        )
        chosen = list(days) if isinstance(days, tuple | list) else [days]
        if st.button(_("Try"), type="primary", key="flow_try_period", disabled=not chosen):
            with st.spinner(_("Trying …")):
                return attempt(
                    lambda: flows.try_period(
                        session.actor(),
                        session.store(),
                        session.vault(),
                        runtime.settings(),
                        work.body,
                        chosen[0],
                        chosen[-1],
                    )
                )
    return None


def _show(work: Work, body: dict, found: DryRun) -> None:
    with st.container(horizontal=True):
        st.metric(_("Orders"), words.count(found.orders), border=True)
        automatic = found.automatic
        st.metric(_("Without a person"), "–" if automatic is None else f"{automatic:.1%}", border=True)
        st.metric(_("Would be held"), words.count(sum(found.stays.values())), border=True)
        st.metric(_("Not let in"), words.count(found.skipped), border=True)
    nodes, edges = works.drawing(body, found.edges)
    flow_editor(
        f"flow_tried_{work.name}", version=hash((work.name, found.seconds)) % 1_000_000_007, nodes=nodes, edges=edges,
        kinds=canvas.kinds(), groups=canvas.groups(), about=canvas.about(Work(body)), locked=True,
        small=session.on_phone(), height=420,
        live={name: canvas.Live(number) for name, number in found.nodes.items()},
    )  # fmt: skip
    st.caption(_("{n} orders in {s} s").format(n=words.count(found.orders), s=f"{found.seconds:.1f}"))
