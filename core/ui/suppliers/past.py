"""What people decided on suggestions."""

import streamlit as st

from core.i18n import _
from core.services import suppliers
from core.ui import session
from core.ui.empty import empty
from core.ui.table import Column, table


def show() -> None:
    """Draw the tab."""
    found = suppliers.history(session.actor(), session.store())
    if not found:
        empty(_("Nothing was decided yet."), _("Suggestions stand on the first tab."), icon="history")
        return
    st.caption(_("The newest word on a month counts; nothing is ever removed."))
    table(
        [
            {"at": one.decided_at, "supplier": one.supplier, "month": one.month.isoformat()[:7], "share": one.share, "lines": one.lines,
             "state": _(suppliers.STATES[one.state]), "factor": f"{one.factor:.2f}", "by": one.decided_by, "why": one.why}
            for one in found
        ],
        [
            Column("at", _("Decided at"), "instant"), Column("supplier", _("Supplier"), width="medium"), Column("month", _("Month")),
            Column("share", _("Share"), "share"), Column("lines", _("Lines due"), "count"), Column("state", _("State")),
            Column("factor", _("Factor of the next month")), Column("by", _("Decided by")), Column("why", _("Reason"), width="medium"),
        ],
        key="supplier_past",
    )  # fmt: skip
