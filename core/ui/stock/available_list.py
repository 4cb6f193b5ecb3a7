"""The tab Available to sell: every SKU with what can be sold, and the chosen one as a waterfall that adds up."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core import runtime
from core.i18n import N_, _
from core.services import stock
from core.services.stock import StockView
from core.stock.available import Waterfall
from core.ui import charts, names, session, words
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.table import Column, table
from core.ui.theme import hex_colour

_CHOSEN, _PICKED, _MOST = "stock_sku", "stock_sku_picked", 2_000
KINDS = {
    "opening": N_("Opening"),
    "receipt": N_("Receipt"),
    "shipped": N_("Shipped"),
    "adjustment": N_("Adjustment"),
}
REASONS = {
    "first_level": N_("first level of the warehouse"),
    "wms_correction": N_("corrected by the warehouse"),
    "seen_in_level": N_("seen in the level"),
    "already_in_level": N_("was in the level already"),
    "returned": N_("came back from a buyer"),
    "damaged": N_("damaged on its way back"),
}


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    view = stock.view(actor, store, runtime.settings())
    if not view.found.skus:
        empty(
            _("No stock yet."),
            _("Connect the warehouse's system on the Channels page, or enter a first count."),
            icon="inventory_2", page="channels", label=_("Channels"),
        )  # fmt: skip
        _count_button()
        return
    rows = list(view.found.skus.values())
    _metrics(rows)
    wanted, only_short = _filters()
    kept = [row for row in rows if _matches(view, row, wanted) and (not only_short or row.available <= 0)]
    if not kept:
        empty(_("No SKU matches."), _("Search for less."), icon="search_off")
        return
    _table(view, kept)
    _choose(view, kept)


def _metrics(rows: list[Waterfall]) -> None:
    plain = [row for row in rows if not row.parts]
    with st.container(horizontal=True):
        st.metric(_("SKUs"), words.count(len(rows)), border=True)
        st.metric(_("On hand"), words.count(sum(row.on_hand for row in plain)), border=True)
        st.metric(_("Available to sell"), words.count(sum(max(0, row.available) for row in plain)), border=True)
        st.metric(
            _("Promised beyond stock"), words.count(sum(row.available < -row.buffer for row in plain)), border=True,
            help=_("SKUs of which more is ordered than there is."),
        )  # fmt: skip


def _filters() -> tuple[str, bool]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input(_("Search SKU or name"), key="stock_search", max_chars=60)
        only_short = st.toggle(_("Sold out only"), key="stock_short")
        _count_button()
    return wanted.strip().lower(), only_short


def _count_button() -> None:
    if session.actor().may("stock.edit") and st.button(
        _("Enter a count"), icon=":material/checklist:", key="stock_count"
    ):
        dialog(_("Enter a count"), _count_form)


def _matches(view: StockView, row: Waterfall, wanted: str) -> bool:
    return not wanted or wanted in row.sku.lower() or wanted in view.titles.get(row.sku, "").lower()


def _table(view: StockView, rows: list[Waterfall]) -> None:
    columns = [
        Column("sku", _("SKU"), width="medium"),
        Column("available", _("Available"), "count"),
        Column("on_hand", _("On hand"), "count"),
        Column("paid", _("Paid orders"), "count"),
        Column("held", _("Held orders"), "count"),
        Column("unpaid", _("Unpaid, locked"), "count"),
        Column("locked", _("Campaigns"), "count"),
        Column("buffer", _("Buffer"), "count"),
        *(
            Column(f"on {channel}", names.channel(channel), "count", help=_("What its shops may show"))
            for channel in view.channels
        ),
        Column("title", _("Name"), width="large"),
    ]
    rows.sort(key=lambda row: (row.available > 0, row.sku))
    shown = [
        {
            "sku": row.sku, "title": view.titles.get(row.sku, ""), "available": max(0, row.available), "on_hand": row.on_hand,
            "paid": row.paid, "held": row.held, "unpaid": row.unpaid, "locked": row.locked, "buffer": row.buffer,
            **{f"on {channel}": qty for channel, qty in view.found.shown[row.sku].items()},
        }
        for row in rows[:_MOST]
    ]  # fmt: skip
    if len(rows) > _MOST:
        st.caption(
            _("The first {n} of {all} are shown: search for the others.").format(n=_MOST, all=words.count(len(rows)))
        )
    picked = table(
        shown, columns[:3] if session.on_phone() else columns, key="stock_rows", select="single-row", height=420
    )
    if picked and picked[0] < len(shown) and st.session_state.get(_PICKED) != shown[picked[0]]["sku"]:
        st.session_state[_PICKED] = st.session_state[_CHOSEN] = shown[picked[0]]["sku"]


def _choose(view: StockView, rows: list[Waterfall]) -> None:
    by_sku = {row.sku: row for row in rows}
    if st.session_state.get(_CHOSEN) not in by_sku:
        st.session_state.pop(_CHOSEN, None)
    chosen = st.selectbox(
        _("SKU"), list(by_sku), index=None, key=_CHOSEN, placeholder=_("Choose a SKU to see how its figure comes about"),
        format_func=lambda sku: f"{sku} · {view.titles[sku]}" if view.titles.get(sku) else sku,
    )  # fmt: skip
    if chosen is not None:
        _card(view, by_sku[chosen])


def _card(view: StockView, row: Waterfall) -> None:
    with st.container(border=True):
        st.markdown(f"**{words.plain(view.titles.get(row.sku) or row.sku)}** `{row.sku}`")
        if row.parts:
            told = ", ".join(f"{sku} ×{qty}" for sku, qty in row.parts)
            st.caption(_("A set of {parts}: as many as its scarcest part allows.").format(parts=words.plain(told)))
        _waterfall(row)
        _shops(view, row.sku)
        _ledger(row.sku)


def _waterfall(row: Waterfall) -> None:
    steps = [
        (_("On hand"), row.on_hand, "absolute"),
        (_("Paid orders"), -row.paid, "relative"),
        (_("Held orders"), -row.held, "relative"),
        (_("Unpaid, locked"), -row.unpaid, "relative"),
        (_("Campaigns"), -row.locked, "relative"),
        (_("Buffer"), -row.buffer, "relative"),
        (_("Available"), row.available, "total"),
    ]
    figure = go.Figure(
        go.Waterfall(
            x=[label for label, _qty, _kind in steps],
            y=[qty for _label, qty, _kind in steps],
            measure=[kind for _label, _qty, kind in steps],
            text=[words.count(qty) for _label, qty, _kind in steps],
            textposition="outside",
            cliponaxis=False,
            connector={"line": {"width": 1, "color": hex_colour("grey")}},
            decreasing={"marker": {"color": hex_colour("orange")}},
            increasing={"marker": {"color": hex_colour("green")}},
            totals={"marker": {"color": hex_colour("blue")}},
            hovertemplate="%{x} · %{y}<extra></extra>",
        )
    )
    charts.show(figure, key=f"stock_waterfall_{row.sku}", height=280)
    if row.available < 0:
        st.warning(
            _("{n} pieces more are asked for than can be sold: the shops show 0.").format(
                n=words.count(-row.available)
            ),
            icon=":material/production_quantity_limits:",
        )


def _shops(view: StockView, sku: str) -> None:
    told = view.published.get(sku)
    if not told:
        st.caption(_("No shop has been told a figure yet."))
        return
    columns = [
        Column("shop", _("Shop"), width="medium"),
        Column("qty", _("Told"), "count"),
        Column("wanted", _("Should show"), "count"),
        Column("pushed_at", _("Told at"), "instant"),
        Column("state", _("State")),
    ]
    shown = view.found.shown[sku]
    table(
        [
            {**row, "shop": names.shop(row["channel"], row["shop"]), "wanted": shown.get(row["channel"]), "state": _state(row, shown)}
            for row in told
        ],
        columns[:3] if session.on_phone() else columns,
        key=f"stock_shops_{sku}",
    )  # fmt: skip


def _state(row: Mapping[str, Any], shown: Mapping[str, int]) -> str:
    if row["refused"] is not None:
        return _("Refused by the platform")
    if row["coming"] is not None:
        return _("On its way")
    return _("Up to date") if row["qty"] == shown.get(row["channel"]) else _("Changes with the next push")


def _ledger(sku: str) -> None:
    with st.expander(_("Ledger")):
        found = stock.ledger_of(session.actor(), session.store(), sku)
        if not found:
            st.caption(_("No movement yet."))
            return
        columns = [
            Column("at", _("When"), "instant"),
            Column("warehouse", _("Warehouse"), words=lambda name: name or _("not known")),
            Column("kind", _("Movement"), words=lambda kind: _(KINDS[kind])),
            Column("qty", _("Pieces"), "count"),
            Column(
                "reason", _("Reason"), words=lambda reason: _(REASONS[reason]) if reason in REASONS else reason or ""
            ),
        ]
        labels = ("at", "warehouse", "kind", "qty", "reason")
        table([dict(zip(labels, row[:5], strict=True)) for row in found], columns, key=f"stock_ledger_{sku}")


def _count_form() -> None:
    actor, store = session.actor(), session.store()
    warehouse = st.text_input(_("Warehouse"), key="stock_count_warehouse", max_chars=60)
    sku = st.text_input(_("SKU"), key="stock_count_sku", max_chars=80)
    pieces = int(st.number_input(_("Pieces on the shelf"), min_value=0, value=0, step=1, key="stock_count_qty"))
    st.caption(_("What was counted counts from now on; the difference is booked as one adjustment."))
    if st.button(_("Save"), type="primary", key="stock_count_save") and attempt(
        partial(stock.count, actor, store, warehouse, sku, pieces)
    ):
        say_after_rerun(_("The count is saved."))
        st.rerun()
