"""What refunds stop: the orders that must not go out, why, and the overrides by named persons. One expression, one table.

A request that is open, agreed or paid stops the order; a refused or withdrawn one lets it go. A word that is unknown stops.
Refunds come as documents (`refunds`) or, before those, as words on the order and its lines.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.model.refunds import CLOSED, GENERAL, REFUSED, WORDS
from core.store.listed import among
from core.store.refund_state import PAID_BACK, means
from core.store.store import Cursor

REST, ALL = "rest", "all"
ASKED = "ASKED"
"""Stands as an order's refund word when the platform, asked just now, told of a refund in a word we do not know, or of one
that is none of those we have: it stops the order until a document of it comes in, or the platform says there is none."""
_SAID = f"coalesce(o.refund_status = '{ASKED}', false)"


_HARMLESS = ("NO_REFUND", "NONE", "0", "")  # words that say there is none, on orders and lines
_OVER = (REFUSED, CLOSED)


def _word_stops(channel: str, word: str) -> str:
    """A word on an order or line: it stops when it is one of a refund that is not over. Other words there are no refund's."""
    known = tuple(sorted({state for words in (*WORDS.values(), GENERAL) for state in words.values()} - set(_OVER)))
    harmless = ", ".join(f"'{each}'" for each in _HARMLESS)
    return f"(coalesce({word}, '') = '{ASKED}' OR (coalesce({word}, '') NOT IN ({harmless}) AND {means(channel, word, *known)}))"


OUT = "'SHIPPED', 'COMPLETED', 'ARCHIVED', 'CANCELLED'"
"""Statuses in which there is nothing left to stop."""
BLOCKING = f"(NOT {means('r.channel', 'r.refund_status', *_OVER)})"
"""True for a refund (alias r) that stops its order."""
_IN = "IN (SELECT unnest(?::BIGINT[]) AS listed)"
BASIS = "md5(string_agg(concat_ws('|', r.refund_no, coalesce(r.refund_status, ''), coalesce(r.line_no, '')), ',' ORDER BY r.refund_no))"


@dataclass(frozen=True, slots=True)
class Blocked:
    """An order that its refunds stop. `lines`: the refunded line numbers, none: the whole order; `basis`: what an override
    is given for; `overridden`: the scope of one that stands ("" none)."""

    order_key: int
    basis: str
    paid_back: bool
    lines: tuple[str, ...]
    whole: bool
    requested_at: datetime | None
    refund_fen: int
    overridden: str = ""
    override_by: str = ""


def blocked(
    cursor: Cursor, keys: Sequence[int], since: datetime | None = None, *, shipped: bool = False
) -> dict[int, Blocked]:
    """The orders among these that refunds stop, an override or not. `since` bounds when the orders came into the pool;
    `shipped`: those that have left too, for parcels to be stopped on the road."""
    marked, _held = suspects(cursor, keys, "", since)
    if not marked:
        return {}
    which, values = among(cursor, marked, "{0}")
    bound = "o.pool_at >= ? AND " if since else ""
    query = _QUERY.format(
        refunds=which.format("r.order_key"),
        lines=which.format("l.order_key"),
        bound=bound,
        orders=which.format("o.order_key"),
        out=OUT.replace("'SHIPPED', ", "") if shipped else OUT,
    )
    rows = cursor.execute(query, [*values, *values, *([since] if since else []), *values]).fetchall()
    over = _overrides(cursor, [row[0] for row in rows]) if rows else {}
    found = {}
    for key, basis, paid_back, lines, whole, requested_at, fen in rows:
        scope, by = over.get((key, basis), ("", ""))
        found[key] = Blocked(key, basis, paid_back, tuple(lines or ()), whole, requested_at, int(fen or 0), scope, by)
    return found


_QUERY = (
    f"WITH d AS (SELECT r.order_key, {BASIS} AS basis, bool_or({PAID_BACK}) FILTER ({BLOCKING}) AS paid_back, "
    f"bool_or({BLOCKING}) AS stops, list(DISTINCT r.line_no ORDER BY r.line_no) FILTER ({BLOCKING} AND nullif(r.line_no, '') IS NOT NULL) AS lines, "
    f"bool_or(nullif(r.line_no, '') IS NULL) FILTER ({BLOCKING}) AS whole, min(r.refund_requested_at) FILTER ({BLOCKING}) AS requested_at, "
    f"sum(r.refund_fen) FILTER ({BLOCKING}) AS fen FROM refunds r WHERE {{refunds}} GROUP BY r.order_key) "
    f"SELECT o.order_key, coalesce(d.basis || CASE WHEN {_SAID} THEN '|asked' ELSE '' END, 'word:' || coalesce(o.refund_status, '') || coalesce(w.lines::VARCHAR, '')), coalesce(d.paid_back, false), coalesce(d.lines, w.lines), "
    f"coalesce(d.whole, w.order_key IS NULL) OR {_SAID}, d.requested_at, d.fen FROM orders o LEFT JOIN d ON d.order_key = o.order_key "
    f"LEFT JOIN (SELECT l.order_key, list(l.line_no ORDER BY l.line_no) AS lines FROM order_lines l WHERE l.line_refund_status IS NOT NULL "
    f"AND {{lines}} AND {_word_stops('l.channel', 'l.line_refund_status')} GROUP BY l.order_key) w ON w.order_key = o.order_key "
    f"WHERE {{bound}}{{orders}} AND o.status NOT IN ({{out}}) AND (d.stops OR {_SAID} OR (d.order_key IS NULL AND (w.order_key IS NOT NULL OR {_word_stops('o.channel', 'o.refund_status')})))"
)


def suspects(
    cursor: Cursor, keys: Sequence[int], reason: str, since: datetime | None = None
) -> tuple[list[int], list[int]]:
    """(the orders that carry anything of a refund, those held for the reason): few, found without asking what it means.

    To plan the whole question takes fifteen times as long as to answer this one.
    """
    if not keys:
        return [], []
    bound, values = ("pool_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys)
    harmless = ", ".join(f"'{each}'" for each in _HARMLESS)
    holds = "coalesce(held AND contains(held_reasons, '\"' || ? || '\"'), false)"
    rows = cursor.execute(
        f"SELECT order_key, true, false FROM refunds WHERE {which} UNION ALL SELECT order_key, true, false FROM order_lines "
        f"WHERE {bound}line_refund_status IS NOT NULL AND line_refund_status NOT IN ({harmless}) AND {which} UNION ALL "
        "SELECT * FROM (SELECT order_key, "
        f"coalesce(refund_status NOT IN ({harmless}), false) AS told, {holds} AS holds FROM orders WHERE {bound}{which}) "
        "WHERE told OR holds",
        [*listed, *values, *listed, reason, *values, *listed],
    ).fetchall()
    return sorted({key for key, told, _held in rows if told}), [key for key, _told, held in rows if held]


def holding(cursor: Cursor, keys: Sequence[int], reason: str, since: datetime | None = None) -> list[int]:
    """Those of the orders that are held for the reason."""
    bound, values = ("pool_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys)
    rows = cursor.execute(
        f"SELECT order_key FROM orders WHERE {bound}held AND contains(held_reasons, '\"' || ? || '\"') AND {which}",
        [*values, reason, *listed],
    ).fetchall()
    return [row[0] for row in rows]


def held_for(cursor: Cursor, keys: Sequence[int], since: datetime | None = None) -> dict[int, list[str]]:
    """The reasons of those of the orders that are held."""
    bound, values = ("pool_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys)
    query = f"SELECT order_key, held_reasons FROM orders WHERE {bound}held AND {which}"
    return {key: json.loads(reasons or "[]") for key, reasons in cursor.execute(query, [*values, *listed]).fetchall()}


def _overrides(cursor: Cursor, keys: Sequence[int]) -> dict[tuple[int, str], tuple[str, str]]:
    rows = cursor.execute(
        f"SELECT order_key, basis, scope, account FROM refund_overrides WHERE order_key {_IN} ORDER BY given_at",
        [list(keys)],
    ).fetchall()
    return {(key, basis): (scope, account) for key, basis, scope, account in rows}


def override(
    cursor: Cursor, rows: Sequence[tuple[int, str]], scope: str, reason: str, account: str, now: datetime
) -> None:
    """A named person lets the orders go in spite of the refunds that stand (order, basis)."""
    columns: list[list[Any]] = [[key for key, _basis in rows], [basis for _key, basis in rows]]
    cursor.execute(
        "INSERT INTO refund_overrides SELECT unnest(?::BIGINT[]), unnest(?::VARCHAR[]), ?, ?, ?, ?",
        [*columns, scope, reason, account, now],
    )


def note_word(cursor: Cursor, words: Sequence[tuple[int, str]], now: datetime) -> None:
    """Keep on the orders that the platform, asked about them, told of a refund: (order, its word or ASKED). Where older
    documents say there is none any more, the word stands above them until a newer one comes."""
    cursor.execute(
        f"UPDATE orders SET refund_status = CASE WHEN order_key IN (SELECT order_key FROM refunds) THEN '{ASKED}' ELSE n.word END, "
        "changed_at = $now FROM (SELECT unnest($keys::BIGINT[]) AS listed, unnest($words::VARCHAR[]) AS word) n "
        "WHERE orders.order_key = n.listed",
        {"now": now, "keys": [key for key, _word in words], "words": [word for _key, word in words]},
    )


def forget_word(cursor: Cursor, keys: Sequence[int], now: datetime) -> list[int]:
    """The platform, asked again, tells of no refund of these orders: what it had told stands no more; returns those."""
    rows = cursor.execute(
        "UPDATE orders SET refund_status = (SELECT arg_max(r.refund_status, coalesce(r.refund_updated_at, '-infinity'::TIMESTAMPTZ)) "
        "FROM refunds r WHERE r.order_key = orders.order_key), changed_at = $now "
        f"WHERE refund_status = '{ASKED}' AND order_key IN (SELECT unnest($keys::BIGINT[]) AS listed) RETURNING order_key",
        {"now": now, "keys": list(keys)},
    ).fetchall()
    return [row[0] for row in rows]
