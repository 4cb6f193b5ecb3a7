"""What a person does with refused messages: send again, leave with a reason, mend a dispatch."""

from collections.abc import Sequence

import streamlit as st

from core.i18n import _
from core.mapping.said import unpacked
from core.services import outbox as calls
from core.store.outbox import Row
from core.store.outbox_desk import Narrowed
from core.ui import session, words
from core.ui.forms import attempt, dialog, say_after_rerun


def buttons(picked: Sequence[Row], narrowed: Narrowed, total: int) -> None:
    """The row of buttons under the refused messages."""
    actor, store = session.actor(), session.store()
    if not actor.may("outbox.settle"):
        return
    ids = [row.outbox_id for row in picked]
    with st.container(horizontal=True):
        if st.button(
            _("Try again") + (f" ({len(ids)})" if ids else ""), icon=":material/refresh:", key="outbox_retry", disabled=not ids
        ) and attempt(lambda: calls.retry(actor, store, ids)):  # fmt: skip
            _again(_("They are sent again."))
        if st.button(_("Leave …"), icon=":material/block:", key="outbox_ignore", disabled=not ids):
            dialog(_("Leave refused messages"), _ignore, ids)
        if st.button(_("Try all {n} again").format(n=words.count(total)), key="outbox_retry_all", type="tertiary"):
            dialog(_("Try all again"), _retry_all, narrowed, total)
    if not ids:
        st.caption(_("Mark rows at their left edge; one marked row shows everything about it."))


def _ignore(ids: Sequence[str]) -> None:
    st.write(
        _("{n} messages are never sent. Later ones of the same orders go on; holds for them end.").format(n=len(ids))
    )
    why = st.text_input(
        _("Reason"), key="outbox_ignore_why", placeholder=_("For example: shipped by hand on the platform.")
    )
    if st.button(_("Leave them"), type="primary", key="outbox_ignore_do", disabled=not why.strip()) and attempt(
        lambda: calls.ignore(session.actor(), session.store(), ids, why)
    ):
        _again(_("They are left as they are."))


def _retry_all(narrowed: Narrowed, total: int) -> None:
    st.write(
        _("{n} refused messages that the filters show are sent again.").format(
            n=words.count(min(total, calls.MOST_AT_ONCE))
        )
    )
    if st.button(_("Send them"), type="primary", key="outbox_all_do") and attempt(
        lambda: calls.retry_all(session.actor(), session.store(), narrowed)
    ):
        _again(_("They are sent again."))


def mend(row: Row) -> None:
    """The form that corrects courier, waybill and code."""
    actor, store = session.actor(), session.store()
    firms = calls.couriers(actor, store)
    present = str(row.body.get("courier") or "")
    choices: list[str] = [*firms, *([present] if present and present not in firms else [])]
    st.error(words.plain(unpacked(row.error or "")), icon=":material/error:")
    courier = st.selectbox(
        _("Courier"), choices, index=choices.index(present) if present in choices else None,
        format_func=lambda code: firms.get(str(code), str(code)), key="mend_courier",
    )  # fmt: skip
    number = st.text_input(
        _("Tracking number"), value=str(row.body.get("tracking_no") or ""), key="mend_number", max_chars=40
    )
    code = st.text_input(
        _("The platform's code of the courier"), value=str(row.body.get("code") or ""), key="mend_code", max_chars=40,
        help=_("Leave it empty to use the code of the page Routing."),
    )  # fmt: skip
    why = st.text_input(_("Reason"), key="mend_why")
    st.caption(_("The order's courier and waybill follow; the message keeps its key, so nothing is confirmed twice."))
    if st.button(_("Save and send"), type="primary", key="mend_do") and attempt(
        lambda: calls.mend_dispatch(
            actor, store, row.outbox_id, courier=courier or "", tracking_no=number, code=code, why=why
        )
    ):
        _again(_("It is sent again."))


def _again(text: str) -> None:
    st.session_state["outbox_nonce"] = st.session_state.get("outbox_nonce", 0) + 1
    say_after_rerun(text)
    st.rerun()
