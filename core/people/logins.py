"""Who is asking: a password gives a token, the browser keeps it in a cookie, the store keeps its sha256.

The account behind a token is looked up anew after every commit, so that a changed role counts at the next action and a
switched-off account is out at once.
"""

import hashlib
import secrets
import threading
from datetime import timedelta

from core import clock
from core.errors import BadRequest, TryAgain
from core.i18n import N_
from core.people import audit, passwords
from core.people.actor import Actor, person, person_with
from core.people.devices import masked
from core.people.roles import role_of
from core.store import Store, accounts
from core.store import logins as rows
from core.store import second_factors as factors
from core.store.logins import Login

COOKIE = "danliu_login"
LASTS = timedelta(days=7)
UNPROVEN_LASTS = timedelta(minutes=10)  # to type the code of the second step
WINDOW = timedelta(hours=1)  # failures older than this slow nobody
_SEEN_EVERY = timedelta(minutes=10)  # a write per page view would be a commit for nothing

# Failures that cost nothing, and the longest wait in seconds. Narrow first: a stranger who guesses at an account from
# elsewhere must not shut its owner out for long.
_FREE = ((4, 900), (20, 60), (30, 300))

_cache: dict[str, Login | None] = {}
_cached_for: tuple[Store | None, int] = (None, -1)
_lock = threading.Lock()


def token_hash(token: str) -> str:
    """What the store keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def login_of_token(store: Store, token: str) -> Login | None:
    """The present login behind a cookie's value, or None. Costs no query while nothing was committed."""
    if not token:
        return None
    key = token_hash(token)
    version = store.version
    found, cached = _remembered(store, version, key)
    if not cached:
        found = rows.find(store, key)
        with _lock:
            if _cached_for == (store, version) and len(_cache) < 10_000:
                _cache[key] = found
    if found is not None and found.expires_at <= clock.now():
        return None
    return found


def actor_of_token(store: Store, token: str) -> Actor | None:
    """Who acts with this cookie's value; None: not logged in, switched off, a code or an own password is awaited first."""
    login = login_of_token(store, token)
    return actor_of(login) if login and login.is_whole else None


def actor_of(login: Login) -> Actor:
    """The actor of a login, with the account's role of this moment."""
    account = login.account
    role = role_of(account.role, login.role)
    return person_with(account.account, role, display_name=account.display_name, language=account.language)


def log_in(store: Store, account: str, password: str, *, address: str, agent: str) -> str:
    """A new token for a good password. BadRequest for a bad one, TryAgain (with seconds) after too many."""
    account = account.strip().casefold()
    refuse_the_hasty(store, account, address)
    with store.read() as cursor:
        known = accounts.password_hash(cursor, account)
    if not passwords.matches(known, password):
        with store.write() as cursor:
            rows.failed(cursor, account, address)
        raise BadRequest(N_("The account or the password is wrong."), N_("Try again, or ask an administrator."))
    assert known is not None  # `matches` is false for no hash
    anew = passwords.hashed(password) if passwords.is_outdated(known) else None
    with store.write() as cursor:
        found = accounts.find(cursor, account)
        if anew and found:
            accounts.set_password(cursor, account, anew, must_change=found.must_change)
        rows.forget_failures(cursor, account, address)
        audit.record(cursor, person(account, found.role if found else ""), "login", account, address=address)
        return begin(store, account, agent=agent, address=address)


def begin(store: Store, account: str, *, agent: str, address: str = "", provider: str = "") -> str:
    """A new login for an account whose password was just proven; the token goes into the cookie and nowhere else.

    With a second factor set up it opens nothing yet and lasts for minutes: `core.people.second_factor.prove` makes it whole.
    `provider`: the host of the company's login that has proven the person instead; it has its own second step.
    """
    token = secrets.token_urlsafe(32)
    with store.write() as cursor:
        proven = bool(provider) or not factors.is_on(cursor, account)
        lasts = LASTS if proven else UNPROVEN_LASTS
        rows.add(
            cursor, token_hash(token), account, lasts, agent[:200], address=masked(address), proven=proven,
            provider=provider,
        )  # fmt: skip
    return token


def log_out(store: Store, token: str) -> None:
    """End the login behind a cookie's value, if there is one."""
    login = login_of_token(store, token)
    if login is None:
        return
    with store.write() as cursor:
        rows.end(cursor, login.token_hash)
        audit.record(cursor, actor_of(login), "logout", login.account.account)


def note_seen(store: Store, login: Login) -> None:
    """Remember that the login is in use; at most one write in ten minutes."""
    if clock.now() - login.seen_at >= _SEEN_EVERY:
        with store.write() as cursor:
            rows.seen(cursor, login.token_hash)


def wait_seconds(failures: list) -> float:
    """How long to wait yet, from the three (count, last) of the store: doubling from 1 s beyond the free ones."""
    now, longest = clock.now(), 0.0
    for (count, last), (free, cap) in zip(failures, _FREE, strict=True):
        if last is not None and count > free:
            wait = min(2.0 ** (count - free - 1), cap)
            longest = max(longest, wait - (now - last).total_seconds())
    return longest


def refuse_the_hasty(store: Store, account: str, address: str) -> None:
    """TryAgain (with seconds) after too many failures of the account or from the address."""
    with store.read() as cursor:
        wait = wait_seconds(rows.failures(cursor, account, address, clock.now() - WINDOW))
    if wait > 0:
        raise TryAgain(
            N_("Too many failed logins. Wait {seconds} s."),
            N_("Then try again, or ask an administrator to reset the password."),
            after_seconds=wait,
            seconds=int(wait) + 1,
        )


def _remembered(store: Store, version: int, key: str) -> tuple[Login | None, bool]:
    """(login, whether it was known) for this very store and commit."""
    global _cached_for
    with _lock:
        if _cached_for != (store, version):
            _cache.clear()
            _cached_for = (store, version)
        return _cache.get(key), key in _cache
