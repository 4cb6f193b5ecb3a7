"""Parcels to be stopped after a refund: who works on them, the calls made about them, and what became of them.

Caught: the pieces lie on the shelf again and the order is over (or, where only some lines are refunded, those pieces are back
and a ticket asks for the rest). Missed: it goes on as after-sales. Each is decided once; who comes second hears so (Stale).
"""

from dataclasses import dataclass

from core import clock
from core.errors import BadRequest, NotFound, Stale
from core.flow import intercept, moving, picking
from core.i18n import N_
from core.model.intercepts import ANSWERS, CALLED, CAUGHT, MISSED, WORKED_ON
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require, within
from core.services import tickets
from core.stock import reservations
from core.store import Cursor, Store, holds, intercepts, moves, review_queue
from core.store.intercepts import Call, Intercept
from core.store.scoped import whole

WHY = "intercepted"


@dataclass(frozen=True, slots=True)
class Task:
    """One task with its calls, newest first. `status`: the order's; `stands`: whether a refund still wants it stopped."""

    intercept: Intercept
    calls: tuple[Call, ...]
    status: str
    stands: bool


def listing(
    actor: Actor, store: Store, *, closed: bool = False, limit: int = 20, offset: int = 0
) -> tuple[list[Task], int]:
    """A page of tasks and their exact number: the oldest first, closed ones the newest first."""
    require(actor, store, "review.view")
    found, total = intercepts.listing(store, closed=closed, limit=limit, offset=offset)
    said = intercepts.calls(store, [one.intercept_id for one in found])
    keys = [one.order_key for one in found]
    with store.read() as cursor:
        present, stands = moves.present(cursor, keys), intercept.stopping(cursor, keys)
    tasks = []
    for one in found:
        status = present.get(one.order_key, ("", False))[0]
        tasks.append(Task(one, tuple(said.get(one.intercept_id, ())), status, one.order_key in stands))
    return tasks, total


def stopped_before_packing(actor: Actor, store: Store) -> int:
    """Orders that wait for a person because of a refund and are not on the road: the queue by that reason."""
    require(actor, store, "review.view")
    return review_queue.counts(store).get("refund_open", 0)


def take(actor: Actor, store: Store, intercept_id: str) -> None:
    """Make it one's own. Stale when somebody else has it."""
    require(actor, store, "review.decide", intercept_id)
    _within(actor, store, intercept_id)
    with store.write() as cursor:
        found = _worked_on(cursor, intercept_id)
        if found.owner and found.owner != actor.account:
            raise Stale(N_("{who} works on it already."), N_("Load the list again."), who=found.owner)
        intercepts.change(cursor, intercept_id, owner=actor.account)
        audit.record(cursor, actor, "intercepts.take", found.platform_no)


def call(actor: Actor, store: Store, intercept_id: str, answer: str, note: str = "") -> None:
    """Record a call to the courier (or the warehouse) and what was answered; who calls works on it."""
    require(actor, store, "review.decide", intercept_id)
    _within(actor, store, intercept_id)
    if answer not in ANSWERS:
        raise BadRequest(N_("A call has an answer."), N_("Choose one of the list."))
    now = clock.now()
    with store.write() as cursor:
        found = _worked_on(cursor, intercept_id)
        intercepts.say(cursor, Call(intercept_id, now, actor.account, answer, note.strip()[:500]))
        intercepts.change(cursor, intercept_id, state=CALLED, owner=found.owner or actor.account)
        detail = {"answer": answer, "courier": found.courier, "tracking_no": found.tracking_no}
        moves.tell(
            cursor,
            [found.order_key],
            "intercept_called",
            actor=actor.account,
            why=note.strip(),
            detail={**detail},
            now=now,
        )
        audit.record(cursor, actor, "intercepts.call", found.platform_no, **detail)


def caught(actor: Actor, store: Store, intercept_id: str, note: str = "") -> None:
    """The parcel is back: its pieces too, and the order is cancelled; of a part, only the refunded lines' pieces.

    BadRequest for a packed order of which only some lines are refunded: the rest is let go by name and reason instead.
    """
    require(actor, store, "review.decide", intercept_id)
    _within(actor, store, intercept_id)
    now = clock.now()
    with store.write() as cursor:
        found = _worked_on(cursor, intercept_id)
        key = found.order_key
        status = moves.present(cursor, [key]).get(key, ("", False))[0]
        blocked = intercept.stopping(cursor, [key]).get(key)
        whole = blocked is None or blocked.whole
        if not whole and status == "PACKED":
            raise BadRequest(
                N_("Only some lines of the order are refunded."),
                N_("Take them out of the parcel, then let the rest go in spite of the refund."),
            )
        intercepts.book_back(cursor, key, () if whole or blocked is None else blocked.lines, now)
        if whole:
            picking.unpick(cursor, [key], actor=actor.account, why=WHY)
            reservations.release(store, [key], WHY, actor=actor.account)
            moving.move(cursor, [key], "CANCELLED", actor=actor.account, why=WHY)
            holds.lift(cursor, [key], "refund_open", actor=actor.account, why=WHY)
        else:
            tickets.open_ticket(actor, store, key, "refund", "warehouse", note.strip())
        _close(cursor, actor, found, CAUGHT, note)


def missed(actor: Actor, store: Store, intercept_id: str, note: str = "") -> None:
    """It reached the buyer: a ticket for after-sales. BadRequest while the parcel has not left the house."""
    require(actor, store, "review.decide", intercept_id)
    _within(actor, store, intercept_id)
    with store.write() as cursor:
        found = _worked_on(cursor, intercept_id)
        status = moves.present(cursor, [found.order_key]).get(found.order_key, ("", False))[0]
        if status == "PACKED":
            raise BadRequest(
                N_("The parcel has not left the house."), N_("Take it off the shelf and record that it was caught.")
            )
        tickets.open_ticket(actor, store, found.order_key, "refund", "cs", note.strip())
        _close(cursor, actor, found, MISSED, note)


def _within(actor: Actor, store: Store, intercept_id: str) -> None:
    """Pass when the actor sees the task's order; what is written is not narrowed by the store."""
    if actor.scope.narrows:
        with whole(store).read() as cursor:
            found = intercepts.find(cursor, intercept_id)
        within(actor, store, [found.order_key] if found else (), "intercepts.decide")


def _close(cursor: Cursor, actor: Actor, found: Intercept, state: str, note: str) -> None:
    now = clock.now()
    intercepts.change(
        cursor, found.intercept_id, state=state, owner=found.owner or actor.account, closed_by=actor.account,
        closed_at=now, note=note.strip()[:500],
    )  # fmt: skip
    moves.tell(cursor, [found.order_key], f"intercept_{state}", actor=actor.account, why=note.strip(), now=now)
    moves.touch(cursor, [found.order_key], now)
    audit.record(cursor, actor, f"intercepts.{state}", found.platform_no)


def _worked_on(cursor: Cursor, intercept_id: str) -> Intercept:
    found = intercepts.find(cursor, intercept_id)
    if found is None:
        raise NotFound(N_("There is no such task."), N_("Load the list again."))
    if found.state not in WORKED_ON:
        raise Stale(N_("{who} has decided this already."), N_("Load the list again."), who=found.closed_by)
    return found
