"""Packing: the desk with its scanner, what was packed today, and how parcels are weighed."""

import streamlit as st

from core.i18n import N_, _
from core.ui.packing import desk, packed_list, rules_form
from core.ui.page import Page
from core.ui.tabs import tabs

PAGE = Page(
    name="packing",
    title=N_("Packing"),
    icon="package_2",
    section="warehouse",
    order=20,
    permission="outbound.update",
)
_TABS = {"desk": N_("Packing desk"), "packed": N_("Packed today"), "settings": N_("Settings")}
_DRAW = {"desk": desk.show, "packed": packed_list.show, "settings": rules_form.show}


def render() -> None:
    """Draw the page."""
    st.header(_("Packing"))
    _DRAW[tabs("part", _TABS)]()
