"""Errors and losses: tickets to judge, an error or a loss noted by hand, what was noted lately."""

from datetime import date

import streamlit as st

from core import clock
from core.i18n import _
from core.model.tickets import KINDS
from core.services import faults
from core.services.faults import CAUSES, FAULTS, SUGGESTED
from core.ui import session, words
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.table import Column, table


def show() -> None:
    """Draw the tab."""
    who, store = session.actor(), session.store()
    if not who.may("faults.note"):
        empty(_("Nothing was confirmed yet."), _("Ask an administrator for the right."), icon="lock")
        return
    with st.container(horizontal=True):
        if st.button(_("Confirm an error"), icon=":material/report:", key="fault_open"):
            dialog(_("Confirm an error"), _fault)
        if st.button(_("Note a loss"), icon=":material/payments:", key="loss_open"):
            dialog(_("Note a loss"), _loss)
    _suspects()
    errors, losses = faults.newest(who, store)
    st.markdown(f"###### {_('Confirmed lately')}")
    if errors:
        names = ("order", "kind", "note", "by", "source", "at")
        table(
            [dict(zip(names, row, strict=True)) for row in errors],
            [Column("order", _("Platform order no.")), Column("kind", _("Type of error"), words=lambda kind: _(FAULTS.get(str(kind), str(kind)))),
             Column("note", _("Note"), width="large"), Column("by", _("By whom")), Column("at", _("Found at"), "instant")],
            key="faults_newest",
        )  # fmt: skip
    else:
        st.caption(_("Nothing was confirmed yet."))
    st.markdown(f"###### {_('Losses noted lately')}")
    if losses:
        names = ("order", "cause", "fen", "note", "by", "at")
        table(
            [dict(zip(names, row, strict=True)) for row in losses],
            [Column("order", _("Platform order no.")), Column("cause", _("Cause"), words=lambda cause: _(CAUSES.get(str(cause), str(cause)))),
             Column("fen", _("Loss"), "money"), Column("note", _("Note"), width="large"), Column("by", _("By whom")),
             Column("at", _("Business day"), words=lambda at: at.astimezone(session.place()).date().isoformat())],
            key="losses_newest",
        )  # fmt: skip
    else:
        st.caption(_("Nothing was noted yet."))


def _suspects() -> None:
    """Tickets that may tell of an error; a row is confirmed with its type."""
    st.markdown(f"###### {_('Tickets to judge')}")
    waiting = faults.suspects(session.actor(), session.store())
    if not waiting:
        st.caption(f"{_('No ticket waits to be judged.')} {_('Tickets about wrong or missing goods appear here by themselves.')}")  # fmt: skip
        return
    picked = table(
        [
            {"no": each.platform_no, "channel": words.channel(each.channel), "kind": _(KINDS[each.kind]), "at": each.opened_at}
            for each in waiting
        ],
        [Column("no", _("Platform order no.")), Column("channel", _("Channel")), Column("kind", _("Was it an error of ours?")),
         Column("at", _("Opened at"), "instant")],
        key="faults_waiting", select="single-row",
    )  # fmt: skip
    if picked:
        each = waiting[picked[0]]
        kind = st.selectbox(
            _("Type of error"), list(FAULTS), index=list(FAULTS).index(SUGGESTED[each.kind]), key=f"fault_of_{each.ticket_id}",
            format_func=lambda name: _(FAULTS[name]),
        )  # fmt: skip
        if st.button(_("Confirm as an error"), type="primary", key="fault_of_ticket"):
            done = attempt(
                lambda: faults.confirm(
                    session.actor(), session.store(), each.order_key, str(kind), f"ticket:{each.ticket_id}"
                )
            )
            if done is not None:
                say_after_rerun(_("The error is noted."))
                st.rerun()


def _fault() -> None:
    who, store = session.actor(), session.store()
    number = st.text_input(_("Platform order no."), key="fault_no", max_chars=60)
    kind = st.selectbox(_("Type of error"), list(FAULTS), format_func=lambda name: _(FAULTS[name]), key="fault_kind")
    note = st.text_area(_("Note"), key="fault_note", max_chars=500, height=80)
    st.caption(_("It counts for the week in which the order was shipped; one order counts once in the rate."))
    if st.button(_("Confirm as an error"), type="primary", key="fault_save", disabled=not number.strip()):
        done = attempt(lambda: faults.confirm(who, store, faults.order_of(who, store, number), str(kind), note=note))
        if done is not None:
            say_after_rerun(_("The error is noted."))
            st.rerun()


def _loss() -> None:
    who, store = session.actor(), session.store()
    cause = st.selectbox(_("Cause"), list(CAUSES), format_func=lambda name: _(CAUSES[name]), key="loss_cause")
    with st.container(horizontal=True):
        yuan = st.number_input(_("Amount (yuan)"), min_value=0.0, step=1.0, format="%.2f", key="loss_yuan")
        day = st.date_input(_("Business day"), value=clock.business_day(clock.now(), session.zone()), key="loss_day", format="YYYY-MM-DD")  # fmt: skip
    number = st.text_input(_("Order no., if it belongs to one"), key="loss_no", max_chars=60)
    note = st.text_area(_("Note"), key="loss_note", max_chars=500, height=80)
    if st.button(_("Save"), type="primary", key="loss_save", disabled=not yuan):

        def keep() -> None:
            key = faults.order_of(who, store, number) if number.strip() else None
            assert isinstance(day, date)
            faults.note_loss(who, store, str(cause), round(yuan * 100), day, order_key=key, note=note)

        if attempt(keep) is not None:
            say_after_rerun(_("The loss is noted."))
            st.rerun()
