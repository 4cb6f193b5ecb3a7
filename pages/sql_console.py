"""SQL console: own questions over safe views, read only."""

import streamlit as st

from core.i18n import N_, _
from core.ui.console import ask, past
from core.ui.page import Page
from core.ui.tabs import tabs

PAGE = Page("sql_console", N_("SQL console"), "database_search", "insight", 60, "console.use")
_TABS = {
    "ask": N_("Write a question"),
    "views": N_("Views and functions"),
    "saved": N_("Kept questions"),
    "past": N_("Asked before"),
}
_DRAW = {"ask": ask.show, "views": ask.help_tab, "saved": past.saved, "past": past.asked}


def render() -> None:
    """The page."""
    st.header(_("SQL console"))
    st.caption(
        _(
            "One SELECT over masked views. Nothing can be changed and no file or network reached; every question is noted in the audit trail."
        )
    )
    _DRAW[tabs("part", _TABS)]()
