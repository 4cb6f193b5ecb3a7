"""The outbox: what is to leave the house is a row first, put with the change that causes it, and delivered by a job.

A message is told apart by its key: putting it twice does nothing. One claimed by a process that died comes back when its
claim ends; the other side must therefore take the same key twice without harm. States: waiting, claimed, done,
dead (a person retries, mends or ignores it), ignored, superseded (a newer one of the same subject took its place).
Messages of one order go one after the other: a later one waits until the earlier one is done, ignored or overtaken.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.i18n import N_
from core.store.store import Cursor, Store, count_of

WAITING, CLAIMED, DONE, DEAD, IGNORED, SUPERSEDED = "waiting", "claimed", "done", "dead", "ignored", "superseded"
STATES = {
    WAITING: N_("Waiting"),
    CLAIMED: N_("Being sent"),
    DONE: N_("Sent"),
    DEAD: N_("Refused"),
    IGNORED: N_("Ignored"),
    SUPERSEDED: N_("Overtaken by a newer one"),
}
LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Message:
    """What to send. `subject` is what it is about (a SKU, an order's number); `key` makes it one and the same.

    A body with an `order_key` keeps its place among the messages of that order.
    """

    kind: str
    channel: str
    shop: str
    subject: str
    key: str
    body: dict[str, Any] = field(default_factory=dict)
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A message in the outbox with how it fares. `error` are the other side's own words."""

    outbox_id: str
    kind: str
    channel: str
    shop: str
    subject: str
    key: str
    body: dict[str, Any]
    state: str
    attempts: int
    next_at: datetime | None
    answer: str | None
    error_code: str | None
    error: str | None
    hint: str | None
    created_at: datetime
    changed_at: datetime
    settled_by: str | None
    why: str | None = None


COLUMNS = (
    "outbox_id, kind, channel, shop, subject, key, body, state, attempts, next_at, answer, error_code, error, hint, "
    "created_at, changed_at, settled_by, why"
)
Lane = tuple[str, str, str]
"""(kind, channel, shop): whose messages are sent one after the other or side by side, apart from all others."""


def key_of(*parts: object) -> str:
    """A key of 24 letters from what makes a message one and the same."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:24]


def put(cursor: Cursor, messages: Sequence[Message], *, supersede: bool = False) -> int:
    """Put the messages that are not there yet; returns how many are new.

    With `supersede`, a new message takes the place of every older one about the same subject that has not been sent.
    """
    if not messages:
        return 0
    now = clock.now()
    rows = [
        (
            m.kind,
            m.channel,
            m.shop,
            m.subject,
            m.key,
            json.dumps(m.body, ensure_ascii=False, default=str),
            m.next_at or now,
            _follows(m, supersede),
            place,
        )
        for place, m in enumerate(messages)
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE outbox_news AS WITH n(kind, channel, shop, subject, key, body, next_at, follows, "
        "place) AS (SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
        "unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::TIMESTAMPTZ[]), unnest(?::VARCHAR[]), unnest(?::INTEGER[])) SELECT n.* FROM n ANTI JOIN outbox o ON o.kind = n.kind "
        "AND o.channel = n.channel AND o.shop = n.shop AND o.key = n.key "
        "QUALIFY row_number() OVER (PARTITION BY kind, channel, shop, key ORDER BY n.place) = 1",
        columns,
    )
    if supersede:
        cursor.execute(
            "UPDATE outbox AS o SET state = 'superseded', changed_at = ? FROM outbox_news n WHERE o.kind = n.kind "
            "AND o.channel = n.channel AND o.shop = n.shop AND o.subject = n.subject AND o.state IN ('waiting', 'dead')",
            [now],
        )
    cursor.execute(
        "INSERT INTO outbox (outbox_id, kind, channel, shop, subject, key, body, state, attempts, next_at, created_at, "
        "changed_at, follows, place) SELECT md5(concat_ws(chr(31), kind, channel, shop, key)), kind, channel, shop, subject, key, "
        "body, 'waiting', 0, next_at, ?, ?, follows, place FROM outbox_news",
        [now, now],
    )
    row = cursor.execute("SELECT count(*) FROM outbox_news").fetchone()
    return int(row[0]) if row else 0


def _follows(message: Message, supersede: bool) -> str | None:
    if message.body.get("order_key") is not None:
        return f"order:{message.body['order_key']}"
    return f"={message.subject}" if supersede else None


_DUE = "((state = 'waiting' AND next_at <= ?) OR (state = 'claimed' AND claimed_until <= ?))"
# Only the first of those that follow one another has its turn, however many kinds they are of.
_TURNS = (
    "(SELECT outbox_id, kind, channel, shop, subject, state, next_at, claimed_until, created_at, place FROM outbox "
    "WHERE state IN ('waiting', 'claimed', 'dead') QUALIFY row_number() OVER (PARTITION BY channel, shop, "
    "coalesce(follows, outbox_id) ORDER BY created_at, place NULLS FIRST, outbox_id) = 1)"
)


def is_due(store: Store) -> bool:
    """Whether anything is to be sent now."""
    return bool(lanes(store))


def lanes(store: Store) -> list[Lane]:
    """Where something is to be sent now."""
    now = clock.now()
    with store.read() as cursor:
        if not cursor.execute(f"SELECT 1 FROM outbox WHERE {_DUE} LIMIT 1", [now, now]).fetchone():
            return []
        return cursor.execute(
            f"SELECT DISTINCT kind, channel, shop FROM {_TURNS} WHERE {_DUE} ORDER BY ALL", [now, now]
        ).fetchall()


def is_waiting(store: Store) -> bool:
    """Whether anything waits, now or later."""
    with store.read() as cursor:
        return bool(cursor.execute("SELECT 1 FROM outbox WHERE state IN ('waiting', 'claimed') LIMIT 1").fetchone())


def claim(store: Store, limit: int, lane: Lane | None = None) -> list[Row]:
    """Take up to `limit` due messages (of one lane), oldest first; each counts as one attempt and comes back when the
    lease ends. Of those that follow one another only the first is taken."""
    now = clock.now()
    bound, values = ("kind = ? AND channel = ? AND shop = ? AND ", list(lane)) if lane else ("", [])
    with store.write() as cursor:
        ids = cursor.execute(
            f"SELECT outbox_id FROM {_TURNS} WHERE {bound}{_DUE} ORDER BY created_at, place, subject LIMIT ?",
            [*values, now, now, limit],
        ).fetchall()
        if not ids:
            return []
        which = "outbox_id IN (SELECT unnest(?::VARCHAR[]))"
        listed = [row[0] for row in ids]
        cursor.execute(
            f"UPDATE outbox SET state = 'claimed', attempts = attempts + 1, claimed_until = ?, changed_at = ? WHERE {which}",
            [now + LEASE, now, listed],
        )
        rows = cursor.execute(f"SELECT {COLUMNS} FROM outbox WHERE {which}", [listed]).fetchall()
    turn = {row[0]: place for place, row in enumerate(ids)}
    return sorted((row_of(row) for row in rows), key=lambda row: turn[row.outbox_id])


def take_back(store: Store) -> int:
    """Messages that a process which is gone had claimed are due again at once; only for the one process of a store."""
    with store.read() as cursor:
        if not cursor.execute("SELECT 1 FROM outbox WHERE state = 'claimed' LIMIT 1").fetchone():
            return 0
    with store.write() as cursor:
        cursor.execute(
            "UPDATE outbox SET claimed_until = ? WHERE state = 'claimed' AND claimed_until > ?",
            [clock.now(), clock.now()],
        )
        return count_of(cursor)


@dataclass(frozen=True, slots=True)
class Fate:
    """How an attempt ended: the state to take, and what was said. `next_at` for those that wait for another attempt."""

    outbox_id: str
    state: str
    answer: str = ""
    error_code: str = ""
    error: str = ""
    hint: str = ""
    next_at: datetime | None = None
    counts: bool = True


def settle(cursor: Cursor, fates: Sequence[Fate]) -> None:
    """Write how claimed messages fared, as one set. What has not arrived and was overtaken meanwhile is not sent again."""
    if not fates:
        return
    columns = [
        [f.outbox_id for f in fates],
        [f.state for f in fates],
        [f.answer or None for f in fates],
        [f.error_code or None for f in fates],
        [f.error or None for f in fates],
        [f.hint or None for f in fates],
        [f.next_at for f in fates],
        [0 if f.counts else 1 for f in fates],
    ]
    kinds = (*["VARCHAR"] * 6, "TIMESTAMPTZ", "INTEGER")
    names = ("id", "state", "answer", "error_code", "error", "hint", "next_at", "unsent")
    unnested = ", ".join(
        f"unnest(${place}::{kind}[]) AS {name}" for place, (kind, name) in enumerate(zip(kinds, names, strict=True), 1)
    )
    cursor.execute(
        "UPDATE outbox AS o SET state = f.state, answer = f.answer, error_code = f.error_code, error = f.error, hint = f.hint, "
        "next_at = f.next_at, attempts = o.attempts - f.unsent, claimed_until = NULL, changed_at = $9 "
        f"FROM (SELECT {unnested}) f WHERE o.outbox_id = f.id AND o.state = 'claimed'",
        [*columns, clock.now()],
    )
    late = [fate.outbox_id for fate in fates if fate.state in (WAITING, DEAD)]
    if late:
        cursor.execute(
            "UPDATE outbox AS o SET state = 'superseded', next_at = NULL WHERE o.outbox_id IN (SELECT unnest(?::VARCHAR[])) "
            "AND starts_with(o.follows, '=') AND EXISTS (SELECT 1 FROM outbox n WHERE n.kind = o.kind AND n.channel = o.channel "
            "AND n.shop = o.shop AND n.follows = o.follows AND n.created_at > o.created_at)",
            [late],
        )


def retry(cursor: Cursor, ids: Sequence[str], who: str, why: str = "") -> int:
    """Send refused messages again now; returns how many were refused."""
    now = clock.now()
    cursor.execute(
        "UPDATE outbox SET state = 'waiting', attempts = 0, next_at = ?, changed_at = ?, settled_by = ?, why = ? "
        "WHERE state = 'dead' AND outbox_id IN (SELECT unnest(?::VARCHAR[]))",
        [now, now, who, why or None, list(ids)],
    )
    return count_of(cursor)


def ignore(cursor: Cursor, ids: Sequence[str], who: str, why: str = "") -> int:
    """Let refused messages be; returns how many were refused."""
    cursor.execute(
        "UPDATE outbox SET state = 'ignored', changed_at = ?, settled_by = ?, why = ? "
        "WHERE state = 'dead' AND outbox_id IN (SELECT unnest(?::VARCHAR[]))",
        [clock.now(), who, why or None, list(ids)],
    )
    return count_of(cursor)


def listing(store: Store, kind: str = "", *, states: Sequence[str] = (), limit: int = 500) -> list[Row]:
    """Messages of a kind (all when ""), in these states (all when none), the newest change first."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {COLUMNS} FROM outbox WHERE (? = '' OR kind = ?) AND (len(?::VARCHAR[]) = 0 OR state IN "
            "(SELECT unnest(?::VARCHAR[]))) ORDER BY changed_at DESC, subject LIMIT ?",
            [kind, kind, list(states), list(states), limit],
        ).fetchall()
    return [row_of(row) for row in rows]


def counts(store: Store, kind: str) -> dict[tuple[str, str], dict[str, int]]:
    """(channel, shop) -> state -> how many messages of the kind."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    with store.read() as cursor:
        for channel, shop, state, many in cursor.execute(
            "SELECT channel, shop, state, count(*) FROM outbox WHERE kind = ? GROUP BY ALL", [kind]
        ).fetchall():
            found.setdefault((channel, shop), {})[state] = many
    return found


def row_of(row: tuple[Any, ...]) -> Row:
    """A row of the table in the order of `COLUMNS`."""
    names = tuple(item.name for item in fields(Row))
    return Row(**{**dict(zip(names, row, strict=True)), "body": json.loads(row[6])})
