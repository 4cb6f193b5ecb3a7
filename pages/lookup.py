"""Look-up: any number a customer gives, answered in seconds; and the tickets between teams."""

import streamlit as st

from core.i18n import N_, _
from core.services import lookup
from core.ui import address, session, words
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.lookup.answer_card import answer_card
from core.ui.lookup.ticket_list import ticket_list
from core.ui.page import Page
from core.ui.tabs import tabs

PAGE = Page("lookup", N_("Look-up"), "support_agent", "desk", 40, "tickets.use")
_TABS = {"ask": N_("Find an order"), "tickets": N_("Tickets")}


def render() -> None:
    """The page."""
    st.header(_("Look-up"))
    _DRAW[tabs("part", _TABS)]()
    opened = address.opened_order()
    if opened is not None:
        show_order(opened)


def _ask() -> None:
    text = st.text_input(
        _("What the customer gives you"),
        key="lookup_text",
        type="search",
        placeholder=_("Order no., phone, waybill, last four, name"),
        bind="query-params",
    )
    if not (text or "").strip():
        empty(
            _("Type any number of the order."),
            _("You get its state in plain words and a reply to copy."),
            icon="support_agent",
        )
        return
    found, total = lookup.find(session.actor(), session.store(), session.vault(), text)
    if not total:
        empty(_("No orders match."), _("Ask for the order number, or the phone of the recipient."), icon="search_off")
    if total > len(found):
        st.caption(
            _("{n} orders match; the newest {m} are shown. A longer number finds fewer.").format(
                n=words.count(total), m=len(found)
            )
        )
    for each in found:
        answer_card(each)


_DRAW = {"ask": _ask, "tickets": ticket_list}
