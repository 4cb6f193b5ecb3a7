"""Passwords: argon2id, a floor against the worst ones, and temporary ones to hand over."""

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import BadRequest
from core.i18n import N_

SHORTEST = 8
# Above OWASP's floor for argon2id (19 MiB, 2 passes); 32 MiB so that logins at shift start fit beside the store.
_hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_turns = threading.Semaphore(2)  # at most 64 MiB of hashing at once, whoever knocks
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no 0 o 1 l i: it is read aloud or copied from paper
_COMMON = """
12345678 123456789 1234567890 87654321 11111111 88888888 66666666 00000000 12341234 11223344 password
password1 password123 passw0rd p@ssw0rd qwertyui qwertyuiop qwerty123 1qaz2wsx 1q2w3e4r 1q2w3e4r5t abcd1234
abc12345 abc123456 a1234567 a12345678 a123456789 aa123456 aa12345678 woaini1314 5201314520 iloveyou admin123
admin1234 admin888 administrator welcome1 letmein1 asdfghjk asdf1234 zxcvbnm1 zxcvbnm123 q1w2e3r4 qq123456
wang123456 danliu123
"""
_EASY = frozenset(_COMMON.split())


def hashed(password: str) -> str:
    """The argon2id hash to store."""
    with _turns:
        return _hasher.hash(password)


@cache
def _nobody() -> str:
    """A hash no password belongs to."""
    return _hasher.hash(secrets.token_hex(16))


def matches(known: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. None (no such account) takes as long as a wrong password."""
    with _turns:
        try:
            return _hasher.verify(known or _nobody(), password) and known is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(known: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(known)


def check_strength(password: str, account: str) -> None:
    """BadRequest for a password that is short, common or the account's own name."""
    if len(password) < SHORTEST:
        raise BadRequest(
            N_("The password is too short."), N_("Take at least {shortest} characters."), shortest=SHORTEST
        )
    if len(password) > 256:
        raise BadRequest(N_("The password is too long."), N_("Take at most {longest} characters."), longest=256)
    plain = password.casefold()
    if plain in _EASY or len(set(plain)) < 4 or plain in (account.casefold(), account.casefold()[::-1]):
        raise BadRequest(N_("The password is easily guessed."), N_("Take several words or a longer, mixed one."))


def temporary() -> str:
    """A password to hand over once: 12 characters, about 59 bits."""
    return "".join(secrets.choice(_ALPHABET) for _place in range(12))
