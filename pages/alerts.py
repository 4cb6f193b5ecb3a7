"""Alerts: who is told about what, by which robot or mail box, and what was told with its orders."""

import streamlit as st

from core.i18n import N_, _
from core.ui.alerts import robots, rules, told
from core.ui.page import Page
from core.ui.tabs import tabs

PAGE = Page("alerts", N_("Alerts"), "notifications", "settings", 46, "alerts.view")
_TABS = {"told": N_("What was told"), "rules": N_("Rules of alerts"), "robots": N_("Robots and mail boxes")}
_DRAW = {"told": told.show, "rules": rules.show, "robots": robots.show}


def render() -> None:
    """Draw the page."""
    st.header(_("Alerts"))
    _DRAW[tabs("part", _TABS)]()
