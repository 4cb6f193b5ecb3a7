"""Help: every page in two sentences, the words, and the process sheet for training."""

import streamlit as st

from core.i18n import N_, _
from core.ui.help import page_list, process_list, word_list
from core.ui.page import Page
from core.ui.tabs import tabs

PAGE = Page("help", N_("Help"), "help", "settings", 95, "help.view")
_TABS = {"pages": N_("Page by page"), "words": N_("Words"), "process": N_("Process sheet")}
_DRAW = {"pages": page_list.show, "words": word_list.show, "process": process_list.show}


def render() -> None:
    """Draw the page."""
    st.header(_("Help"))
    _DRAW[tabs("part", _TABS)]()
