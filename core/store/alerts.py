"""Alerts for robots: raised inside the transaction that found the reason, told later in one message a robot."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.store.store import Cursor

ADDRESS = "alerts.address"
"""The fact that names the address people open the product by: links begin with it."""


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
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One message to people: what it says and the orders it is about (the first 500; `orders` is the number)."""

    message_id: str
    robot: str
    title: str
    body: str
    order_keys: tuple[int, ...]
    orders: int
    made_at: datetime


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
    *,
    orders: int | None = None,
    rule: str = "",
) -> None:
    """One row a robot. `orders`: how many, where the keys are not all."""
    listed = json.dumps(list(keys[:_MOST_KEYS]))
    for robot in robots:
        cursor.execute(
            "INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
            [
                secrets.token_hex(8),
                robot,
                title,
                flow,
                node,
                listed,
                len(keys) if orders is None else orders,
                text,
                now,
                rule,
            ],
        )


def untold(cursor: Cursor) -> list[Alert]:
    """What no robot has been told yet, oldest first."""
    rows = cursor.execute(
        "SELECT alert_id, robot, title, flow, node, order_keys, orders, text, raised_at, coalesce(rule, '') FROM alerts WHERE told_at IS NULL "
        "ORDER BY raised_at, alert_id"
    ).fetchall()
    return [
        Alert(row[0], row[1], row[2], row[3], row[4], tuple(json.loads(row[5])), row[6], row[7], row[8], row[9])
        for row in rows
    ]


def told(cursor: Cursor, ids: Sequence[str], now: datetime) -> None:
    """These are on their way."""
    cursor.execute("UPDATE alerts SET told_at = ? WHERE alert_id IN (SELECT unnest(?::VARCHAR[]))", [now, list(ids)])


def told_since(cursor: Cursor, since: datetime) -> set[str]:
    """The robots that have been told something since an instant."""
    return {row[0] for row in cursor.execute("SELECT DISTINCT robot FROM alerts WHERE told_at > ?", [since]).fetchall()}


def rules_told_since(cursor: Cursor, since: datetime) -> dict[tuple[str, str], datetime]:
    """(robot, rule) -> when it was told last, since an instant."""
    rows = cursor.execute(
        "SELECT robot, rule, max(told_at) FROM alerts WHERE told_at > ? AND coalesce(rule, '') <> '' GROUP BY robot, rule",
        [since],
    ).fetchall()
    return {(robot, rule): at for robot, rule, at in rows}


def keep(cursor: Cursor, messages: Sequence[Told]) -> None:
    """Keep what is being told, for its link."""
    for one in messages:  # one a robot and minute
        cursor.execute(
            "INSERT INTO alert_messages VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                one.message_id,
                one.robot,
                one.title,
                one.body,
                json.dumps(one.order_keys[:_MOST_KEYS]),
                one.orders,
                one.made_at,
            ],
        )


def messages(cursor: Cursor, limit: int, message_id: str = "") -> list[Told]:
    """What was told, the newest first; or the one message."""
    rows = cursor.execute(
        "SELECT message_id, robot, title, body, order_keys, orders, made_at FROM alert_messages WHERE ? = '' OR message_id = ? "
        "ORDER BY made_at DESC, message_id LIMIT ?",
        [message_id, message_id, limit],
    ).fetchall()
    return [Told(row[0], row[1], row[2], row[3], tuple(json.loads(row[4])), row[5], row[6]) for row in rows]


def orders_of(cursor: Cursor, keys: Sequence[int]) -> list[tuple[int, str, str, str, str, str]]:
    """(order_key, channel, shop, platform_no, status, held_reasons) of the orders, by number."""
    return cursor.execute(
        "SELECT order_key, channel, shop, platform_no, status, coalesce(held_reasons, '[]') FROM orders "
        "WHERE order_key IN (SELECT unnest(?::BIGINT[])) ORDER BY platform_no",
        [list(keys)],
    ).fetchall()


def numbers(cursor: Cursor, keys: Sequence[int]) -> list[str]:
    """The platform's numbers of the orders."""
    rows = cursor.execute(
        "SELECT platform_no FROM orders WHERE order_key IN (SELECT unnest(?::BIGINT[])) ORDER BY platform_no",
        [list(keys)],
    ).fetchall()
    return [row[0] for row in rows]
