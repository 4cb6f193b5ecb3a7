"""When orders come: the heat map of weekdays and hours, its peak and what to make of it; products by hour; scheduled ones."""

from typing import Any

import streamlit as st

from core.i18n import _
from core.insight.history_peaks import Peak
from core.services import history
from core.ui import session, words
from core.ui.explore import answer
from core.ui.flow import work as works
from core.ui.forms import attempt
from core.ui.history.part import ask, head, nothing, part
from core.ui.promotions import builder


def show(view: dict[str, Any]) -> None:
    """Draw the tab."""
    document = {"rows": ["weekday"], "column": "hour", "measure": "orders", "chart": "heat", "view": view}
    question, found, peak = history.by_hour(
        session.actor(), session.store(), session.vault(), view, zone=session.zone()
    )
    head(document, "peaks", _("Orders by weekday and hour"))
    if not found.firsts:
        nothing()
        return
    if peak is not None:
        _peak(peak)
    answer.show(document, question, found, key="peaks", with_table=False)
    part(
        {"rows": ["week"], "measure": "scheduled_share", "chart": "line", "view": view}, key="scheduled",
        title=_("Share with a delivery date or presale"), with_table=False,
    )  # fmt: skip


def _peak(peak: Peak) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        text = _("Peak: **{when}**, {orders} orders, {times} times the mean hour.")
        st.markdown(
            ":material/bolt: "
            + text.format(when=history.when(peak), orders=words.count(peak.orders), times=f"{peak.times:.1f}"),
            width="stretch",
        )
        promotions, flow = session.link_to("promotions"), session.link_to("flow")
        may = session.actor().may
        if may("promotions.edit") and promotions is not None and st.button(
            _("Make a pre-order activity"), icon=":material/redeem:", key="peak_activity",
            help=_("Opens the form with name and time filled in; choose the gift, then save the draft."),
        ):  # fmt: skip
            builder.begin(history.pre_order(peak, session.zone()), new=True)
            st.switch_page(promotions)
        if may("flow.edit") and flow is not None and st.button(
            _("Add a wait to the flow"), icon=":material/hourglass_top:", key="peak_wait",
            help=_("Opens the drawing with a wait before the pick list; look at it, then save the draft."),
        ):  # fmt: skip
            made = attempt(lambda: history.with_wait(session.actor(), session.store(), peak))
            if isinstance(made, tuple):
                works.replace(*made)
                st.session_state["flow_wanted"] = made[0]
                st.switch_page(flow)


def products(view: dict[str, Any]) -> None:
    """Draw the tab of products."""
    everything = {"rows": ["sku"], "column": "hour", "measure": "units", "chart": "heat", "top": 20, "view": view}
    question, found = ask(everything)
    head(everything, "products", _("Units of the best products by hour"))
    if not found.firsts:
        nothing()
        return
    answer.show(everything, question, found, key="products", with_table=False)
    skus = [str(sku) for sku, _n in found.firsts if sku is not None]
    chosen = st.selectbox(
        _("One product by weekday and hour"), skus, index=None, key="history_sku", placeholder=_("Choose a product")
    )
    if chosen:
        more = [*view.get("more", []), {"field": "sku", "op": "eq", "value": chosen}]
        one = {
            "rows": ["weekday"],
            "column": "hour",
            "measure": "orders",
            "chart": "heat",
            "view": {**view, "more": more},
        }
        part(one, key="product", title=_("Orders with {sku}").format(sku=chosen), with_table=False)
