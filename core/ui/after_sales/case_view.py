"""One case: what it is about, what came back, what can be done now, its story and tickets."""

import streamlit as st

from core.i18n import N_, _
from core.model.after_sales import KINDS, RECEIVED, STATES, WITH_PARCEL, WITH_RETURN
from core.model.tickets import KINDS as TICKET_KINDS
from core.model.tickets import TEAMS
from core.services import after_sales, tickets
from core.services.after_sales import Detail
from core.services.faults import CAUSES, FAULTS
from core.store.after_sales import Step
from core.ui import address, session, words
from core.ui.after_sales import acts
from core.ui.forms import dialog
from core.ui.table import Column, table
from core.ui.theme import badge_colour

_WHAT = {
    "opened": N_("Case opened"),
    "platform": N_("The platform says"),
    "taken": N_("Taken"),
    "note": N_("Note"),
    "agreed": N_("Agreed"),
    "refused": N_("Refused by us"),
    "returning": N_("Goods come back"),
    "received": N_("Goods received"),
    "resending": N_("New parcel under way"),
    "sent": N_("The new parcel has left"),
    "settled": N_("Settled"),
    "closed": N_("Closed without effect"),
    "fault": N_("Fault confirmed"),
}


def show(case_id: str) -> None:
    """Draw the case."""
    found = after_sales.detail(session.actor(), session.store(), case_id)
    with st.container(border=True, key="case_detail"):
        _head(found)
        _facts(found)
        _lines(found)
        _acts(found)
        left, right = st.columns([3, 2]) if not session.on_phone() else (st.container(), st.container())
        with left:
            _story(found)
        with right:
            _tickets(found)


def _head(found: Detail) -> None:
    case = found.case
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{_(KINDS[case.kind])}** · {words.plain(case.platform_no)}", width="content")
        state = STATES[case.state]
        st.badge(_(state.label), color=badge_colour(state.colour))  # type: ignore[arg-type]
        if case.paid_back_at is not None:
            st.badge(
                _("Money is back"), color="red" if case.received_at is None and case.kind in WITH_RETURN else "gray"
            )
        if not case.left_house:
            st.badge(_("Goods not sent"), color="gray")
    if case.refund_no:
        st.caption(_("Agreeing or refusing here tells no platform: do it there as well; its next word moves the case."))


def _facts(found: Detail) -> None:
    case, zone = found.case, session.zone()
    facts = [
        (_("Reason"), case.reason or words.NONE),
        (_("Refund no."), case.refund_no or _("opened by hand")),
        (_("Order status"), words.status(str(found.order.get("status") or ""))),
        (_("Opened"), words.instant(case.opened_at, zone)),
        (_("Owner"), case.owner or _("nobody has it yet")),
    ]
    if case.fen is not None:
        facts.insert(2, (_("Amount"), words.money(case.fen)))
    if case.return_no or case.return_courier:
        facts.append((_("Return parcel"), f"{case.return_courier} {case.return_no}".strip()))
    if case.received_at is not None:
        facts.append((_("Received"), f"{words.instant(case.received_at, zone)} {case.warehouse}"))
    for _key, number, status in found.sent:
        facts.append((_("Sent again as"), f"{number} · {words.status(status)}"))
    for kind, _note, _who, _at in found.faults:
        facts.append((_("Fault"), _(FAULTS[kind]) if kind in FAULTS else kind))
    for cause, fen, _note, _at in found.losses:
        facts.append((_("Loss"), f"{_(CAUSES[cause]) if cause in CAUSES else cause} {words.money(fen)}"))
    cells = "".join(f'<div><span class="dl-quiet">{words.html(a)}</span><br>{words.html(b)}</div>' for a, b in facts)
    st.html(f'<div class="dl-figures">{cells}</div>')


def _lines(found: Detail) -> None:
    columns = [
        Column("title", _("Item"), width=None if session.on_phone() else "large"),
        Column("sku", _("SKU")),
        Column("qty", _("Pieces"), "count"),
        Column("good", _("Back, good"), "count"),
        Column("damaged", _("Back, damaged"), "count"),
    ]
    if found.case.received_at is None:
        columns = columns[:3]
    rows = [
        {"title": x.title or x.sku, "sku": x.sku, "qty": x.qty, "good": x.good, "damaged": x.damaged}
        for x in found.lines
    ]
    if rows:
        kept = [columns[0], *columns[2:]] if session.on_phone() else columns
        table(rows, kept, key=f"case_lines_{found.case.case_id}", height="content")


def _acts(found: Detail) -> None:
    """The buttons that the lifecycle and the role allow."""
    actor, case = session.actor(), found.case
    with st.container(horizontal=True, gap="small"):
        if actor.may("after_sales.work"):
            if not case.owner and found.may:
                acts.button(
                    _("Take it"),
                    "case_take",
                    "person_add",
                    lambda: after_sales.take(actor, session.store(), case.case_id),
                )
            for state, label, icon, form in (
                ("agreed", _("Agree"), "check", acts.agree),
                ("refused", _("Refuse"), "close", acts.refuse),
                ("returning", _("Goods come back"), "local_shipping", acts.coming_back),
            ):
                if state in found.may and st.button(label, icon=f":material/{icon}:", key=f"case_{state}"):
                    dialog(label, form, found)
        if RECEIVED in found.may and case.received_at is None and actor.may("after_sales.receive") and st.button(
            _("Receive goods"), icon=":material/inventory_2:", key="case_received", type="primary"
        ):  # fmt: skip
            dialog(_("Receive goods"), acts.receive, found, width="medium")
        if actor.may("after_sales.work"):
            if "resending" in found.may and case.kind in WITH_PARCEL and case.new_key is None and st.button(
                _("Send goods"), icon=":material/package_2:", key="case_resend", type="primary"
            ):  # fmt: skip
                dialog(_("Send goods"), acts.send_again, found, width="medium")
            if "done" in found.may and st.button(_("Settle the case"), icon=":material/task_alt:", key="case_done"):
                dialog(_("Settle the case"), acts.settle, found)
            if "closed" in found.may and st.button(_("Close"), key="case_closed", type="tertiary"):
                dialog(_("Close"), acts.close, found)
        if actor.may("after_sales.faults") and case.left_house and st.button(
            _("Confirm a fault of ours"), key="case_fault", type="tertiary"
        ):  # fmt: skip
            dialog(_("Confirm a fault of ours"), acts.fault, found)
        st.button(
            _("The whole order"), key="case_order", on_click=address.open_order, args=(case.order_key,), type="tertiary"
        )


def _story(found: Detail) -> None:
    st.caption(_("Story"))
    st.html("".join(_step(step, found.case.channel) for step in found.story))
    if session.actor().may("after_sales.work"):
        acts.note(found)


def _step(step: Step, channel: str) -> str:
    when = words.ago_with_hover(step.happened_at, session.zone())
    moved = ""
    if step.to_state != step.from_state and step.what == "platform":
        moved = f" → {words.html(_(STATES[step.to_state].label))}"
    note = words.html(step.note)
    if step.what == "fault":
        kind, _space, rest = step.note.partition(" ")
        note = words.html(f"{_(FAULTS[kind]) if kind in FAULTS else kind} {rest}")
    if step.actor == "platform":
        note = words.html(words.refund_state(channel, step.note) if step.note else "")
    note = f"<br>{note}" if note else ""
    who = words.html(words.event_actor(step.actor))
    return (
        f'<div class="dl-line"><b>{words.html(_(_WHAT.get(step.what, step.what)))}</b>{moved} '
        f'<span class="dl-quiet">{who} · {when}</span>{note}</div>'
    )


def _tickets(found: Detail) -> None:
    actor, store = session.actor(), session.store()
    if not actor.may("tickets.use"):
        return
    st.caption(_("Tickets between teams"))
    known = tickets.of_order(actor, store, found.case.order_key)
    for ticket in known:
        owner = ticket.owner or _("nobody has it yet")
        state = (
            words.ago(ticket.opened_at)
            if ticket.state == "open"
            else _("closed {ago}").format(ago=words.ago(ticket.closed_at))
        )
        st.markdown(f"- **{_(TICKET_KINDS[ticket.kind])}** · {_(TEAMS[ticket.team])} · {words.plain(owner)} · {state}")
    if not known:
        st.caption(_("None yet."))
    if st.button(_("Open a ticket"), icon=":material/confirmation_number:", key="case_ticket"):
        dialog(_("Open a ticket"), acts.ticket, found)
