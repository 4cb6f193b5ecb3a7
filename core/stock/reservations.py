"""Promises of pieces to orders: whole orders in order of arrival, never more than there is, twice does no harm.

One writer: everything is read and written inside the store's one write transaction, so that a batch that begins while
another runs sees what that one took. Only orders that compete for a scarce SKU are looked at one by one, in memory.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from core.store import Store, holds, reservations, stock_marks

NO_STOCK = "no_stock"
Thing = TypeVar("Thing", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Reserved:
    """How a batch was served. `short`: order -> SKUs it misses. `closed`: asked for, but not open (any more)."""

    reserved: list[int] = field(default_factory=list)
    short: dict[int, tuple[str, ...]] = field(default_factory=dict)
    closed: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Placed:
    """Orders whose reservations lie in the asked warehouses now, and those that found too little there."""

    placed: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)


def reserve(store: Store, keys: Sequence[int], *, actor: str = "system", since: datetime | None = None) -> Reserved:
    """Reserve the whole order or nothing of it, in order of arrival (paid_at, platform_no), over all warehouses.

    An order that has what it needs stays as it is; one whose lines have changed gives back and asks anew. Who gets all
    becomes STOCK_LOCKED and loses the hold `no_stock`; who does not is held with it and waits for a stock event.
    `since`: none of the orders came into the pool earlier, if known.
    """
    with store.write() as cursor:
        reservations.stage(cursor, keys, since)
        have, changed, news = reservations.compare(cursor)
        if changed:
            reservations.end(cursor, changed, "released", "changed")
        rows, free = reservations.contest(cursor) if news else ([], {})
        missing = serve(rows, free)
        got = reservations.insert(cursor, list(missing)) if news else []
        waited = reservations.waiting(cursor)
        reservations.wait(cursor, missing, waited)
        if got:
            stock_marks.reserved(cursor, actor)
        stock_marks.unlock(cursor, [key for key in changed if key in missing], "changed", actor)
        if waited:
            holds.lift(cursor, [key for key in waited if key not in missing], NO_STOCK, actor=actor)
        known = set(waited)
        stock_marks.short(cursor, {key: tuple(skus) for key, skus in missing.items() if key not in known}, actor)
        reserved = [*have, *got]
    served = {*reserved, *missing}
    return Reserved(
        reserved, {key: tuple(skus) for key, skus in missing.items()}, [key for key in keys if key not in served]
    )


def serve(rows: Iterable[tuple[int, Thing, int]], free: Mapping[Thing, int]) -> dict[int, dict[Thing, int]]:
    """First come, first served: rows (order, thing, pieces) grouped by order; returns order -> thing -> pieces missing.

    An order that misses anything takes nothing, so that a later, smaller one may still be served.
    """
    left, missing = dict(free), {}
    for order, wants in groupby(rows, key=itemgetter(0)):
        asked = [(thing, qty) for _order, thing, qty in wants]
        lacks = {thing: qty - left.get(thing, 0) for thing, qty in asked if qty > left.get(thing, 0)}
        if lacks:
            missing[order] = lacks
            continue
        for thing, qty in asked:
            left[thing] -= qty
    return missing


def place(store: Store, placements: Iterable[tuple[int, str, str]]) -> Placed:
    """Move active reservations of lines to warehouses: rows (order_key, line_no, warehouse), '' = not routed again.

    Whole orders or nothing, never more than a warehouse has free. Placing twice in one place does nothing; a line that
    lies elsewhere is released there and reserved here in the same transaction.
    """
    rows = list(placements)
    with store.write() as cursor:
        reservations.stage_places(cursor, rows)
        contested, free = reservations.contest_places(cursor)
        refused = list(serve(contested, free))
        reservations.move(cursor, refused)
    turned_down = set(refused)
    return Placed([key for key in dict.fromkeys(row[0] for row in rows) if key not in turned_down], refused)


def release(store: Store, keys: Sequence[int], why: str, *, actor: str = "system") -> list[int]:
    """Give back what the orders hold, with the reason; returns the orders that held something."""
    with store.write() as cursor:
        ended = reservations.end(cursor, keys, "released", why)
        reservations.wait(cursor, {}, keys)
        stock_marks.unlock(cursor, ended, why, actor)
    return ended


def consume(store: Store, keys: Sequence[int]) -> list[int]:
    """The orders have left: book what they held as shipped; returns the orders that held something."""
    with store.write() as cursor:
        stock_marks.book_shipped(cursor, keys)
        ended = reservations.end(cursor, keys, "consumed")
        reservations.wait(cursor, {}, keys)
    return ended
