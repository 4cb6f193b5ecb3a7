"""After sales: refunds, returns, exchanges and resends as cases, with what is done about each."""

import streamlit as st

from core.i18n import N_, _
from core.ui import address
from core.ui.after_sales import queue
from core.ui.components.order_detail import show_order
from core.ui.page import Page

PAGE = Page("after_sales", N_("After sales"), "assignment_return", "orders", 20, "after_sales.view")


def render() -> None:
    """Draw the page."""
    st.header(_("After sales"))
    queue.show()
    opened = address.opened_order()
    if opened is not None:
        show_order(opened)
