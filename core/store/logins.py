"""Who is logged in, by the sha256 of the cookie's token, and whose logins failed. The token itself is never stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from core.store import roles
from core.store.accounts import Account
from core.store.roles import RoleRow
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Login:
    """One browser's login with its account as it is now, and what was changed of the account's role (None: nothing)."""

    token_hash: str
    account: Account
    created_at: datetime
    expires_at: datetime
    seen_at: datetime
    agent: str
    role: RoleRow | None = None
    address: str = ""
    proven: bool = True
    provider: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it opens the pages: the second step is done and the password is the person's own, or none was asked."""
        return self.proven and not self.awaits_password

    @property
    def awaits_password(self) -> bool:
        """Whether an own password must be chosen first."""
        return self.account.must_change and not self.provider

    @property
    def short(self) -> str:
        """Enough of the hash to name the login by; nobody gets in with it."""
        return self.token_hash[:12]


_JOINED = (
    "SELECT l.token_hash, l.created_at, l.expires_at, l.seen_at, l.agent, l.address, l.proven, l.provider, "
    + ", ".join(f"r.{name}" for name in roles.COLUMNS.split(", "))
    + ", a.account, a.display_name, a.role, a.language, a.active, a.must_change, a.created_at, a.changed_at "
    "FROM logins l JOIN accounts a ON a.account = l.account LEFT JOIN roles r ON r.role = a.role "
    "WHERE a.active AND l.expires_at > ?"
)
_ROLE_FROM, _ACCOUNT_FROM = 8, 8 + len(roles.COLUMNS.split(", "))


def add(
    cursor: Cursor,
    token_hash: str,
    account: str,
    lasts: timedelta,
    agent: str,
    *,
    address: str = "",
    proven: bool = True,
    provider: str = "",
) -> None:
    """Append a login that ends after `lasts`. `address` is masked already; not `proven`: the second factor is awaited."""
    now = clock.now()
    cursor.execute(
        "INSERT INTO logins (token_hash, account, created_at, expires_at, seen_at, agent, address, proven, provider) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [token_hash, account, now, now + lasts, now, agent, address, proven, provider],
    )


def find(store: Store, token_hash: str) -> Login | None:
    """The login of an active account that has not expired."""
    with store.read() as cursor:
        row = cursor.execute(f"{_JOINED} AND l.token_hash = ?", [clock.now(), token_hash]).fetchone()
    return _login(row) if row else None


def listing(store: Store) -> list[Login]:
    """All present logins, the last seen first."""
    with store.read() as cursor:
        rows = cursor.execute(f"{_JOINED} ORDER BY l.seen_at DESC", [clock.now()]).fetchall()
    return [_login(row) for row in rows]


def seen(cursor: Cursor, token_hash: str) -> None:
    """Note that the login is in use now."""
    cursor.execute("UPDATE logins SET seen_at = ? WHERE token_hash = ?", [clock.now(), token_hash])


def end(cursor: Cursor, token_hash: str) -> str | None:
    """Remove one login; its account's name, or None when there was none."""
    row = cursor.execute("SELECT account FROM logins WHERE token_hash = ?", [token_hash]).fetchone()
    cursor.execute("DELETE FROM logins WHERE token_hash = ?", [token_hash])
    return row[0] if row else None


def end_one(cursor: Cursor, short: str, account: str = "") -> str | None:
    """Remove the login named by the first 12 characters of its hash, of that account if one is given; whose it was."""
    rows = cursor.execute(
        "SELECT token_hash, account FROM logins WHERE starts_with(token_hash, ?) AND (? = '' OR account = ?)",
        [short, account, account],
    ).fetchall()
    if len(short) != 12 or len(rows) != 1:
        return None
    cursor.execute("DELETE FROM logins WHERE token_hash = ?", [rows[0][0]])
    return rows[0][1]


def of_account(store: Store, account: str) -> list[Login]:
    """The present logins of one account, the last seen first."""
    with store.read() as cursor:
        rows = cursor.execute(f"{_JOINED} AND l.account = ? ORDER BY l.seen_at DESC", [clock.now(), account]).fetchall()
    return [_login(row) for row in rows]


def make_whole(cursor: Cursor, token_hash: str, anew: str, lasts: timedelta) -> None:
    """The second step is done: the login goes on under a new token, as long as any other."""
    cursor.execute(
        "UPDATE logins SET token_hash = ?, proven = true, expires_at = ? WHERE token_hash = ?",
        [anew, clock.now() + lasts, token_hash],
    )


def end_all(cursor: Cursor, account: str, *, but: str = "") -> int:
    """Remove an account's logins, but for one token hash; how many there were."""
    where, values = "account = ? AND token_hash <> ?", [account, but]
    row = cursor.execute(f"SELECT count(*) FROM logins WHERE {where}", values).fetchone()
    cursor.execute(f"DELETE FROM logins WHERE {where}", values)
    return int(row[0]) if row else 0


def failed(cursor: Cursor, account: str, address: str) -> None:
    """Note a failed login."""
    cursor.execute("INSERT INTO failed_logins VALUES (?, ?, ?)", [account, address, clock.now()])


def forget_failures(cursor: Cursor, account: str, address: str) -> None:
    """A good login clears what this address did to this account."""
    cursor.execute("DELETE FROM failed_logins WHERE account = ? AND address = ?", [account, address])


def forgive(cursor: Cursor, account: str) -> None:
    """Clear what anybody did to this account: its password is a new one."""
    cursor.execute("DELETE FROM failed_logins WHERE account = ?", [account])


def failures(cursor: Cursor, account: str, address: str, since: datetime) -> list[tuple[int, datetime | None]]:
    """(count, last) since then of: this account from this address, the account from anywhere, the address."""
    row = cursor.execute(
        "SELECT count(*) FILTER (account = $1 AND address = $2), "
        "max(failed_at) FILTER (account = $1 AND address = $2), "
        "count(*) FILTER (account = $1), max(failed_at) FILTER (account = $1), "
        "count(*) FILTER (address = $2), max(failed_at) FILTER (address = $2) "
        "FROM failed_logins WHERE failed_at > $3 AND (account = $1 OR address = $2)",
        [account, address, since],
    ).fetchone()
    assert row is not None  # an aggregate always gives a row
    return [(row[0], row[1]), (row[2], row[3]), (row[4], row[5])]


def clear_expired(store: Store, failures_before: datetime) -> int:
    """Remove expired logins and old failures; how many rows went. Writes nothing when there are none."""
    now = clock.now()
    with store.read() as cursor:
        row = cursor.execute(
            "SELECT (SELECT count(*) FROM logins WHERE expires_at <= ?) + "
            "(SELECT count(*) FROM failed_logins WHERE failed_at <= ?)",
            [now, failures_before],
        ).fetchone()
    gone = int(row[0]) if row else 0
    if gone:
        with store.write() as cursor:
            cursor.execute("DELETE FROM logins WHERE expires_at <= ?", [now])
            cursor.execute("DELETE FROM failed_logins WHERE failed_at <= ?", [failures_before])
    return gone


def _login(row: tuple) -> Login:
    token_hash, created_at, expires_at, seen_at, agent, address, proven, provider = row[:_ROLE_FROM]
    changed = row[_ROLE_FROM:_ACCOUNT_FROM]
    role = roles.row_of(changed) if changed[0] else None
    account = Account(*row[_ACCOUNT_FROM:])
    return Login(
        token_hash, account, created_at, expires_at, seen_at, agent, role, address or "", proven is not False, provider or ""
    )  # fmt: skip
