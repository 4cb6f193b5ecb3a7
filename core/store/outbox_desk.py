"""The outbox as people look at it: counts, pages of messages, what stands behind which, and one mended by hand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.store.outbox import COLUMNS, Row, row_of
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Count:
    """How many messages of a kind to a shop are in a state; `oldest` is when the first of them was put."""

    kind: str
    channel: str
    shop: str
    state: str
    messages: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A part of the outbox; empty means any. `shop` as "channel/shop"; `text` begins a subject or a waybill."""

    state: str = ""
    kind: str = ""
    shop: str = ""
    text: str = ""


def counts(store: Store) -> list[Count]:
    """How many of what, by kind, shop and state."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT kind, channel, shop, state, count(*), min(created_at) FROM outbox GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return [Count(*row) for row in rows]


def sent_since(store: Store, since: datetime) -> int:
    """How many have arrived since an instant."""
    with store.read() as cursor:
        row = cursor.execute("SELECT count(*) FROM outbox WHERE state = 'done' AND changed_at >= ?", [since]).fetchone()
    return int(row[0]) if row else 0


def page(store: Store, narrowed: Narrowed, *, limit: int, offset: int = 0) -> tuple[list[Row], int]:
    """(messages, exact number): what waits or is refused oldest first, everything else the newest change first."""
    where, values = ["true"], list[Any]()
    for condition, value in (
        ("state = ?", narrowed.state), ("kind = ?", narrowed.kind), ("channel || '/' || shop = ?", narrowed.shop),
    ):  # fmt: skip
        if value:
            where.append(condition)
            values.append(value)
    if narrowed.text:
        where.append("(starts_with(subject, ?) OR (body ->> 'tracking_no') = ? OR key = ?)")
        values += [narrowed.text] * 3
    bound = " AND ".join(where)
    order = "created_at, place" if narrowed.state in ("waiting", "claimed", "dead") else "changed_at DESC"
    with store.read() as cursor:
        total = cursor.execute(f"SELECT count(*) FROM outbox WHERE {bound}", values).fetchone()
        rows = cursor.execute(
            f"SELECT {COLUMNS} FROM outbox WHERE {bound} ORDER BY {order}, outbox_id LIMIT ? OFFSET ?",
            [*values, limit, offset],
        ).fetchall()
    return [row_of(row) for row in rows], int(total[0]) if total else 0


def ids(store: Store, narrowed: Narrowed, limit: int) -> list[str]:
    """The refused messages of a part of the outbox, for a bulk decision."""
    rows, _total = page(store, narrowed, limit=limit)
    return [row.outbox_id for row in rows]


def find(cursor: Cursor, outbox_id: str) -> Row | None:
    """One message, or None."""
    row = cursor.execute(f"SELECT {COLUMNS} FROM outbox WHERE outbox_id = ?", [outbox_id]).fetchone()
    return row_of(row) if row else None


def of(cursor: Cursor, wanted: Sequence[str]) -> list[Row]:
    """The messages with these ids."""
    rows = cursor.execute(
        f"SELECT {COLUMNS} FROM outbox WHERE outbox_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY created_at, outbox_id",
        [list(wanted)],
    ).fetchall()
    return [row_of(row) for row in rows]


def of_order(store: Store, order_key: int) -> list[Row]:
    """All messages of an order in the order in which they go."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {COLUMNS} FROM outbox WHERE follows = ? ORDER BY created_at, place, outbox_id",
            [f"order:{order_key}"],
        ).fetchall()
    return [row_of(row) for row in rows]


def mend(cursor: Cursor, outbox_id: str, body: Mapping[str, Any], who: str, why: str) -> None:
    """Put another body into a refused message and send it again. Its key stays: it is the same message."""
    now = clock.now()
    cursor.execute(
        "UPDATE outbox SET body = ?, state = 'waiting', attempts = 0, next_at = ?, changed_at = ?, settled_by = ?, why = ? "
        "WHERE outbox_id = ? AND state = 'dead'",
        [json.dumps(dict(body), ensure_ascii=False, default=str), now, now, who, why or None, outbox_id],
    )
