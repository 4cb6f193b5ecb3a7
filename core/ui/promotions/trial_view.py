"""See before you save: the activity of the form on past orders; orders touched, money, gifts against stock, holds."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import streamlit as st

from core import clock
from core.decide.promotion.sentence import reason
from core.i18n import _
from core.services import promotion_trial, promotions
from core.services.promotion_trial import Trial
from core.ui import session, words
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.forms import attempt
from core.ui.table import Column, table


def show(body: Mapping[str, Any], key: str) -> None:
    """Draw the period, the button and the last result of this very body."""
    if not promotions.readable(body):
        return
    with st.container(border=True):
        st.markdown(f"**{_('Try it on past orders')}**")
        st.caption(
            _(
                "As if it had run all the time beside the live activities. Nothing is written; its own period is set aside."
            )
        )
        today = clock.business_day(clock.now(), session.zone())
        with st.container(horizontal=True, vertical_alignment="bottom"):
            period = st.date_input(
                _("Paid from – to"),
                (today - timedelta(days=29), today),
                key=f"{key}_period",
                format="YYYY-MM-DD",
                width=280,
            )
            pressed = st.button(_("Try"), icon=":material/science:", key=f"{key}_try")
        state, fingerprint = f"{key}_trial", json.dumps(body, sort_keys=True, default=str)
        if pressed and isinstance(period, tuple) and len(period) == 2:
            found = attempt(lambda: _run(body, *period))
            if found is not None:
                st.session_state[state] = (fingerprint, found)
        before = st.session_state.get(state)
        if before is None:
            return
        if before[0] != fingerprint:
            st.caption(_("The form has changed since: try again."))
        _result(before[1], key)


def _run(body: Mapping[str, Any], first: Any, last: Any) -> Trial:
    bar = st.progress(0.0, _("Looking at orders …"))
    try:
        return promotion_trial.back_test(
            session.actor(), session.store(), body, first, last, zone=session.zone(), progress=bar.progress
        )
    finally:
        bar.empty()


def _result(found: Trial, key: str) -> None:
    if not found.orders:
        empty(_("No order was paid in this period."), _("Choose a longer one."), icon="event_busy")
        return
    with st.container(horizontal=True):
        st.metric(_("Orders looked at"), words.count(found.orders), border=True)
        st.metric(_("Orders touched"), words.count(found.touched), border=True)
        if session.actor().may("orders.money"):
            st.metric(_("Money given"), words.money(found.saved), border=True)
        st.metric(_("Orders held"), words.count(found.held), border=True)
    for sku, (needed, free) in found.gifts.items():
        text = _("Gift {sku}: {needed} needed, {free} in stock.").format(
            sku=words.plain(sku), needed=words.count(needed), free=words.count(free)
        )
        (st.caption if free >= needed else st.warning)(text)
    if not found.complete:
        st.warning(_("Only the first {n} orders of the period were looked at.").format(n=words.count(found.orders)))
    if found.reasons:
        parts = [f"{reason(code)} ({words.count(n)})" for code, n in _grouped(found).items()]
        st.caption(_("Why the others were not touched: {reasons}").format(reasons=" ".join(parts)))
    if found.rows:
        _touched(found, key)


def _grouped(found: Trial) -> dict[str, int]:
    plain = {code: n for code, n in found.reasons.most_common() if not code.startswith("gift_short:")}
    return dict(list(plain.items())[:6])


def _touched(found: Trial, key: str) -> None:
    money = session.actor().may("orders.money")
    columns = [Column("platform_no", _("Platform order no."))]
    if not session.on_phone():
        columns.append(Column("channel", _("Channel"), words=words.channel))
    columns.append(Column("paid", _("Paid at")))
    if money and found.saved:
        columns.append(Column("saved", _("Discount"), "money"))
    if found.gifts:
        columns.append(Column("gifts", _("Gifts")))
    if found.held:
        columns.append(Column("excess", _("Pieces too many"), "count"))
    picked = table(
        [
            {
                "platform_no": row.platform_no, "channel": row.channel, "paid": row.paid_wall.replace("T", " "),
                "saved": row.saved, "gifts": ", ".join(f"{sku} ×{qty}" for sku, qty in row.gifts),
                "excess": row.excess,
            }
            for row in found.rows
        ],
        columns,
        key=f"{key}_touched",
        height=320,
        select="single-row",
    )  # fmt: skip
    if found.touched > len(found.rows):
        st.caption(_("The first {n} are shown.").format(n=words.count(len(found.rows))))
    # Opened once for each click: the table keeps its selection over reruns of the form around it.
    chosen = picked[0] if picked and picked[0] < len(found.rows) else None
    if st.session_state.get(f"{key}_picked") != chosen:
        st.session_state[f"{key}_picked"] = chosen
        if chosen is not None:
            show_order(found.rows[chosen].order_key)
