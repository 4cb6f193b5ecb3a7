"""Outcomes: what became better, in the figures everybody agreed on; errors and losses, monthly reports, alerts."""

import streamlit as st

from core.i18n import N_, _
from core.ui.outcomes import alerts_tab, comparison, faults_tab, reports_tab
from core.ui.page import Page
from core.ui.tabs import tabs

PAGE = Page("outcomes", N_("Outcomes"), "monitoring", "insight", 10, "insight.view")
_TABS = {
    "comparison": N_("Two periods"),
    "faults": N_("Errors and losses"),
    "reports": N_("Reports"),
    "alerts": N_("Figure alerts"),
}
_DRAW = {
    "comparison": comparison.comparison,
    "faults": faults_tab.show,
    "reports": reports_tab.show,
    "alerts": alerts_tab.show,
}


def render() -> None:
    """The page."""
    st.header(_("Outcomes"))
    st.caption(
        _(
            "Times, accuracy, service load and loss, each by one formula; automation stands beside the normal orders it held."
        )
    )
    _DRAW[tabs("part", _TABS)]()
