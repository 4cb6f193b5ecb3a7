"""The product master: search, look, change."""

from functools import partial

import streamlit as st

from core.i18n import _
from core.services import products
from core.store.products import Product
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog
from core.ui.products import form
from core.ui.table import Column, table


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    may = actor.may("products.edit")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            _("Search"), key="product_search", placeholder=_("SKU, name, barcode, supplier"), width=320
        )
        if may and st.button(_("New product"), icon=":material/add:", type="primary", key="product_new"):
            dialog(_("New product"), partial(form.draw, Product("", "")))
        if may and st.button(
            _("Take over from the warehouses"), icon=":material/warehouse:", key="product_levels",
            help=_("Every SKU that only the warehouse stock names becomes a product."),
        ):  # fmt: skip
            found = attempt(lambda: (products.from_warehouses(actor, store),))
            if found is not None:
                st.toast(_("{n} products taken over.").format(n=found[0]), icon=":material/check:")
    _table(text, may)


def _table(text: str, may: bool) -> None:
    rows, count = products.page(session.actor(), session.store(), text)
    if not rows:
        empty(
            _("No product is like this.") if text else _("No product yet."),
            _("Import the master or take it over from the warehouses."), icon="package_2",
        )  # fmt: skip
        return
    columns = [
        Column("sku", _("SKU")), Column("title", _("Name"), width="medium"), Column("weight_g", _("Weight (g)"), "count"),
        Column("barcode", _("Barcode")), Column("volume_cm3", _("Volume (cm³)"), "count"), Column("supplier", _("Supplier")),
        Column("parts", _("Parts of a set"), width="medium"),
    ]  # fmt: skip
    picked = table(
        [
            {
                "sku": row.sku, "title": row.title, "weight_g": row.weight_g, "barcode": row.barcode, "volume_cm3": row.volume_cm3,
                "supplier": row.supplier, "parts": ", ".join(f"{sku} ×{qty}" for sku, qty in row.parts),
            }
            for row in rows
        ],
        columns[:3] if session.on_phone() else columns,
        key="product_rows",
        select="single-row",
    )  # fmt: skip
    st.caption(
        _("{n} products").format(n=words.count(count))
        + (" · " + _("The first {n} are shown.").format(n=len(rows)) if count > len(rows) else "")
    )
    if may and picked and picked[0] < len(rows):
        _actions(rows[picked[0]])


def _actions(row: Product) -> None:
    with st.container(horizontal=True):
        if st.button(_("Change {name}").format(name=row.sku), icon=":material/edit:", key="product_change"):
            dialog(_("Change"), partial(form.draw, row))
        if st.button(_("Remove"), icon=":material/delete:", key="product_remove"):
            dialog(_("Remove"), partial(_remove, row))


def _remove(row: Product) -> None:
    confirm_before(
        _("Remove"), _("Orders that name {sku} then come to the queue of unknown SKUs.").format(sku=f"**{words.plain(row.sku)}**"),
        lambda: products.remove(session.actor(), session.store(), row.sku), key="product_remove_confirm", done=_("Removed."),
    )  # fmt: skip
