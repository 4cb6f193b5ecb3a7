"""Parcels to be stopped after a refund: one card a task, its calls, and what became of it."""

import streamlit as st

from core.i18n import _
from core.model.events import ACTORS
from core.model.intercepts import ANSWERS, CAUGHT, STATES, WORKED_ON
from core.services import intercepts
from core.services.intercepts import Task
from core.ui import address, names, session, words
from core.ui.components.order_detail import show_order
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.theme import badge_colour

PER_PAGE = 10
_COLOURS = {"open": "red", "called": "orange", "caught": "green", "missed": "grey", "off": "grey"}


def show() -> None:
    """Draw the tasks; refunds of what is not packed yet stand in the queue, one click away."""
    who, store = session.actor(), session.store()
    before = intercepts.stopped_before_packing(who, store)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        closed = st.toggle(_("Show closed ones"), key="intercepts_closed")
        if before:
            st.button(_("{n} refunded orders are held in the queue").format(n=words.count(before)), key="to_refunds",
                      icon=":material/arrow_forward:", type="tertiary", on_click=_to_queue)  # fmt: skip
    page = max(1, int(st.session_state.get("intercepts_page", 1)))
    found, total = intercepts.listing(who, store, closed=closed, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    if not found and not total:
        empty(
            _("No parcel is to be stopped."), _("A refund that comes after packing opens a task here."), icon="task_alt"
        )
    for task in found:
        _card(task)
    pages = -(-total // PER_PAGE)
    if pages > 1:
        if page > pages:
            st.session_state["intercepts_page"] = 1
        st.pagination(pages, key="intercepts_page", max_visible_pages=5)
    opened = address.opened_order()
    if opened is not None and who.may("orders.view"):
        show_order(opened, "why")


def _to_queue() -> None:
    st.query_params.clear()
    st.query_params["reason"] = "refund_open"


def _card(task: Task) -> None:
    one = task.intercept
    with st.container(border=True, key=f"intercept_{one.intercept_id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(_(STATES[one.state]), color=badge_colour(_COLOURS[one.state]))  # type: ignore[arg-type]
            st.badge(words.status(task.status), color="gray")
            if one.owner:
                st.badge(words.plain(one.owner), icon=":material/person:", color="gray")
        st.html(_head(task))
        st.markdown("  \n".join(_lines(task)))
        if one.state in WORKED_ON and session.actor().may("review.decide"):
            _buttons(task)


def _head(task: Task) -> str:
    one = task.intercept
    money = ""
    if one.refund_fen and session.actor().may("orders.money"):
        money = f'<b class="dl-num">{words.money(one.refund_fen)}</b>'
    shop = f"{names.channel(one.channel)} · {names.shop(one.channel, one.shop)}"
    parcel = " ".join(part for part in (one.courier, one.tracking_no) if part) or _("no waybill yet")
    house = f" · {words.html(one.warehouse)}" if one.warehouse else ""
    return (
        f'<div class="dl-between"><b>{words.html(one.platform_no)}</b>{money}</div>'
        f'<div class="dl-quiet">{words.html(shop)}{house} · {words.html(parcel)}</div>'
    )


def _lines(task: Task) -> list[str]:
    one, zone = task.intercept, session.zone()
    scope = _("the whole order") if one.whole else _("some lines")
    asked = (
        words.instant(one.refund_requested_at, zone) if one.refund_requested_at else words.instant(one.made_at, zone)
    )
    lines = [f":material/currency_exchange: {_('Refund of {scope}, {when}').format(scope=scope, when=asked)}"]
    if one.packed_at:
        lines.append(f":material/inventory_2: {_('Slip of {when}').format(when=words.instant(one.packed_at, zone))}")
    for call in task.calls[:5]:
        said = f"{words.instant(call.called_at, zone)} · {words.plain(call.account)} · {_(ANSWERS[call.answer])}"
        lines.append(f":material/call: {said}" + (f" · {words.plain(call.note)}" if call.note else ""))
    if one.state in WORKED_ON and not task.stands:
        lines.append(f":orange[:material/info: {_('The refund no longer stands: tell the courier to deliver.')}]")
    if one.closed_at:
        said = f"{words.instant(one.closed_at, zone)} · {words.plain(_(ACTORS[one.closed_by]) if one.closed_by in ACTORS else one.closed_by)}"
        lines.append(f":material/done: {said}" + (f" · {words.plain(one.note)}" if one.note else ""))
    return lines


def _buttons(task: Task) -> None:
    one, who, store = task.intercept, session.actor(), session.store()
    with st.container(horizontal=True, gap="small"):
        if st.button(_("Record a call"), key=f"call_{one.intercept_id}", icon=":material/call:", type="primary"):
            dialog(_("Record a call"), _call, one.intercept_id)
        if st.button(_("Caught"), key=f"caught_{one.intercept_id}", icon=":material/assignment_return:"):
            dialog(_("The parcel is back"), _closing, task, CAUGHT)
        if task.status != "PACKED" and st.button(_("Not caught"), key=f"missed_{one.intercept_id}",
                                                 icon=":material/report:"):  # fmt: skip
            dialog(_("The parcel could not be stopped"), _closing, task, "missed")
        if (
            not one.owner
            and st.button(_("Take it on"), key=f"take_{one.intercept_id}")
            and attempt(lambda: intercepts.take(who, store, one.intercept_id))
        ):
            st.rerun()
        st.button(_("Open the order"), key=f"see_{one.intercept_id}", on_click=address.open_order,
                  args=(one.order_key,), icon=":material/open_in_full:")  # fmt: skip


def _call(intercept_id: str) -> None:
    answer = st.radio(
        _("What was answered"), list(ANSWERS), format_func=lambda code: _(ANSWERS[code]), key="call_answer"
    )
    note = st.text_input(_("Note"), key="call_note", placeholder=_("Whom you spoke to, and what they said"))
    if st.button(_("Save"), type="primary", key="call_do") and attempt(
        lambda: intercepts.call(session.actor(), session.store(), intercept_id, answer, note)
    ):
        say_after_rerun(_("The call is recorded."))
        st.rerun()


def _closing(task: Task, state: str) -> None:
    one = task.intercept
    if state == CAUGHT and one.whole:
        st.write(_("The pieces go back to the shelf they left, and the order is cancelled."))
    elif state == CAUGHT:
        st.write(
            _("The refunded lines' pieces go back to the shelf; a ticket asks the warehouse to send the rest again.")
        )
    else:
        st.write(_("The order stays shipped; a ticket asks customer service to get the goods back."))
    note = st.text_input(_("Note"), key="closing_note")
    if st.button(_("Confirm"), type="primary", key="closing_do"):
        action = intercepts.caught if state == CAUGHT else intercepts.missed
        if attempt(lambda: action(session.actor(), session.store(), one.intercept_id, note)):
            say_after_rerun(_("It is settled."))
            st.rerun()
