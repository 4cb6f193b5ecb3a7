"""Lifecycle board: six stages with exact counts, cards with their next step, moved by drag or by menu."""

import streamlit as st

from core.i18n import N_, _
from core.ui.board import stages
from core.ui.page import Page

PAGE = Page(
    name="board",
    title=N_("Lifecycle board"),
    icon="view_kanban",
    section="desk",
    order=20,
    permission="board.view",
)


def render() -> None:
    """Draw the page."""
    st.header(_("Lifecycle board"))
    stages.show()
