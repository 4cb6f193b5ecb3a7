"""Cases of after sales: opened and moved from the platforms' refunds as sets, read for people, changed one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from core.model import refunds
from core.model.after_sales import ENDS, STATES, after_refund, kind_of
from core.model.refunds import state_of
from core.store.store import Cursor, Store

LOOK_BACK = timedelta(days=60)
"""Refunds asked for longer ago open no case: they are history that was imported."""
_LEFT = ("SHIPPED", "COMPLETED", "ARCHIVED")


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `fen` is the amount asked for; `owner` "" is nobody yet; `refund_no` "" was opened by a person."""

    case_id: str
    order_key: int
    channel: str
    shop: str
    platform_no: str
    refund_no: str
    kind: str
    state: str
    fen: int | None
    reason: str
    left_house: bool
    owner: str
    opened_by: str
    opened_at: datetime
    paid_back_at: datetime | None = None
    return_courier: str = ""
    return_no: str = ""
    warehouse: str = ""
    received_at: datetime | None = None
    new_key: int | None = None
    closed_at: datetime | None = None
    refund_seen: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line a case is about: asked-for pieces, and those that came back good or damaged."""

    line_no: str
    sku: str
    title: str
    qty: int
    good: int = 0
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done or said."""

    happened_at: datetime
    actor: str
    what: str
    from_state: str
    to_state: str
    note: str


COLUMNS = ", ".join(field.name for field in fields(Case))


def news(cursor: Cursor, since: datetime | None, now: datetime, limit: int) -> list[tuple[Any, ...]]:
    """Refunds that no case has seen in their present state: (order_key, channel, shop, platform_no, refund_no, line_no, type,
    word, fen, asked at, reason, order's status, case_id, kind, state), the oldest change first."""
    bound, values = ("r.changed_at >= ? AND ", [since]) if since else ("", [])
    return cursor.execute(
        "SELECT r.order_key, r.channel, r.shop, r.platform_no, r.refund_no, coalesce(r.line_no, ''), r.refund_type, "
        "r.refund_status, r.refund_fen, coalesce(r.refund_requested_at, r.pool_at), coalesce(r.reason, ''), o.status, c.case_id, "
        "c.kind, c.state FROM refunds r JOIN orders o ON o.order_key = r.order_key LEFT JOIN after_sales_cases c "
        "ON c.order_key = r.order_key AND c.refund_no = r.refund_no WHERE "
        f"{bound}coalesce(r.refund_requested_at, r.pool_at) > ? AND coalesce(r.refund_no, '') <> '' AND (c.case_id IS NULL OR "
        "c.refund_seen IS DISTINCT FROM coalesce(r.refund_status, '')) ORDER BY r.changed_at, r.refund_no LIMIT ?",
        [*values, now - LOOK_BACK, limit],
    ).fetchall()


def take(cursor: Cursor, rows: Sequence[tuple[Any, ...]], now: datetime) -> tuple[int, int]:
    """Open cases for new refunds and move those known, as sets; returns (opened, moved)."""
    made, moved, steps = _sorted_out(rows, now)
    _open(cursor, made, now)
    _move(cursor, moved, now)
    if steps:
        cursor.execute(
            "INSERT INTO after_sales_events SELECT c.case_id, n.order_key, ?, 'platform', n.what, n.f, n.t, n.word FROM (SELECT "
            "unnest(?::BIGINT[]) AS order_key, unnest(?::VARCHAR[]) AS refund_no, unnest(?::VARCHAR[]) AS what, "
            "unnest(?::VARCHAR[]) AS f, unnest(?::VARCHAR[]) AS t, unnest(?::VARCHAR[]) AS word) n JOIN after_sales_cases c "
            "ON c.order_key = n.order_key AND c.refund_no = n.refund_no",
            [now, *_columns(steps)],
        )
    return len(made), len(moved)


_Rows = list[tuple[Any, ...]]


def _sorted_out(rows: Sequence[tuple[Any, ...]], now: datetime) -> tuple[_Rows, _Rows, _Rows]:
    """(cases to open, cases to move, steps of their stories) of refunds as `news` gives them."""
    made, moved, steps = _Rows(), _Rows(), _Rows()
    for row in rows:
        (
            key,
            channel,
            shop,
            number,
            refund_no,
            _line,
            kind,
            word,
            fen,
            asked_at,
            reason,
            status,
            case_id,
            known,
            state,
        ) = row
        said, left = state_of(channel, word) or refunds.REQUESTED, status in _LEFT
        its, word = known or kind_of(kind), word or ""
        paid = now if said == refunds.REFUNDED else None
        after = after_refund(its, state or "requested", said, left=left)
        closed = now if after in ENDS else None
        if case_id is None:
            place = (key, channel, shop, number, refund_no)
            made.append((*place, its, after, fen, reason, left, asked_at, paid, closed, word))
        else:
            moved.append((case_id, after, fen, paid, closed, word))
        if case_id is None or after != state:
            steps.append((key, refund_no, "platform" if case_id else "opened", state or "", after, word))
    return made, moved, steps


def _open(cursor: Cursor, made: Sequence[tuple[Any, ...]], now: datetime) -> None:
    if not made:
        return
    kinds = ("BIGINT", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "BIGINT", "VARCHAR", "BOOLEAN",
             "TIMESTAMPTZ", "TIMESTAMPTZ", "TIMESTAMPTZ", "VARCHAR")  # fmt: skip
    names = ("order_key", "channel", "shop", "platform_no", "refund_no", "kind", "state", "fen", "reason", "left_house",
             "opened_at", "paid_back_at", "closed_at", "refund_seen")  # fmt: skip
    unnested = ", ".join(f"unnest(?::{kind}[]) AS {name}" for kind, name in zip(kinds, names, strict=True))
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE case_news AS SELECT {unnested}", _columns(made))
    cursor.execute(
        f"INSERT INTO after_sales_cases (case_id, {', '.join(names)}, owner, opened_by, return_courier, return_no, warehouse, "
        f"changed_at) SELECT md5(order_key || '/' || refund_no), {', '.join(names)}, '', 'platform', '', '', '', ? FROM case_news "
        "QUALIFY row_number() OVER (PARTITION BY order_key, refund_no) = 1",
        [now],
    )
    cursor.execute(
        "INSERT INTO after_sales_lines SELECT md5(n.order_key || '/' || n.refund_no), l.order_key, l.line_no, l.sku, l.title, "
        "coalesce(l.qty, 1), 0, 0 FROM case_news n JOIN order_lines l ON l.order_key = n.order_key WHERE NOT coalesce(l.is_gift, false) "
        "AND EXISTS (SELECT 1 FROM refunds r WHERE r.order_key = n.order_key AND r.refund_no = n.refund_no "
        "AND (coalesce(r.line_no, '') = '' OR r.line_no = l.line_no))"
    )


def _move(cursor: Cursor, moved: Sequence[tuple[Any, ...]], now: datetime) -> None:
    if moved:
        cursor.execute(
            "UPDATE after_sales_cases AS c SET state = n.state, fen = coalesce(n.fen, c.fen), "
            "paid_back_at = coalesce(c.paid_back_at, n.paid), closed_at = coalesce(c.closed_at, n.closed), refund_seen = n.word, "
            "changed_at = $1 FROM (SELECT unnest($2::VARCHAR[]) AS case_id, unnest($3::VARCHAR[]) AS state, unnest($4::BIGINT[]) AS fen, "
            "unnest($5::TIMESTAMPTZ[]) AS paid, unnest($6::TIMESTAMPTZ[]) AS closed, unnest($7::VARCHAR[]) AS word) n "
            "WHERE c.case_id = n.case_id",
            [now, *_columns(moved)],
        )


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def insert(cursor: Cursor, case: Case, lines: Sequence[Line]) -> None:
    """Keep a case that a person opens."""
    values = [getattr(case, name) for name in COLUMNS.split(", ")]
    marks = ", ".join("?" * len(values))
    cursor.execute(
        f"INSERT INTO after_sales_cases ({COLUMNS}, changed_at) VALUES ({marks}, ?)", [*values, case.opened_at]
    )
    keep_lines(cursor, case, lines)


def keep_lines(cursor: Cursor, case: Case, lines: Sequence[Line]) -> None:
    """Put the lines of a case in place of those it had."""
    cursor.execute("DELETE FROM after_sales_lines WHERE case_id = ?", [case.case_id])
    rows = [(case.case_id, case.order_key, x.line_no, x.sku, x.title, x.qty, x.good, x.damaged) for x in lines]
    if rows:
        kinds = ("VARCHAR", "BIGINT", "VARCHAR", "VARCHAR", "VARCHAR", "BIGINT", "BIGINT", "BIGINT")
        cursor.execute(
            f"INSERT INTO after_sales_lines SELECT {', '.join(f'unnest(?::{kind}[])' for kind in kinds)}",
            _columns(rows),
        )


_CHANGEABLE = frozenset(
    ("state", "owner", "return_courier", "return_no", "warehouse", "received_at", "new_key", "closed_at", "kind")
)


def change(cursor: Cursor, case_id: str, values: Mapping[str, Any], now: datetime) -> None:
    """Set some of a case's columns."""
    if not values.keys() <= _CHANGEABLE:
        raise ValueError(f"these columns of a case do not change: {sorted(values.keys() - _CHANGEABLE)}")
    sets = ", ".join(f"{name} = ?" for name in values)
    cursor.execute(
        f"UPDATE after_sales_cases SET {sets}, changed_at = ? WHERE case_id = ?", [*values.values(), now, case_id]
    )


def say(cursor: Cursor, case: Case, step: Step) -> None:
    """Append to the story."""
    cursor.execute(
        "INSERT INTO after_sales_events VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            case.case_id,
            case.order_key,
            step.happened_at,
            step.actor,
            step.what,
            step.from_state,
            step.to_state,
            step.note,
        ],
    )


def find(cursor: Cursor, case_id: str) -> Case | None:
    """The case, or None."""
    row = cursor.execute(f"SELECT {COLUMNS} FROM after_sales_cases WHERE case_id = ?", [case_id]).fetchone()
    return Case(*row) if row else None


def lines(cursor: Cursor, case_id: str) -> list[Line]:
    """What the case is about."""
    rows = cursor.execute(
        "SELECT line_no, coalesce(sku, ''), coalesce(title, ''), qty, good, damaged FROM after_sales_lines WHERE case_id = ? "
        "ORDER BY length(line_no), line_no",
        [case_id],
    ).fetchall()
    return [Line(*row) for row in rows]


def story(store: Store, case_id: str) -> list[Step]:
    """What was done, the newest first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT happened_at, actor, what, from_state, to_state, note FROM after_sales_events WHERE case_id = ? "
            "ORDER BY happened_at DESC",
            [case_id],
        ).fetchall()
    return [Step(*row) for row in rows]


_OURS = ", ".join(f"'{name}'" for name, state in STATES.items() if state.ours)
_ENDED = ", ".join(f"'{name}'" for name in ENDS)
PARTS = {
    "ours": f"state IN ({_OURS})",
    "under_way": f"state NOT IN ({_OURS}, {_ENDED})",
    "ended": f"state IN ({_ENDED})",
}
"""The parts of the queue: waits for us, waits for others, over."""


def counts(store: Store) -> dict[tuple[str, str, str], int]:
    """(part, kind, state) -> cases."""
    parts = " ".join(f"WHEN {condition} THEN '{name}'" for name, condition in PARTS.items())
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT CASE {parts} END, kind, state, count(*) FROM after_sales_cases GROUP BY ALL"
        ).fetchall()
    return {(part, kind, state): many for part, kind, state, many in rows}


def listing(
    store: Store, part: str, *, kind: str = "", state: str = "", text: str = "", limit: int = 100, offset: int = 0
) -> tuple[list[Case], int]:
    """(cases, exact number): open ones oldest first, ended ones newest first."""
    where, values = [PARTS[part]], list[Any]()
    for condition, value in (("kind = ?", kind), ("state = ?", state)):
        if value:
            where.append(condition)
            values.append(value)
    if text:
        where.append("(starts_with(platform_no, ?) OR refund_no = ? OR return_no = ?)")
        values += [text] * 3
    bound, order = " AND ".join(where), "closed_at DESC" if part == "ended" else "opened_at"
    with store.read() as cursor:
        total = cursor.execute(f"SELECT count(*) FROM after_sales_cases WHERE {bound}", values).fetchone()
        rows = cursor.execute(
            f"SELECT {COLUMNS} FROM after_sales_cases WHERE {bound} ORDER BY {order}, case_id LIMIT ? OFFSET ?",
            [*values, limit, offset],
        ).fetchall()
    return [Case(*row) for row in rows], int(total[0]) if total else 0


def of_order(store: Store, order_key: int) -> list[Case]:
    """The cases of an order."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {COLUMNS} FROM after_sales_cases WHERE order_key = ? ORDER BY opened_at", [order_key]
        ).fetchall()
    return [Case(*row) for row in rows]


def sent_again(cursor: Cursor) -> list[str]:
    """Cases whose new parcel has left by now."""
    rows = cursor.execute(
        "SELECT c.case_id FROM after_sales_cases c JOIN orders o ON o.order_key = c.new_key WHERE c.state = 'resending' "
        "AND o.status IN ('SHIPPED', 'COMPLETED', 'ARCHIVED') AND (c.kind = 'RESEND' OR c.received_at IS NOT NULL)"
    ).fetchall()
    return [row[0] for row in rows]


def orders_numbered(cursor: Cursor, number: str) -> list[int]:
    """The keys of the orders with a number, of whatever shop."""
    return [row[0] for row in cursor.execute("SELECT order_key FROM orders WHERE platform_no = ?", [number]).fetchall()]


def costs(
    cursor: Cursor, order_key: int
) -> tuple[list[tuple[str, str, str, datetime]], list[tuple[str, int, str, datetime]]]:
    """(confirmed faults as (kind, note, by, when), losses as (cause, fen, note, when)) of an order."""
    faults = cursor.execute(
        "SELECT kind, note, confirmed_by, found_at FROM dispatch_faults WHERE order_key = ? ORDER BY found_at",
        [order_key],
    ).fetchall()
    losses = cursor.execute(
        "SELECT cause, loss_fen, note, happened_at FROM losses WHERE order_key = ? ORDER BY happened_at", [order_key]
    ).fetchall()
    return faults, losses
