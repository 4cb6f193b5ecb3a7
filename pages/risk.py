"""Risk: thresholds tried before they are saved, the curve of a threshold, held orders, lists, and what can be evaluated."""

import streamlit as st

from core.i18n import N_, _
from core.ui.page import Page
from core.ui.rules import blacklist_panel, curve, key_table, list_panel, set_list, thresholds, waiting
from core.ui.tabs import tabs

PAGE = Page(name="risk", title=N_("Risk"), icon="shield", section="rules", order=20, permission="rules.view")
_PARTS = {
    "thresholds": N_("Thresholds"),
    "waiting": N_("Held orders"),
    "lists": N_("Whitelists and blacklists"),
    "blacklist": N_("Blacklist service"),
    "curve": N_("Curve of a threshold"),
    "keys": N_("What can be evaluated"),
}
_DRAW = {
    "thresholds": thresholds.show,
    "waiting": waiting.show,
    "lists": list_panel.show,
    "blacklist": blacklist_panel.show,
    "curve": curve.show,
    "keys": key_table.show,
}


def render() -> None:
    """Draw the page."""
    st.header(_("Risk"))
    set_list.problems()
    waiting.figures()
    _DRAW[tabs("part", _PARTS)]()
