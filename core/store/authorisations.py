"""Authorisations on platforms' pages that have begun and not come back yet. Only the sha256 of a state is stored."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.store.store import Cursor


@dataclass(frozen=True, slots=True)
class Begun:
    """Who began it, in which browser's login (sha256), for which shop, and until when it may come back."""

    login: str
    account: str
    channel: str
    shop: str
    expires_at: datetime


def state_hash(state: str) -> str:
    """What the store keeps of a state."""
    return hashlib.sha256(state.encode()).hexdigest()


def add(cursor: Cursor, state: str, begun: Begun) -> None:
    """Remember it; what is over is forgotten by the way."""
    now = clock.now()
    cursor.execute("DELETE FROM authorisations WHERE expires_at <= ?", [now])
    cursor.execute(
        "INSERT INTO authorisations (state, login, account, channel, shop, created_at, expires_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [state_hash(state), begun.login, begun.account, begun.channel, begun.shop, now, begun.expires_at],
    )


def take(cursor: Cursor, state: str) -> Begun | None:
    """What began with that state, and never again; None for an unknown or used one."""
    key = [state_hash(state)]
    row = cursor.execute(
        "SELECT login, account, channel, shop, expires_at FROM authorisations WHERE state = ?", key
    ).fetchone()
    if row is None:
        return None
    cursor.execute("DELETE FROM authorisations WHERE state = ?", key)
    return Begun(*row)
