"""Unknown SKUs: what orders name and nobody knows; make a product of it or link it to one."""

from functools import partial

import streamlit as st

from core.i18n import _
from core.services import products
from core.store.products import Product, Unknown
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.products import form
from core.ui.table import Column, table


def show() -> None:
    """Draw the tab."""
    actor = session.actor()
    rows = products.unknown(actor, session.store())
    if not rows:
        empty(_("Every SKU of the orders is known."), _("A new one waits here, its orders with it."), icon="task_alt")
        return
    st.caption(_("Their open orders get no stock and no warehouse until somebody says what the SKU is."))
    columns = [
        Column("sku", _("SKU")), Column("title", _("Title in the order"), width="medium"), Column("open_orders", _("Open orders"), "count"),
        Column("orders", _("Orders"), "count"), Column("pieces", _("Pieces"), "count"), Column("shops", _("Shops")),
        Column("last_seen", _("Last seen"), "instant"),
    ]  # fmt: skip
    picked = table(
        [
            {
                "sku": row.sku or _("without a SKU"), "title": row.title, "open_orders": row.open_orders, "orders": row.orders,
                "pieces": row.pieces, "shops": row.shops, "last_seen": row.last_seen,
            }
            for row in rows
        ],
        columns[:3] if session.on_phone() else columns,
        key="unknown_rows",
        select="single-row",
    )  # fmt: skip
    if not actor.may("products.edit"):
        return
    if not picked or picked[0] >= len(rows):
        st.caption(_("Choose a row to say what it is."))
        return
    row = rows[picked[0]]
    if not row.sku:
        st.info(_("These lines carry no SKU: enter the seller's SKU for the goods on the platform, or map the field."))
        return
    with st.container(horizontal=True):
        if st.button(_("Make a product of it"), icon=":material/add:", type="primary", key="unknown_make"):
            dialog(
                _("Make a product of it"),
                partial(form.draw, Product(row.sku, row.title or "", row.barcode), fresh=True),
            )
        if st.button(_("Link to a product"), icon=":material/link:", key="unknown_link"):
            dialog(_("Link to a product"), partial(_link, row))


def _link(row: Unknown) -> None:
    actor, store = session.actor(), session.store()
    st.markdown(f"**{words.plain(row.sku)}** · {words.plain(row.title)}")
    text = st.text_input(_("Search"), row.barcode, key="link_search", placeholder=_("SKU, name, barcode, supplier"))
    found, _count = products.page(actor, store, text, limit=50)
    known = {each.sku: each for each in found}
    sku = st.selectbox(
        _("Product"), list(known), index=None, key="link_sku", placeholder=_("Choose"),
        format_func=lambda code: f"{code} · {known[code].title}",
    )  # fmt: skip
    qty = st.number_input(_("One of it is so many pieces"), 1, 10_000, 1, key="link_qty")
    if st.button(_("Link"), type="primary", key="link_go", disabled=sku is None) and sku is not None:
        done = attempt(lambda: (products.link(actor, store, row.sku, sku, int(qty)),))
        if done is not None:
            say_after_rerun(form.told(done[0]))
            st.rerun()
