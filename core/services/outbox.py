"""The outbox for persons: what is to leave the house, what was refused in whose words, and what a person does about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.channels.outgoing import dispatch
from core.errors import BadRequest, NotFound, Stale
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.store import Cursor, Store, courier_codes, dispatch_refusals, outbox, outbox_desk
from core.store.outbox import Row
from core.store.outbox_desk import Count, Narrowed

KINDS = {
    "dispatch": N_("Dispatch confirm"),
    "stock_push": N_("Stock push"),
    "print": N_("Print"),
    "notify": N_("Message to people"),
    "call_url": N_("Call to an address"),
}
MOST_AT_ONCE = 5_000
_WAYBILL = re.compile(r"[0-9A-Za-z-]{6,40}")
_CODE = re.compile(r"[0-9A-Za-z_.-]{1,40}")


@dataclass(frozen=True, slots=True)
class Board:
    """The outbox in figures: counts by kind, shop and state, and how many have arrived since the business day began."""

    counts: list[Count]
    sent_today: int

    def number(self, state: str) -> int:
        """How many are in a state."""
        return sum(each.messages for each in self.counts if each.state == state)

    def oldest(self, state: str) -> datetime | None:
        """When the oldest in a state was put."""
        return min((each.oldest for each in self.counts if each.state == state), default=None)


def board(actor: Actor, store: Store, since: datetime) -> Board:
    """The figures; `since` is when the business day began."""
    require(actor, store, "outbox.view")
    return Board(outbox_desk.counts(store), outbox_desk.sent_since(store, since))


def page(actor: Actor, store: Store, narrowed: Narrowed, *, limit: int = 100, offset: int = 0) -> tuple[list[Row], int]:
    """(messages, exact number) of a part of the outbox."""
    require(actor, store, "outbox.view")
    return outbox_desk.page(store, narrowed, limit=limit, offset=offset)


def of_order(actor: Actor, store: Store, order_key: int) -> list[Row]:
    """Every message of an order, in the order in which they go."""
    require(actor, store, "outbox.view", str(order_key))
    return outbox_desk.of_order(store, order_key)


def couriers(actor: Actor, store: Store) -> dict[str, str]:
    """Our code -> name of the couriers, for mending a dispatch."""
    require(actor, store, "outbox.view")
    with store.read() as cursor:
        return {each.courier: each.title for each in courier_codes.couriers(cursor)}


def retry(actor: Actor, store: Store, ids: Sequence[str], why: str = "") -> int:
    """Send refused messages again; returns how many. Stale when somebody settled all of them first."""
    require(actor, store, "outbox.settle")
    with store.write() as cursor:
        rows = _dead(cursor, ids)
        many = outbox.retry(cursor, [row.outbox_id for row in rows], actor.account, why)
        _lift(cursor, rows, actor.account, why)
        audit.record(cursor, actor, "outbox.retry", _subject(rows), messages=many, why=why)
    return many


def retry_all(actor: Actor, store: Store, narrowed: Narrowed, why: str = "") -> int:
    """Send every refused message of a part of the outbox again, at most `MOST_AT_ONCE`."""
    require(actor, store, "outbox.settle")
    part = Narrowed(outbox.DEAD, narrowed.kind, narrowed.shop, narrowed.text)
    return retry(actor, store, outbox_desk.ids(store, part, MOST_AT_ONCE), why)


def ignore(actor: Actor, store: Store, ids: Sequence[str], why: str) -> int:
    """Let refused messages be, with the reason; what follows them goes on. BadRequest without a reason."""
    require(actor, store, "outbox.settle")
    if not why.strip():
        raise BadRequest(N_("Say why they are left."), N_("For example: shipped by hand on the platform."))
    with store.write() as cursor:
        rows = _dead(cursor, ids)
        many = outbox.ignore(cursor, [row.outbox_id for row in rows], actor.account, why.strip())
        _lift(cursor, rows, actor.account, why.strip())
        audit.record(cursor, actor, "outbox.ignore", _subject(rows), messages=many, why=why)
    return many


def mend_dispatch(
    actor: Actor, store: Store, outbox_id: str, *, courier: str, tracking_no: str, code: str = "", why: str = ""
) -> Row:
    """Correct courier, waybill or the platform's own code of the courier in a refused dispatch and send it again.

    The order's courier and waybill follow. BadRequest for a waybill or code that is none; Stale when it is not refused.
    """
    require(actor, store, "outbox.settle", outbox_id)
    courier, tracking_no, code = courier.strip(), tracking_no.strip(), code.strip()
    if not _WAYBILL.fullmatch(tracking_no):
        raise BadRequest(
            N_("{number} is no waybill number."), N_("It has 6 to 40 letters and digits."), number=tracking_no or "–"
        )
    if not courier or (code and not _CODE.fullmatch(code)):
        raise BadRequest(
            N_("A dispatch needs a courier."), N_("Choose one; the platform's code is letters and digits.")
        )
    with store.write() as cursor:
        row = outbox_desk.find(cursor, outbox_id)
        if row is None or row.kind != dispatch.KIND:
            raise NotFound(N_("There is no such dispatch."), N_("Look at the list again."))
        if row.state != outbox.DEAD:
            raise Stale(N_("This message is not refused any more."), N_("Look at the list again."))
        body = {**row.body, "courier": courier, "tracking_no": tracking_no, "code": code}
        outbox_desk.mend(cursor, outbox_id, body, actor.account, why.strip())
        if row.body.get("order_key") is not None:
            key = int(row.body["order_key"])
            if (row.body.get("courier"), row.body.get("tracking_no")) != (courier, tracking_no):
                dispatch_refusals.write_waybill(
                    cursor,
                    key,
                    courier,
                    tracking_no,
                    actor.account,
                    clock.now(),
                    instead_of=str(row.body["tracking_no"]),
                    part=int(row.body.get("place") or 1) > 1,
                )
            dispatch_refusals.lift(cursor, [key], actor.account, why.strip())
        audit.record(
            cursor, actor, "outbox.mend", row.subject, courier=[row.body.get("courier"), courier],
            tracking_no=[row.body.get("tracking_no"), tracking_no], code=code, why=why,
        )  # fmt: skip
        mended = outbox_desk.find(cursor, outbox_id)
    assert mended is not None
    return mended


def _dead(cursor: Cursor, ids: Sequence[str]) -> list[Row]:
    if not ids:
        raise BadRequest(N_("Nothing is chosen."), N_("Choose at least one row."))
    rows = [row for row in outbox_desk.of(cursor, ids) if row.state == outbox.DEAD]
    if not rows:
        raise Stale(N_("This message is not refused any more."), N_("Look at the list again."))
    return rows


def _lift(cursor: Cursor, rows: Sequence[Row], who: str, why: str) -> None:
    keys = [int(row.body["order_key"]) for row in rows if row.kind == dispatch.KIND and row.body.get("order_key")]
    if keys:
        dispatch_refusals.lift(cursor, keys, who, why)


def _subject(rows: Sequence[Row]) -> str:
    return rows[0].subject if len(rows) == 1 else ""
