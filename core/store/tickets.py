"""Tickets and their notes. A ticket's row is its present state; the notes are its story."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket. `owner` "" is nobody yet; `order_key` None belongs to no order."""

    ticket_id: str
    order_key: int | None
    channel: str
    shop: str
    platform_no: str
    kind: str
    team: str
    owner: str
    state: str
    handovers: int
    opened_by: str
    opened_team: str
    opened_at: datetime
    closed_by: str = ""
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was said or done."""

    happened_at: datetime
    actor: str
    what: str
    note: str
    from_team: str
    to_team: str


_COLUMNS = (
    "ticket_id, order_key, channel, shop, platform_no, kind, team, owner, state, handovers, opened_by, opened_team, "
    "opened_at, closed_by, closed_at"
)


def insert(cursor: Cursor, ticket: Ticket) -> None:
    """Keep a new ticket."""
    values = [getattr(ticket, name) for name in _COLUMNS.split(", ")]
    cursor.execute(
        f"INSERT INTO tickets ({_COLUMNS}, changed_at) VALUES ({', '.join('?' * len(values))}, ?)",
        [*values, ticket.closed_at or ticket.opened_at],
    )


def change(cursor: Cursor, ticket: Ticket, at: datetime) -> None:
    """Replace what may change: team, owner, state, hand-overs, closing."""
    cursor.execute(
        "UPDATE tickets SET team = ?, owner = ?, state = ?, handovers = ?, closed_by = ?, closed_at = ?, changed_at = ? "
        "WHERE ticket_id = ?",
        [ticket.team, ticket.owner, ticket.state, ticket.handovers, ticket.closed_by, ticket.closed_at, at,
         ticket.ticket_id],
    )  # fmt: skip


def say(cursor: Cursor, ticket_id: str, note: Note) -> None:
    """Append to the story."""
    cursor.execute(
        "INSERT INTO ticket_notes VALUES (?, ?, ?, ?, ?, ?, ?)",
        [ticket_id, note.happened_at, note.actor, note.what, note.note, note.from_team, note.to_team],
    )


def find(cursor: Cursor, ticket_id: str) -> Ticket | None:
    """The ticket, or None."""
    row = cursor.execute(f"SELECT {_COLUMNS} FROM tickets WHERE ticket_id = ?", [ticket_id]).fetchone()
    return Ticket(*row) if row else None


def listing(
    store: Store, *, state: str = "", team: str = "", order_key: int | None = None, limit: int = 200
) -> list[Ticket]:
    """Tickets, the longest open first; empty means any."""
    where, values = ["true"], list[Any]()
    for condition, value in (("state = ?", state), ("team = ?", team), ("order_key = ?", order_key)):
        if value not in ("", None):
            where.append(condition)
            values.append(value)
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {_COLUMNS} FROM tickets WHERE {' AND '.join(where)} ORDER BY opened_at LIMIT ?", [*values, limit]
        ).fetchall()
    return [Ticket(*row) for row in rows]


def count_open(store: Store) -> dict[str, int]:
    """team -> open tickets."""
    with store.read() as cursor:
        return dict(cursor.execute("SELECT team, count(*) FROM tickets WHERE state = 'open' GROUP BY team").fetchall())


def notes(store: Store, ticket_id: str) -> list[Note]:
    """The story, oldest first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT happened_at, actor, what, note, from_team, to_team FROM ticket_notes WHERE ticket_id = ? "
            "ORDER BY happened_at",
            [ticket_id],
        ).fetchall()
    return [Note(*row) for row in rows]
