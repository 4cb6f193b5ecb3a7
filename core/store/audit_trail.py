"""The rows of the audit trail. Only core.people.audit appends to them; nothing changes or removes one."""

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
    """Which rows: empty means all. `actions` are whole names; `text` is looked for in subject and detail."""

    actor: str = ""
    actions: tuple[str, ...] = ()
    outcome: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


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
    where, values = _where(wanted)
    with store.read() as cursor:
        total = cursor.execute(f"SELECT count(*) FROM audit WHERE {where}", values).fetchone()
        rows = cursor.execute(
            f"SELECT happened_at, actor, role, action, subject, outcome, detail FROM audit WHERE {where} "
            "ORDER BY happened_at DESC, seq DESC, action LIMIT ? OFFSET ?",
            [*values, limit, start],
        ).fetchall()
    return [Entry(*row) for row in rows], int(total[0]) if total else 0


def choices(store: Store) -> tuple[list[str], list[str]]:
    """(the actors, the actions) that occur."""
    with store.read() as cursor:
        actors = cursor.execute("SELECT DISTINCT actor FROM audit ORDER BY 1").fetchall()
        actions = cursor.execute("SELECT DISTINCT action FROM audit ORDER BY 1").fetchall()
    return [row[0] for row in actors], [row[0] for row in actions]


def _where(wanted: Wanted) -> tuple[str, list[object]]:
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
        parts.append("contains(lower(subject || ' ' || detail), lower(?))")
        values.append(wanted.text)
    return " AND ".join(parts), values
