"""Import of the product master from a file: look first, then take it in."""

import pandas as pd
import streamlit as st

from core.i18n import _
from core.services import products
from core.services.products import Imported
from core.ui import session, words
from core.ui.forms import attempt

_TYPES = ["csv", "tsv", "txt", "xlsx", "xls"]


def show() -> None:
    """Draw the tab."""
    if not session.actor().may("products.edit"):
        st.info(_("Your role may not import files."), icon=":material/lock:")
        return
    st.caption(
        _(
            "One row a product: SKU, name, barcode, weight (g or kg), volume (cm³), supplier, parts of a set. Empty cells leave what is known."
        )
    )
    file = st.file_uploader(_("Product file"), _TYPES, key="product_file")
    if file is None:
        return
    content = file.getvalue()
    found = attempt(lambda: _run(content, file.name, dry_run=True))
    if not isinstance(found, Imported):
        return
    text = _("{rows} rows: {new} new products, {changed} changed.")
    st.markdown(
        text.format(rows=words.count(found.rows), new=words.count(found.new), changed=words.count(found.changed))
    )
    leave = False
    if found.wrong:
        st.warning(_("{n} cells cannot be taken.").format(n=len(found.wrong)))
        st.dataframe(
            pd.DataFrame([{_("Row"): w.row, _("Column"): w.column, _("Value"): w.value, _("Why"): w.why} for w in found.wrong[:200]]),
            hide_index=True, key="product_wrong",
        )  # fmt: skip
        leave = st.checkbox(_("Leave these rows out and take the others"), key="product_leave")
    ready = (found.new or found.changed) and (leave or not found.wrong)
    if st.button(_("Import"), icon=":material/download:", type="primary", key="product_import", disabled=not ready):
        done = attempt(lambda: _run(content, file.name, dry_run=False, leave=leave))
        if isinstance(done, Imported):
            st.success(
                _("Taken in: {new} new products, {changed} changed.").format(
                    new=words.count(done.new), changed=words.count(done.changed)
                )
            )


def _run(content: bytes, name: str, *, dry_run: bool, leave: bool = False) -> Imported:
    return products.import_file(session.actor(), session.store(), content, name, dry_run=dry_run, leave_out_wrong=leave)
