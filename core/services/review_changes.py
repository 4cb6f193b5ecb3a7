"""What a person corrects on a held order before it goes on: who gets it and where, and a question to another team."""

import json
from collections.abc import Mapping

from core import clock
from core.errors import BadRequest, NotFound, Stale
from core.i18n import N_
from core.mapping.person_change import FIELDS, change
from core.model.tickets import TEAMS
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require, within
from core.people.vault import Vault
from core.services import tickets
from core.store import Cursor, Store, address_corrections, holds, moves
from core.store.address_corrections import Conflict

OURS, PLATFORM = "ours", "platform"
_BEFORE_PARCEL = ("UNPAID", "PAID", "STOCK_LOCKED", "PICKING")


def change_address(
    actor: Actor, store: Store, vault: Vault, order_key: int, values: Mapping[str, str], why: str = ""
) -> list[str]:
    """Correct recipient, phone or address (names of the field catalogue); returns the fields that were given.

    Only before the parcel has its label. A later payload does not overwrite it: another word of the platform is shown at
    the desk as a conflict. The hold for an unclear address is lifted.
    """
    require(actor, store, "review.decide", str(order_key))
    within(actor, store, [order_key], "review.decide")
    odd = sorted(set(values) - set(FIELDS))
    if odd:
        raise BadRequest(
            N_("There is no field {name} to correct."), N_("Give recipient, phone or address."), name=odd[0]
        )
    now = clock.now()
    with store.write() as cursor:
        _before_label(cursor, order_key)
        if not any(value.strip() for value in values.values()):
            raise BadRequest(N_("There is nothing to correct."), N_("Fill in what is different."))
        address_corrections.note(cursor, order_key, actor.account, now)
        changed = change(cursor, vault, order_key, values)
        moves.tell(
            cursor, [order_key], "address_changed", actor=actor.account, why=why, detail={"fields": changed}, now=now
        )
        holds.lift(cursor, [order_key], "bad_address", actor=actor.account, why=why)
        moves.touch(cursor, [order_key], now)
        audit.record(cursor, actor, "review.address", str(order_key), fields=changed)
    return changed


def choose_address(actor: Actor, store: Store, vault: Vault, order_key: int, take: str) -> None:
    """Settle a conflict: `ours` keeps the correction, `platform` takes what the platform says now; the hold is lifted.

    Stale when nobody's choice is wanted any more.
    """
    require(actor, store, "review.decide", str(order_key))
    within(actor, store, [order_key], "review.decide")
    if take not in (OURS, PLATFORM):
        raise BadRequest(N_("Either our correction stands or the platform's word."), N_("Choose one."))
    now = clock.now()
    with store.write() as cursor:
        conflict = address_corrections.conflicts(cursor, [order_key]).get(order_key)
        if conflict is None:
            raise Stale(N_("Somebody else has decided this already."), N_("Load the list again."))
        if take == PLATFORM:
            _before_label(cursor, order_key)
            values = {n: str(v) for n, v in json.loads(vault.open_text(conflict.cipher)).items() if n in FIELDS and v}
            changed = change(cursor, vault, order_key, values)
            address_corrections.forget(cursor, order_key)
            moves.tell(
                cursor, [order_key], "address_changed", actor=actor.account, why="as the platform says",
                detail={"fields": changed}, now=now,
            )  # fmt: skip
        else:
            address_corrections.settle(cursor, [order_key], actor.account, now)
        holds.lift(cursor, [order_key], "bad_address", actor=actor.account)
        moves.touch(cursor, [order_key], now)
        audit.record(cursor, actor, "review.address_choice", str(order_key), take=take)


def conflict_of(actor: Actor, store: Store, order_key: int) -> Conflict | None:
    """What the platform says against a person's correction, its texts masked; None where nothing is to be chosen."""
    require(actor, store, "review.view", str(order_key))
    within(actor, store, [order_key], "review.view")
    with store.read() as cursor:
        return address_corrections.conflicts(cursor, [order_key]).get(order_key)


def ask(actor: Actor, store: Store, order_key: int, team: str, question: str) -> str:
    """Ask another team about the order: a ticket, and the order waits for the answer; returns the ticket's id."""
    require(actor, store, "review.decide", str(order_key))
    within(actor, store, [order_key], "review.decide")
    if team not in TEAMS or not question.strip():
        raise BadRequest(N_("A question needs a team and a text."), N_("Choose who is to answer."))
    with store.write() as cursor:
        ticket = tickets.open_ticket(actor, store, order_key, "other", team, question.strip())
        holds.add(cursor, [order_key], "person", actor=actor.account, why=question.strip()[:200])
        audit.record(cursor, actor, "review.ask", str(order_key), team=team)
    return ticket.ticket_id


def _before_label(cursor: Cursor, order_key: int) -> None:
    present = moves.present(cursor, [order_key]).get(order_key)
    if present is None:
        raise NotFound(N_("There is no such order."), N_("Search for it by any of its numbers."))
    if present[0] not in _BEFORE_PARCEL:
        raise BadRequest(N_("The parcel has its label already."), N_("Ask the courier to redirect it."))
