"""The review desk: what waits for a person, why and how long; releasing, rejecting, letting go in spite of a refund, undo.

Whatever is decided is decided once: who comes second hears who was first (Stale). Releases and rejections are learned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.errors import BadRequest, NotAllowed, NotFound, Stale
from core.flow import gate, picking
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require, within
from core.services import review_limits
from core.services.review_limits import RELEASABLE, WHY_NOT
from core.store import (
    Cursor,
    Store,
    address_corrections,
    approvals,
    decisions,
    holds,
    moves,
    refund_gate,
    review_queue,
    tokens,
)
from core.store.approvals import Asked
from core.store.refund_gate import Blocked
from core.store.review_queue import ALL, Narrowed, Told
from core.store.tokens import Token

UNDO = timedelta(minutes=1)
JUST_NOW = timedelta(minutes=5)
_RISK = ("risk_freeze", "risk_review")
MOST_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Item:
    """One order at the desk. `row` has the order's columns (amounts absent without the right to see them, persons masked);
    `why_not`: a message id when the actor may not release it, else ""; `at` where it stands in its flow."""

    order_key: int
    row: Mapping[str, Any]
    reasons: tuple[str, ...]
    held_since: datetime | None
    due_at: datetime | None
    told: tuple[Told, ...]
    refund: Blocked | None = None
    asked: Asked | None = None
    at: Token | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue. `counts`: reason -> orders, "" for all."""

    items: list[Item]
    total: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a decision: `act_id` to undo it by, the orders it was for, and those left out with the reason."""

    act_id: str
    orders: tuple[int, ...]
    left: dict[int, str] = field(default_factory=dict)
    until: datetime | None = None


def queue(
    actor: Actor,
    store: Store,
    reason: str = "",
    *,
    search: str = "",
    limit: int = 50,
    offset: int = 0,
    by_promise: bool = True,
    narrowed: Narrowed = ALL,
) -> Queue:
    """Held orders that wait for a person, the most urgent first, with the evidence for each."""
    require(actor, store, "review.view", reason)
    rows, total = review_queue.waiting(
        store, reason, limit=limit, offset=offset, search=search.strip(), by_promise=by_promise, narrowed=narrowed
    )
    with store.read() as cursor:
        items = _items(actor, store, cursor, rows)
    return Queue(items, total, review_queue.counts(store, narrowed))


def item(actor: Actor, store: Store, order_key: int) -> Item:
    """One order as the desk shows it, held or not any more. NotFound when there is none."""
    require(actor, store, "review.view", str(order_key))
    with store.read() as cursor:
        rows = review_queue.rows_of(cursor, [order_key])
        if not rows:
            raise NotFound(N_("There is no such order."), N_("Search for it by any of its numbers."))
        return _items(actor, store, cursor, list(rows.values()))[0]


def preview(actor: Actor, store: Store, order_keys: Sequence[int]) -> tuple[int, list[Item], dict[str, int]]:
    """Before a bulk decision: (orders it would be for, a sample of five, why-not message id -> orders left out)."""
    require(actor, store, "review.view")
    with store.read() as cursor:
        rows = review_queue.rows_of(cursor, order_keys[:MOST_AT_ONCE])
        refused = _refused(actor, store, cursor, rows)
        chosen = [row for key, row in rows.items() if key not in refused]
        sample = _items(actor, store, cursor, chosen[:5])
    left: dict[str, int] = {}
    for why in refused.values():
        left[why] = left.get(why, 0) + 1
    return len(chosen), sample, left


def keys_waiting(actor: Actor, store: Store, reason: str, narrowed: Narrowed = ALL) -> list[int]:
    """The orders that wait with a reason, for a bulk decision; the most urgent `MOST_AT_ONCE`."""
    require(actor, store, "review.view", reason)
    return review_queue.keys_with(store, reason, MOST_AT_ONCE, narrowed)


def release(actor: Actor, store: Store, order_keys: Sequence[int], why: str = "") -> Done:
    """Let the orders go on; learned as normal where risk held them. What the role may not release is left out and told.

    NotAllowed when that is all of them; Stale when somebody else has decided all of them before.
    """
    require(actor, store, "review.decide", _subject(order_keys))
    within(actor, store, order_keys, "review.decide")
    now = clock.now()
    with store.write() as cursor:
        rows = _still_held(cursor, order_keys, now)
        refused = _refused(actor, store, cursor, rows)
        chosen = [key for key in rows if key not in refused]
        _somebody_may(cursor, chosen, refused, now)
        lifted = _lift(cursor, actor, {key: rows[key]["held_reasons"] for key in chosen}, why, now)
        act_id = review_queue.note(cursor, actor.account, "release", {"orders": lifted}, now)
        audit.record(cursor, actor, "review.release", _subject(chosen), orders=len(chosen), why=why)
    return Done(act_id, tuple(chosen), refused, now + UNDO)


def reject(actor: Actor, store: Store, order_keys: Sequence[int], why: str = "") -> Done:
    """Say no: the orders stay held and leave the queue; what risk held is learned as fraud. Stale when all are decided."""
    require(actor, store, "review.decide", _subject(order_keys))
    within(actor, store, order_keys, "review.decide")
    now = clock.now()
    with store.write() as cursor:
        rows = _still_held(cursor, order_keys, now)
        refused = _refused(actor, store, cursor, rows)
        chosen = [key for key in rows if key not in refused]
        _somebody_may(cursor, chosen, refused, now)
        decisions.label(cursor, chosen, "fraud", source="review", by=actor.account)
        approvals.settle(cursor, chosen, "refused", account=actor.account, why=why, now=now)
        moves.tell(cursor, chosen, "rejected", actor=actor.account, why=why, now=now)
        moves.touch(cursor, chosen, now)
        act_id = review_queue.note(cursor, actor.account, "reject", {"orders": {key: [] for key in chosen}}, now)
        audit.record(cursor, actor, "review.reject", _subject(chosen), orders=len(chosen), why=why)
    return Done(act_id, tuple(chosen), refused, now + UNDO)


def override_refund(actor: Actor, store: Store, order_keys: Sequence[int], scope: str, reason: str) -> Done:
    """Let orders go in spite of their refunds as they stand now: `rest` without the refunded lines, `all` with them.

    A reason is asked for and kept with the name. A later refund stops the order again. Stale when none is stopped any more.
    """
    require(actor, store, "refund.override", _subject(order_keys))
    within(actor, store, order_keys, "refund.override")
    if scope not in (refund_gate.REST, refund_gate.ALL):
        raise BadRequest(N_("Either the rest of the order goes, or all of it."), N_("Choose one."))
    if len(reason.strip()) < 4:
        raise BadRequest(
            N_("A reason is needed to let an order go in spite of a refund."), N_("Say who agreed to what.")
        )
    now = clock.now()
    with store.write() as cursor:
        stopped = gate.stopped(cursor, order_keys)
        if scope == refund_gate.REST:  # an order that is refunded as a whole has no rest
            stopped = {key: blocked for key, blocked in stopped.items() if not blocked.whole}
        if not stopped:
            raise Stale(N_("No refund stops these orders in this way."), N_("Load the list again."))
        rows = [(key, blocked.basis) for key, blocked in stopped.items()]
        refund_gate.override(cursor, rows, scope, reason.strip(), actor.account, now)
        keys = list(stopped)
        if scope == refund_gate.REST:
            picking.renew(cursor, keys, store.zone, why="without the refunded lines")
        holds.lift(cursor, keys, gate.REASON, actor=actor.account, why=reason.strip())
        moves.tell(
            cursor, keys, "refund_overridden", actor=actor.account, why=reason.strip(), detail={"scope": scope}, now=now
        )
        moves.touch(cursor, keys, now)
        orders = {key: [gate.REASON] for key in keys}
        act_id = review_queue.note(cursor, actor.account, "override", {"orders": orders}, now)
        audit.record(
            cursor, actor, "refund.override", _subject(keys), orders=len(keys), scope=scope, reason=reason.strip()
        )
    return Done(act_id, tuple(keys), {}, now + UNDO)


def undo(actor: Actor, store: Store, act_id: str) -> int:
    """Take one's own decision back within a minute: the orders are held again as they were; returns how many.

    Stale after the minute, when it was taken back already, or when every order has left the house meanwhile.
    """
    require(actor, store, "review.decide", act_id)
    now = clock.now()
    with store.write() as cursor:
        found = review_queue.act(cursor, act_id)
        if found is None or found[0] != actor.account:
            raise NotFound(N_("There is nothing of yours to take back."), N_("Decide about the order anew."))
        _account, action, detail, done_at, undone_at = found
        if undone_at is not None or now - done_at > UNDO:
            raise Stale(N_("This can no longer be taken back."), N_("Hold the order again instead."))
        orders = {int(key): reasons for key, reasons in detail["orders"].items()}
        present = moves.present(cursor, list(orders))
        back = [key for key in orders if present.get(key, ("SHIPPED", False))[0] in review_queue.OPEN_STATUSES]
        if not back:
            raise Stale(N_("The order has left already."), N_("Look at its events."))
        _put_back(cursor, actor, action, {key: orders[key] for key in back}, done_at)
        review_queue.undone(cursor, act_id, now)
        moves.touch(cursor, back, now)
        audit.record(cursor, actor, "review.undo", act_id, orders=len(back), of=action)
    return len(back)


def hold(actor: Actor, store: Store, order_keys: Sequence[int], why: str) -> int:
    """Hold orders by hand; returns how many were not held by a person yet."""
    require(actor, store, "review.decide", _subject(order_keys))
    within(actor, store, order_keys, "review.decide")
    with store.write() as cursor:
        held = holds.add(cursor, order_keys, "person", actor=actor.account, why=why)
        audit.record(cursor, actor, "review.hold", _subject(order_keys), orders=len(held), why=why)
    return len(held)


def _put_back(
    cursor: Cursor, actor: Actor, action: str, orders: Mapping[int, Sequence[str]], done_at: datetime
) -> None:
    keys = list(orders)
    review_queue.forget_labels(cursor, keys, actor.account, done_at - timedelta(seconds=1))
    approvals.reopen(cursor, keys, done_at)
    if action == "override":
        review_queue.forget_overrides(cursor, keys, actor.account, done_at)
    by_reason: dict[str, list[int]] = {}
    for key, reasons in orders.items():
        for reason in reasons:
            by_reason.setdefault(reason, []).append(key)
    for reason, chosen in by_reason.items():
        holds.add(cursor, chosen, reason, actor=actor.account, why="undo")


def _lift(
    cursor: Cursor, actor: Actor, held: Mapping[int, Sequence[str]], why: str, now: datetime
) -> dict[int, list[str]]:
    lifted: dict[int, list[str]] = {key: [] for key in held}
    for reason in RELEASABLE:
        keys = [key for key, reasons in held.items() if reason in reasons]
        for key in holds.lift(cursor, keys, reason, actor=actor.account, why=why) if keys else ():
            lifted[key].append(reason)
    settled = [key for key, reasons in lifted.items() if address_corrections.HOLD in reasons]
    if settled:  # let go as it is: the correction stands
        address_corrections.settle(cursor, settled, actor.account, now)
    learned = [key for key, reasons in lifted.items() if set(reasons) & set(_RISK)]
    if learned:
        decisions.label(cursor, learned, "normal", source="review", by=actor.account)
    asked = [key for key, reasons in lifted.items() if "approval" in reasons]
    if asked:
        approvals.settle(cursor, asked, "approved", account=actor.account, why=why, now=now)
    return lifted


def _still_held(cursor: Cursor, keys: Sequence[int], now: datetime) -> dict[int, dict[str, Any]]:
    """The rows of those that still wait. Stale, naming who was first, when none does."""
    if len(keys) > MOST_AT_ONCE:
        raise BadRequest(N_("At most {most} orders at once."), N_("Choose fewer."), most=MOST_AT_ONCE)
    rejected = review_queue.rejected(cursor, keys)
    rows = {
        key: row
        for key, row in review_queue.rows_of(cursor, keys).items()
        if row["held_reasons"] and key not in rejected
    }
    if not rows:
        last = review_queue.last_act(cursor, keys, now - timedelta(days=1))
        if last is None:
            raise Stale(N_("Somebody else has decided this already."), N_("Load the list again."))
        raise Stale(N_("{who} has decided this already."), N_("Load the list again."), who=last[0])
    return rows


def _refused(actor: Actor, store: Store, cursor: Cursor, rows: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """order_key -> message id of why this actor may not release it."""
    limit, asked = review_limits.of_role(store, actor.role), approvals.open_ones(cursor, list(rows))
    found = {
        key: review_limits.why_not(actor, limit, row, asked[key].role if key in asked else "")
        for key, row in rows.items()
    }
    return {key: WHY_NOT[why] for key, why in found.items() if why}


def _somebody_may(cursor: Cursor, chosen: Sequence[int], refused: Mapping[int, str], now: datetime) -> None:
    if not chosen:
        left = set(refused.values()) <= {WHY_NOT["held_by_cause"]}  # what a person could lift, somebody has just lifted
        last = review_queue.last_act(cursor, list(refused), now - JUST_NOW) if left else None
        if last is not None:
            raise Stale(N_("{who} has decided this already."), N_("Load the list again."), who=last[0])
        first = next(iter(refused.values()), WHY_NOT["held_by_cause"])
        raise NotAllowed(first, N_("Ask a lead."))


def _items(actor: Actor, store: Store, cursor: Cursor, rows: Sequence[Mapping[str, Any]]) -> list[Item]:
    keys = [row["order_key"] for row in rows]
    told, refunds = review_queue.told(cursor, keys), refund_gate.blocked(cursor, keys)
    asked, standing = (
        approvals.open_ones(cursor, keys),
        {token.order_key: token for token in tokens.of_orders(cursor, keys)},
    )
    limit = review_limits.of_role(store, actor.role)
    found = []
    for row in rows:
        key, reasons = row["order_key"], tuple(row["held_reasons"])
        events = [event for event in told.get(key, ()) if event.reason in reasons]
        why = review_limits.why_not(actor, limit, row, asked[key].role if key in asked else "")
        shown = row if actor.may("orders.money") else {n: v for n, v in row.items() if not n.endswith("_fen")}
        newest = {event.reason: event for event in reversed(events)}
        since = min((event.at for event in newest.values()), default=None)
        found.append(
            Item(key, shown, reasons, since, row["ship_by"], tuple(newest.values()), refunds.get(key), asked.get(key),
                 standing.get(key), WHY_NOT.get(why, ""))
        )  # fmt: skip
    return found


def _subject(keys: Iterable[int]) -> str:
    listed = list(keys)
    return ", ".join(str(key) for key in listed[:5]) + (" …" if len(listed) > 5 else "")
