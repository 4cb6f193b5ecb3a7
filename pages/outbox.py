"""Outbox: what is to leave the house, what was refused in whose words, and what a person does about it."""

import streamlit as st

from core.i18n import N_, _
from core.ui import address
from core.ui.components.order_detail import show_order
from core.ui.outbox import board
from core.ui.page import Page

PAGE = Page("outbox", N_("Outbox"), "outbox", "settings", 45, "outbox.view")


def render() -> None:
    """Draw the page."""
    st.header(_("Outbox"))
    board.show()
    opened = address.opened_order()
    if opened is not None:
        show_order(opened)
