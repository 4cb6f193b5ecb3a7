"""The outbox: what is to leave the house is a row first, put with the change that causes it, and delivered by a job.

A message is told apart by its key: putting it twice does nothing. One claimed by a process that died comes back when its
claim ends; the other side must therefore take the same key twice without harm. States: waiting, claimed, done,
dead (a person retries or ignores it), ignored, superseded (a newer one of the same subject took its place).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.i18n import N_
from core.store.store import Cursor, Store

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
    """What to send. `subject` is what it is about (a SKU, an order's number); `key` makes it one and the same."""

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


_COLUMNS = (
    "outbox_id, kind, channel, shop, subject, key, body, state, attempts, next_at, answer, error_code, error, hint, "
    "created_at, changed_at, settled_by"
)


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
        )
        for m in messages
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE outbox_news AS WITH n(kind, channel, shop, subject, key, body, next_at) AS (SELECT "
        "unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
        "unnest(?::VARCHAR[]), unnest(?::TIMESTAMPTZ[])) SELECT n.* FROM n ANTI JOIN outbox o ON o.kind = n.kind "
        "AND o.channel = n.channel AND o.shop = n.shop AND o.key = n.key "
        "QUALIFY row_number() OVER (PARTITION BY kind, channel, shop, key) = 1",
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
        "changed_at) SELECT md5(concat_ws(chr(31), kind, channel, shop, key)), kind, channel, shop, subject, key, body, "
        "'waiting', 0, next_at, ?, ? FROM outbox_news",
        [now, now],
    )
    row = cursor.execute("SELECT count(*) FROM outbox_news").fetchone()
    return int(row[0]) if row else 0


def is_due(store: Store) -> bool:
    """Whether anything is to be sent now."""
    now = clock.now()
    with store.read() as cursor:
        return bool(cursor.execute(f"SELECT 1 FROM outbox WHERE {_DUE} LIMIT 1", [now, now]).fetchone())


def is_waiting(store: Store) -> bool:
    """Whether anything waits, now or later."""
    with store.read() as cursor:
        return bool(cursor.execute("SELECT 1 FROM outbox WHERE state IN ('waiting', 'claimed') LIMIT 1").fetchone())


_DUE = "(state = 'waiting' AND next_at <= ?) OR (state = 'claimed' AND claimed_until <= ?)"


def claim(store: Store, limit: int) -> list[Row]:
    """Take up to `limit` due messages, oldest first; each counts as one attempt and comes back when the lease ends."""
    now = clock.now()
    with store.write() as cursor:
        ids = cursor.execute(
            f"SELECT outbox_id FROM outbox WHERE {_DUE} ORDER BY created_at, subject LIMIT ?", [now, now, limit]
        ).fetchall()
        if not ids:
            return []
        rows = cursor.execute(
            "UPDATE outbox SET state = 'claimed', attempts = attempts + 1, claimed_until = ?, changed_at = ? "
            f"WHERE outbox_id IN (SELECT unnest(?::VARCHAR[])) RETURNING {_COLUMNS}",
            [now + LEASE, now, [row[0] for row in ids]],
        ).fetchall()
    return sorted((_row(row) for row in rows), key=lambda row: (row.created_at, row.subject))


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
    """Write how claimed messages fared, as one set. One that was overtaken meanwhile stays overtaken."""
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


def retry(cursor: Cursor, ids: Sequence[str], who: str) -> int:
    """Send refused messages again now; returns how many were refused."""
    now = clock.now()
    rows = cursor.execute(
        "UPDATE outbox SET state = 'waiting', attempts = 0, next_at = ?, changed_at = ?, settled_by = ? "
        "WHERE state = 'dead' AND outbox_id IN (SELECT unnest(?::VARCHAR[])) RETURNING 1",
        [now, now, who, list(ids)],
    ).fetchall()
    return len(rows)


def ignore(cursor: Cursor, ids: Sequence[str], who: str) -> int:
    """Let refused messages be; returns how many were refused."""
    rows = cursor.execute(
        "UPDATE outbox SET state = 'ignored', changed_at = ?, settled_by = ? "
        "WHERE state = 'dead' AND outbox_id IN (SELECT unnest(?::VARCHAR[])) RETURNING 1",
        [clock.now(), who, list(ids)],
    ).fetchall()
    return len(rows)


def listing(store: Store, kind: str = "", *, states: Sequence[str] = (), limit: int = 500) -> list[Row]:
    """Messages of a kind (all when ""), in these states (all when none), the newest change first."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {_COLUMNS} FROM outbox WHERE (? = '' OR kind = ?) AND (len(?::VARCHAR[]) = 0 OR state IN "
            "(SELECT unnest(?::VARCHAR[]))) ORDER BY changed_at DESC, subject LIMIT ?",
            [kind, kind, list(states), list(states), limit],
        ).fetchall()
    return [_row(row) for row in rows]


def counts(store: Store, kind: str) -> dict[tuple[str, str], dict[str, int]]:
    """(channel, shop) -> state -> how many messages of the kind."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    with store.read() as cursor:
        for channel, shop, state, many in cursor.execute(
            "SELECT channel, shop, state, count(*) FROM outbox WHERE kind = ? GROUP BY ALL", [kind]
        ).fetchall():
            found.setdefault((channel, shop), {})[state] = many
    return found


def _row(row: tuple[Any, ...]) -> Row:
    names = tuple(item.name for item in fields(Row))
    return Row(**{**dict(zip(names, row, strict=True)), "body": json.loads(row[6])})
