"""Everything the store knows about one order."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from core.store import raw
from core.store.store import Cursor, Store


class Event(NamedTuple):
    """One happening in an order's life. `detail` is JSON text."""

    event: str
    happened_at: datetime
    actor: str
    reason: str
    detail: str


class RawPlace(NamedTuple):
    """Where a payload of the order lies among the raw batches."""

    batch_id: str
    place: int
    entity: str
    external_no: str
    received_at: datetime


def order(store: Store, order_key: int) -> dict[str, Any] | None:
    """All columns of the order, or None."""
    found = _rows(store, "SELECT * FROM orders WHERE order_key = ?", [order_key])
    return found[0] if found else None


def key_of(store: Store, channel: str, shop: str, platform_no: str) -> int | None:
    """The key of the order with that identity, or None."""
    found = _rows(
        store,
        "SELECT order_key FROM orders WHERE platform_no = ? AND channel = ? AND shop = ?",
        [platform_no, channel, shop],
    )
    return found[0]["order_key"] if found else None


def lines(store: Store, order_key: int) -> list[dict[str, Any]]:
    """The order's lines by line number."""
    return _rows(store, "SELECT * FROM order_lines WHERE order_key = ? ORDER BY line_no", [order_key])


def refunds(store: Store, order_key: int) -> list[dict[str, Any]]:
    """The order's refunds, newest first."""
    return _rows(
        store, "SELECT * FROM refunds WHERE order_key = ? ORDER BY refund_requested_at DESC NULLS LAST", [order_key]
    )


def events(store: Store, order_key: int) -> list[Event]:
    """The order's events, newest first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT event, happened_at, actor, reason, detail FROM order_events WHERE order_key = ? "
            "ORDER BY happened_at DESC, event",
            [order_key],
        ).fetchall()
    return [Event(event, at, actor or "", reason or "", detail or "{}") for event, at, actor, reason, detail in rows]


def person_cipher(cursor: Cursor, order_key: int) -> str | None:
    """The sealed person data of the order, or None where the platform gave none."""
    row = cursor.execute("SELECT cipher FROM order_persons WHERE order_key = ?", [order_key]).fetchone()
    return row[0] if row else None


def raw_places(store: Store, order_key: int) -> list[RawPlace]:
    """Where the order's payloads lie, newest first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT batch_id, place, entity, external_no, received_at FROM raw_payloads WHERE order_key = ? "
            "ORDER BY received_at DESC, place LIMIT 50",
            [order_key],
        ).fetchall()
    return [RawPlace(*row) for row in rows]


def raw_body(store: Store, unseal: Callable[[str], bytes], place: RawPlace) -> str:
    """One payload's JSON text out of its sealed batch; "" when the batch is gone."""
    texts = raw.bodies(store, unseal, place.batch_id)
    return texts[place.place] if place.place < len(texts) else ""


def _rows(store: Store, sql: str, values: list[Any]) -> list[dict[str, Any]]:
    with store.read() as cursor:
        cursor.execute(sql, values)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
