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
        weigh = st.toggle(_("Weigh every parcel before sealing"), present.weigh, key="packing_weigh", disabled=not may)
        with st.container(horizontal=True):
            grams = st.number_input(
                _("Off by at most (g)"),
                0,
                5_000,
                present.tolerance_g,
                10,
                key="packing_g",
                disabled=not may or not weigh,
                width=190,
            )
            percent = st.number_input(
                _("or (%)"),
                0,
                50,
                present.tolerance_percent,
                key="packing_percent",
                disabled=not may or not weigh,
                width=150,
            )
            box = st.number_input(
                _("Weight of the box (g)"),
                0,
                10_000,
                present.box_g,
                10,
                key="packing_box",
                disabled=not may or not weigh,
                width=190,
            )
        example = Rules(weigh, int(grams), int(percent), int(box))
        most = max(example.tolerance_g, round((1_000 + example.box_g) * example.tolerance_percent / 100))
        st.caption(
            _("Goods of 1,000 g: expected {expected} g, accepted from {low} to {high} g. The larger of both limits counts.").format(
                expected=1_000 + example.box_g, low=1_000 + example.box_g - most, high=1_000 + example.box_g + most
            )
        )  # fmt: skip
        if may and example != present and st.button(_("Save"), type="primary", key="packing_save") and attempt(
            lambda: packing.keep_rules(actor, store, example)
        ):  # fmt: skip
            say_after_rerun(_("Saved. It counts from the next scan on."))
            st.rerun()
