"""Which figures are watched, which robots are told, and how each figure stands."""

import streamlit as st

from core.i18n import _
from core.services import figure_alerts, outcomes
from core.ui import session
from core.ui.forms import attempt, say_after_rerun
from core.ui.table import Column, table


def show() -> None:
    """Draw the tab."""
    who, store = session.actor(), session.store()
    figures, told = figure_alerts.watching(who, store)
    st.caption(_("Watched over the last seven days, every quarter of an hour; told when a figure leaves its band and when it is back."))  # fmt: skip
    if who.may("reports.make"):
        _form(figures, told)
    _states(figures)


def _form(figures: tuple[str, ...], told: tuple[str, ...]) -> None:
    who, store = session.actor(), session.store()
    known = figure_alerts.robot_names(who, store)
    bands = outcomes.targets(who, store)
    with_band = [name for name, (low, high) in bands.items() if low is not None or high is not None]
    watched = st.multiselect(
        _("Figures that are watched"), with_band, default=[name for name in figures if name in with_band], key="watched_figures",
        format_func=lambda name: f"{_(outcomes.BY_NAME[name].label)} ({outcomes.band_words(outcomes.BY_NAME[name], *bands[name])})",
    )  # fmt: skip
    if not known:
        st.info(_("There is no robot yet: set one up at the flow’s stations, then choose it here."), icon=":material/smart_toy:")  # fmt: skip
    robots = st.multiselect(_("Robots that are told"), known, default=[name for name in told if name in known], key="watched_robots")  # fmt: skip
    if st.button(_("Save"), type="primary", key="watch_save"):
        done = attempt(lambda: figure_alerts.watch(who, store, watched, robots))
        if done is not None:
            say_after_rerun(_("The watch is set."))
            st.rerun()


def _states(figures: tuple[str, ...]) -> None:
    states = figure_alerts.states(session.actor(), session.store())
    rows = [
        {
            "figure": _(outcomes.BY_NAME[name].label), "state": "✗" if state.outside else f"✓ {_('inside')}",
            "since": state.since, "said": state.said,
        }
        for name, state in states.items()
        if name in figures and name in outcomes.BY_NAME
    ]  # fmt: skip
    if not rows:
        st.caption(_("No figure has left its band yet."))
        return
    table(
        rows,
        [Column("figure", _("Figure")), Column("state", _("State")), Column("since", _("Since"), "instant"),
         Column("said", _("Last word"), width="large")],
        key="figure_states",
    )  # fmt: skip
