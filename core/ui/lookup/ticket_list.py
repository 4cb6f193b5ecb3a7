"""The open tickets of a team with their age; take, note, hand over, close."""

import streamlit as st

from core import clock
from core.i18n import N_, _
from core.model.tickets import CLOSED, KINDS, OPEN, TEAMS
from core.services import tickets
from core.store.tickets import Ticket
from core.ui import address, session, words
from core.ui.empty import empty
from core.ui.forms import attempt, dialog, say_after_rerun

_STATES = {OPEN: N_("Open"), CLOSED: N_("Closed")}
_WHAT = {
    "opened": N_("opened for {to}"),
    "note": N_("wrote"),
    "taken": N_("took it"),
    "handed_over": N_("handed it from {frm} to {to}"),
    "closed": N_("closed it"),
    "reopened": N_("opened it again"),
}


def ticket_list() -> None:
    """The tab."""
    actor, store = session.actor(), session.store()
    number = tickets.waiting(actor, store)
    with st.container(horizontal=True, vertical_alignment="center"):
        team = st.segmented_control(
            _("Team"),
            ["", *TEAMS],
            default=actor.role if actor.role in TEAMS else "",
            format_func=lambda name: _team_with_number(str(name), number),
            key="tickets_team",
            label_visibility="collapsed",
            required=True,
            width="content",
        )
        state = st.segmented_control(
            _("State"), list(_STATES), default=OPEN, format_func=lambda name: _(_STATES[str(name)]), key="tickets_state",
            label_visibility="collapsed", required=True, width="content",
        )  # fmt: skip
    found = tickets.listing(actor, store, state=state or OPEN, team=team or "")
    if not found:
        empty(
            _("No tickets here."),
            _("Search an order above and open one when a customer needs another team."),
            icon="task_alt",
        )
    for ticket in found:
        _card(ticket)


def _team_with_number(team: str, number: dict[str, int]) -> str:
    label = _(TEAMS[team]) if team else _("All teams")
    count = number.get(team, 0) if team else sum(number.values())
    return f"{label} {count}" if count else label


def _card(ticket: Ticket) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"ticket_{ticket.ticket_id}"):
        with st.container(gap=None):
            st.markdown(f"**{_(KINDS[ticket.kind])}** &nbsp;{words.plain(ticket.platform_no)}")
            st.caption(_line(ticket))
        if ticket.order_key is not None:
            st.button(
                _("Order"),
                key=f"to_{ticket.ticket_id}",
                on_click=address.open_order,
                args=(ticket.order_key,),
                type="tertiary",
            )
        if st.button(_("Open"), key=f"open_{ticket.ticket_id}"):
            dialog(_(KINDS[ticket.kind]), _work, ticket.ticket_id, width="medium")


def _line(ticket: Ticket) -> str:
    parts = [_(TEAMS[ticket.team]), words.plain(ticket.owner) if ticket.owner else _("nobody has it yet")]
    if ticket.state == OPEN:
        hours = (clock.now() - ticket.opened_at).total_seconds() / 3600
        age = words.ago(ticket.opened_at)
        parts.append(f":red[{age}]" if hours >= 24 else age)
    else:
        parts.append(_("closed {ago}").format(ago=words.ago(ticket.closed_at)))
    return " · ".join(parts)


def _work(ticket_id: str) -> None:
    actor, store = session.actor(), session.store()
    found = [
        t for state in (OPEN, CLOSED) for t in tickets.listing(actor, store, state=state) if t.ticket_id == ticket_id
    ]
    for note in tickets.story(actor, store, ticket_id):
        frm, to = (_(TEAMS[name]) if name in TEAMS else name for name in (note.from_team, note.to_team))
        did = _(_WHAT[note.what]).format(frm=frm, to=to)
        when = words.ago_with_hover(note.happened_at, session.zone())
        text = f"<br>{words.html(note.note)}" if note.note else ""
        st.html(
            f'<div><b>{words.html(note.actor)}</b> {words.html(did)} <span class="dl-quiet">{when}</span>{text}</div>'
        )
    if not found:
        return
    text = st.text_area(_("Note"), key=f"say_{ticket_id}", max_chars=tickets.LONGEST_NOTE)
    if found[0].state == CLOSED:
        if st.button(_("Open it again"), key=f"reopen_{ticket_id}"):
            _done(attempt(lambda: tickets.reopen(actor, store, ticket_id, text)))
        return
    _buttons(found[0], text)


def _buttons(ticket: Ticket, text: str) -> None:
    actor, store, ticket_id = session.actor(), session.store(), ticket.ticket_id
    with st.container(horizontal=True):
        if ticket.owner != actor.account and st.button(_("Take it"), key=f"take_{ticket_id}"):
            _done(attempt(lambda: tickets.take(actor, store, ticket_id)))
        if st.button(_("Add the note"), key=f"note_{ticket_id}"):
            _done(attempt(lambda: tickets.note(actor, store, ticket_id, text)))
        if st.button(_("Close it"), key=f"close_{ticket_id}", type="primary"):
            _done(attempt(lambda: tickets.close(actor, store, ticket_id, text)))
    others = [team for team in TEAMS if team != ticket.team]
    with st.container(horizontal=True):
        for team in others:
            label = _("Hand over to {team}").format(team=_(TEAMS[team]))
            if st.button(label, key=f"give_{team}_{ticket_id}", icon=":material/forward:", type="tertiary"):
                _done(attempt(lambda team=team: tickets.hand_over(actor, store, ticket_id, team, text)))


def _done(result: object) -> None:
    if result is not None:
        say_after_rerun(_("Done."))
        st.rerun()
