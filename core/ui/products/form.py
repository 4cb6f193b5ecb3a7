"""The form of one product, used by the master and by the queue of unknown SKUs."""

import streamlit as st

from core.i18n import _
from core.services import products
from core.store.products import Product
from core.ui import session, words
from core.ui.forms import attempt, say_after_rerun


def draw(old: Product, *, fresh: bool = False) -> None:
    """Draw the form and keep what it says."""
    sku = st.text_input(_("SKU"), old.sku, disabled=bool(old.sku), max_chars=80, key="product_sku")
    title = st.text_input(_("Name"), old.title, max_chars=200, key="product_title")
    left, right = st.columns(2)
    barcode = left.text_input(_("Barcode"), old.barcode, max_chars=40, key="product_barcode")
    supplier = right.text_input(_("Supplier"), old.supplier, max_chars=80, key="product_supplier")
    weight = left.number_input(
        _("Weight of one (g)"), 0, products.MOST_G, old.weight_g, key="product_weight", placeholder=_("not known")
    )
    volume = right.number_input(
        _("Volume of one (cm³)"), 0, products.MOST_CM3, old.volume_cm3, key="product_volume", placeholder=_("not known")
    )
    written = st.text_input(
        _("Parts of a set"), ", ".join(f"{part}*{qty}" for part, qty in old.parts), key="product_parts", placeholder="A*2, B*1",
        help=_("A set lies in the warehouses as its parts. Empty for a plain product."),
    )  # fmt: skip
    parts = tuple(products.parts_of(written)) if written.strip() else ()
    if written.strip() and not parts:
        st.error(_("Write the parts as SKU*2, SKU*1."))
        return
    if st.button(_("Save"), type="primary", key="product_save"):
        made = Product(
            sku.strip(), title.strip(), barcode.strip(), weight, old.spu, old.demo, volume, supplier.strip(), parts
        )
        done = attempt(lambda: (products.save(session.actor(), session.store(), made),))
        if done is not None:
            say_after_rerun(told(done[0]) if fresh else _("Saved."))
            st.rerun()


def told(orders: int) -> str:
    """What saving brought."""
    return _("Saved; {n} open orders were asked for stock again.").format(n=words.count(orders))
