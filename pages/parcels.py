"""Parcels: where those that left are, which are stuck or come back, and the services that tell it."""

import streamlit as st

from core.i18n import N_, _
from core.ui import address
from core.ui.components.order_detail import show_order
from core.ui.page import Page
from core.ui.parcels import accounts, road
from core.ui.tabs import tabs

PAGE = Page("parcels", N_("Parcels"), "local_shipping", "orders", 30, "parcels.view")
_TABS = {"road": N_("On the road"), "services": N_("Services and rules")}
_DRAW = {"road": road.show, "services": accounts.show}


def render() -> None:
    """Draw the page."""
    st.header(_("Parcels"))
    _DRAW[tabs("part", _TABS)]()
    opened = address.opened_order()
    if opened is not None:
        show_order(opened)
