"""The tab Packed: today's parcels with weight and waybill, and which of them still wait."""

import streamlit as st

from core import runtime
from core.i18n import _
from core.services import packing
from core.ui import session, words
from core.ui.empty import empty
from core.ui.table import Column, table


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    mine = st.toggle(_("Only mine"), key="packed_mine")
    listed = packing.packed(actor, store, runtime.settings().zone, mine_only=mine, limit=500)
    if not listed:
        empty(_("Nothing has been packed today."), _("Scan a slip at the packing desk."), icon="package_2")
        return
    rows = [
        {
            "order": row["platform_no"] + (f" ({row['parcel_no']})" if row["parcel_no"] else ""),
            "waybill": row["tracking_no"], "courier": row["courier"], "weight": row["weight_g"],
            "off": None if row["weight_g"] is None or row["expected_g"] is None else row["weight_g"] - row["expected_g"],
            "who": row["account"], "when": words.ago(row["packed_at"]),
            "state": _("Held: do not hand over") if row["held"] else words.status(row["status"]),
        }
        for row in listed
    ]  # fmt: skip
    columns = [
        Column("order", _("Order")), Column("waybill", _("Waybill")), Column("state", _("State")), Column("courier", _("Courier")),
        Column("weight", _("Weight (g)"), "count"), Column("off", _("Off by (g)"), "count"), Column("who", _("Packed by")),
        Column("when", _("When")),
    ]  # fmt: skip
    table(rows, columns[:3] if session.on_phone() else columns, key="packed_list")
