"""Who came back: how many, how often, after how long; buyers are codes, their orders open as everywhere."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.i18n import _
from core.insight.history_buyers import Buyers
from core.services import history
from core.ui import session, words
from core.ui.charts import show as chart
from core.ui.empty import empty
from core.ui.explore.behind import listed
from core.ui.history.part import nothing
from core.ui.table import Column, table
from core.ui.theme import SERIES


def show(view: dict[str, Any]) -> None:
    """Draw the tab."""
    actor, store, vault = session.actor(), session.store(), session.vault()
    found = history.buyers(actor, store, vault, view, zone=session.zone())
    if not found.buyers:
        nothing()
        return
    _cards(found)
    st.caption(
        _("A buyer is told by phone, recipient or name as a keyed hash, over all shops; cancelled orders do not count.")
        + (" " + _("{n} orders name nobody.").format(n=words.count(found.strangers)) if found.strangers else "")
    )
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.subheader(_("Buyers by number of orders"))
        chart(
            go.Figure(go.Bar(x=["1×", "2×", "3×", "4×", "≥ 5×"], y=list(found.by_orders), marker_color=SERIES[0])),
            key="buyers_bars",
            height=300,
        )
    with right:
        st.subheader(_("Most faithful"))
        picked = _table(found) if found.most else None
        if not found.most:
            empty(_("Nobody came back in this period."), _("Widen the period."), icon="person_search")
    if picked is not None:
        code = found.most[picked].code
        listed(
            history.orders_of(actor, store, vault, view, "buyer", (code,), zone=session.zone()),
            None,
            key=f"buyer_{code}",
        )


def _cards(found: Buyers) -> None:
    with st.container(horizontal=True):
        cards = [
            (_("Buyers"), words.count(found.buyers)),
            (_("came back"), f"{words.count(found.repeat)} · {found.repeat / found.buyers:.1%}"),
            (_("their orders"), f"{found.repeat_orders / found.orders:.1%}"),
            (_("Days between two orders, median"), "–" if found.days_between is None else f"{found.days_between:.1f}"),
        ]
        if session.actor().may("orders.money"):
            cards.insert(3, (_("their amount"), f"{found.repeat_fen / found.paid_fen:.1%}" if found.paid_fen else "–"))
        for label, value in cards:
            st.metric(label, value, border=True, height="stretch")


def _table(found: Buyers) -> int | None:
    money = [Column("paid_fen", _("Amount paid"), "money")] if session.actor().may("orders.money") else []
    rows = [
        {"code": b.code, "orders": b.orders, "paid_fen": b.paid_fen, "shops": b.shops, "first": b.first, "last": b.last}
        for b in found.most
    ]
    columns = [
        Column("code", _("Buyer, as a code")), Column("orders", _("Orders"), "count"), *money, Column("shops", _("Shops"), "count"),
        Column("first", _("First"), "instant"), Column("last", _("Last"), "instant"),
    ]  # fmt: skip
    picked = table(rows, columns, key="buyers_rows", select="single-row", height=300)
    return picked[0] if picked and picked[0] < len(rows) else None
