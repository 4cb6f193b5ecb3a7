"""The accounts of people. A row is never deleted: the audit trail points at it."""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Account:
    """One person's account. `language` is `zh`, `en` or empty (the configured one)."""

    account: str
    display_name: str
    role: str
    language: str
    active: bool
    must_change: bool
    created_at: datetime
    changed_at: datetime


_COLUMNS = "account, display_name, role, language, active, must_change, created_at, changed_at"


def add(cursor: Cursor, account: str, display_name: str, role: str, password_hash: str, *, must_change: bool) -> None:
    """Append an active account; the caller has seen that the name is free."""
    cursor.execute(
        "INSERT INTO accounts (account, display_name, role, password_hash, language, active, must_change, "
        "created_at, changed_at) VALUES (?, ?, ?, ?, '', true, ?, ?, ?)",
        [account, display_name, role, password_hash, must_change, clock.now(), clock.now()],
    )


def find(cursor: Cursor, account: str) -> Account | None:
    """The account of that name, active or not."""
    row = cursor.execute(f"SELECT {_COLUMNS} FROM accounts WHERE account = ?", [account]).fetchone()
    return Account(*row) if row else None


def listing(store: Store) -> list[Account]:
    """All accounts, active ones first, by name."""
    with store.read() as cursor:
        rows = cursor.execute(f"SELECT {_COLUMNS} FROM accounts ORDER BY active DESC, account").fetchall()
    return [Account(*row) for row in rows]


def count(cursor: Cursor) -> int:
    """How many accounts there are, active or not: none means that the store waits for its first administrator."""
    row = cursor.execute("SELECT count(*) FROM accounts").fetchone()
    return int(row[0]) if row else 0


def count_active(cursor: Cursor, role: str) -> int:
    """How many active accounts hold the role."""
    row = cursor.execute("SELECT count(*) FROM accounts WHERE active AND role = ?", [role]).fetchone()
    return int(row[0]) if row else 0


def change(cursor: Cursor, account: str, *, display_name: str, role: str, language: str, active: bool) -> None:
    """Set what an administrator may set, and nothing else."""
    cursor.execute(
        "UPDATE accounts SET display_name = ?, role = ?, language = ?, active = ?, changed_at = ? WHERE account = ?",
        [display_name, role, language, active, clock.now(), account],
    )


def password_hash(cursor: Cursor, account: str) -> str | None:
    """The argon2id hash of an active account, None for any other name."""
    row = cursor.execute("SELECT password_hash FROM accounts WHERE account = ? AND active", [account]).fetchone()
    return row[0] if row else None


def set_password(cursor: Cursor, account: str, hashed: str, *, must_change: bool) -> None:
    """Replace the hash; `must_change` makes the next login ask for a password of the person's own."""
    cursor.execute(
        "UPDATE accounts SET password_hash = ?, must_change = ?, changed_at = ? WHERE account = ?",
        [hashed, must_change, clock.now(), account],
    )
