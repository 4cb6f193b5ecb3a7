"""What people were told, and behind each message the orders it is about as they stand now."""

import streamlit as st

from core.i18n import _
from core.services import alerts
from core.store.alerts import Told
from core.ui import address, names, session, words
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.forms import attempt


def show() -> None:
    """Draw one message where the address names one, else all of them."""
    wanted = st.query_params.get("told", "")
    if wanted:
        _one(wanted)
    else:
        _all()
    opened = address.opened_order()
    if opened is not None and session.actor().may("orders.view"):
        show_order(opened)


def _all() -> None:
    found = alerts.told(session.actor(), session.store())
    if not found:
        empty(_("Nobody was told anything yet."), _("Messages stand here with the orders they are about."), icon="sms")
    for one in found:
        with st.container(border=True, key=f"told_{one.message_id}", gap="small"):
            _head(one)
            if one.order_keys:
                st.button(_("{n} orders").format(n=words.count(one.orders)), key=f"told_open_{one.message_id}",
                          icon=":material/list:", on_click=_open, args=(one.message_id,))  # fmt: skip


def _open(message_id: str) -> None:
    st.query_params["told"] = message_id


def _one(message_id: str) -> None:
    st.button(_("To all that was told"), icon=":material/arrow_back:", type="tertiary", key="told_back", on_click=_back)
    found = attempt(lambda: alerts.message(session.actor(), session.store(), message_id))
    if not isinstance(found, tuple):
        return
    one, orders = found
    with st.container(border=True):
        _head(one)
    if one.orders > len(orders):
        st.caption(
            _("{n} orders, the first {shown} below").format(n=words.count(one.orders), shown=words.count(len(orders)))
        )
    for order in orders:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"named_{order.order_key}"):
            st.button(order.platform_no, key=f"named_open_{order.order_key}", type="tertiary", on_click=address.open_order,
                      args=(order.order_key,))  # fmt: skip
            st.caption(words.plain(f"{names.shop(order.channel, order.shop)} · {words.status(order.status)}"))
            held = words.hold_reasons(order.held_reasons)
            if held and order.held_reasons != "[]":
                st.badge(held, color="red")


def _back() -> None:
    st.query_params.pop("told", None)


def _head(one: Told) -> None:
    st.markdown(f"**{words.plain(one.title)}**")
    st.caption(f"{words.plain(one.robot)} · {words.instant(one.made_at, session.zone())}")
    if one.body:
        st.markdown("  \n".join(words.plain(line) for line in one.body.splitlines()))
