"""Seals what must not be read from the store's file, and hashes person data so that it can be counted and joined.

One master key in a file outside the store; a key of its own per purpose is derived from it (HKDF-SHA256, RFC 5869), so
that a text sealed for one purpose opens for no other. A sealed text is base64 of: key id (4 bytes), nonce (12),
AES-256-GCM cipher text with its tag. The key id tells a wrong key file from a damaged text.
"""

import base64
import binascii
import hashlib
import hmac
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import BadSetup
from core.i18n import N_
from core.settings import Settings
from core.store import Store, facts

_HEAD = "danliu-key-1:"
_NONCE, _ID, _BLOCK = 12, 4, 64  # bytes; 64 is SHA-256's block, by which HMAC pads its key (RFC 2104)


@dataclass(frozen=True, slots=True)
class Vault:
    """The opened keys of one process. Thread-safe; its repr shows no key."""

    key_id: bytes
    hash_key: bytes = field(repr=False)
    _payloads: AESGCM = field(repr=False)
    _texts: AESGCM = field(repr=False)

    def seal(self, plain: bytes) -> str:
        """Compressed (zstd), then encrypted: for raw payloads."""
        return self._encrypt(self._payloads, [zstandard.ZstdCompressor(level=1).compress(plain)])[0]

    def open(self, sealed: str) -> bytes:
        """What `seal` closed. BadSetup for another key's text or a damaged one."""
        return zstandard.ZstdDecompressor().decompress(self._decrypt(self._payloads, sealed))

    def seal_text(self, plain: str) -> str:
        """Encrypted without compression: for secrets and single person records."""
        return self.seal_many((plain,))[0]

    def seal_many(self, plain: Sequence[str]) -> list[str]:
        """As `seal_text` for many short texts, in order."""
        return self._encrypt(self._texts, [text.encode() for text in plain])

    def open_text(self, sealed: str) -> str:
        """What `seal_text` closed. BadSetup for another key's text or a damaged one."""
        return self._decrypt(self._texts, sealed).decode()

    def keyed(self, value: str) -> str:
        """HMAC-SHA256 of the value under `hash_key`, 64 hex digits: equal values, equal key; no way back without it."""
        return hmac.new(self.hash_key, value.encode(), hashlib.sha256).hexdigest()

    @property
    def pads(self) -> tuple[bytes, bytes]:
        """(inner, outer) pad of `hash_key`, 64 bytes each, to compute `keyed` in SQL:
        `sha256(?::BLOB || unhex(sha256(?::BLOB || encode(value))))`, bound (outer, inner)."""
        key = self.hash_key.ljust(_BLOCK, b"\0")
        return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)

    def _encrypt(self, cipher: AESGCM, plain: Sequence[bytes]) -> list[str]:
        # One draw of randomness for all nonces: a system call per text would cost more than the encryption.
        nonces, head, encrypt, encode = (
            os.urandom(_NONCE * len(plain)),
            self.key_id,
            cipher.encrypt,
            binascii.b2a_base64,
        )
        sealed: list[str] = []
        for place, text in enumerate(plain):
            nonce = nonces[place * _NONCE : (place + 1) * _NONCE]
            sealed.append(encode(head + nonce + encrypt(nonce, text, None), newline=False).decode("ascii"))
        return sealed

    def _decrypt(self, cipher: AESGCM, sealed: str) -> bytes:
        try:
            whole = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError) as error:
            raise _damaged() from error
        if len(whole) > _ID and not hmac.compare_digest(whole[:_ID], self.key_id):
            raise BadSetup(
                N_("This was encrypted with another key than the one in the key file."),
                N_("Put back the key file that belongs to this store."),
            )
        try:
            return cipher.decrypt(whole[_ID : _ID + _NONCE], whole[_ID + _NONCE :], None)
        except (InvalidTag, ValueError) as error:
            raise _damaged() from error


def open_vault(settings: Settings) -> Vault:
    """The vault of the settings' key file, which is made (mode 600) where there is none.

    Raises BadSetup for a file that holds no key.
    """
    path = settings.key_file
    master = _read(path) if path.exists() else _make(path)
    return Vault(
        _derive(master, "id")[:_ID],
        _derive(master, "person keys"),
        AESGCM(_derive(master, "payloads")),
        AESGCM(_derive(master, "texts")),
    )


def check_fits(vault: Vault, store: Store) -> None:
    """Remember the key's id in a new store; BadSetup when the store was begun with another key."""
    known = facts.get(store, "vault_key")
    if not known:
        facts.put(store, "vault_key", vault.key_id.hex())
    elif known != vault.key_id.hex():
        raise BadSetup(
            N_("The key file does not belong to this store: its secrets and person data cannot be opened."),
            N_("Put back the key file that belongs to this store."),
        )


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"danliu {purpose}".encode()).derive(master)


def _read(path: Path) -> bytes:
    try:
        text = path.read_text(encoding="ascii").strip()
        key = base64.b64decode(text.removeprefix(_HEAD), validate=True) if text.startswith(_HEAD) else b""
    except (OSError, ValueError) as error:
        raise _no_key(path) from error
    if len(key) != 32:
        raise _no_key(path)
    return key


def _make(path: Path) -> bytes:
    """A new key, linked into place whole: two processes starting at once end with the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # mkstemp gives mode 600
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{_HEAD}{base64.b64encode(os.urandom(32)).decode()}\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return _read(path)
    finally:
        draft.unlink()
    return _read(path)


def _damaged() -> BadSetup:
    return BadSetup(N_("An encrypted text in the store is damaged."), N_("Restore the last back-up."))


def _no_key(path: Path) -> BadSetup:
    return BadSetup(
        N_("The key file {path} holds no key."),
        N_("Put back the key file that belongs to this store."),
        path=path.name,
    )
