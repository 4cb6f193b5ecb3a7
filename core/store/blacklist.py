"""A third party's blacklist in the store: its settings, its answers for a while, and what it said of each order."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.store.listed import among
from core.store.store import Cursor, Store

_FACT = "blacklist_service"
_RESULTS_KEPT = timedelta(days=90)
MODES = ("off", "shadow", "live")
TAG = "review_unknown"


@dataclass(frozen=True, slots=True)
class Service:
    """How the service is asked. `sealed` holds the secrets; `version` rises with each change."""

    mode: str = "off"
    values: Mapping[str, str] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict, repr=False)
    deadline_ms: int = 800
    at_once: int = 8
    keep_hours: int = 24
    version: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of an order after asking. level: freeze, review or ""; state as in the table."""

    order_key: int
    state: str
    level: str = ""
    reason: str = ""
    score: float | None = None
    millis: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order to ask about, and the sealed text of its persons."""

    order_key: int
    platform_no: str
    channel: str
    buyer_id: str
    ip: str
    phone_key: str
    cipher: str


def service(cursor: Cursor) -> Service:
    """The settings as they stand."""
    row = cursor.execute("SELECT value FROM facts WHERE name = ?", [_FACT]).fetchone()
    return Service(**json.loads(row[0])) if row else Service()


def put_service(cursor: Cursor, found: Service) -> None:
    """Keep the settings."""
    body = {name: getattr(found, name) for name in Service.__dataclass_fields__}
    cursor.execute("DELETE FROM facts WHERE name = ?", [_FACT])
    cursor.execute("INSERT INTO facts VALUES (?, ?, ?)", [_FACT, json.dumps(body, ensure_ascii=False), clock.now()])


def wanted(store: Store, order_keys: Sequence[int], *, persons: bool) -> list[Wanted]:
    """Those of the orders that nobody has asked about yet, in the order given. `persons`: with their sealed texts."""
    cipher = "p.cipher" if persons else "NULL"
    joined = " LEFT JOIN order_persons p ON p.order_key = o.order_key" if persons else ""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT o.order_key, o.platform_no, o.channel, o.buyer_id, o.ip, o.phone_key, {cipher} FROM orders o{joined} "
            "WHERE o.order_key IN (SELECT unnest(?::BIGINT[])) "
            "AND o.order_key NOT IN (SELECT order_key FROM blacklist_results)",
            [list(order_keys)],
        ).fetchall()
    place = {key: n for n, key in enumerate(order_keys)}
    return sorted((Wanted(row[0], *(text or "" for text in row[1:])) for row in rows), key=lambda w: place[w.order_key])


def cached(store: Store, asked: Sequence[str]) -> dict[str, tuple[str, str, float | None]]:
    """asked -> (level, reason, score) of what was heard and has not expired."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT asked, level, reason, score FROM blacklist_cache WHERE expires_at > ? "
            "AND asked IN (SELECT unnest(?::VARCHAR[]))",
            [clock.now(), list(asked)],
        ).fetchall()
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def keep(cursor: Cursor, answers: Mapping[str, Heard], results: Sequence[Heard], keep_hours: int) -> None:
    """Keep new answers (by what was asked) until they expire, and the results of orders; forget what has expired."""
    now = clock.now()
    cursor.execute(
        "DELETE FROM blacklist_cache WHERE expires_at <= ? OR asked IN (SELECT unnest(?::VARCHAR[]))",
        [now, list(answers)],
    )
    found = list(answers.values())
    cursor.execute(
        "INSERT INTO blacklist_cache SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
        "unnest(?::DOUBLE[]), ?, ?",
        [list(answers), [a.level for a in found], [a.reason for a in found], [a.score for a in found], now,
         now + timedelta(hours=keep_hours)],
    )  # fmt: skip
    cursor.execute("DELETE FROM blacklist_results WHERE asked_at <= ?", [now - _RESULTS_KEPT])
    cursor.execute(
        "INSERT INTO blacklist_results SELECT unnest(?::BIGINT[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
        "unnest(?::VARCHAR[]), unnest(?::DOUBLE[]), unnest(?::BIGINT[]), ?",
        [[r.order_key for r in results], [r.state for r in results], [r.level for r in results],
         [r.reason for r in results], [r.score for r in results], [r.millis for r in results], now],
    )  # fmt: skip


def results(cursor: Cursor, order_keys: Sequence[int]) -> dict[int, Heard]:
    """What was heard of these orders; nobody asked about the others."""
    which, listed = among(cursor, order_keys)
    rows = cursor.execute(
        f"SELECT order_key, state, level, reason, score, millis FROM blacklist_results WHERE {which}", listed
    ).fetchall()
    return {row[0]: Heard(*row) for row in rows}


def latest(store: Store, limit: int) -> list[dict[str, Any]]:
    """The last results with their orders, newest first."""
    names = ("order_key", "platform_no", "channel", "shop", "state", "level", "reason", "score", "millis", "asked_at")
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT r.order_key, o.platform_no, o.channel, o.shop, r.state, r.level, r.reason, r.score, r.millis, r.asked_at "
            "FROM blacklist_results r JOIN orders o USING (order_key) ORDER BY r.asked_at DESC, r.order_key LIMIT ?",
            [limit],
        ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def tally(store: Store, since: datetime) -> dict[str, int]:
    """Orders by state since an instant, those listed (`listed`), and the median of asked milliseconds (`millis`)."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT state, count(*) FROM blacklist_results WHERE asked_at >= ? GROUP BY state", [since]
        ).fetchall()
        row = cursor.execute(
            "SELECT count(*) FILTER (level <> ''), median(millis) FILTER (state = 'answered') FROM blacklist_results "
            "WHERE asked_at >= ?",
            [since],
        ).fetchone()
    return dict(rows) | {"listed": int(row[0]) if row else 0, "millis": int(row[1] or 0) if row else 0}
