"""What a person corrects on a held order before it goes on: who gets it and where, and a question to another team."""

from collections.abc import Mapping

from core import clock
from core.errors import BadRequest, NotFound
from core.i18n import N_
from core.mapping.person_change import FIELDS, change
from core.model.tickets import TEAMS
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.services import tickets
from core.store import Store, holds, moves

_BEFORE_PARCEL = ("UNPAID", "PAID", "STOCK_LOCKED", "PICKING")


def change_address(
    actor: Actor, store: Store, vault: Vault, order_key: int, values: Mapping[str, str], why: str = ""
) -> list[str]:
    """Correct recipient, phone or address (names of the field catalogue); returns the fields that were given.

    Only before the parcel has its label; a later word of the platform on the address counts again. The hold for an
    unclear address is lifted.
    """
    require(actor, store, "review.decide", str(order_key))
    odd = sorted(set(values) - set(FIELDS))
    if odd:
        raise BadRequest(
            N_("There is no field {name} to correct."), N_("Give recipient, phone or address."), name=odd[0]
        )
    now = clock.now()
    with store.write() as cursor:
        present = moves.present(cursor, [order_key]).get(order_key)
        if present is None:
            raise NotFound(N_("There is no such order."), N_("Search for it by any of its numbers."))
        if present[0] not in _BEFORE_PARCEL:
            raise BadRequest(N_("The parcel has its label already."), N_("Ask the courier to redirect it."))
        changed = change(cursor, vault, order_key, values)
        if not changed:
            raise BadRequest(N_("There is nothing to correct."), N_("Fill in what is different."))
        moves.tell(
            cursor, [order_key], "address_changed", actor=actor.account, why=why, detail={"fields": changed}, now=now
        )
        holds.lift(cursor, [order_key], "bad_address", actor=actor.account, why=why)
        moves.touch(cursor, [order_key], now)
        audit.record(cursor, actor, "review.address", str(order_key), fields=changed)
    return changed


def ask(actor: Actor, store: Store, order_key: int, team: str, question: str) -> str:
    """Ask another team about the order: a ticket, and the order waits for the answer; returns the ticket's id."""
    require(actor, store, "review.decide", str(order_key))
    if team not in TEAMS or not question.strip():
        raise BadRequest(N_("A question needs a team and a text."), N_("Choose who is to answer."))
    with store.write() as cursor:
        ticket = tickets.open_ticket(actor, store, order_key, "other", team, question.strip())
        holds.add(cursor, [order_key], "person", actor=actor.account, why=question.strip()[:200])
        audit.record(cursor, actor, "review.ask", str(order_key), team=team)
    return ticket.ticket_id
