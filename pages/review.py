"""Review desk: what waits for a person, with the evidence; released, rejected, asked about or corrected, one or many."""

import streamlit as st

from core.i18n import N_, _
from core.ui.page import Page
from core.ui.review import intercepts, limits_form, queue
from core.ui.tabs import tabs

PAGE = Page(
    name="review",
    title=N_("Review desk"),
    icon="fact_check",
    section="desk",
    order=30,
    permission="review.view",
)
_TABS = {"queue": N_("Waiting"), "refunds": N_("Refunds after packing"), "limits": N_("Who may release")}
_DRAW = {"queue": queue.show, "refunds": intercepts.show, "limits": limits_form.show}


def render() -> None:
    """Draw the page."""
    st.header(_("Review desk"))
    _DRAW[tabs("part", _TABS)]()
