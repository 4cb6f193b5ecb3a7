"""What people said of held orders: who waits for a word, and how often the rules were wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.store.store import Cursor, Store

_LAST = "SELECT order_key, last(label ORDER BY labelled_at) AS label FROM labels GROUP BY order_key"
_HELD = "o.held AND contains(o.held_reasons, '\"risk_')"


@dataclass(frozen=True, slots=True)
class Tally:
    """Orders that live risk rules decided in a period. `held` splits into released, rejected and still waiting."""

    decided: int
    held: int
    released: int
    rejected: int
    waiting: int


def waiting(store: Store, limit: int, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Orders held by risk that nobody has rejected yet, the oldest payment first, and how many there are in all."""
    source = f"FROM orders o LEFT JOIN ({_LAST}) l USING (order_key) WHERE {_HELD} AND coalesce(l.label, '') <> 'fraud'"
    names = ("order_key", "platform_no", "channel", "shop", "status", "paid_at", "paid_fen", "recipient", "phone",
             "province", "city", "unit_count", "held_reasons")  # fmt: skip
    with store.read() as cursor:
        total = cursor.execute(f"SELECT count(*) {source}").fetchone()
        rows = cursor.execute(
            f"SELECT {', '.join(f'o.{name}' for name in names)} {source} ORDER BY o.paid_at NULLS LAST, o.order_key "
            "LIMIT ? OFFSET ?",
            [limit, offset],
        ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows], int(total[0]) if total else 0


def rejectable(cursor: Cursor, order_keys: Sequence[int]) -> list[int]:
    """Those of the orders that risk holds and nobody has rejected yet."""
    rows = cursor.execute(
        f"SELECT o.order_key FROM orders o LEFT JOIN ({_LAST}) l USING (order_key) WHERE {_HELD} "
        "AND coalesce(l.label, '') <> 'fraud' AND o.order_key IN (SELECT unnest(?::BIGINT[])) ORDER BY 1",
        [list(order_keys)],
    ).fetchall()
    return [row[0] for row in rows]


def tally(store: Store, since: datetime) -> Tally:
    """The orders that live risk rules decided since an instant, by what became of them."""
    with store.read() as cursor:
        row = cursor.execute(
            "WITH decided AS (SELECT order_key, bool_or(outcome IN ('freeze', 'review') OR frozen) AS held FROM ("
            "SELECT d.order_key, d.outcome, coalesce(contains(o.held_reasons, '\"risk_'), false) AS frozen FROM decisions d "
            "JOIN orders o ON o.order_key = d.order_key WHERE d.kind = 'risk' AND d.mode = 'live' AND d.decided_at >= ?) "
            "GROUP BY order_key) SELECT count(*), count(*) FILTER (held OR label IS NOT NULL), count(*) FILTER (label = 'normal'), "
            "count(*) FILTER (label = 'fraud'), count(*) FILTER (held AND label IS NULL) "
            f"FROM decided LEFT JOIN ({_LAST}) USING (order_key)",
            [since],
        ).fetchone()
    assert row is not None
    return Tally(*(int(number) for number in row))


def evaluable(store: Store, since: datetime, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Per channel: `orders` since an instant and, by each column's name, how many of them carry it."""
    counts = ", ".join(f"count({column})" for column in columns)
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT channel, count(*), {counts} FROM orders WHERE coalesce(paid_at, ordered_at) >= ? "
            "GROUP BY channel ORDER BY count(*) DESC, channel",
            [since],
        ).fetchall()
    return [dict(zip(("channel", "orders", *columns), row, strict=True)) for row in rows]
