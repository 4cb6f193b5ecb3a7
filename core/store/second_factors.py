"""The second factors of accounts: one sealed secret each, the last used time step, and hashed recovery codes."""

import json
from dataclasses import dataclass

from core import clock
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """One account's second factor. `last_step`: the 30-second step of the last code taken; a code counts once."""

    account: str
    sealed: str
    confirmed: bool
    last_step: int
    recovery: tuple[str, ...]


def find(cursor: Cursor, account: str) -> SecondFactor | None:
    """The account's second factor, confirmed or just begun."""
    row = cursor.execute(
        "SELECT account, sealed, confirmed_at IS NOT NULL, last_step, recovery FROM second_factors WHERE account = ?",
        [account],
    ).fetchone()
    return SecondFactor(row[0], row[1], row[2], row[3] or 0, tuple(json.loads(row[4] or "[]"))) if row else None


def is_on(cursor: Cursor, account: str) -> bool:
    """Whether a login of the account asks for a code."""
    found = find(cursor, account)
    return found is not None and found.confirmed


def accounts_with(store: Store) -> set[str]:
    """The accounts whose logins ask for a code."""
    with store.read() as cursor:
        rows = cursor.execute("SELECT account FROM second_factors WHERE confirmed_at IS NOT NULL").fetchall()
    return {row[0] for row in rows}


def begin(cursor: Cursor, account: str, sealed: str) -> None:
    """Keep a secret that is not confirmed yet, in place of whatever was there."""
    remove(cursor, account)
    cursor.execute(
        "INSERT INTO second_factors (account, sealed, last_step, recovery, created_at) VALUES (?, ?, 0, '[]', ?)",
        [account, sealed, clock.now()],
    )


def confirm(cursor: Cursor, account: str, step: int, recovery: list[str]) -> None:
    """From now on a login asks for a code."""
    cursor.execute(
        "UPDATE second_factors SET confirmed_at = ?, last_step = ?, recovery = ? WHERE account = ?",
        [clock.now(), step, json.dumps(recovery), account],
    )


def used(cursor: Cursor, account: str, step: int, recovery: tuple[str, ...]) -> None:
    """Note what was used: the time step of a code, and the recovery codes that are left."""
    cursor.execute(
        "UPDATE second_factors SET last_step = ?, recovery = ? WHERE account = ?", [step, json.dumps(recovery), account]
    )


def remove(cursor: Cursor, account: str) -> bool:
    """Remove it; whether there was one."""
    there = find(cursor, account) is not None
    cursor.execute("DELETE FROM second_factors WHERE account = ?", [account])
    return there
