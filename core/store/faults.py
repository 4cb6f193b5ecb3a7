"""Confirmed faults of dispatches and what went lost, row by row."""

from dataclasses import dataclass
from datetime import datetime

from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Fault:
    """One confirmed error. `source` (ticket:ID, return:ID, form:ID) makes it happen once."""

    order_key: int
    kind: str
    source: str
    note: str
    confirmed_by: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Loss:
    """What went lost, fen; `order_key` None where it belongs to no order."""

    order_key: int | None
    cause: str
    loss_fen: int
    source: str
    note: str
    noted_by: str
    happened_at: datetime


def add_fault(cursor: Cursor, fault: Fault) -> bool:
    """Keep it; False where its source told the same of the order before."""
    known = cursor.execute(
        "SELECT 1 FROM dispatch_faults WHERE order_key = ? AND kind = ? AND source = ?",
        [fault.order_key, fault.kind, fault.source],
    ).fetchone()
    if known is None:
        cursor.execute(
            "INSERT INTO dispatch_faults (order_key, kind, source, note, confirmed_by, found_at) VALUES (?, ?, ?, ?, ?, ?)",
            [fault.order_key, fault.kind, fault.source, fault.note, fault.confirmed_by, fault.found_at],
        )
    return known is None


def add_loss(cursor: Cursor, loss: Loss) -> bool:
    """Keep it; False where its source told the same cause before."""
    known = cursor.execute(
        "SELECT 1 FROM losses WHERE cause = ? AND source = ? AND order_key IS NOT DISTINCT FROM ?",
        [loss.cause, loss.source, loss.order_key],
    ).fetchone()
    if known is None:
        cursor.execute(
            "INSERT INTO losses (order_key, cause, loss_fen, source, note, noted_by, happened_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [loss.order_key, loss.cause, loss.loss_fen, loss.source, loss.note, loss.noted_by, loss.happened_at],
        )
    return known is None


def is_shipped(cursor: Cursor, order_key: int) -> bool:
    """Whether the order is known and has left."""
    asked = "SELECT 1 FROM orders WHERE order_key = ? AND shipped_at IS NOT NULL"
    return cursor.execute(asked, [order_key]).fetchone() is not None


def find_orders(store: Store, platform_no: str) -> list[tuple[int, str, str, str]]:
    """(order key, channel, shop, status) of the orders with this number."""
    with store.read() as cursor:
        return cursor.execute(
            "SELECT order_key, channel, shop, status FROM orders WHERE platform_no = ? ORDER BY channel, shop",
            [platform_no],
        ).fetchall()


def unjudged_tickets(
    store: Store, kinds: tuple[str, ...], since: datetime, limit: int
) -> list[tuple[str, int, str, str, str, datetime]]:
    """(ticket, order key, channel, order no., kind, opened) of tickets that may tell of an error and were not judged, newest first."""
    with store.read() as cursor:
        return cursor.execute(
            "SELECT t.ticket_id, t.order_key, t.channel, t.platform_no, t.kind, t.opened_at FROM tickets t "
            "WHERE t.kind IN (SELECT unnest(?::VARCHAR[])) AND t.order_key IS NOT NULL AND t.opened_at >= ? AND NOT EXISTS "
            "(SELECT 1 FROM dispatch_faults f WHERE f.source = 'ticket:' || t.ticket_id) ORDER BY t.opened_at DESC LIMIT ?",
            [list(kinds), since, limit],
        ).fetchall()


def newest_faults(store: Store, limit: int) -> list[tuple[str, str, str, str, str, datetime]]:
    """(order no., kind, note, by, source, found) of the last ones confirmed."""
    with store.read() as cursor:
        return cursor.execute(
            "SELECT coalesce(o.platform_no, ''), f.kind, f.note, f.confirmed_by, f.source, f.found_at FROM dispatch_faults f "
            "LEFT JOIN orders o ON o.order_key = f.order_key ORDER BY f.found_at DESC LIMIT ?",
            [limit],
        ).fetchall()


def newest_losses(store: Store, limit: int) -> list[tuple[str, str, int, str, str, datetime]]:
    """(order no., cause, fen, note, by, day) of the last ones noted."""
    with store.read() as cursor:
        return cursor.execute(
            "SELECT coalesce(o.platform_no, ''), l.cause, l.loss_fen, l.note, l.noted_by, l.happened_at FROM losses l "
            "LEFT JOIN orders o ON o.order_key = l.order_key ORDER BY l.happened_at DESC LIMIT ?",
            [limit],
        ).fetchall()
