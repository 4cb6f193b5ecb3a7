"""Punctuality by month: suggestions first, then every supplier's months with their lines."""

from datetime import date

import streamlit as st

from core.i18n import _
from core.services import suppliers
from core.services.suppliers import CONFIRMED, DECLINED, SUGGESTED, WITHDRAWN, Score, Terms
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.table import Column, table

_ALL = ""


def show() -> None:
    """Draw the tab."""
    actor, store = session.actor(), session.store()
    now, found = suppliers.terms(actor, store), suppliers.scores(actor, store, zone=session.zone())
    _terms_line(now)
    if not found:
        empty(
            _("No purchase line is due yet."), _("Import purchase lines, or enter one by form."), icon="factory"
        )  # fmt: skip
        return
    _suggestions([one for one in found if one.state == SUGGESTED], now)
    _chosen(found)


def _terms_line(now: Terms) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        told = _(
            "Strictly below {threshold} on time, with at least {n} lines due in the month: next month's purchase × {factor}. A person confirms."
        )
        st.caption(
            told.format(threshold=f"{now.threshold:.0%}", n=now.least_lines, factor=f"{now.factor:.2f}"),
            width="stretch",
        )
        if session.actor().may("suppliers.edit") and st.button(
            _("Change the terms"), icon=":material/tune:", key="terms_open"
        ):
            dialog(_("Change the terms"), _terms_form, now)
        if st.button(_("Make the file"), icon=":material/table:", key="suppliers_file"):
            made = attempt(lambda: suppliers.export(session.actor(), session.store(), zone=session.zone()))
            if isinstance(made, tuple):
                st.download_button(
                    _("Download {name}").format(name=made[0]),
                    made[1],
                    file_name=made[0],
                    key="suppliers_download",
                    on_click="ignore",
                )


def _terms_form(now: Terms) -> None:
    share = st.number_input(_("Suggest below (% on time)"), 1.0, 100.0, now.threshold * 100, 0.5, key="terms_share")
    least = st.number_input(_("At least so many lines in the month"), 1, 10_000, now.least_lines, key="terms_least")
    factor = st.number_input(_("Factor of the next purchase"), 0.0, 1.0, now.factor, 0.05, key="terms_factor")
    grace = st.number_input(_("Days of grace"), 0, 60, now.grace_days, key="terms_grace")
    st.caption(_("It changes what is suggested from now on; what was decided stays."))
    if st.button(_("Save"), type="primary", key="terms_save"):
        wanted = Terms(round(share / 100, 4), int(least), round(float(factor), 4), int(grace))
        if attempt(lambda: suppliers.set_terms(session.actor(), session.store(), wanted)) is not None:
            say_after_rerun(_("Saved."))
            st.rerun()


def _suggestions(found: list[Score], now: Terms) -> None:
    """Those of the last month that is over, in sight; older ones nobody decided, folded up."""
    newest = max((score.month.month for score in found), default=None)
    for score in found:
        if score.month.month == newest:
            _suggestion(score, now)
    older = [score for score in found if score.month.month != newest]
    if older:
        with st.expander(_("Older suggestions ({n})").format(n=len(older))):
            for score in older:
                _suggestion(score, now)


def _suggestion(score: Score, now: Terms) -> None:
    month = score.month
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        text = _(
            "**{supplier}** · {month}: {on_time} of {lines} lines on time ({share}). Suggested: {next} purchase × {factor}."
        )
        st.markdown(
            text.format(
                supplier=words.plain(month.supplier), month=_month(month.month), on_time=words.count(month.on_time),
                lines=words.count(month.lines), share=f"{score.share:.2%}", next=_month(suppliers.next_month(month.month)),
                factor=f"{now.factor:.2f}",
            ),
            width="stretch",
        )  # fmt: skip
        if session.actor().may("suppliers.edit"):
            key = f"{month.supplier}_{month.month}"
            if st.button(_("Confirm"), key=f"confirm_{key}", type="primary"):
                dialog(_("Confirm"), _decide, score, CONFIRMED)
            if st.button(_("Decline"), key=f"decline_{key}"):
                dialog(_("Decline"), _decide, score, DECLINED)


def _decide(score: Score, state: str) -> None:
    month = score.month
    st.markdown(f"**{words.plain(month.supplier)}** · {_month(month.month)} · {score.share:.2%}")
    effects = {
        CONFIRMED: _("It is noted with your name and stands in the export; orders and stock are not changed."),
        DECLINED: _("The suggestion goes away; the reason is kept."),
        WITHDRAWN: _("The decision no longer counts; the month is judged anew."),
    }
    st.caption(effects[state])
    why = st.text_input(_("Reason"), key="decide_why", max_chars=200)
    if st.button(_("Save"), type="primary", key="decide_save", disabled=state == DECLINED and not why):
        done = attempt(
            lambda: suppliers.decide(
                session.actor(), session.store(), month.supplier, month.month, state, why or "", zone=session.zone()
            )
        )
        if done is not None:
            say_after_rerun(_("Saved."))
            st.rerun()


def _chosen(found: list[Score]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        month = st.selectbox(
            _("Month"), [None, *dict.fromkeys(score.month.month for score in found)], key="suppliers_month", width=160,
            format_func=lambda one: _("All months") if one is None else _month(one),
        )  # fmt: skip
        supplier = st.selectbox(
            _("Supplier"), [_ALL, *sorted({score.month.supplier for score in found})], key="suppliers_who", width=280,
            format_func=lambda one: one or _("All suppliers"),
        )  # fmt: skip
    rows = [s for s in found if month in (None, s.month.month) and supplier in (_ALL, s.month.supplier)]
    shown = [
        {"supplier": s.month.supplier, "month": _month(s.month.month), "lines": s.month.lines, "on_time": s.month.on_time,
         "missing": s.month.missing, "share": s.share, "state": _(suppliers.STATES[s.state])}
        for s in rows
    ]  # fmt: skip
    columns = [
        Column("supplier", _("Supplier"), width="large"), Column("month", _("Month")), Column("lines", _("Lines due"), "count"),
        Column("on_time", _("On time"), "count"), Column("missing", _("Not shipped"), "count"), Column("share", _("Share"), "share"),
        Column("state", _("State")),
    ]  # fmt: skip
    if session.on_phone():
        columns = [columns[0], columns[1], columns[5], columns[6]]
    picked = table(
        shown, columns, key="suppliers_rows", select="single-row", height="content" if len(rows) < 12 else 420
    )
    if picked and picked[0] < len(rows):
        _lines(rows[picked[0]])


def _lines(score: Score) -> None:
    month = score.month
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(f"{month.supplier} · {_month(month.month)}", width="stretch")
        if score.decided is not None and session.actor().may("suppliers.edit") and st.button(
            _("Withdraw the decision"), key="suppliers_withdraw", icon=":material/undo:"
        ):  # fmt: skip
            dialog(_("Withdraw the decision"), _decide, score, WITHDRAWN)
    found = suppliers.lines(session.actor(), session.store(), month.supplier, month.month)
    table(
        [
            {"no": f"{line.purchase_no} / {line.line_no}", "sku": line.sku, "title": line.title, "qty": line.qty, "due": line.due_on.isoformat(),
             "shipped": line.shipped_on.isoformat() if line.shipped_on else _("not yet"), "late": _late(line.due_on, line.shipped_on)}
            for line in found
        ],
        [
            Column("no", _("Purchase / line")), Column("sku", _("SKU")), Column("title", _("Name"), width="medium"),
            Column("qty", _("Quantity"), "count"), Column("due", _("Due on")), Column("shipped", _("Shipped on")),
            Column("late", _("Days late"), "count"),
        ],
        key="suppliers_lines", height=380 if len(found) > 10 else "content",
    )  # fmt: skip


def _late(due: date, shipped: date | None) -> int | None:
    return max(0, (shipped - due).days) if shipped else None


def _month(day: date) -> str:
    return day.isoformat()[:7]
