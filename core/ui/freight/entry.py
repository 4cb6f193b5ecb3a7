"""Import a bill: its columns, its courier, what it comes to; then keep it."""

import streamlit as st

from core.i18n import _
from core.services import freight
from core.services.freight import Imported
from core.ui import session, words
from core.ui.forms import attempt
from core.ui.suppliers.columns import TYPES, choose, wrong_cells
from core.ui.table import Column, table


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    if not actor.may("freight.edit"):
        st.info(_("Your role may not import files."), icon=":material/lock:")
        return
    st.caption(_("One row a waybill with its amount; weight, province and day help to find the cause."))
    known = freight.couriers(actor, store)
    courier = st.selectbox(
        _("Courier of lines that name none"), ["", *known], key="freight_courier", width=280,
        format_func=lambda one: str(known.get(one) or _("none")),
    )  # fmt: skip
    file = st.file_uploader(_("Bill of a courier"), TYPES, key="freight_bill_file")
    if file is None:
        return
    content = file.getvalue()
    chosen = choose("freight_bills", content, file.name, freight.NEEDED)
    if chosen is None:
        return
    found = attempt(lambda: _run(content, file.name, chosen, courier or "", dry_run=True))
    if not isinstance(found, Imported):
        return
    _report(found)
    leave = wrong_cells(found.wrong, "freight")
    ready = found.causes and (leave or not found.wrong)
    if st.button(_("Import"), icon=":material/download:", type="primary", key="freight_import", disabled=not ready):
        done = attempt(lambda: _run(content, file.name, chosen, courier or "", dry_run=False, leave=leave))
        if isinstance(done, Imported):
            st.success(
                _("Taken in: {n} lines. What is too much waits under Differences.").format(
                    n=words.count(sum(n for _c, n, _f in done.causes))
                )
            )


def _run(
    content: bytes, name: str, chosen: dict[str, str], courier: str, *, dry_run: bool, leave: bool = False
) -> Imported:
    return freight.import_file(
        session.actor(), session.store(), content, name, chosen, courier, dry_run=dry_run, leave_out_wrong=leave
    )


def _report(found: Imported) -> None:
    told = _("{rows} rows, {billed} billed, {much} of it too much.")
    st.markdown(
        told.format(
            rows=words.count(found.rows), billed=words.money(found.billed_fen), much=words.money(found.too_much_fen)
        )
    )
    table(
        [{"cause": _(freight.CAUSES[cause]), "n": n, "fen": fen} for cause, n, fen in found.causes],
        [Column("cause", _("Cause")), Column("n", _("Charges"), "count"), Column("fen", _("Difference"), "money")],
        key="freight_report", height="content",
    )  # fmt: skip
