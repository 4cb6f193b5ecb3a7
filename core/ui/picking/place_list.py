"""The tab Locations: where each SKU lies, typed in a table or pasted from a file; pick lists are sorted by it."""

import pandas as pd
import streamlit as st

from core.i18n import _
from core.services import picking
from core.ui import session
from core.ui.empty import empty
from core.ui.forms import attempt, say_after_rerun

_MOST = 500


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    warehouses = picking.warehouses(actor, store)
    if not warehouses:
        empty(_("No warehouse is known yet."), _("Warehouses are set up on the page Routing."), icon="warehouse")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = st.selectbox(
            _("Warehouse"), list(warehouses), key="bins_place", format_func=lambda name: warehouses.get(name) or name
        )
        text = st.text_input(_("Find"), key="bins_text", placeholder=_("SKU, title or the beginning of a location"))
    st.caption(_("Zone, aisle and bin as you write them, for example A-02-11. Numbers are sorted as numbers."))
    rows = picking.places(actor, store, place, text or "", _MOST)
    frame = pd.DataFrame(rows, columns=["sku", "title", "location"])
    config = st.column_config
    edited = st.data_editor(
        frame, key=f"bins_{place}_{text}", hide_index=True, num_rows="dynamic" if not text else "fixed",
        disabled=["title"], column_config={
            "sku": config.TextColumn(_("SKU"), required=True), "title": config.TextColumn(_("Goods"), width="large"),
            "location": config.TextColumn(_("Location"), max_chars=40),
        },
    )  # fmt: skip
    before = {sku: location for sku, _title, location in rows}
    wanted = [
        (str(row["sku"] or ""), str(row["location"] or ""))
        for row in edited.to_dict("records")
        if row["sku"] and (row["location"] or "") != before.get(str(row["sku"]), "")
    ]
    kept = {str(sku) for sku in edited["sku"]}
    wanted += [(sku, "") for sku, location in before.items() if sku not in kept and location]
    if wanted and st.button(_("Keep {n} changes").format(n=len(wanted)), type="primary", key="bins_keep"):
        changed = attempt(lambda: picking.keep_places(actor, store, place, wanted))
        if changed is not None:
            say_after_rerun(_("Kept. The next pick list is sorted by it."))
            st.rerun()
