"""The gift stock tab: what can be given, with its pick barcode, and how many are left."""

from functools import partial

import streamlit as st

from core.i18n import _
from core.services import gifts
from core.store.gift_stock import Gift
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    may_edit = actor.may("promotions.edit")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _("Gifts are taken from here when an order earns them, and come back when it loses them. Never below zero.")
        )
        if may_edit and st.button(_("Add a gift"), icon=":material/add:", type="primary", key="gift_new"):
            dialog(_("Add a gift"), partial(_form, None))
    found = gifts.listing(actor, store)
    if not found:
        empty(_("No gift yet."), _("Add each gift with its barcode and how many there are."), icon="redeem")
    for gift in found:
        _row(gift, may_edit=may_edit)


def _row(gift: Gift, *, may_edit: bool) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"gift_{gift.sku}"):
        with st.container(gap=None):
            st.markdown(f"**{words.plain(gift.name or gift.sku)}**")
            st.caption(
                _("{sku} · barcode {barcode} · changed {when}").format(
                    sku=words.plain(gift.sku),
                    barcode=words.plain(gift.barcode or gift.sku),
                    when=words.ago(gift.changed_at),
                )
            )
        colour = "red" if not gift.free_qty else "orange" if gift.free_qty < 10 else "green"
        st.badge(_("{n} left").format(n=words.count(gift.free_qty)), color=colour)
        if may_edit:
            _actions(gift)


def _actions(gift: Gift) -> None:
    if st.button(_("Stock"), icon=":material/add_box:", key=f"gift_more_{gift.sku}"):
        dialog(_("Stock"), partial(_stock, gift))
    if st.button("", icon=":material/edit:", key=f"gift_edit_{gift.sku}", help=_("Change")):
        dialog(_("Change"), partial(_form, gift))
    if st.button("", icon=":material/delete:", key=f"gift_remove_{gift.sku}", help=_("Take off the list")):
        dialog(_("Take off the list"), partial(_remove, gift))


def _form(gift: Gift | None) -> None:
    actor, store = session.actor(), session.store()
    sku = (
        gift.sku
        if gift
        else st.text_input(_("SKU"), key="gift_sku", help=_("The code of the gift, not of what is sold."))
    )
    name = st.text_input(_("Name"), gift.name if gift else "", key="gift_name", max_chars=80)
    barcode = st.text_input(
        _("Pick barcode"), gift.barcode if gift else "", key="gift_barcode", max_chars=60,
        help=_("What packing scans. Without one the SKU itself is printed."),
    )  # fmt: skip
    qty = (
        gift.free_qty
        if gift
        else int(st.number_input(_("Free quantity"), min_value=0, value=0, step=1, key="gift_qty"))
    )
    if st.button(_("Save"), type="primary", key="gift_save") and attempt(
        lambda: gifts.save(actor, store, Gift(sku, name, barcode, qty))
    ):
        say_after_rerun(_("The gift is saved."))
        st.rerun()


def _stock(gift: Gift) -> None:
    actor, store = session.actor(), session.store()
    change = int(
        st.number_input(
            _("Put on the shelf (negative: take off)"), value=0, step=10, key="gift_change", min_value=-gift.free_qty
        )
    )
    effect = _("{sku}: {before} → {after}. Orders that wait for it are looked at again.").format(
        sku=words.plain(gift.sku), before=words.count(gift.free_qty), after=words.count(gift.free_qty + change)
    )
    confirm_before(
        _("Save"), effect, lambda: gifts.add(actor, store, gift.sku, change), key="gift_change_save",
        done=_("The gift is saved."),
    )  # fmt: skip


def _remove(gift: Gift) -> None:
    actor, store = session.actor(), session.store()
    confirm_before(
        _("Take off the list"),
        _("{sku} is given no more. Orders that have it keep it.").format(sku=words.plain(gift.sku)),
        lambda: gifts.remove(actor, store, gift.sku),
        key="gift_remove_confirm",
    )
