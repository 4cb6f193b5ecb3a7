"""How long data is kept, and forgetting a person on request. What is erased cannot be brought back, and is noted."""

import json
from dataclasses import dataclass
from datetime import timedelta

from core import clock
from core.errors import BadRequest, NotFound
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import Vault
from core.store import Store, erasure, facts, orders_search
from core.store.erasure import Extent

KINDS: dict[str, str] = {
    "persons": N_("Names, phones and addresses of finished orders"),
    "payloads": N_("Payloads as the platforms sent them"),
    "events": N_("Events of orders (figures of that time go with them)"),
    "runs": N_("Protocol of pulls"),
    "pushes": N_("Settled pushes"),
    "messages": N_("Messages that were sent"),
}
LEAST_MONTHS = 1
_FACT, _MONTH = "retention", timedelta(days=30)
_MOST = 10_000  # orders of one request: more is a search that was too wide
_FITTING = ("phone", "platform_no", "tracking_no", "refund_no", "buyer_id", "recipient")
_EDIT = "person.erase"


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found of one person: all orders with the same phone too. `by`: the kind of text that was given."""

    by: str
    keys: tuple[int, ...]
    extent: Extent


def retention(actor: Actor, store: Store) -> dict[str, int]:
    """kind -> months it is kept; 0 for ever."""
    require(actor, store, _EDIT)
    return _retention(store)


def set_retention(actor: Actor, store: Store, months: dict[str, int]) -> None:
    """Set how many months each kind is kept (0 for ever); older rows go with the next nightly run."""
    require(actor, store, _EDIT)
    if any(kind not in KINDS or (number != 0 and number < LEAST_MONTHS) for kind, number in months.items()):
        raise BadRequest(N_("Data is kept for whole months, or for ever."), N_("Give a number from the list."))
    with store.write() as cursor:
        before = _retention(store)
        facts.put(store, _FACT, json.dumps({**before, **months}))
        audit.record(cursor, actor, "privacy.retention", "", before=before, now=months)


def find(actor: Actor, store: Store, vault: Vault, text: str) -> Found:
    """What is held of the person that a phone, order number, waybill, buyer id or full name means. Changes nothing.

    NotFound for nothing; BadRequest for a text that can mean many people (last four, a part of a name).
    """
    require(actor, store, _EDIT)
    finding = orders_search.find(store, text, vault.keyed)
    if not finding.kind:
        raise NotFound(N_("No order belongs to this."), N_("Search by phone or order number."))
    if finding.kind not in _FITTING:
        raise BadRequest(
            N_("This can mean several people."), N_("Search by the whole phone, an order number or the full name.")
        )
    with store.read() as cursor:
        keys = erasure.same_person(cursor, erasure.keys_of(cursor, finding.predicate, _MOST + 1))
        if len(keys) > _MOST:
            raise BadRequest(N_("This means too many orders."), N_("Search by the whole phone or an order number."))
        return Found(finding.kind, tuple(keys), erasure.extent(cursor, keys))


def erase(actor: Actor, store: Store, vault: Vault, text: str, typed: str) -> tuple[int, int]:
    """Forget the person for good; (orders erased now, orders that follow when they have left).

    `typed` must be the number of orders that the preview named. The audit trail keeps that it was done, and for which
    order numbers, but not the text that was searched.
    """
    require(actor, store, _EDIT)
    now = clock.now()
    with store.write() as cursor:
        found = find(actor, store, vault, text)
        if typed.strip() != str(found.extent.orders):
            raise BadRequest(N_("The confirmation does not fit."), N_("Type the number of orders that will be erased."))
        erasure.ask(cursor, found.keys, actor.account, now)
        due = [key for key in erasure.due(cursor, _MOST) if key in set(found.keys)]
        emptied = erasure.erase(cursor, due, vault.seal, vault.open, now)
        audit.record(
            cursor, actor, "privacy.erase", ", ".join(found.extent.sample[:3]), orders=len(due),
            later=len(found.keys) - len(due), payloads=emptied,
        )  # fmt: skip
    return len(due), len(found.keys) - len(due)


def nightly(actor: Actor, store: Store, vault: Vault) -> dict[str, int]:
    """Remove what is older than it may be kept, and forget again what later payloads brought back; rows by kind."""
    require(actor, store, _EDIT)
    now, done = clock.now(), {}
    for kind, months in _retention(store).items():
        if months and kind in erasure.RETAINED:
            with store.write() as cursor:
                done[kind] = erasure.RETAINED[kind](cursor, now - months * _MONTH)
    months = _retention(store)["persons"]
    with store.write() as cursor:
        keys = erasure.due(cursor, _MOST)
        if months:
            keys += erasure.due_by_age(cursor, now - months * _MONTH, _MOST)
        if keys:
            erasure.erase(cursor, list(dict.fromkeys(keys)), vault.seal, vault.open, now)
            done["persons"] = len(set(keys))
        found = {kind: number for kind, number in done.items() if number}
        if found:
            audit.record(cursor, actor, "privacy.nightly", "", **found)
    return found


def _retention(store: Store) -> dict[str, int]:
    return dict.fromkeys(KINDS, 0) | json.loads(facts.get(store, _FACT, "{}"))
