"""Errors of dispatches confirmed by persons, at a return, a ticket or by hand, and losses noted by cause."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from core import clock
from core.errors import BadRequest, NotFound
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require, within
from core.services.order_query import day_begins
from core.store import Store, faults
from core.store.faults import Fault, Loss

FAULTS: dict[str, str] = {
    "wrong_item": N_("Wrong item sent"),
    "missing": N_("Items missing in the parcel"),
    "wrong_address": N_("Sent to a wrong address"),
    "duplicate": N_("Sent twice"),
    "after_refund": N_("Sent after a refund"),
}
CAUSES: dict[str, str] = {
    "mis_ship": N_("Mis-shipment"),
    "oversell": N_("Compensation for overselling"),
    "reverse_freight": N_("Reverse freight"),
    "unreturned": N_("Goods not returned"),
    "fine": N_("Fines of platforms"),
}
OF_TICKETS = ("wrong_item", "missing_item", "change_address", "refund")
"""Kinds of tickets that may tell of an error."""
SUGGESTED = {
    "wrong_item": "wrong_item",
    "missing_item": "missing",
    "change_address": "wrong_address",
    "refund": "after_refund",
}
_LOOK_BACK = timedelta(days=30)
_MOST = 100
_LONGEST_NOTE = 500
_MOST_FEN = 100_000_000_00


@dataclass(frozen=True, slots=True)
class Suspect:
    """A ticket that may tell of an error nobody has judged yet."""

    ticket_id: str
    order_key: int
    channel: str
    platform_no: str
    kind: str
    opened_at: datetime


def confirm(actor: Actor, store: Store, order_key: int, kind: str, source: str = "", note: str = "") -> bool:
    """Confirm an error of a dispatched order; False when this source told it before. BadRequest for an unknown type."""
    require(actor, store, "faults.note", str(order_key))
    if kind not in FAULTS:
        raise BadRequest(N_("There is no choice {name}."), N_("Choose one of the list."), name=kind)
    within(actor, store, [order_key], "faults.note")
    fault = Fault(
        order_key, kind, source or f"form:{uuid4().hex[:12]}", note.strip()[:_LONGEST_NOTE], actor.account, clock.now()
    )
    with store.write() as cursor:
        if not faults.is_shipped(cursor, order_key):
            raise BadRequest(
                N_("The order has not been shipped, so it has no dispatch error."), N_("Check the order number.")
            )
        if not faults.add_fault(cursor, fault):
            return False
        audit.record(cursor, actor, "faults.confirm", str(order_key), kind=kind, source=fault.source)
    return True


def note_loss(
    actor: Actor,
    store: Store,
    cause: str,
    loss_fen: int,
    day: date,
    *,
    order_key: int | None = None,
    source: str = "",
    note: str = "",
) -> None:
    """Note what went lost on a business day, fen. BadRequest for an unknown cause or an amount that is none."""
    require(actor, store, "faults.note", cause)
    if cause not in CAUSES:
        raise BadRequest(N_("There is no choice {name}."), N_("Choose one of the list."), name=cause)
    if not 0 < loss_fen <= _MOST_FEN:
        raise BadRequest(N_("A loss is an amount above zero."), N_("Write it in yuan, such as 35.50."))
    if order_key is not None:
        within(actor, store, [order_key], "faults.note")
    loss = Loss(
        order_key, cause, loss_fen, source or f"form:{uuid4().hex[:12]}", note.strip()[:_LONGEST_NOTE], actor.account,
        day_begins(day, store.zone),
    )  # fmt: skip
    with store.write() as cursor:
        if faults.add_loss(cursor, loss):
            audit.record(cursor, actor, "faults.loss", cause, fen=loss_fen, day=day.isoformat())


def order_of(actor: Actor, store: Store, platform_no: str) -> int:
    """The one order with this number. NotFound for none, BadRequest for several."""
    require(actor, store, "faults.note", platform_no)
    found = faults.find_orders(store, platform_no.strip())
    if not found:
        raise NotFound(
            N_("There is no order {number}."), N_("Write the platform's whole order number."), number=platform_no
        )
    if len(found) > 1:
        raise BadRequest(
            N_("Several shops have an order {number}."), N_("Confirm it at its ticket."), number=platform_no
        )
    return found[0][0]


def suspects(actor: Actor, store: Store) -> list[Suspect]:
    """Tickets of the last 30 days that may tell of an error and were not judged, newest first, at most 100."""
    require(actor, store, "faults.note")
    rows = faults.unjudged_tickets(store, OF_TICKETS, clock.now() - _LOOK_BACK, _MOST)
    return [Suspect(*row) for row in rows]


def newest(actor: Actor, store: Store) -> tuple[list[tuple[str, str, str, str, str, datetime]], list[tuple[str, str, int, str, str, datetime]]]:  # fmt: skip
    """The last errors and the last losses, as core.store.faults tells them."""
    require(actor, store, "faults.note")
    return faults.newest_faults(store, _MOST), faults.newest_losses(store, _MOST)
