"""Alerts for robots: raised inside the transaction that found the reason, told later in one message a robot."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.store.store import Cursor


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. `title` is a message id of the catalogue or the operator's own words."""

    alert_id: str
    robot: str
    title: str
    flow: str
    node: str
    order_keys: tuple[int, ...]
    orders: int
    text: str
    raised_at: datetime


_MOST_KEYS = 500  # named one by one; the number is exact in any case


def raise_(
    cursor: Cursor,
    robots: Sequence[str],
    title: str,
    flow: str,
    node: str,
    keys: Sequence[int],
    text: str,
    now: datetime,
) -> None:
    """One row a robot."""
    listed = json.dumps(list(keys[:_MOST_KEYS]))
    for robot in robots:
        cursor.execute(
            "INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            [secrets.token_hex(8), robot, title, flow, node, listed, len(keys), text, now],
        )


def untold(cursor: Cursor) -> list[Alert]:
    """What no robot has been told yet, oldest first."""
    rows = cursor.execute(
        "SELECT alert_id, robot, title, flow, node, order_keys, orders, text, raised_at FROM alerts WHERE told_at IS NULL "
        "ORDER BY raised_at, alert_id"
    ).fetchall()
    return [
        Alert(row[0], row[1], row[2], row[3], row[4], tuple(json.loads(row[5])), row[6], row[7], row[8]) for row in rows
    ]


def told(cursor: Cursor, ids: Sequence[str], now: datetime) -> None:
    """These are on their way."""
    cursor.execute("UPDATE alerts SET told_at = ? WHERE alert_id IN (SELECT unnest(?::VARCHAR[]))", [now, list(ids)])


def told_since(cursor: Cursor, since: datetime) -> set[str]:
    """The robots that have been told something since an instant."""
    return {row[0] for row in cursor.execute("SELECT DISTINCT robot FROM alerts WHERE told_at > ?", [since]).fetchall()}


def numbers(cursor: Cursor, keys: Sequence[int]) -> list[str]:
    """The platform's numbers of the orders."""
    rows = cursor.execute(
        "SELECT platform_no FROM orders WHERE order_key IN (SELECT unnest(?::BIGINT[])) ORDER BY platform_no",
        [list(keys)],
    ).fetchall()
    return [row[0] for row in rows]
