"""Picking: waves to print and pick, print jobs, where goods lie, printers, and the rules of waves."""

import streamlit as st

from core.i18n import N_, _
from core.ui.page import Page
from core.ui.picking import job_list, place_list, rule_form, wave_list
from core.ui.printers import printer_list
from core.ui.tabs import tabs

PAGE = Page(
    name="picking",
    title=N_("Pick and print"),
    icon="shopping_basket",
    section="warehouse",
    order=10,
    permission="outbound.update",
)
_TABS = {
    "waves": N_("Waves"),
    "jobs": N_("Print jobs"),
    "places": N_("Locations"),
    "printers": N_("Printers"),
    "rules": N_("Rules of waves"),
}
_DRAW = {
    "waves": wave_list.show,
    "jobs": job_list.show,
    "places": place_list.show,
    "printers": printer_list.show,
    "rules": rule_form.show,
}


def render() -> None:
    """Draw the page."""
    st.header(_("Pick and print"))
    job_list.warn()
    _DRAW[tabs("part", _TABS)]()
