"""Purchase lines by file, with its columns chosen, or one by form."""

from datetime import date, timedelta

import streamlit as st

from core import clock
from core.i18n import _
from core.services import suppliers
from core.services.suppliers import Imported
from core.store.purchases import PurchaseLine
from core.ui import session, words
from core.ui.forms import attempt, say_after_rerun
from core.ui.suppliers.columns import TYPES, choose, wrong_cells


def show() -> None:
    """Draw the tab."""
    if not session.actor().may("suppliers.edit"):
        st.info(_("Your role may not import files."), icon=":material/lock:")
        return
    way = st.segmented_control(
        _("How"), ["file", "form"], default="file", required=True, key="purchase_way", label_visibility="collapsed",
        format_func=lambda one: _("From a file") if one == "file" else _("One line by form"),
    )  # fmt: skip
    (_file if way == "file" else _form)()


def _file() -> None:
    st.caption(
        _("One row a line: supplier, purchase number, day promised, day shipped. A second import of a line changes it.")
    )  # fmt: skip
    file = st.file_uploader(_("Purchase file"), TYPES, key="purchase_file")
    if file is None:
        return
    content = file.getvalue()
    chosen = choose("purchases", content, file.name, suppliers.NEEDED)
    if chosen is None:
        return
    found = attempt(lambda: _run(content, file.name, chosen, dry_run=True))
    if not isinstance(found, Imported):
        return
    told = _("{rows} rows: {new} new lines, {changed} changed.")
    st.markdown(
        told.format(rows=words.count(found.rows), new=words.count(found.new), changed=words.count(found.changed))
    )
    leave = wrong_cells(found.wrong, "purchase")
    ready = (found.new or found.changed) and (leave or not found.wrong)
    if st.button(_("Import"), icon=":material/download:", type="primary", key="purchase_import", disabled=not ready):
        done = attempt(lambda: _run(content, file.name, chosen, dry_run=False, leave=leave))
        if isinstance(done, Imported):
            told = _("Taken in: {new} new lines, {changed} changed.")
            st.success(told.format(new=words.count(done.new), changed=words.count(done.changed)))


def _run(content: bytes, name: str, chosen: dict[str, str], *, dry_run: bool, leave: bool = False) -> Imported:
    return suppliers.import_file(
        session.actor(), session.store(), content, name, chosen, dry_run=dry_run, leave_out_wrong=leave
    )


def _form() -> None:
    today = clock.business_day(clock.now(), session.zone())
    with st.form("purchase_form", border=True):
        left, right = st.columns(2)
        supplier = left.text_input(_("Supplier"), key="line_supplier", max_chars=80)
        number = right.text_input(_("Purchase no."), key="line_purchase", max_chars=60)
        line_no = left.text_input(_("Line no."), "1", key="line_no", max_chars=20)
        sku = right.text_input(_("SKU"), key="line_sku", max_chars=60)
        title = left.text_input(_("Name"), key="line_title", max_chars=120)
        qty = right.number_input(_("Quantity"), 1, 10_000_000, 1, key="line_qty")
        due = left.date_input(_("Due on"), today + timedelta(days=7), key="line_due", format="YYYY-MM-DD")
        shipped = right.date_input(_("Shipped on"), None, key="line_shipped", format="YYYY-MM-DD")
        if st.form_submit_button(_("Save"), type="primary"):
            line = PurchaseLine(
                supplier.strip(), number.strip(), line_no.strip(), sku.strip(), title.strip(), int(qty),
                due if isinstance(due, date) else today, shipped if isinstance(shipped, date) else None,
            )  # fmt: skip
            if attempt(lambda: suppliers.save(session.actor(), session.store(), line)) is not None:
                say_after_rerun(_("Saved."))
                st.rerun()
