"""Boards that persons arranged: one of an account's own, one of a role."""

import json
from typing import Any

from core import clock
from core.store.store import Cursor, Store

ACCOUNT, ROLE = "account", "role"


def get(store: Store, scope: str, owner: str) -> dict[str, Any] | None:
    """The arrangement, or None where nobody made one."""
    with store.read() as cursor:
        row = cursor.execute("SELECT body FROM boards WHERE scope = ? AND owner = ?", [scope, owner]).fetchone()
    return json.loads(row[0]) if row else None


def put(cursor: Cursor, scope: str, owner: str, body: dict[str, Any], account: str) -> None:
    """Keep it, in place of the one before."""
    drop(cursor, scope, owner)
    cursor.execute("INSERT INTO boards VALUES (?, ?, ?, ?, ?)", [scope, owner, json.dumps(body), account, clock.now()])


def drop(cursor: Cursor, scope: str, owner: str) -> None:
    """Forget it."""
    cursor.execute("DELETE FROM boards WHERE scope = ? AND owner = ?", [scope, owner])
