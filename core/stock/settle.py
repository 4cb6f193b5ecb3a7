"""Keeps reservations true to what happened: cancelled orders give back, shipped ones are booked, changed ones ask anew,
and orders short of stock are served when pieces come back. After a correction of the WMS, victims are chosen and shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from core.stock import reservations
from core.store import Cursor, Store, stock_events
from core.store import reservations as rows
from core.store.stock_events import Candidate

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Settled:
    """Orders by what was done: given back, booked as shipped, asked anew, served at last, rerouted, taken back."""

    released: int = 0
    consumed: int = 0
    changed: int = 0
    served: int = 0
    rerouted: list[int] = field(default_factory=list)
    victims: list[int] = field(default_factory=list)

    @property
    def touched(self) -> int:
        """How many orders in all."""
        return self.released + self.consumed + self.changed + self.served + len(self.rerouted) + len(self.victims)


def settle(store: Store) -> Settled:
    """Do all of it once, a batch of each; nothing left to do is nothing touched."""
    with store.read() as cursor:
        gone, left, changed = (stock_events.to_settle(cursor, what, BATCH) for what in ("gone", "left", "changed"))
        unbooked = stock_events.has_unbooked(cursor)
    if gone:
        reservations.release(store, gone, "cancelled")
    if left:
        reservations.consume(store, left)
    if unbooked:
        with store.write() as cursor:
            stock_events.book_unreserved(cursor, BATCH)
    if changed:
        reservations.reserve(store, changed)
    rerouted, victims = correct(store)
    with store.read() as cursor:
        waiting = stock_events.servable(cursor, BATCH)
    served = len(reservations.reserve(store, waiting).reserved) if waiting else 0
    return Settled(len(gone), len(left), len(changed), served, rerouted, victims)


def correct(store: Store) -> tuple[list[int], list[int]]:
    """After levels fell below what is promised: (orders to be routed anew, orders that lost their pieces).

    A shelf that lacks pieces while others have some: its victims are routed anew. Pieces that are nowhere: the victims
    give back and are held for stock. Victims: not picked yet, latest paid, lowest value.
    """
    with store.read() as cursor:  # a write that changes nothing would wake everybody who waits for one
        if not stock_events.is_short(cursor):
            return [], []
    with store.write() as cursor:
        victims = choose(*stock_events.short_skus(cursor))
        if victims:
            _take_back(cursor, victims)
        moving = choose(*stock_events.short_places(cursor))
        if moving:
            stock_events.unroute(cursor, list(moving))
            stock_events.note(cursor, moving, "rerouted")
    return list(moving), list(victims)


def choose(missing: Mapping[str, int], candidates: Iterable[Candidate]) -> dict[int, dict[str, int]]:
    """Orders that give back until nothing is missing: order -> thing -> pieces. Latest paid first, then lowest value.

    An order gives back all it holds, so that one victim may cover several things.
    """
    left, victims = dict(missing), dict[int, dict[str, int]]()
    for candidate in sorted(candidates, key=lambda one: (one.paid_at, -one.paid_fen, one.order_key), reverse=True):
        helps = {thing: qty for thing, qty in candidate.holds.items() if left.get(thing, 0) > 0}
        if helps:
            victims[candidate.order_key] = helps
            for thing, qty in candidate.holds.items():
                if thing in left:
                    left[thing] -= qty
        if all(qty <= 0 for qty in left.values()):
            break
    return victims


def _take_back(cursor: Cursor, victims: Mapping[int, Mapping[str, int]]) -> None:
    keys = list(victims)
    rows.end(cursor, keys, "released", "correction")
    stock_events.held_back(cursor, victims)
    stock_events.note(cursor, victims, "held")
