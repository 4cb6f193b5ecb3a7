"""What persons were asked by approval stations, and what they said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.store.store import Cursor

_IN = "order_key IN (SELECT unnest(?::BIGINT[]))"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. `state`: open, approved, refused, withdrawn (the order was taken away from the station)."""

    order_key: int
    flow: str
    node: str
    role: str
    state: str
    asked_at: datetime
    due_at: datetime
    account: str
    why: str


_COLUMNS = "order_key, flow, node, role, state, asked_at, due_at, account, why"


def at(cursor: Cursor, keys: Sequence[int], flow: str, node: str, since: datetime) -> dict[int, Asked]:
    """order_key -> what was asked at that node since an instant."""
    rows = cursor.execute(
        f"SELECT {_COLUMNS} FROM approvals WHERE asked_at >= ? AND flow = ? AND node = ? AND {_IN} ORDER BY asked_at",
        [since, flow, node, list(keys)],
    ).fetchall()
    return {row[0]: Asked(*row) for row in rows}


def open_ones(cursor: Cursor, keys: Sequence[int]) -> dict[int, Asked]:
    """order_key -> what is still open."""
    rows = cursor.execute(f"SELECT {_COLUMNS} FROM approvals WHERE state = 'open' AND {_IN}", [list(keys)]).fetchall()
    return {row[0]: Asked(*row) for row in rows}


def ask(cursor: Cursor, keys: Sequence[int], flow: str, node: str, role: str, now: datetime, due: datetime) -> None:
    """Ask the role about each of the orders."""
    cursor.execute(
        "INSERT INTO approvals SELECT unnest(?::BIGINT[]), ?, ?, ?, 'open', ?, ?, '', NULL, ''",
        [list(keys), flow, node, role, now, due],
    )


def settle(cursor: Cursor, keys: Sequence[int], state: str, *, account: str, why: str, now: datetime) -> list[int]:
    """Answer what is open for the orders; returns those that were."""
    which = f"state = 'open' AND {_IN}"
    rows = cursor.execute(f"SELECT DISTINCT order_key FROM approvals WHERE {which}", [list(keys)]).fetchall()
    if rows:
        cursor.execute(
            f"UPDATE approvals SET state = ?, account = ?, why = ?, decided_at = ? WHERE {which}",
            [state, account, why, now, list(keys)],
        )
    return sorted(row[0] for row in rows)


def reopen(cursor: Cursor, keys: Sequence[int], decided_at: datetime) -> None:
    """Take answers back that were given at that instant (undo)."""
    cursor.execute(
        f"UPDATE approvals SET state = 'open', account = '', why = '', decided_at = NULL WHERE decided_at = ? AND {_IN}",
        [decided_at, list(keys)],
    )


def withdraw(
    cursor: Cursor, flow: str, version: int, nodes: Sequence[str], *, account: str, why: str, now: datetime
) -> list[int]:
    """Take back what is open for the orders of a version that stand at these nodes; returns those orders."""
    rows = cursor.execute(
        "SELECT DISTINCT a.order_key FROM approvals a JOIN flow_tokens t ON t.order_key = a.order_key AND t.flow = a.flow "
        "AND t.node = a.node WHERE a.state = 'open' AND t.flow = ? AND t.version = ? AND t.node IN (SELECT unnest(?::VARCHAR[]))",
        [flow, version, list(nodes)],
    ).fetchall()
    keys = sorted(row[0] for row in rows)
    if keys:
        cursor.execute(
            "UPDATE approvals SET state = 'withdrawn', account = ?, why = ?, decided_at = ? WHERE state = 'open' AND flow = ? "
            f"AND node IN (SELECT unnest(?::VARCHAR[])) AND {_IN}",
            [account, why, now, flow, list(nodes), keys],
        )
    return keys
