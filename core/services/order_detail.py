"""One order for a person: all of it, person data opened by right and audited, raw payloads for administrators."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.errors import NotFound
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require, within
from core.people.vault import Vault
from core.services.orders import visible_fields
from core.store import Store
from core.store import order_detail as rows
from core.store.order_detail import Event

PERSON = ("recipient", "phone", "buyer_name", "address")


@dataclass(frozen=True, slots=True)
class Detail:
    """One order. Amounts are absent for a role that may not see them; person fields are masked."""

    order: dict[str, Any]
    lines: list[dict[str, Any]]
    refunds: list[dict[str, Any]]
    events: list[Event]


def detail(actor: Actor, store: Store, order_key: int) -> Detail:
    """The order with this key. NotFound when there is none."""
    require(actor, store, "orders.view", str(order_key))
    order = rows.order(store, order_key)
    if order is None:
        raise _gone()
    seen = visible_fields(actor, store)
    shown = {name: value for name, value in order.items() if name == "order_key" or name in seen}
    return Detail(
        shown,
        [_shown(actor, line) for line in rows.lines(store, order_key)],
        [_shown(actor, refund) for refund in rows.refunds(store, order_key)],
        rows.events(store, order_key),
    )


def open_person(actor: Actor, store: Store, vault: Vault, order_key: int) -> dict[str, str]:
    """The original recipient, phone and address of one order; each opening is audited.

    Empty where the platform gave masked or encrypted person data only.
    """
    require(actor, store, "person.open", str(order_key))
    within(actor, store, [order_key], "person.open")
    with store.write() as cursor:  # the trail is written before anything is shown
        cipher = rows.person_cipher(cursor, order_key)
        audit.record(cursor, actor, "person.open", str(order_key), found=cipher is not None)
    opened = json.loads(vault.open_text(cipher)) if cipher else {}
    return {name: str(opened[name]) for name in PERSON if opened.get(name) and name not in actor.scope.hidden}


@dataclass(frozen=True, slots=True)
class Payload:
    """One payload as the platform sent it. `body` is its JSON text."""

    entity: str
    received_at: datetime
    body: str


def raw(actor: Actor, store: Store, vault: Vault, order_key: int) -> list[Payload]:
    """The order's payloads as they came, newest first; for administrators, and audited: they hold person data."""
    require(actor, store, "orders.raw", str(order_key))
    audit.note(store, actor, "orders.raw", str(order_key))
    return [
        Payload(place.entity, place.received_at, rows.raw_body(store, vault.open, place))
        for place in rows.raw_places(store, order_key)[:10]
    ]


def _shown(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    seen = row if actor.may("orders.money") else {name: v for name, v in row.items() if not name.endswith("_fen")}
    return {name: v for name, v in seen.items() if name not in actor.scope.hidden}


def _gone() -> NotFound:
    return NotFound(N_("There is no such order."), N_("Search for it by any of its numbers."))
