"""One held order: how urgent, why, and the buttons. On a phone the same card over the whole width."""

import streamlit as st

from core.i18n import _
from core.services import review
from core.services.review import Item
from core.ui import address, names, session, words
from core.ui.forms import dialog
from core.ui.review import acts, dialogs, evidence
from core.ui.theme import badge_colour

_MENU = "review_menus"


def card(item: Item) -> None:
    """Draw the card."""
    key, row = item.order_key, item.row
    with st.container(border=True, key=f"review_{key}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if session.actor().may("review.decide"):
                st.checkbox(_("Pick"), key=f"pick_{key}_{st.session_state.get('review_nonce', 0)}",
                            label_visibility="collapsed", width="content")  # fmt: skip
            text, colour = evidence.promise(item)
            st.badge(text, icon=":material/schedule:", color=badge_colour(colour))  # type: ignore[arg-type]
            st.badge(words.status(row["status"]), color="gray")
        st.html(_head(item))
        evidence.show(item)
        _buttons(item)


def picked() -> list[int]:
    """The orders whose boxes are ticked on the page shown."""
    end = f"_{st.session_state.get('review_nonce', 0)}"
    names_ = [str(name) for name, on in st.session_state.items() if on is True and str(name).startswith("pick_")]
    return [int(name[5 : -len(end)]) for name in names_ if name.endswith(end)]


def _head(item: Item) -> str:
    row = item.row
    money = f'<b class="dl-num">{words.money(row.get("paid_fen"))}</b>' if "paid_fen" in row else ""
    shop = f"{names.channel(row['channel'])} · {names.shop(row['channel'], row['shop'])}"
    place = " ".join(
        words.html(row.get(name)) for name in ("recipient", "province", "city", "district") if row.get(name)
    )
    pieces = _("{n} pieces").format(n=words.count(row["unit_count"]))
    house = f" · {words.html(row['warehouse'])}" if row.get("warehouse") else ""
    return (
        f'<div class="dl-between"><b>{words.html(row["platform_no"])}</b>{money}</div>'
        f'<div class="dl-quiet">{words.html(shop)} · {pieces} · {_("paid")} '
        f"{words.ago_with_hover(row.get('paid_at'), session.zone())}{house}</div><div>{place}</div>"
    )


def _buttons(item: Item) -> None:
    key, who = item.order_key, session.actor()
    if who.may("review.decide") and item.why_not:
        st.caption(f":material/lock: {_(item.why_not)}")
    with st.container(horizontal=True, gap="small"):
        if who.may("review.decide"):
            if st.button(_("Release"), type="primary", key=f"release_{key}", icon=":material/check:",
                         disabled=bool(item.why_not), help=_(item.why_not) if item.why_not else None):  # fmt: skip
                acts.act(lambda: review.release(who, session.store(), [key]), _("Released {n} orders."))
            if st.button(_("Reject"), key=f"reject_{key}", icon=":material/block:", disabled=bool(item.why_not)):
                dialog(_("Reject the order"), dialogs.reject, [key])
            menus = st.session_state.get(_MENU, 0)
            with st.popover(_("More"), icon=":material/more_horiz:", key=f"more_{key}_{menus}"):
                _more(item)
        else:
            st.button(_("Open"), key=f"open_{key}", on_click=address.open_order, args=(key,))


def _close_menu() -> None:
    """A menu that is left open lies over the dialog's buttons on a phone: under a new key it begins closed."""
    st.session_state[_MENU] = st.session_state.get(_MENU, 0) + 1


def _entry(label: str, act: str, key: int, icon: str) -> bool:
    """A line of the menu that opens a dialog; whether it was pressed."""
    return st.button(label, key=f"{act}_{key}", width="stretch", icon=f":material/{icon}:", on_click=_close_menu)


def _more(item: Item) -> None:
    key = item.order_key
    st.button(_("Open the order"), key=f"open_{key}", on_click=address.open_order, args=(key,), width="stretch",
              icon=":material/open_in_full:")  # fmt: skip
    if _entry(_("Ask another team"), "ask", key, "forum"):
        dialog(_("Ask another team"), dialogs.ask, key)
    if _entry(_("Correct the address"), "address", key, "edit_location"):
        dialog(_("Correct the address"), dialogs.correct_address, item)
    if "bad_address" in item.reasons and _entry(_("Choose between two addresses"), "choose", key, "compare_arrows"):
        dialog(_("Choose between two addresses"), dialogs.choose_address, item)
    if item.row["status"] in ("PAID", "STOCK_LOCKED") and _entry(
        _("Change the warehouse"), "warehouse", key, "warehouse"
    ):
        dialog(_("Change the warehouse"), dialogs.other_warehouse, item)
    overrides = item.refund is not None and session.actor().may("refund.override")
    if overrides and _entry(_("Let it go in spite of the refund"), "override", key, "gavel"):
        dialog(_("Let it go in spite of the refund"), dialogs.override, item)
