"""Tickets between teams: opened from an order, taken, handed over, closed. Each step is in the ticket's story."""

from dataclasses import replace
from uuid import uuid4

from core import clock
from core.errors import BadRequest, NotFound, Stale
from core.i18n import N_
from core.model.tickets import CLOSED, KINDS, OPEN, PROGRESS, TEAMS
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require, within
from core.store import Cursor, Store, order_detail, tickets
from core.store.tickets import Note, Ticket

LONGEST_NOTE = 2000


def open_ticket(
    actor: Actor, store: Store, order_key: int | None, kind: str, team: str, note: str, *, closed: bool = False
) -> Ticket:
    """Open a ticket on an order (or on none) for a team. `closed`: answered at once, kept to be counted."""
    require(actor, store, "tickets.use", str(order_key or ""))
    _known(KINDS, kind)
    _known(TEAMS, team)
    order = order_detail.order(store, order_key) if order_key is not None else None
    if order_key is not None and order is None:
        raise NotFound(N_("There is no such order."), N_("Search for it by any of its numbers."))
    now, place = clock.now(), order or {}
    ticket = Ticket(
        uuid4().hex[:12], order_key, place.get("channel", ""), place.get("shop", ""), place.get("platform_no", ""),
        kind, team, actor.account if closed else "", CLOSED if closed else OPEN, int(team != _team(actor, team)),
        actor.account, _team(actor, team), now, actor.account if closed else "", now if closed else None,
    )  # fmt: skip
    with store.write() as cursor:
        tickets.insert(cursor, ticket)
        _say(cursor, ticket, actor, "opened", _text(note), ticket.opened_team, team)
        audit.record(cursor, actor, "tickets.open", ticket.platform_no, kind=kind, team=team)
    return ticket


def asked_for_progress(actor: Actor, store: Store, order_key: int) -> Ticket:
    """A buyer asked where the order is and was answered: counted for the order-inquiry share."""
    return open_ticket(actor, store, order_key, PROGRESS, _team(actor, "cs"), "", closed=True)


def note(actor: Actor, store: Store, ticket_id: str, text: str) -> None:
    """Add to the story. BadRequest for an empty note."""
    require(actor, store, "tickets.use", ticket_id)
    _within(actor, store, ticket_id)
    if not text.strip():
        raise BadRequest(N_("The note is empty."), N_("Write what was found or done."))
    with store.write() as cursor:
        ticket = _open(cursor, ticket_id)
        _say(cursor, ticket, actor, "note", _text(text), ticket.team, ticket.team)


def take(actor: Actor, store: Store, ticket_id: str) -> Ticket:
    """Make it one's own. Stale when somebody else has it already."""
    require(actor, store, "tickets.use", ticket_id)
    _within(actor, store, ticket_id)
    with store.write() as cursor:
        ticket = _open(cursor, ticket_id)
        if ticket.owner and ticket.owner != actor.account:
            raise Stale(N_("{owner} has this ticket already."), N_("Look at the list again."), owner=ticket.owner)
        return _change(cursor, replace(ticket, owner=actor.account), actor, "taken", "")


def hand_over(actor: Actor, store: Store, ticket_id: str, team: str, text: str) -> Ticket:
    """Give it to another team; nobody of it has it yet."""
    require(actor, store, "tickets.use", ticket_id)
    _within(actor, store, ticket_id)
    _known(TEAMS, team)
    with store.write() as cursor:
        ticket = _open(cursor, ticket_id)
        if ticket.team == team:
            raise BadRequest(N_("The ticket is with that team already."), N_("Choose another team."))
        moved = replace(ticket, team=team, owner="", handovers=ticket.handovers + 1)
        return _change(cursor, moved, actor, "handed_over", text, from_team=ticket.team)


def close(actor: Actor, store: Store, ticket_id: str, text: str) -> Ticket:
    """Settle it."""
    require(actor, store, "tickets.use", ticket_id)
    _within(actor, store, ticket_id)
    with store.write() as cursor:
        ticket = _open(cursor, ticket_id)
        closed = replace(ticket, state=CLOSED, closed_by=actor.account, closed_at=clock.now())
        return _change(cursor, closed, actor, "closed", text)


def reopen(actor: Actor, store: Store, ticket_id: str, text: str) -> Ticket:
    """It was not settled after all."""
    require(actor, store, "tickets.use", ticket_id)
    _within(actor, store, ticket_id)
    with store.write() as cursor:
        ticket = tickets.find(cursor, ticket_id)
        if ticket is None or ticket.state != CLOSED:
            raise Stale(N_("The ticket is not closed."), N_("Look at the list again."))
        return _change(cursor, replace(ticket, state=OPEN, closed_by="", closed_at=None), actor, "reopened", text)


def listing(actor: Actor, store: Store, *, state: str = OPEN, team: str = "") -> list[Ticket]:
    """The tickets of a state and a team ("" is every team), longest waiting first."""
    require(actor, store, "tickets.use")
    return tickets.listing(store, state=state, team=team)


def of_order(actor: Actor, store: Store, order_key: int) -> list[Ticket]:
    """All tickets of one order."""
    require(actor, store, "tickets.use", str(order_key))
    return tickets.listing(store, order_key=order_key)


def story(actor: Actor, store: Store, ticket_id: str) -> list[Note]:
    """What was said and done, oldest first."""
    require(actor, store, "tickets.use", ticket_id)
    return tickets.notes(store, ticket_id)


def waiting(actor: Actor, store: Store) -> dict[str, int]:
    """team -> open tickets."""
    require(actor, store, "tickets.use")
    return tickets.count_open(store)


def _team(actor: Actor, otherwise: str) -> str:
    """The actor's own team; whoever is in none counts as the one addressed."""
    return actor.role if actor.role in TEAMS else otherwise


def _within(actor: Actor, store: Store, ticket_id: str) -> None:
    """NotFound for a ticket about an order that the actor does not see."""
    if not actor.scope.narrows:
        return
    with store.write() as cursor:  # not narrowed: whether there is such a ticket at all
        ticket = tickets.find(cursor, ticket_id)
    if ticket is not None and ticket.order_key is not None:
        within(actor, store, [ticket.order_key], "tickets.use")


def _open(cursor: Cursor, ticket_id: str) -> Ticket:
    ticket = tickets.find(cursor, ticket_id)
    if ticket is None:
        raise NotFound(N_("There is no such ticket."), N_("Look at the list again."))
    if ticket.state != OPEN:
        raise Stale(N_("{who} has closed this ticket."), N_("Look at the list again."), who=ticket.closed_by)
    return ticket


def _change(cursor: Cursor, ticket: Ticket, actor: Actor, what: str, text: str, *, from_team: str = "") -> Ticket:
    tickets.change(cursor, ticket, clock.now())
    _say(cursor, ticket, actor, what, _text(text), from_team or ticket.team, ticket.team)
    audit.record(cursor, actor, f"tickets.{what}", ticket.platform_no, ticket=ticket.ticket_id, team=ticket.team)
    return ticket


def _say(cursor: Cursor, ticket: Ticket, actor: Actor, what: str, text: str, from_team: str, to_team: str) -> None:
    tickets.say(cursor, ticket.ticket_id, Note(clock.now(), actor.account, what, text, from_team, to_team))


def _text(note: str) -> str:
    return note.strip()[:LONGEST_NOTE]


def _known(words: dict[str, str], name: str) -> None:
    if name not in words:
        raise BadRequest(N_("There is no choice {name}."), N_("Choose one of the list."), name=name)
