"""The tab Settings of packing: whether parcels are weighed, and how far off they may be."""

import streamlit as st

from core.i18n import _
from core.services import packing
from core.services.packing import Rules
from core.ui import session
from core.ui.forms import attempt, say_after_rerun


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    present = packing.rules(actor, store)
    may = actor.may("warehouse.setup")
    if not may:
        st.info(_("You see these settings; your role does not change them."), icon=":material/lock:")
    with st.container(border=True):
        wanted = _form(present, locked=not may)
        if may and wanted != present and st.button(_("Save"), type="primary", key="packing_save") and attempt(
            lambda: packing.keep_rules(actor, store, wanted)
        ):  # fmt: skip
            say_after_rerun(_("Saved. It counts from the next scan on."))
            st.rerun()


def _form(present: Rules, *, locked: bool) -> Rules:
    weigh = st.toggle(_("Weigh every parcel before sealing"), present.weigh, key="packing_weigh", disabled=locked)
    off = locked or not weigh
    with st.container(horizontal=True):
        grams = st.number_input(
            _("Off by at most (g)"), 0, 5_000, present.tolerance_g, 10, key="packing_g", disabled=off, width=190
        )
        percent = st.number_input(
            _("or (%)"), 0, 50, present.tolerance_percent, key="packing_percent", disabled=off, width=150
        )
        box = st.number_input(
            _("Weight of the box (g)"), 0, 10_000, present.box_g, 10, key="packing_box", disabled=off, width=190
        )
    wanted = Rules(weigh, int(grams), int(percent), int(box))
    expected = 1_000 + wanted.box_g
    most = max(wanted.tolerance_g, round(expected * wanted.tolerance_percent / 100))
    text = _(
        "Goods of 1,000 g: expected {expected} g, accepted from {low} to {high} g. The larger of both limits counts."
    )
    st.caption(text.format(expected=expected, low=expected - most, high=expected + most))
    return wanted
