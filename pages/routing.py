"""Routing: policies with their sentence, why each order goes where it goes, what-if, rate cards, warehouses, regions."""

import streamlit as st

from core.i18n import N_, _
from core.ui.page import Page
from core.ui.routing import card_list, courier_list, improve, place_list, policy_list, reason_list, region_map, whatif
from core.ui.tabs import tabs

PAGE = Page(
    name="routing",
    title=N_("Routing"),
    icon="alt_route",
    section="rules",
    order=40,
    permission="routing.view",
)
_TABS = {
    "policies": N_("Policies"),
    "reasons": N_("Why this warehouse"),
    "whatif": N_("What if"),
    "improve": N_("Improve"),
    "cards": N_("Rate cards"),
    "places": N_("Warehouses"),
    "regions": N_("Regions"),
    "couriers": N_("Couriers"),
}
_DRAW = {
    "policies": policy_list.show,
    "reasons": reason_list.show,
    "whatif": whatif.show,
    "improve": improve.show,
    "cards": card_list.show,
    "places": place_list.show,
    "regions": region_map.show,
    "couriers": courier_list.show,
}


def render() -> None:
    """Draw the page."""
    st.header(_("Routing"))
    _DRAW[tabs("part", _TABS)]()
