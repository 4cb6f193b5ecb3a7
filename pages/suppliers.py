"""Suppliers: who delivers on time, what is suggested for the next purchase, and what people decided."""

import streamlit as st

from core.i18n import N_, _
from core.ui.page import Page
from core.ui.suppliers import entry, months, past
from core.ui.tabs import tabs

PAGE = Page("suppliers", N_("Suppliers"), "factory", "goods", 40, "suppliers.view")
_TABS = {"months": N_("Punctuality"), "entry": N_("Purchase lines"), "past": N_("Decisions made")}
_DRAW = {"months": months.show, "entry": entry.show, "past": past.show}


def render() -> None:
    """The page."""
    st.header(_("Suppliers"))
    _DRAW[tabs("part", _TABS)]()
