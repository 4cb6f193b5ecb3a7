"""One order as customer service needs it: state, promise, parcel, next step, reply to copy, ticket."""

import streamlit as st

from core.i18n import _
from core.model.lifecycle import BY_NAME
from core.model.tickets import KINDS, PROGRESS, TEAMS
from core.services import tickets
from core.services.lookup import Answer
from core.ui import address, session, words
from core.ui.forms import attempt, dialog, say_after_rerun
from core.ui.lookup.words import next_step, reply, said
from core.ui.theme import badge_colour


def answer_card(answer: Answer) -> None:
    """The card."""
    order = answer.order
    key = order["order_key"]
    with st.container(border=True, key=f"answer_{key}", gap="small"):
        _head(answer)
        st.markdown(f"**{words.plain(said(answer))}**")
        (st.error if answer.late else st.info)(next_step(answer), icon=":material/arrow_forward:")
        st.html(_facts(answer))
        st.caption(_("Reply to copy"))
        st.code(reply(answer), language=None, wrap_lines=True)
        with st.container(horizontal=True, gap="small"):
            st.button(
                _("Asked where it is, answered"),
                key=f"asked_{key}",
                icon=":material/check:",
                help=_("Counts the question; nothing else changes."),
                on_click=_count,
                args=(key,),
            )
            if st.button(_("Open a ticket"), key=f"ticket_{key}", icon=":material/confirmation_number:"):
                dialog(_("Open a ticket"), _ticket_form, answer)
            st.button(
                _("The whole order"), key=f"whole_{key}", on_click=address.open_order, args=(key,), type="tertiary"
            )


def _count(key: int) -> None:
    attempt(lambda: tickets.asked_for_progress(session.actor(), session.store(), key), _("Counted."))


def _head(answer: Answer) -> None:
    order = answer.order
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        status = BY_NAME.get(order["status"])
        st.badge(words.status(order["status"]), color=badge_colour(status.colour if status else "grey"))  # type: ignore[arg-type]
        if answer.late:
            st.badge(_("Late"), icon=":material/schedule:", color="red")
        if order.get("held"):
            st.badge(_("Held"), icon=":material/pause:", color="red")
        st.markdown(f"{words.plain(words.channel(order['channel']))} · **{words.plain(order['platform_no'])}**")


def _facts(answer: Answer) -> str:
    order, zone = answer.order, session.zone()
    rows = [
        (_("Recipient"), " ".join(str(order[n]) for n in ("recipient", "phone", "province", "city") if order.get(n))),
        (words.field_label("paid_at"), words.instant(order["paid_at"], zone)),
        (_("Promised to ship by"), words.instant(answer.ship_by, zone)),
        (_("Parcel"), " ".join(part for part in (answer.courier, order.get("tracking_no")) if part) or words.NONE),
        (_("Items"), "; ".join(f"{line['title'] or line['sku']} × {line['qty']}" for line in answer.lines[:5])),
    ]
    if "paid_fen" in order:
        rows.insert(1, (_("Amount paid"), words.money(order["paid_fen"])))
    cells = "".join(
        f'<div><span class="dl-quiet">{words.html(label)}</span><br>{words.html(value)}</div>' for label, value in rows
    )
    return f'<div class="dl-figures">{cells}</div>'


def _ticket_form(answer: Answer) -> None:
    kinds = [kind for kind in KINDS if kind != PROGRESS] + [PROGRESS]
    kind = st.selectbox(_("What is it about"), kinds, format_func=lambda name: _(KINDS[name]), key="ticket_kind")
    team = st.segmented_control(
        _("For"), list(TEAMS), default="warehouse", format_func=lambda name: _(TEAMS[name]), key="ticket_team",
        required=True,
    )  # fmt: skip
    note = st.text_area(_("What happened"), key="ticket_note", max_chars=tickets.LONGEST_NOTE)
    st.caption(_("The team sees it at once. The order itself is not changed."))
    if st.button(_("Open it"), type="primary", key="ticket_open"):
        key = answer.order["order_key"]
        opened = attempt(
            lambda: tickets.open_ticket(session.actor(), session.store(), key, kind, team or "warehouse", note)
        )
        if opened is not None:
            say_after_rerun(_("The ticket is open."))
            st.rerun()
