"""The price differences tab: who paid too much or too little against the activities, by platform, as a file too."""

from datetime import datetime, time, timedelta

import streamlit as st

from core import clock
from core.i18n import N_, _
from core.model.fields import CHANNELS
from core.services import price_audit
from core.store.price_audit import Asked
from core.ui import session, words
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.forms import attempt
from core.ui.promotions.type_forms import money
from core.ui.table import Column, table

_PICKED, _FILE = "difference_picked", "difference_file"
_VERDICTS = {"": N_("Both"), **price_audit.VERDICTS}


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    if not actor.may("orders.money"):
        empty(_("Your role does not see amounts."), icon="lock")
        return
    st.caption(
        _("Orders that an activity could reach and whose list prices are known: what the platform charged, without shipping, "
          "against what the activities make of it.")
    )  # fmt: skip
    asked = _asked()
    if asked is None:
        return
    totals = price_audit.totals(actor, store, asked)
    if not totals:
        empty(
            _("Nothing to compare in this period."),
            _("Orders are compared while a money activity is live."),
            icon="balance",
        )
        return
    with st.container(horizontal=True):
        st.metric(_("Orders compared"), words.count(sum(t.compared for t in totals)), border=True)
        st.metric(_("To refund"), words.money(sum(t.refund_fen for t in totals)), border=True,
                  help=_("{n} orders").format(n=words.count(sum(t.to_refund for t in totals))))  # fmt: skip
        st.metric(_("Charged too little"), words.money(sum(t.undercharged_fen for t in totals)), border=True,
                  help=_("{n} orders").format(n=words.count(sum(t.undercharged for t in totals))))  # fmt: skip
    if len(totals) > 1:
        _by_channel(totals)
    _rows(asked)


def _asked() -> Asked | None:
    today = clock.business_day(clock.now(), session.zone())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        period = st.date_input(
            _("Paid from – to"),
            (today - timedelta(days=29), today),
            key="difference_period",
            format="YYYY-MM-DD",
            width=260,
        )
        channel = st.selectbox(
            _("Channel"), ["", *CHANNELS], key="difference_channel", width=200,
            format_func=lambda code: _(CHANNELS[code]) if code else _("All platforms"),
        )  # fmt: skip
        verdict = st.selectbox(
            _("Verdict"),
            list(_VERDICTS),
            key="difference_verdict",
            width=200,
            format_func=lambda code: _(_VERDICTS[code]),
        )
        with st.container(width=180):
            tolerance = money(_("More than (yuan)"), "difference_tolerance", 0)
    if not isinstance(period, tuple) or len(period) != 2:
        return None
    since, until = (
        datetime.combine(day, time(), session.place()) for day in (period[0], period[1] + timedelta(days=1))
    )
    return Asked(since, until, channel or "", tolerance or 0, verdict or "")


def _by_channel(totals: list[price_audit.Total]) -> None:
    columns = [
        Column("channel", _("Channel"), words=words.channel),
        Column("compared", _("Orders compared"), "count"),
        Column("to_refund", _("Orders to refund"), "count"),
        Column("refund_fen", _("To refund"), "money"),
        Column("undercharged", _("Orders charged too little"), "count"),
        Column("undercharged_fen", _("Charged too little"), "money"),
    ]
    rows = [{column.name: getattr(total, column.name) for column in columns} for total in totals]
    table(rows, columns, key="difference_totals", height="content")


def _rows(asked: Asked) -> None:
    actor, store = session.actor(), session.store()
    found, known = price_audit.differences(actor, store, asked), price_audit.names(actor, store)
    if not found:
        st.success(_("No difference above the tolerance."), icon=":material/check:")
        return
    columns = [
        Column("platform_no", _("Platform order no.")),
        Column("diff", _("Difference"), "money"),
        Column("verdict", _("Verdict")),
        Column("expected", _("Due"), "money"),
        Column("actual", _("Charged"), "money"),
        Column("channel", _("Channel"), words=words.channel),
        Column("paid_at", _("Paid at"), "instant"),
        Column("activities", _("Activities")),
    ]
    picked = table(
        [
            {
                "platform_no": row.platform_no, "diff": row.diff, "verdict": _(price_audit.VERDICTS[row.verdict]),
                "expected": row.expected, "actual": row.actual, "channel": row.channel, "paid_at": row.paid_at,
                "activities": price_audit.activities(row, known),
            }
            for row in found
        ],
        columns[:3] if session.on_phone() else columns,
        key="difference_rows", height=380, select="single-row",
    )  # fmt: skip
    chosen = picked[0] if picked and picked[0] < len(found) else None
    if st.session_state.get(_PICKED) != chosen:
        st.session_state[_PICKED] = chosen
        if chosen is not None:
            show_order(found[chosen].order_key)
    if actor.may("orders.export"):
        _export(asked)


def _export(asked: Asked) -> None:
    actor, store = session.actor(), session.store()
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Make a CSV file"), icon=":material/table:", key="difference_export"):
            made = attempt(lambda: price_audit.export(actor, store, asked, zone=session.zone()))
            st.session_state[_FILE] = (asked, made) if made else None
        kept = st.session_state.get(_FILE)
        if kept and kept[0] == asked:
            file = kept[1]
            st.download_button(
                _("Download {name}").format(name=file.name), file.content, file.name, file.kind,
                key="difference_download", icon=":material/download:", on_click="ignore",
            )  # fmt: skip
