"""Parcels that a refund wants stopped after they were packed: one task an order, its calls, and the pieces that come back."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from core.model.intercepts import OFF, OPEN, WORKED_ON
from core.store import ledger
from core.store.refund_gate import Blocked
from core.store.store import Cursor, Store

_IN = "order_key IN (SELECT unnest(?::BIGINT[]))"
_WORKED_ON = ", ".join(f"'{state}'" for state in WORKED_ON)
_HAVING_GOODS = "'RETURN_REFUND', 'EXCHANGE', 'RESEND', 'REPAIR'"
"""Kinds of refund whose buyer has the parcel: there is nothing left to stop on the road."""


@dataclass(frozen=True, slots=True)
class Intercept:
    """One task. `whole`: the refund is of the whole order; `packed_at`: when the slip was made (None: unknown)."""

    intercept_id: str
    order_key: int
    channel: str
    shop: str
    platform_no: str
    warehouse: str
    courier: str
    tracking_no: str
    state: str
    owner: str
    whole: bool
    refund_fen: int | None
    refund_requested_at: datetime | None
    packed_at: datetime | None
    made_at: datetime
    closed_by: str
    closed_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who, when, what was answered."""

    intercept_id: str
    called_at: datetime
    account: str
    answer: str
    note: str


_COLUMNS = ", ".join(field.name for field in fields(Intercept))


def candidates(cursor: Cursor, since: datetime | None) -> list[int]:
    """Packed or shipped orders with refunds, that are not delivered, where order or refund changed since an instant
    (None: ever), and that no one works on yet."""
    bound, values = "", []
    if since is not None:
        bound = "(o.changed_at >= ? OR o.order_key IN (SELECT order_key FROM refunds WHERE changed_at >= ?)) AND "
        values = [since, since]
    rows = cursor.execute(
        f"SELECT o.order_key FROM orders o WHERE {bound}o.status IN ('PACKED', 'SHIPPED') AND (o.refund_status IS NOT NULL "
        "OR o.order_key IN (SELECT order_key FROM refunds)) AND (o.status = 'PACKED' OR o.order_key IN (SELECT order_key "
        f"FROM refunds WHERE coalesce(refund_type, '') NOT IN ({_HAVING_GOODS}))) AND o.order_key NOT IN (SELECT order_key "
        f"FROM intercepts WHERE state IN ({_WORKED_ON})) AND NOT EXISTS (SELECT 1 FROM order_events e "
        "WHERE e.order_key = o.order_key AND e.event = 'order_delivered')",
        values,
    ).fetchall()
    return [row[0] for row in rows]


def settled_before(cursor: Cursor, keys: Sequence[int], requested: Mapping[int, datetime | None]) -> set[int]:
    """Those of the orders whose task was closed after their refund was asked for: it is not opened twice."""
    rows = cursor.execute(
        f"SELECT order_key, max(made_at) FROM intercepts WHERE state <> '{OFF}' AND {_IN} GROUP BY order_key",
        [list(keys)],
    ).fetchall()
    return {key for key, at in rows if (asked := requested.get(key)) is None or asked <= at}


def open_for(cursor: Cursor, stopped: Mapping[int, Blocked], now: datetime) -> list[int]:
    """A task for each of the orders; returns them."""
    columns = [
        list(stopped), [secrets.token_hex(8) for _ in stopped], [blocked.whole for blocked in stopped.values()],
        [blocked.refund_fen for blocked in stopped.values()], [blocked.requested_at for blocked in stopped.values()],
    ]  # fmt: skip
    cursor.execute(
        f"INSERT INTO intercepts ({_COLUMNS}) SELECT n.id, o.order_key, o.channel, o.shop, o.platform_no, coalesce(o.warehouse, ''), "
        f"coalesce(o.courier, ''), coalesce(o.tracking_no, ''), '{OPEN}', '', n.whole, n.fen, n.requested_at, o.slip_at, $6, '', "
        "NULL, '' FROM orders o JOIN (SELECT unnest($1::BIGINT[]) AS order_key, unnest($2::VARCHAR[]) AS id, "
        "unnest($3::BOOLEAN[]) AS whole, unnest($4::BIGINT[]) AS fen, unnest($5::TIMESTAMPTZ[]) AS requested_at) n "
        "ON n.order_key = o.order_key",
        [*columns, now],
    )
    return list(stopped)


def untouched(cursor: Cursor) -> list[int]:
    """The orders with a task about which nobody has called yet."""
    rows = cursor.execute(f"SELECT order_key FROM intercepts WHERE state = '{OPEN}'").fetchall()
    return [row[0] for row in rows]


def call_off(cursor: Cursor, keys: Sequence[int], now: datetime) -> list[int]:
    """The refunds stand no more: tasks nobody has called about are closed; returns their orders."""
    which = f"state = '{OPEN}' AND {_IN}"
    rows = cursor.execute(f"SELECT order_key FROM intercepts WHERE {which}", [list(keys)]).fetchall()
    if rows:
        cursor.execute(
            f"UPDATE intercepts SET state = '{OFF}', closed_at = ?, closed_by = 'system' WHERE {which}",
            [now, list(keys)],
        )
    return [row[0] for row in rows]


def find(cursor: Cursor, intercept_id: str) -> Intercept | None:
    """The task, or None."""
    row = cursor.execute(f"SELECT {_COLUMNS} FROM intercepts WHERE intercept_id = ?", [intercept_id]).fetchone()
    return Intercept(*row) if row else None


def change(cursor: Cursor, intercept_id: str, **values: Any) -> None:
    """Write columns (names of our own) of the task."""
    sets = ", ".join(f"{name} = ?" for name in values)
    cursor.execute(f"UPDATE intercepts SET {sets} WHERE intercept_id = ?", [*values.values(), intercept_id])


def say(cursor: Cursor, call: Call) -> None:
    """Keep a call."""
    cursor.execute(
        "INSERT INTO intercept_calls VALUES (?, ?, ?, ?, ?)",
        [call.intercept_id, call.called_at, call.account, call.answer, call.note],
    )


def listing(store: Store, *, closed: bool, limit: int, offset: int) -> tuple[list[Intercept], int]:
    """A page of the tasks and their exact number: those to be worked on the oldest first, closed ones the newest first."""
    where = f"state {'NOT ' if closed else ''}IN ({_WORKED_ON})"
    order = "closed_at DESC" if closed else "made_at"
    with store.read() as cursor:
        total = cursor.execute(f"SELECT count(*) FROM intercepts WHERE {where}").fetchone()
        rows = cursor.execute(
            f"SELECT {_COLUMNS} FROM intercepts WHERE {where} ORDER BY {order}, intercept_id LIMIT ? OFFSET ?",
            [limit, offset],
        ).fetchall()
    return [Intercept(*row) for row in rows], int(total[0]) if total else 0


def calls(store: Store, ids: Sequence[str]) -> dict[str, list[Call]]:
    """intercept_id -> its calls, newest first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT intercept_id, called_at, account, answer, note FROM intercept_calls WHERE intercept_id IN "
            "(SELECT unnest(?::VARCHAR[])) ORDER BY called_at DESC",
            [list(ids)],
        ).fetchall()
    found: dict[str, list[Call]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Call(*row))
    return found


def book_back(cursor: Cursor, order_key: int, lines: Sequence[str], now: datetime) -> int:
    """Book the pieces of a parcel that came back as received where they had left (`lines` none: all of them); once."""
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE moved AS SELECT warehouse, sku, 'receipt' AS kind, qty, 'intercepted' AS reason, "
        "'intercept:' || order_key || '/' || line_no AS source, $1::TIMESTAMPTZ AS happened_at FROM reservations "
        "WHERE state = 'consumed' AND order_key = $2 AND (len($3::VARCHAR[]) = 0 OR list_contains($3, line_no))",
        [now, order_key, list(lines)],
    )
    return ledger.book_staged(cursor)
