"""What people asked at the SQL console, newest first; questions they keep stand among their saved views."""

from dataclasses import dataclass
from datetime import datetime

from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it was asked and what became of it."""

    run_id: str
    account: str
    question: str
    state: str
    rows: int
    seconds: float
    error: str
    started_at: datetime


def begin(cursor: Cursor, asked: Asked) -> None:
    """Note a question."""
    cursor.execute(
        "INSERT INTO console_runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [asked.run_id, asked.account, asked.question, asked.state, asked.rows, asked.seconds, asked.error, asked.started_at],
    )  # fmt: skip


def end(cursor: Cursor, run_id: str, state: str, rows: int, seconds: float, error: str) -> None:
    """Say what became of it."""
    cursor.execute(
        "UPDATE console_runs SET state = ?, rows = ?, seconds = ?, error = ? WHERE run_id = ?",
        [state, rows, seconds, error, run_id],
    )


def of(store: Store, account: str, limit: int = 50) -> list[Asked]:
    """A person's own questions, the newest first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT run_id, account, question, state, rows, seconds, error, started_at FROM console_runs "
            "WHERE account = ? ORDER BY started_at DESC, run_id LIMIT ?",
            [account, limit],
        ).fetchall()
    return [Asked(*row) for row in rows]
