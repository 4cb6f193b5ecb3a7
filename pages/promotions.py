"""Promotions: the calendar of activities, test an order, gift stock, price differences."""

import streamlit as st

from core.i18n import N_, _
from core.ui import session
from core.ui.page import Page
from core.ui.promotions import activity_list, difference_list, gift_list, order_test
from core.ui.rules import set_list
from core.ui.tabs import tabs

PAGE = Page(
    name="promotions",
    title=N_("Promotions"),
    icon="redeem",
    section="rules",
    order=30,
    permission="promotions.view",
)
_TABS = {
    "activities": N_("Calendar"),
    "test": N_("Test an order"),
    "gifts": N_("Gift stock"),
    "differences": N_("Price differences"),
}
_DRAW = {
    "activities": activity_list.show,
    "test": order_test.show,
    "gifts": gift_list.show,
    "differences": difference_list.show,
}


def render() -> None:
    """Draw the page."""
    st.header(_("Promotions"))
    if session.actor().may("rules.view"):
        set_list.problems(activities=False)
    _DRAW[tabs("part", _TABS)]()
