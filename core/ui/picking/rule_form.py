"""The tab Rules of waves: for all warehouses or one of its own; what goes together, how much, and when couriers fetch."""

import pandas as pd
import streamlit as st

from core.i18n import _
from core.services import packing, picking
from core.services.picking import WaveRule
from core.ui import session
from core.ui.forms import attempt, say_after_rerun


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    may = actor.may("warehouse.setup")
    if not may:
        st.info(_("You see these settings; your role does not change them."), icon=":material/lock:")
    known, warehouses = picking.rules(actor, store), picking.warehouses(actor, store)
    place = st.selectbox(
        _("Warehouse"), ["", *warehouses], key="rule_place",
        format_func=lambda name: _("All without a rule of their own") if not name else (warehouses.get(name) or name) + ("" if name in known else f" ({_('as all')})"),
    )  # fmt: skip
    present = known.get(place) or known[""]
    with st.container(border=True):
        key = f"rule_{place}"
        by_courier = st.toggle(_("A wave for each courier"), present.by_courier, key=f"{key}_courier", disabled=not may)
        single = st.toggle(
            _("Single items in waves of their own"), present.single_first, key=f"{key}_single", disabled=not may,
            help=_("Orders of one line are picked fastest together, and packed without sorting."),
        )  # fmt: skip
        most = st.number_input(
            _("At most so many slips in a wave"), 1, 1_000, present.most, key=f"{key}_most", disabled=not may, width=260
        )
        st.caption(_("The pick list station of the flow may say less."))
        cutoffs = _cutoffs(present, key, disabled=not may)
    wanted = WaveRule(place, by_courier, single, int(most), cutoffs)
    if not may:
        return
    with st.container(horizontal=True):
        differs = wanted != present or place not in known
        if differs and st.button(_("Save"), type="primary", key="rule_save") and attempt(
            lambda: picking.keep_rule(actor, store, wanted)
        ):  # fmt: skip
            say_after_rerun(_("Saved. It counts for slips made from now on."))
            st.rerun()
        if place and place in known and st.button(_("Follow the general rule again"), key="rule_drop") and attempt(
            lambda: picking.drop_rule(actor, store, place)
        ):  # fmt: skip
            st.rerun()


def _cutoffs(present: WaveRule, key: str, *, disabled: bool) -> dict[str, str]:
    st.markdown(f"**{_('When couriers fetch')}**")
    couriers = packing.couriers(session.actor(), session.store())
    codes = sorted({*couriers, *present.cutoffs})
    frame = pd.DataFrame(sorted(present.cutoffs.items()), columns=["courier", "time"])
    config = st.column_config
    edited = st.data_editor(
        frame, key=f"{key}_cutoffs", hide_index=True, num_rows="dynamic", disabled=disabled,
        column_config={
            "courier": config.SelectboxColumn(_("Courier"), options=codes, format_func=lambda code: couriers.get(str(code), str(code)), required=True),
            "time": config.TextColumn(_("Time of day"), help=_("For example 16:30."), max_chars=5),
        },
    )  # fmt: skip
    st.caption(_("A courier without a time uses the cut-off of the warehouse."))
    return {
        str(row["courier"]): str(row["time"]) for row in edited.to_dict("records") if row["courier"] and row["time"]
    }
