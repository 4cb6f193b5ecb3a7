"""Accounts at services that tell where parcels are: settings open, secrets sealed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from core import clock
from core.store.store import Cursor, Store, count_of


@dataclass(frozen=True, slots=True)
class Account:
    """One account. `secrets` is a sealed text; `callback` the address it pushes to, "" when it is only asked."""

    name: str
    kind: str
    settings: Mapping[str, str]
    secrets: str = ""
    callback: str = ""
    active: bool = True
    demo: bool = False


def listing(store: Store) -> list[Account]:
    """All accounts by name; the first active one that knows a courier is asked."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT name, kind, settings, secrets, callback, active, demo FROM tracking_accounts ORDER BY name"
        ).fetchall()
    return [
        Account(name, kind, json.loads(settings), secrets or "", callback or "", bool(active), bool(demo))
        for name, kind, settings, secrets, callback, active, demo in rows
    ]


def save(cursor: Cursor, account: Account) -> None:
    """Keep an account in place of the one of its name."""
    cursor.execute("DELETE FROM tracking_accounts WHERE name = ?", [account.name])
    cursor.execute(
        "INSERT INTO tracking_accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [account.name, account.kind, json.dumps(dict(account.settings), ensure_ascii=False), account.secrets,
         account.callback, account.active, account.demo, clock.now()],
    )  # fmt: skip


def remove(cursor: Cursor, name: str) -> bool:
    """Forget an account; whether there was one."""
    cursor.execute("DELETE FROM tracking_accounts WHERE name = ?", [name])
    return count_of(cursor) > 0
