"""What is done with a case, each in its dialog with what it will change."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.i18n import _
from core.model.after_sales import EXCHANGE, KINDS, RETURN_REFUND
from core.model.tickets import TEAMS
from core.services import after_sales, tickets
from core.services.after_sales import Detail
from core.services.faults import CAUSES, FAULTS
from core.ui import session, words
from core.ui.forms import attempt, say_after_rerun

SHOWN = "cases_shown"
"""The case that stays in sight after an act, whichever row it moved to."""


def done(action: Callable[[], Any], text: str = "", *, case_id: str = "") -> None:
    """Do it; on success close the dialog, keep the case in sight and say so."""
    result = attempt(action)
    if result is not None:
        st.session_state[SHOWN] = case_id or getattr(result, "case_id", st.session_state.get(SHOWN, ""))
        st.session_state["cases_nonce"] = st.session_state.get("cases_nonce", 0) + 1
        say_after_rerun(text or _("Done."))
        st.rerun()


def button(label: str, key: str, icon: str, action: Callable[[], Any]) -> None:
    """A button without a dialog."""
    if st.button(label, icon=f":material/{icon}:", key=key):
        done(action)


def agree(found: Detail) -> None:
    """Say yes."""
    text = st.text_input(_("Note"), key="case_agree_note")
    if st.button(_("Agree"), type="primary", key="case_agree_do"):
        done(lambda: after_sales.agree(session.actor(), session.store(), found.case.case_id, text))


def refuse(found: Detail) -> None:
    """Say no with a reason."""
    st.write(_("The case waits for what the buyer does next; it can be agreed later."))
    text = st.text_input(_("Reason"), key="case_refuse_why")
    if st.button(_("Refuse"), type="primary", key="case_refuse_do", disabled=not text.strip()):
        done(lambda: after_sales.refuse(session.actor(), session.store(), found.case.case_id, text))


def coming_back(found: Detail) -> None:
    """The buyer's waybill."""
    courier = st.text_input(_("Courier"), key="case_back_courier", max_chars=40)
    number = st.text_input(_("Tracking number"), key="case_back_no", max_chars=40)
    if st.button(_("Save"), type="primary", key="case_back_do"):
        done(lambda: after_sales.coming_back(session.actor(), session.store(), found.case.case_id, courier, number))


def receive(found: Detail) -> None:
    """Count what came back."""
    places = after_sales.warehouse_titles(session.actor(), session.store())
    st.write(_("Good pieces can be sold again at once; damaged ones are written off. This is done once."))
    first = str(found.order.get("warehouse") or "")
    where = st.selectbox(
        _("Warehouse"), list(places), index=list(places).index(first) if first in places else 0,
        format_func=lambda code: places[str(code)], key="case_where",
    )  # fmt: skip
    counted: dict[str, tuple[int, int]] = {}
    for line in found.lines:
        st.markdown(f"{words.plain(line.title or line.sku)} × {line.qty}")
        with st.container(horizontal=True):
            good = st.number_input(_("Good"), 0, line.qty, line.qty, key=f"case_good_{line.line_no}")
            damaged = st.number_input(_("Damaged"), 0, line.qty, 0, key=f"case_damaged_{line.line_no}")
        counted[line.line_no] = (int(good), int(damaged))
    text = st.text_input(_("Note"), key="case_receive_note")
    if st.button(_("Receive goods"), type="primary", key="case_receive_do"):
        done(
            lambda: after_sales.receive(
                session.actor(), session.store(), found.case.case_id, where or "", counted, text
            ),
            _("Received."),
        )


def send_again(found: Detail) -> None:
    """Choose what is sent."""
    st.write(
        _(
            "A new order to the same address is made and walks the flow from reserving stock on. The platform is not told: give it the new waybill there."
        )
    )
    rows = [{"sku": line.sku, "qty": line.qty} for line in found.lines]
    edited = st.data_editor(
        rows, num_rows="dynamic", key="case_resend_rows", hide_index=True,
        column_config={
            "sku": st.column_config.TextColumn(_("SKU"), required=True),
            "qty": st.column_config.NumberColumn(_("Pieces"), min_value=1, max_value=999, step=1, required=True, default=1),
        },
    )  # fmt: skip
    text = st.text_input(_("Note"), key="case_resend_note")
    if st.button(_("Send goods"), type="primary", key="case_resend_do"):
        wanted = [(str(row.get("sku") or ""), int(row.get("qty") or 0)) for row in edited]
        done(
            lambda: after_sales.send_again(session.actor(), session.store(), found.case.case_id, wanted, text),
            _("The new order is in the flow."),
        )


def settle(found: Detail) -> None:
    """The case is over, perhaps with a loss."""
    case, lost = found.case, 0
    if case.kind in (RETURN_REFUND, EXCHANGE) and case.received_at is None:
        st.warning(_("The goods have not come back."), icon=":material/warning:")
        lost = st.number_input(_("Loss in yuan"), 0.0, 100_000.0, (case.fen or 0) / 100, step=1.0, key="case_lost")
    text = st.text_input(_("Note"), key="case_done_note")
    if st.button(_("Settle the case"), type="primary", key="case_done_do"):
        done(
            lambda: after_sales.settle(
                session.actor(), session.store(), case.case_id, text, unreturned_fen=round(lost * 100)
            )
        )


def close(found: Detail) -> None:
    """Nothing came of it."""
    text = st.text_input(_("Reason"), key="case_close_why")
    if st.button(_("Close"), type="primary", key="case_close_do", disabled=not text.strip()):
        done(lambda: after_sales.close(session.actor(), session.store(), found.case.case_id, text))


def fault(found: Detail) -> None:
    """A fault of our dispatch with its cost."""
    st.write(_("It counts in the error rate and the losses, once a case."))
    kind = st.selectbox(_("Fault"), list(FAULTS), format_func=lambda name: _(FAULTS[name]), key="case_fault_kind")
    cause = st.selectbox(
        _("Cause of the loss"), list(CAUSES), format_func=lambda name: _(CAUSES[name]), key="case_fault_cause"
    )
    cost = st.number_input(_("Cost in yuan"), 0.0, 100_000.0, 0.0, step=1.0, key="case_fault_cost")
    text = st.text_input(_("Note"), key="case_fault_note")
    if st.button(_("Confirm"), type="primary", key="case_fault_do"):
        done(
            lambda: after_sales.confirm_fault(
                session.actor(), session.store(), found.case.case_id, kind or "", text, cost_fen=round(cost * 100),
                cause=cause or "",
            )
        )  # fmt: skip


def note(found: Detail) -> None:
    """A line for a note under the story."""
    nonce = len(found.story)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            _("Note"),
            key=f"case_note_{found.case.case_id}_{nonce}",
            label_visibility="collapsed",
            placeholder=_("Note"),
        )
        if st.button(_("Add the note"), key="case_note_do", disabled=not text.strip()):
            done(lambda: after_sales.note(session.actor(), session.store(), found.case.case_id, text), _("Noted."))


def ticket(found: Detail) -> None:
    """A question to another team about the order."""
    team = st.segmented_control(
        _("For"), list(TEAMS), default="warehouse", format_func=lambda name: _(TEAMS[str(name)]), key="case_ticket_team",
        required=True,
    )  # fmt: skip
    text = st.text_area(_("What happened"), key="case_ticket_note", max_chars=tickets.LONGEST_NOTE)
    if st.button(_("Open it"), type="primary", key="case_ticket_do", disabled=not text.strip()):
        key = found.case.order_key
        done(
            lambda: tickets.open_ticket(
                session.actor(), session.store(), key, "refund", str(team or "warehouse"), text
            ),
            _("The ticket is open."),
        )


def open_form() -> None:
    """Open a case by hand: the order by its number, the kind, the lines."""
    number = st.text_input(_("Platform order no."), key="case_new_no", max_chars=60)
    if not number.strip():
        st.caption(_("Give the whole number; the order's lines show then."))
        return
    found = attempt(lambda: after_sales.find_order(session.actor(), session.store(), number))
    if found is None:
        return
    order, lines = found
    st.caption(
        f"{words.channel(order['channel'])} · {words.status(order['status'])} · {words.plain(order.get('recipient') or '')}"
    )
    kind = st.segmented_control(
        _("Kind"),
        list(KINDS),
        default="EXCHANGE",
        format_func=lambda name: _(KINDS[str(name)]),
        key="case_new_kind",
        required=True,
    )
    pieces = {
        str(line["line_no"]): int(
            st.number_input(
                words.plain(str(line["title"] or line["sku"] or line["line_no"])), 0, int(line["qty"] or 1), 0,
                key=f"case_new_{line['line_no']}",
            )
        )
        for line in lines
        if not line.get("is_gift")
    }  # fmt: skip
    reason = st.text_input(_("Reason"), key="case_new_reason", max_chars=200)
    ready = bool(reason.strip()) and any(pieces.values())
    if st.button(_("Open the case"), type="primary", key="case_new_do", disabled=not ready):
        done(
            lambda: after_sales.open_case(
                session.actor(), session.store(), int(order["order_key"]), str(kind or ""), pieces, reason
            ),
            _("The case is open."),
        )
