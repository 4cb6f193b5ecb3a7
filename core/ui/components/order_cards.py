"""Orders as cards: for phones, and for whoever likes them."""

import json
from typing import Any

import streamlit as st

from core.i18n import _, language
from core.model.lifecycle import BY_NAME
from core.services.orders import OrderPage
from core.ui import address, names, session, words
from core.ui.theme import badge_colour

PER_PAGE = 20


def order_cards(found: OrderPage, tags: dict[str, Any]) -> None:
    """One card an order; its button opens the order."""
    for row in found.rows:
        with st.container(border=True, key=f"card_{row['order_key']}", gap="small"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                status = BY_NAME.get(row["status"])
                colour = badge_colour(status.colour if status else "grey")
                st.badge(words.status(row["status"]), color=colour)  # type: ignore[arg-type]
                if row.get("held"):
                    st.badge(_("Held"), icon=":material/pause:", color="red")
                for name in json.loads(row.get("tags") or "[]"):
                    if name in tags:
                        st.badge(tags[name].title(language()), color=badge_colour(tags[name].colour))  # type: ignore[arg-type]
            st.html(_body(row))
            st.button(
                _("Open"), key=f"open_{row['order_key']}", on_click=address.open_order, args=(row["order_key"],),
                width="stretch",
            )  # fmt: skip


def _body(row: dict[str, Any]) -> str:
    money = f'<b class="dl-num">{words.money(row.get("paid_fen"))}</b>' if "paid_fen" in row else ""
    place = " ".join(words.html(row.get(name)) for name in ("recipient", "phone", "province") if row.get(name))
    shop = f"{names.channel(row['channel'])} · {names.shop(row['channel'], row['shop'])}"
    return (
        f'<div class="dl-between"><b>{words.html(row["platform_no"])}</b>{money}</div>'
        f'<div class="dl-quiet">{words.html(shop)} · {words.ago_with_hover(row.get("paid_at"), session.zone())}</div>'
        f"<div>{place}</div>"
    )


def pager(total: int) -> int:
    """The page numbers below the cards; returns the offset of the chosen page."""
    pages = max(1, -(-total // PER_PAGE))
    if pages == 1:
        return 0
    state = st.session_state
    if state.get("cards_page", 1) > pages:
        state["cards_page"] = 1
    return (st.pagination(pages, key="cards_page", max_visible_pages=5) - 1) * PER_PAGE
