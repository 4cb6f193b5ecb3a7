"""The bills with their sums, and what is too much by cause."""

import plotly.graph_objects as go
import streamlit as st

from core.i18n import _
from core.insight.freight_check import Allowance
from core.services import freight
from core.store.freight_bills import Bill
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, confirm_before, dialog, say_after_rerun
from core.ui.table import Column, table
from core.ui.theme import SERIES


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    _terms_line(freight.terms(actor, store))
    found = freight.bills(actor, store)
    if not found:
        empty(
            _("No bill was imported yet."),
            _("Import a courier's bill; its columns are chosen once."),
            icon="receipt_long",
        )
        return
    _sums(found)
    rows = [
        {"name": bill.name, "courier": bill.courier, "at": bill.imported_at, "lines": bill.lines, "billed": bill.billed_fen,
         "too_much": bill.too_much_fen, "open": bill.open, "disputed": bill.disputed, "credited": bill.credited_fen}
        for bill in found
    ]  # fmt: skip
    columns = [
        Column("name", _("Bill"), width="medium"), Column("courier", _("Courier")), Column("at", _("Imported at"), "instant"),
        Column("lines", _("Charges"), "count"), Column("billed", _("Billed"), "money"), Column("too_much", _("Too much"), "money"),
        Column("open", _("To look at"), "count"), Column("disputed", _("Disputed"), "count"), Column("credited", _("Credited"), "money"),
    ]  # fmt: skip
    if session.on_phone():
        columns = [columns[0], columns[5], columns[6]]
    picked = table(rows, columns, key="freight_bills", select="single-row", height="content" if len(rows) < 12 else 420)
    if picked and picked[0] < len(found):
        _bill(found[picked[0]])


def _sums(found: list[Bill]) -> None:
    billed, much = sum(b.billed_fen for b in found), sum(b.too_much_fen for b in found)
    with st.container(horizontal=True):
        for label, value in (
            (_("Billed"), words.money(billed)), (_("Too much"), f"{words.money(much)} · {much / billed:.1%}" if billed else "–"),
            (_("Lines to look at"), words.count(sum(b.open for b in found))), (_("Credited"), words.money(sum(b.credited_fen for b in found))),
        ):  # fmt: skip
            st.metric(label, value, border=True, height="stretch")


def _bill(bill: Bill) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(bill.name, width="stretch")
        link = session.link_to("freight")
        if link is not None and st.button(_("Its differences"), icon=":material/rule:", key="freight_to_lines"):
            st.session_state["freight_bill"] = bill.bill_id
            st.session_state.pop("part", None)
            st.switch_page(link, query_params={"part": "differences"})
        if session.actor().may("freight.edit"):
            if st.button(
                _("Compare again"),
                icon=":material/refresh:",
                key="freight_again",
                help=_("With the cards, weights and tolerances of now."),
            ):
                done = attempt(lambda: freight.compare_again(session.actor(), session.store(), bill.bill_id))
                if done is not None:
                    say_after_rerun(_("{n} lines changed.").format(n=words.count(0 if done is True else int(done))))
                    st.rerun()
            if st.button(_("Remove"), icon=":material/delete:", key="freight_remove", type="tertiary"):
                dialog(_("Remove the bill"), _remove, bill)
    _causes(bill)


def _remove(bill: Bill) -> None:
    confirm_before(
        _("Remove"), _("The bill {name} and its {n} lines go away, with what was settled on them.").format(name=words.plain(bill.name), n=words.count(bill.lines)),
        lambda: freight.remove(session.actor(), session.store(), bill.bill_id), key="freight_remove_now", done=_("Removed."),
    )  # fmt: skip


def _causes(bill: Bill) -> None:
    found = [one for one in freight.causes(session.actor(), session.store(), bill.bill_id) if one[2] or not one[0]]
    bars = [(cause, fen) for cause, _n, fen in found if fen > 0 and cause]
    left, right = st.columns([2, 3], gap="large")
    with left:
        table(
            [{"cause": _(freight.CAUSES[cause]), "n": n, "fen": fen} for cause, n, fen in found],
            [Column("cause", _("Cause")), Column("n", _("Charges"), "count"), Column("fen", _("Difference"), "money")],
            key="freight_causes", height="content",
        )  # fmt: skip
    if bars:
        with right:
            figure = go.Figure(
                go.Bar(
                    y=[_(freight.CAUSES[cause]) for cause, _fen in bars], x=[fen / 100 for _cause, fen in bars], orientation="h",
                    marker_color=SERIES[3], hovertemplate="%{y} · ¥%{x:,.2f}<extra></extra>",
                )
            )  # fmt: skip
            figure.update_layout(
                height=60 + 36 * len(bars), margin={"l": 8, "r": 8, "t": 8, "b": 8}, bargap=0.4, dragmode=False,
                xaxis={"fixedrange": True}, yaxis={"fixedrange": True, "autorange": "reversed", "showgrid": False, "automargin": True},
            )  # fmt: skip
            st.plotly_chart(
                figure, key="freight_bars", config={"displayModeBar": False, "responsive": True}, theme="streamlit"
            )


def _terms_line(now: Allowance) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        told = _(
            "A charge is compared with the published rate card and our own weight; {fen} and {g} g of difference count as none, surcharges up to {agreed} a waybill are agreed."
        )
        told = told.format(fen=words.money(now.tolerance_fen), g=now.tolerance_g, agreed=words.money(now.surcharge_fen))
        st.caption(told, width="stretch")
        if session.actor().may("freight.edit") and st.button(
            _("Change the tolerance"), icon=":material/tune:", key="freight_terms"
        ):
            dialog(_("Change the tolerance"), _terms_form, now)


def _terms_form(now: Allowance) -> None:
    yuan = st.number_input(_("Amount (yuan)"), 0.0, 1_000.0, now.tolerance_fen / 100, 0.1, key="freight_yuan")
    grams = st.number_input(_("Weight (g)"), 0, 100_000, now.tolerance_g, 10, key="freight_grams")
    agreed = st.number_input(
        _("Surcharge agreed per waybill (yuan)"), 0.0, 1_000.0, now.surcharge_fen / 100, 0.5, key="freight_agreed"
    )
    st.caption(_("It counts for bills imported or compared from now on."))
    if st.button(_("Save"), type="primary", key="freight_terms_save"):
        wanted = Allowance(round(yuan * 100), int(grams), round(agreed * 100))
        if attempt(lambda: freight.set_terms(session.actor(), session.store(), wanted)) is not None:
            say_after_rerun(_("Saved."))
            st.rerun()
