"""Forgetting a person: search, see what will go, type the confirmation."""

import streamlit as st

from core.i18n import _
from core.services import erasure
from core.services.erasure import Found
from core.ui import session
from core.ui.empty import empty
from core.ui.forms import attempt, say_after_rerun
from core.ui.markdown import plain


def show() -> None:
    """Draw the tab."""
    st.caption(
        _("For a buyer who asks to be forgotten. Amounts, goods and times stay for the figures; nobody can be found in them.")
    )  # fmt: skip
    text = st.text_input(
        _("Phone, order number, waybill or full name"), key="forget_text", type="search", max_chars=80
    ).strip()
    if not text:
        empty(
            _("Nobody is searched yet."),
            _("Type what the buyer gave; nothing is changed by the search."),
            icon="person_search",
        )
        return
    found = attempt(lambda: erasure.find(session.actor(), session.store(), session.vault(), text))
    if isinstance(found, Found):
        _preview(found, text)


def _preview(found: Found, text: str) -> None:
    extent = found.extent
    with st.container(border=True):
        st.markdown(f"**{_('What will be erased')}**")
        st.write(
            _("{orders} orders: name, phone, address, notes and messages; {payloads} payloads of the platforms; {notes} notes on tickets.").format(
                orders=extent.orders, payloads=extent.payloads, notes=extent.notes
            )
        )  # fmt: skip
        st.caption(plain(", ".join(extent.sample)) + (" …" if extent.orders > len(extent.sample) else ""))
        if extent.under_way:
            st.info(
                _(
                    "{n} of them are under way and need their address: they follow by themselves when they have left."
                ).format(n=extent.under_way),
                icon=":material/schedule:",
            )
        st.warning(
            _("This cannot be undone. Older back-ups still hold the data until they are thinned out."),
            icon=":material/warning:",
        )
        typed = st.text_input(_("To confirm, type the number of orders"), key="forget_typed", max_chars=6)
        pressed = st.button(
            _("Erase for good"), type="primary", disabled=typed.strip() != str(extent.orders), key="forget_do"
        )
        if pressed:
            done = attempt(lambda: erasure.erase(session.actor(), session.store(), session.vault(), text, typed))
            if done:
                say_after_rerun(_("{n} orders erased, {m} follow when they have left.").format(n=done[0], m=done[1]))
                st.session_state.pop("forget_typed", None)
                st.rerun()
