"""The second step of a login: a six-digit code of an authenticator app (TOTP, RFC 6238), or a recovery code.

The secret lies sealed in the store, recovery codes as keyed hashes; a code counts once, wrong ones slow down like passwords.
"""

import base64
import hashlib
import hmac
import secrets
import struct
from urllib.parse import quote

from core import clock
from core.errors import BadRequest, NotAllowed
from core.i18n import N_
from core.people import audit, logins
from core.people.vault import Vault
from core.store import Store
from core.store import logins as rows
from core.store import second_factors as factors
from core.store.second_factors import SecondFactor

STEP_SECONDS, DIGITS = 30, 6
RECOVERY_CODES = 8
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps take them (RFC 4226, section 4)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """The code of a time step (RFC 4226, section 5.3)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_now() -> int:
    """The time step of this moment."""
    return int(clock.now().timestamp()) // STEP_SECONDS


def step_of(secret: str, code: str, after: int) -> int | None:
    """The step, at most one beside now and later than `after`, that the code belongs to."""
    now = step_now()
    for step in (now, now - 1, now + 1):
        if step > after and hmac.compare_digest(code_at(secret, step), code):
            return step
    return None


def address_of(secret: str, account: str, issuer: str) -> str:
    """What the QR code holds: the address authenticator apps read."""
    name = f"{issuer}:{account}"
    return f"otpauth://totp/{quote(name)}?secret={secret}&issuer={quote(issuer)}&digits={DIGITS}&period={STEP_SECONDS}"


def new_recovery(vault: Vault, account: str) -> tuple[list[str], list[str]]:
    """(the codes to hand over once, what the store keeps of them)."""
    codes = ["".join(secrets.choice(_ALPHABET) for _place in range(10)) for _code in range(RECOVERY_CODES)]
    return codes, [_kept(vault, account, code) for code in codes]


def prove(store: Store, vault: Vault, token: str, code: str, *, address: str) -> str:
    """Make the login of a cookie whole with a code; the new token for the cookie.

    NotAllowed where no login awaits a code, BadRequest for a wrong one, TryAgain after too many.
    """
    login = logins.login_of_token(store, token)
    if login is None or login.proven:
        raise NotAllowed(N_("Your login has ended."), N_("Log in again."))
    account = login.account.account
    logins.refuse_the_hasty(store, _slowed(account), address)
    with store.write() as cursor:
        found = factors.find(cursor, account)
        taken = _taken(vault, found, code) if found else None
        if taken is not None:
            factors.used(cursor, account, *taken)
            rows.forget_failures(cursor, _slowed(account), address)
            anew = secrets.token_urlsafe(32)
            rows.make_whole(cursor, login.token_hash, logins.token_hash(anew), logins.LASTS)
            by = "recovery code" if taken[1] != (found.recovery if found else ()) else "code"
            audit.record(cursor, logins.actor_of(login), "login.second_step", account, by=by)
            return anew
        rows.failed(cursor, _slowed(account), address)
    raise BadRequest(N_("The code is wrong or was used already."), N_("Type the code that the app shows now."))


def _slowed(account: str) -> str:
    """Wrong codes are counted apart from wrong passwords: a good password must not clear them."""
    return f"{account} code"


def _taken(vault: Vault, found: SecondFactor, code: str) -> tuple[int, tuple[str, ...]] | None:
    """(last step, recovery codes left) after this code, or None for a wrong one."""
    plain = "".join(code.split()).replace("-", "").lower()
    if plain.isdecimal() and len(plain) == DIGITS:
        step = step_of(vault.open_text(found.sealed), plain, found.last_step)
        return (step, found.recovery) if step is not None else None
    hashed = _kept(vault, found.account, plain)
    if hashed not in found.recovery:
        return None
    return found.last_step, tuple(kept for kept in found.recovery if kept != hashed)


def _kept(vault: Vault, account: str, code: str) -> str:
    return vault.keyed(f"recovery {account} {code}")
