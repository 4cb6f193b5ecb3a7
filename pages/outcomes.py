"""Outcomes: what became better, in the figures everybody agreed on."""

import streamlit as st

from core.i18n import N_, _
from core.ui.outcomes.comparison import comparison
from core.ui.page import Page

PAGE = Page("outcomes", N_("Outcomes"), "monitoring", "insight", 10, "insight.view")


def render() -> None:
    """The page."""
    st.header(_("Outcomes"))
    st.caption(
        _(
            "Times, accuracy, service load and loss, each by one formula; automation stands beside the normal orders it held."
        )
    )
    comparison()
