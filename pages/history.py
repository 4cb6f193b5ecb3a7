"""History: when, where, who, what together, why back, and what activities did; from a finding to an action."""

import streamlit as st

from core.i18n import N_, _
from core.ui.history import baskets, buyers, filters, peaks, promotions, refunds, regions
from core.ui.page import Page
from core.ui.tabs import tabs

PAGE = Page("history", N_("History of orders"), "query_stats", "insight", 40, "history.view")
_TABS = {
    "peaks": N_("Peak hours"),
    "products": N_("Products by hour"),
    "regions": N_("Where orders go"),
    "buyers": N_("Repeat buyers"),
    "baskets": N_("Bought together"),
    "refunds": N_("Refund reasons"),
    "promotions": N_("Effect of activities"),
}
_DRAW = {
    "peaks": peaks.show,
    "products": peaks.products,
    "regions": regions.show,
    "buyers": buyers.show,
    "baskets": baskets.show,
    "refunds": refunds.show,
    "promotions": promotions.show,
}


def render() -> None:
    """The page."""
    st.header(_("History of orders"))
    view = filters.bar()
    _DRAW[tabs("part", _TABS)](view)
