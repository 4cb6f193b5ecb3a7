"""What people, and after-sales outcomes, said of orders: who waits for a word, and how often the rules were wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock
from core.store.store import Cursor, Store, count_of

_LAST = (
    "SELECT order_key, last(label ORDER BY labelled_at) AS label, bool_or(source = 'review') AS reviewed FROM labels "
    "GROUP BY order_key"
)
_HELD = "o.held AND contains(o.held_reasons, '\"risk_')"


@dataclass(frozen=True, slots=True)
class Tally:
    """Orders that live risk rules decided in a period. `held` splits into released, rejected, still waiting, and those that
    a change of the rules or the order's own end let go.

    `missed` are those let through that turned out to be fraud afterwards.
    """

    decided: int
    held: int
    released: int
    rejected: int
    waiting: int
    missed: int = 0


def waiting(store: Store, limit: int, offset: int = 0) -> tuple[list[dict[str, Any]], int]:
    """Orders held by risk that nobody has rejected yet, the oldest payment first, and how many there are in all."""
    source = f"FROM orders o LEFT JOIN ({_LAST}) l USING (order_key) WHERE {_HELD} AND NOT coalesce(l.label = 'fraud' AND l.reviewed, false)"
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
        "AND NOT coalesce(l.label = 'fraud' AND l.reviewed, false) AND o.order_key IN (SELECT unnest(?::BIGINT[])) ORDER BY 1",
        [list(order_keys)],
    ).fetchall()
    return [row[0] for row in rows]


def tally(store: Store, since: datetime) -> Tally:
    """The orders that live risk rules decided since an instant, by what became of them."""
    with store.read() as cursor:
        row = cursor.execute(
            "WITH decided AS (SELECT order_key, bool_or(outcome IN ('freeze', 'review') OR frozen) AS held, "
            "bool_or(frozen) AS frozen FROM ("
            "SELECT d.order_key, d.outcome, coalesce(contains(o.held_reasons, '\"risk_'), false) AS frozen FROM decisions d "
            "JOIN orders o ON o.order_key = d.order_key WHERE d.kind = 'risk' AND d.mode = 'live' AND d.decided_at >= ?) "
            "GROUP BY order_key), told AS (SELECT held OR coalesce(reviewed, false) AS held, frozen, label FROM decided "
            f"LEFT JOIN ({_LAST}) USING (order_key)) SELECT count(*), count(*) FILTER (held), "
            "count(*) FILTER (held AND label = 'normal'), count(*) FILTER (held AND label = 'fraud'), "
            "count(*) FILTER (frozen AND label IS NULL), count(*) FILTER (NOT held AND label = 'fraud') FROM told",
            [since],
        ).fetchone()
    assert row is not None
    return Tally(*(int(number) for number in row))


def learn(cursor: Cursor, words: Sequence[str], *, quiet_since: datetime) -> tuple[int, int]:
    """Learn from after-sales outcomes what nobody has said yet; returns (fraud, normal) orders.

    Fraud: a refund whose reason holds one of the words. Normal: an order that a live risk rule held, that was completed
    before `quiet_since` and has no refund. A person's word is never replaced.
    """
    now = clock.now()
    cursor.execute(
        "INSERT INTO labels SELECT DISTINCT r.order_key, 'fraud', 'aftersales', 'system', ?::TIMESTAMPTZ FROM refunds r "
        "WHERE r.order_key NOT IN (SELECT order_key FROM labels) "
        "AND len(list_filter(?::VARCHAR[], lambda w: contains(lower(coalesce(r.reason, '')), lower(w)))) > 0",
        [now, list(words)],
    )
    fraud = count_of(cursor)
    cursor.execute(
        "INSERT INTO labels SELECT o.order_key, 'normal', 'aftersales', 'system', ?::TIMESTAMPTZ FROM orders o WHERE "
        "o.status IN ('COMPLETED', 'ARCHIVED') AND o.finished_at < ? AND o.order_key NOT IN (SELECT order_key FROM labels) "
        "AND o.order_key NOT IN (SELECT order_key FROM refunds) AND o.order_key IN (SELECT order_key FROM decisions "
        "WHERE kind = 'risk' AND mode = 'live' AND outcome IN ('freeze', 'review'))",
        [now, quiet_since],
    )
    return fraud, count_of(cursor)


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
