"""Stock: what can be sold, what the shops show, settings, simulator, drift and doubted levels."""

import streamlit as st

from core.i18n import N_, _
from core.ui.page import Page
from core.ui.stock import available_list, drift_list, push_list, settings_form, simulator
from core.ui.tabs import tabs

PAGE = Page(
    name="stock",
    title=N_("Stock"),
    icon="inventory_2",
    section="goods",
    order=10,
    permission="stock.view",
)
_TABS = {
    "available": N_("Available to sell"),
    "pushes": N_("Pushes to shops"),
    "settings": N_("Settings"),
    "simulator": N_("Oversell simulator"),
    "drift": N_("Drift and doubts"),
}
_DRAW = {
    "available": available_list.show,
    "pushes": push_list.show,
    "settings": settings_form.show,
    "simulator": simulator.show,
    "drift": drift_list.show,
}


def render() -> None:
    """Draw the page."""
    st.header(_("Stock"))
    drift_list.warn()
    _DRAW[tabs("part", _TABS)]()
