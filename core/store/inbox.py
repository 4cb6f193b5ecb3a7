"""Pushes, durable before they are answered. state: waiting (after a failure until next_at), done, dead, set_aside.

`body` is sealed by the vault: a push may carry person data.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from core import clock
from core.store.store import Cursor, Store

WAITING, DONE, DEAD, SET_ASIDE = "waiting", "done", "dead", "set_aside"


@dataclass(frozen=True, slots=True)
class Push:
    """One message a platform pushed."""

    inbox_id: str
    channel: str
    shop: str
    message_id: str
    topic: str
    body: str
    received_at: datetime
    state: str
    attempts: int
    next_at: datetime | None
    error: str


_COLUMNS = "inbox_id, channel, shop, message_id, topic, body, received_at, state, attempts, next_at, error"


def add(cursor: Cursor, channel: str, shop: str, message_id: str, topic: str, body: str) -> bool:
    """Keep a push; False when its message id is known already (the platform repeats what it saw unanswered)."""
    known = cursor.execute(
        "SELECT count(*) FROM inbox WHERE channel = ? AND shop = ? AND message_id = ?", [channel, shop, message_id]
    ).fetchone()
    if known and known[0]:
        return False
    cursor.execute(
        f"INSERT INTO inbox ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', 0, ?, '')",
        [uuid4().hex, channel, shop, message_id, topic, body, clock.now(), clock.now()],
    )
    return True


def due(store: Store, limit: int = 500) -> list[Push]:
    """The waiting pushes whose time has come, oldest first."""
    return _pushes(store, "WHERE state = 'waiting' AND next_at <= ? ORDER BY received_at LIMIT ?", [clock.now(), limit])


def listing(store: Store, state: str, *, limit: int = 200) -> list[Push]:
    """The newest pushes of a state."""
    return _pushes(store, "WHERE state = ? ORDER BY received_at DESC LIMIT ?", [state, limit])


def count(store: Store) -> dict[tuple[str, str], dict[str, int]]:
    """How many pushes of each state by (channel, shop), those done left out."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT channel, shop, state, count(*) FROM inbox WHERE state <> 'done' GROUP BY channel, shop, state"
        ).fetchall()
    found: dict[tuple[str, str], dict[str, int]] = {}
    for channel, shop, state, number in rows:
        found.setdefault((channel, shop), {})[state] = number
    return found


def done(cursor: Cursor, ids: list[str]) -> None:
    """Mark as taken in; the body is no longer needed and let go."""
    cursor.execute(
        "UPDATE inbox SET state = 'done', error = '', body = '', settled_at = ? WHERE list_contains(?, inbox_id)",
        [clock.now(), ids],
    )


def failed(cursor: Cursor, ids: list[str], error: str, next_at: datetime, *, dead_after: int) -> None:
    """Note a failure: again at `next_at`, or dead after that many attempts."""
    cursor.execute(
        "UPDATE inbox SET attempts = attempts + 1, error = ?, next_at = ?, "
        "state = CASE WHEN attempts + 1 >= ? THEN 'dead' ELSE 'waiting' END WHERE list_contains(?, inbox_id)",
        [error[:500], next_at, dead_after, ids],
    )


def settle(cursor: Cursor, ids: list[str], state: str) -> int:
    """Put dead pushes back to wait (retry) or set them aside; returns how many there were."""
    row = cursor.execute(
        "SELECT count(*) FROM inbox WHERE state IN ('dead', 'waiting') AND list_contains(?, inbox_id)", [ids]
    ).fetchone()
    cursor.execute(
        "UPDATE inbox SET state = ?, attempts = 0, next_at = ?, settled_at = ? "
        "WHERE state IN ('dead', 'waiting') AND list_contains(?, inbox_id)",
        [state, clock.now(), clock.now(), ids],
    )
    return int(row[0]) if row else 0


def _pushes(store: Store, rest: str, values: list[object]) -> list[Push]:
    with store.read() as cursor:
        rows = cursor.execute(f"SELECT {_COLUMNS} FROM inbox {rest}", values).fetchall()
    return [Push(*row) for row in rows]
