"""Freight: couriers' bills compared line by line, what is too much by cause, and the list to dispute."""

import streamlit as st

from core.i18n import N_, _
from core.ui.freight import bills, differences, entry
from core.ui.page import Page
from core.ui.tabs import tabs

PAGE = Page("freight", N_("Freight bills"), "local_shipping", "insight", 70, "freight.view")
_TABS = {"bills": N_("Bills"), "differences": N_("Differences"), "entry": N_("Import a bill")}
_DRAW = {"bills": bills.show, "differences": differences.show, "entry": entry.show}


def render() -> None:
    """The page."""
    st.header(_("Freight bills"))
    _DRAW[tabs("part", _TABS)]()
