"""Products: the master, the queue of SKUs that nobody knows, import."""

import streamlit as st

from core.i18n import N_, _
from core.ui.page import Page
from core.ui.products import import_tab, master, unknown_list
from core.ui.tabs import tabs

PAGE = Page(
    name="products",
    title=N_("Products"),
    icon="package_2",
    section="goods",
    order=20,
    permission="products.view",
)
_TABS = {"master": N_("Product master"), "unknown": N_("Unknown SKUs"), "import": N_("Import a file")}
_DRAW = {"master": master.show, "unknown": unknown_list.show, "import": import_tab.show}


def render() -> None:
    """Draw the page."""
    st.header(_("Products"))
    _DRAW[tabs("part", _TABS)]()
