"""The board for persons: six stages with exact counts, cards with their next steps, and moves where the lifecycle allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import clock
from core.errors import BadRequest
from core.flow import dispatching, gate, moving, picking
from core.flow.moving import Moved
from core.i18n import N_
from core.model.lifecycle import BY_NAME
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require, within
from core.stock import reservations
from core.store import Cursor, Store, board, moves, tokens, warehouses
from core.store.board import BANDS

STAGES: dict[str, str] = {
    "payment": N_("Payment confirmed"),
    "stock": N_("Stock locked"),
    "picking": N_("Picking in the warehouse"),
    "logistics": N_("Logistics assigned"),
    "outbound": N_("Outbound and confirmed"),
    "after_sales": N_("After sales and archive"),
}
BAND_LABELS: dict[str, str] = {
    "half_hour": N_("Under 30 minutes"),
    "two_hours": N_("30 minutes to 2 hours"),
    "day": N_("2 hours to a day"),
    "older": N_("Over a day"),
}
BY_HAND = ("PAID", "STOCK_LOCKED", "PICKING", "LOGISTICS_ASSIGNED", "PACKED", "SHIPPED", "ARCHIVED")
"""Where a person may take an order; paid, cancelled and completed are the platform's words."""


@dataclass(frozen=True, slots=True)
class Column:
    """One stage: exact numbers. `bands`: by minutes since payment; `statuses`: the stage's statuses with their numbers."""

    stage: str
    label: str
    orders: int
    held: int
    late: int
    bands: Mapping[str, int]
    statuses: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Card:
    """One order on the board. `next`: statuses it may be taken to by this actor; `node`: where it stands in its flow."""

    order_key: int
    row: Mapping[str, Any]
    next: tuple[str, ...]
    node: str
    flow: str


def places(actor: Actor, store: Store) -> dict[str, str]:
    """Code -> title of the warehouses the board can be narrowed to."""
    require(actor, store, "board.view")
    return {place.warehouse: place.title or place.warehouse for place in warehouses.warehouses(store)}


def columns(
    actor: Actor, store: Store, *, channels: Sequence[str] = (), shops: Sequence[str] = (), warehouses: Sequence[str] = (),
) -> list[Column]:  # fmt: skip
    """The six stages, left to right. `shops` as "channel/shop"."""
    require(actor, store, "board.view")
    found = {
        row["status"]: row
        for row in board.counts(store, clock.now(), channels=channels, shops=shops, warehouses=warehouses)
    }
    listed = []
    for stage, label in STAGES.items():
        rows = [found[status] for status in board.statuses_of(stage) if status in found]
        listed.append(
            Column(
                stage, label, sum(row["orders"] for row in rows), sum(row["held"] for row in rows),
                sum(row["late"] for row in rows), {band: sum(row[band] for row in rows) for band in BANDS},
                {row["status"]: row["orders"] for row in rows},
            )
        )  # fmt: skip
    return listed


def cards(
    actor: Actor, store: Store, stage: str, *, band: str = "", held: bool | None = None, channels: Sequence[str] = (),
    shops: Sequence[str] = (), warehouses: Sequence[str] = (), limit: int = 50, offset: int = 0,
) -> tuple[list[Card], int]:  # fmt: skip
    """A page of a stage's cards and their exact number: held ones first, then the most urgent."""
    require(actor, store, "board.view", stage)
    rows, total = board.cards(
        store,
        stage,
        clock.now(),
        band=band,
        held=held,
        channels=channels,
        shops=shops,
        warehouses=warehouses,
        limit=limit,
        offset=offset,
    )
    with store.read() as cursor:
        standing = {token.order_key: token for token in tokens.of_orders(cursor, [row["order_key"] for row in rows])}
    found = []
    for row in rows:
        token = standing.get(row["order_key"])
        shown = row if actor.may("orders.money") else {n: v for n, v in row.items() if not n.endswith("_fen")}
        found.append(
            Card(row["order_key"], shown, _next(actor, row), token.node if token else "", token.flow if token else "")
        )
    return found, total


def move(actor: Actor, store: Store, order_keys: Sequence[int], to: str, zone: str, why: str = "") -> Moved:
    """Take the orders to a status with all that belongs to it: stock promised or given back, the slip made or voided.

    Orders that may not go are told apart in the answer. BadRequest when none may, naming what stands against the first.
    """
    require(actor, store, "board.move", to)
    within(actor, store, order_keys, "board.move")
    if to not in BY_HAND:
        raise BadRequest(N_("Nobody takes an order there by hand."), N_("Choose one of its next steps."), to=to)
    with store.write() as cursor:
        done = _move(cursor, store, actor, list(order_keys), to, zone, why)
        if not done.moved:
            raise _nothing(done, to)
        audit.record(cursor, actor, "board.move", to, orders=len(done.moved), why=why)
    return done


def _move(cursor: Cursor, store: Store, actor: Actor, keys: list[int], to: str, zone: str, why: str) -> Moved:
    said = why or "board"
    if to == "PICKING":
        return picking.pick(cursor, keys, zone, actor=actor.account, why=said)
    if to == "PAID":
        return Moved(moved=reservations.release(store, keys, said, actor=actor.account))
    if to == "STOCK_LOCKED":
        return _lock(cursor, store, actor, keys, said)
    if to == "SHIPPED":
        known = board.with_tracking(cursor, keys)
        done = moving.move(cursor, [key for key in keys if key in known], to, actor=actor.account, why=said)
        done.refused += [key for key in keys if key not in known]
        dispatching.tell(cursor, done.moved)
        reservations.consume(store, done.moved)
        return done
    return moving.move(cursor, keys, to, actor=actor.account, why=said)


def _lock(cursor: Cursor, store: Store, actor: Actor, keys: list[int], said: str) -> Moved:
    """Back from picking without the slip; or onwards, where the pieces are promised: not to an order that is held."""
    present = moves.present(cursor, keys)
    picked = [key for key in keys if present.get(key, ("",))[0] == "PICKING"]
    picking.unpick(cursor, picked, actor=actor.account, why=said)
    moving.back(cursor, picked, "STOCK_LOCKED", actor=actor.account, why=said)  # those that had no slip
    done = Moved(moved=picked)
    stopped = gate.guard(cursor, [key for key in keys if present.get(key, ("",))[0] == "PAID"])
    waits = set(board.held_only_for(cursor, keys, reservations.NO_STOCK))  # what lacks pieces may be tried again
    asked = []
    for key in keys:
        status, held = present.get(key, ("", False))
        if key in stopped:
            done.refunded.append(key)
        elif status == "PAID" and held and key not in waits:
            done.held.append(key)
        elif status == "PAID":
            asked.append(key)
        elif status == "STOCK_LOCKED":
            done.already.append(key)
        elif status != "PICKING":
            done.refused.append(key)
    found = reservations.reserve(store, asked, actor=actor.account) if asked else reservations.Reserved()
    done.moved = [*done.moved, *found.reserved]
    done.refused += [*found.short, *found.closed]
    return done


def _nothing(done: Moved, to: str) -> BadRequest:
    label = BY_NAME[to].label
    if done.refunded:
        return BadRequest(
            N_("A refund stops the order."), N_("Settle the refund, or let it go with a reason on the review desk.")
        )
    if done.held:
        return BadRequest(N_("The order is held."), N_("Release it at the review desk first."))
    if done.already:
        return BadRequest(N_("The order is there already."), N_("Load the board again."))
    return BadRequest(N_("The order cannot be taken to {to} now."), N_("Choose one of its next steps."), to=label)


def _next(actor: Actor, row: Mapping[str, Any]) -> tuple[str, ...]:
    if not actor.may("board.move"):
        return ()
    steps = [name for name in BY_NAME[row["status"]].next if name in BY_HAND]
    if row["held"]:
        takes_stock = row["status"] == "PAID" and row["held_reasons"] != [reservations.NO_STOCK]
        steps = [n for n in steps if n not in moving.GUARDED and not (takes_stock and n == "STOCK_LOCKED")]
    if not row["tracking_no"]:
        steps = [name for name in steps if name != "SHIPPED"]
    return tuple(steps)
