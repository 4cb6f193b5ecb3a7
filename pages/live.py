"""The live board: what waits where, how fast it goes, what is stuck and late; on a wall screen as well."""

import streamlit as st

from core.i18n import N_, _
from core.ui import session
from core.ui.forms import dialog
from core.ui.live import arrange, wall
from core.ui.page import Page

PAGE = Page("live", N_("Live board"), "monitor_heart", "insight", 5, "live.view")


def render() -> None:
    """The head once, the board every 5 s; a wall screen is the board alone."""
    if not wall.is_wall():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.header(_("Live board"), width="stretch", anchor=False)
            if st.button(_("Arrange the board"), icon=":material/dashboard_customize:", key="live_arrange"):
                dialog(_("Arrange the board"), arrange.form, width="large")
            if session.actor().may("live.boards") and st.button(
                _("At risk"), icon=":material/timer:", key="live_risk", help=_("When an open order counts as at risk")
            ):
                dialog(_("At risk"), arrange.risk_form)
            st.link_button(_("Wall screen"), "/live?wall=1", icon=":material/tv:")
    wall.live()
