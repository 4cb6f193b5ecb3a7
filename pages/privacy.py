"""Privacy: how long data is kept, and forgetting a person on request."""

import streamlit as st

from core.i18n import N_, _
from core.ui.page import Page
from core.ui.people import erasure_form, retention_form
from core.ui.tabs import tabs

PAGE = Page("privacy", N_("Privacy"), "shield_person", "settings", 75, "person.erase")
_TABS = {"forget": N_("Forget a person"), "keep": N_("How long data is kept")}
_DRAW = {"forget": erasure_form.show, "keep": retention_form.show}


def render() -> None:
    """Draw the page."""
    st.header(_("Privacy"))
    _DRAW[tabs("part", _TABS)]()
