"""The company's own login: what has begun there and not come back, whose person an account is, the client's secret."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from core import clock
from core.store.store import Cursor, Store

CLIENT = "openid"


@dataclass(frozen=True, slots=True)
class Begun:
    """A login that went to the provider. `sealed`: nonce and PKCE verifier; `next`: where the person wanted to."""

    browser: str
    sealed: str
    next: str
    is_over: bool


def fingerprint(value: str) -> str:
    """What the store keeps of a state or of a browser's cookie."""
    return hashlib.sha256(value.encode()).hexdigest()


def add(cursor: Cursor, state: str, browser: str, sealed: str, wanted: str, lasts: timedelta) -> int:
    """Remember it; how many wait now. What is over is forgotten by the way."""
    now = clock.now()
    cursor.execute("DELETE FROM company_logins WHERE expires_at <= ?", [now - lasts])
    cursor.execute(
        "INSERT INTO company_logins (state, browser, sealed, next, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        [fingerprint(state), fingerprint(browser), sealed, wanted, now, now + lasts],
    )
    row = cursor.execute("SELECT count(*) FROM company_logins").fetchone()
    return int(row[0]) if row else 0


def take(cursor: Cursor, state: str) -> Begun | None:
    """What began with that state, and never again; None for an unknown or used one."""
    key = [fingerprint(state)]
    row = cursor.execute("SELECT browser, sealed, next, expires_at FROM company_logins WHERE state = ?", key).fetchone()
    if row is None:
        return None
    cursor.execute("DELETE FROM company_logins WHERE state = ?", key)
    return Begun(row[0], row[1], row[2], row[3] <= clock.now())


def subject_of(cursor: Cursor, account: str, issuer: str) -> str | None:
    """Which person at the provider the account belongs to; None while nobody logged in to it there."""
    row = cursor.execute(
        "SELECT subject FROM account_subjects WHERE account = ? AND issuer = ?", [account, issuer]
    ).fetchone()
    return row[0] if row else None


def bind(cursor: Cursor, account: str, issuer: str, subject: str) -> None:
    """From now on the account is this person's."""
    cursor.execute("INSERT INTO account_subjects VALUES (?, ?, ?, ?)", [account, issuer, subject, clock.now()])


def unbind(cursor: Cursor, account: str) -> bool:
    """Let the next person of that name at the provider have the account; whether it was somebody's."""
    row = cursor.execute("SELECT count(*) FROM account_subjects WHERE account = ?", [account]).fetchone()
    cursor.execute("DELETE FROM account_subjects WHERE account = ?", [account])
    return bool(row and row[0])


def bound(store: Store) -> frozenset[str]:
    """The accounts that are somebody's at a provider."""
    with store.read() as cursor:
        return frozenset(row[0] for row in cursor.execute("SELECT account FROM account_subjects").fetchall())


def client_secret(store: Store) -> str:
    """The sealed JSON of the client's secret, "" where none is kept: a client by PKCE alone."""
    with store.read() as cursor:
        row = cursor.execute("SELECT secrets FROM company_clients WHERE name = ?", [CLIENT]).fetchone()
    return row[0] if row else ""


def keep_client_secret(cursor: Cursor, sealed: str) -> None:
    """Keep the sealed JSON in place of what was there."""
    cursor.execute("DELETE FROM company_clients WHERE name = ?", [CLIENT])
    cursor.execute("INSERT INTO company_clients VALUES (?, ?, ?)", [CLIENT, sealed, clock.now()])
