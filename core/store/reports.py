"""Monthly reports, kept as files in the store so that back-ups hold them; the states of watched figures."""

import base64
from dataclasses import dataclass
from datetime import date, datetime

from core import clock
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Made:
    """One report that was made."""

    month: date
    kind: str
    language: str
    name: str
    bytes: int
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class FigureState:
    """A watched figure: outside of its band since an instant, or inside."""

    name: str
    outside: bool
    value: float | None
    said: str
    since: datetime


def put(cursor: Cursor, month: date, kind: str, language: str, name: str, content: bytes, account: str) -> None:
    """Keep a report, in place of the one of the same month, kind and language."""
    cursor.execute("DELETE FROM monthly_reports WHERE month = ? AND kind = ? AND language = ?", [month, kind, language])
    cursor.execute(
        "INSERT INTO monthly_reports VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [month, kind, language, name, base64.b64encode(content).decode(), len(content), account, clock.now()],
    )


def listing(store: Store) -> list[Made]:
    """All reports, the newest month first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT month, kind, language, name, bytes, made_by, made_at FROM monthly_reports ORDER BY month DESC, kind, language"
        ).fetchall()
    return [Made(*row) for row in rows]


def content(store: Store, name: str) -> bytes | None:
    """The file of that name."""
    with store.read() as cursor:
        row = cursor.execute("SELECT content FROM monthly_reports WHERE name = ?", [name]).fetchone()
    return base64.b64decode(row[0]) if row else None


def states(cursor: Cursor) -> dict[str, FigureState]:
    """Each watched figure as it was judged last."""
    rows = cursor.execute("SELECT name, outside, value, said, since FROM figure_states").fetchall()
    return {row[0]: FigureState(*row) for row in rows}


def keep_state(cursor: Cursor, state: FigureState) -> None:
    """Keep how a figure was judged."""
    cursor.execute("DELETE FROM figure_states WHERE name = ?", [state.name])
    cursor.execute(
        "INSERT INTO figure_states VALUES (?, ?, ?, ?, ?, ?)",
        [state.name, state.outside, state.value, state.said, state.since, clock.now()],
    )
