"""The rows of the audit trail. Only core.people.audit appends to them; nothing changes or removes one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.store import audit_chain
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. outcome: done or denied; `detail` is JSON text."""

    happened_at: datetime
    actor: str
    role: str
    action: str
    subject: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: empty means all. `actions` are whole names.

    `text`: rows whose subject it is, however old; where there are none, rows that have it somewhere in subject or detail,
    among the newest `WORDS_AMONG` of the period (10,000,000 texts are read in seconds, not in the time of a click).
    """

    actor: str = ""
    actions: tuple[str, ...] = ()
    outcome: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


WORDS_AMONG = 300_000
_FEW = 1_000  # rows of one subject whose numbers are worth knowing


def append(cursor: Cursor, entry: Entry) -> None:
    """Add one row, chained to the one before it, inside the caller's transaction."""
    texts = (entry.actor, entry.role, entry.action, entry.subject, entry.outcome, entry.detail)
    number, chain = audit_chain.link(cursor, entry.happened_at, *texts)
    cursor.execute(
        "INSERT INTO audit (happened_at, actor, role, action, subject, outcome, detail, seq, chain) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [entry.happened_at, *texts, number, chain],
    )


def page(store: Store, wanted: Wanted, *, start: int, limit: int) -> tuple[list[Entry], int]:
    """(rows from `start`, newest first; how many there are in all)."""
    with store.read() as cursor:
        where, values = _where(cursor, wanted)
        total = cursor.execute(f"SELECT count(*) FROM audit WHERE {where}", values).fetchone()
        rows = cursor.execute(
            f"SELECT {_ENTRY} FROM audit WHERE {where} ORDER BY happened_at DESC, seq DESC, action LIMIT ? OFFSET ?",
            [*values, limit, start],
        ).fetchall()
    return [Entry(*row) for row in rows], int(total[0]) if total else 0


def stream(store: Store, wanted: Wanted, limit: int, block: int = 10_000) -> Iterator[Entry]:
    """The rows, newest first, at most `limit`; `block` rows in memory."""
    with store.read() as cursor:
        where, values = _where(cursor, wanted)
        cursor.execute(
            f"SELECT {_ENTRY} FROM audit WHERE {where} ORDER BY happened_at DESC, seq DESC LIMIT ?", [*values, limit]
        )
        while rows := cursor.fetchmany(block):
            for row in rows:
                yield Entry(*row)


def choices(store: Store) -> tuple[list[str], list[str]]:
    """(the actors, the actions) that occur among the newest rows; every account besides."""
    with store.read() as cursor:
        since = _newest(cursor, None)
        actors = cursor.execute(
            "SELECT DISTINCT actor FROM audit WHERE seq IS NULL OR seq > ? UNION SELECT account FROM accounts ORDER BY 1",
            [since],
        ).fetchall()
        actions = cursor.execute(
            "SELECT DISTINCT action FROM audit WHERE seq IS NULL OR seq > ? ORDER BY 1", [since]
        ).fetchall()
    return [row[0] for row in actors], [row[0] for row in actions]


_ENTRY = "happened_at, actor, role, action, subject, outcome, detail"


def _newest(cursor: Cursor, until: datetime | None) -> int:
    """The number before the newest `WORDS_AMONG` rows of the time until then."""
    row = cursor.execute(
        "SELECT max(seq) FROM audit WHERE happened_at < ?" if until else "SELECT max(seq) FROM audit",
        [until] if until else [],
    ).fetchone()
    return int(row[0] or 0) - WORDS_AMONG if row else 0


def _where(cursor: Cursor, wanted: Wanted) -> tuple[str, list[object]]:
    parts: list[str] = ["true"]
    values: list[object] = []
    for condition, value in (
        ("actor = ?", wanted.actor),
        ("list_contains(?, action)", list(wanted.actions)),
        ("outcome = ?", wanted.outcome),
        ("happened_at >= ?", wanted.since),
        ("happened_at < ?", wanted.until),
    ):
        if value:
            parts.append(condition)
            values.append(value)
    if wanted.text:
        found = cursor.execute("SELECT seq FROM audit WHERE subject = ? LIMIT ?", [wanted.text, _FEW + 1]).fetchall()
        if found:
            parts.append("subject = ?")
            values.append(wanted.text)
            numbers = [row[0] for row in found]
            if len(numbers) <= _FEW and None not in numbers:
                # The whole trail was read once to find them; count and page then read the rows between them only.
                parts.append("seq BETWEEN ? AND ?")
                values += [min(numbers), max(numbers)]
        else:
            parts.append("(seq IS NULL OR seq > ?) AND contains(lower(subject || ' ' || detail), lower(?))")
            values += [_newest(cursor, wanted.until), wanted.text]
    return " AND ".join(parts), values
