"""Seals what must not be read from the store's file, and hashes person data so that it can be counted and joined.

One master key in a file outside the store; a key of its own per purpose is derived from it (HKDF-SHA256, RFC 5869), so
that a text sealed for one purpose opens for no other. A sealed text is base64 of: key id (4 bytes), nonce (12),
AES-256-GCM cipher text with its tag. The key id tells a wrong key file from a damaged text.

The key file holds one line a key, the newest first: it seals; the older ones open what they sealed, such as a back-up of
their time. Hashes are made by the last line, the first key there was: they could not be made anew without the originals.
"""

import base64
import binascii
import hashlib
import hmac
import os
import tempfile
from collections.abc import Mapping, Sequence
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
    _older: Mapping[bytes, "tuple[AESGCM, AESGCM]"] = field(default_factory=dict, repr=False)

    def seal(self, plain: bytes) -> str:
        """Compressed (zstd), then encrypted: for raw payloads."""
        return self._encrypt(self._payloads, [zstandard.ZstdCompressor(level=1).compress(plain)])[0]

    def open(self, sealed: str) -> bytes:
        """What `seal` closed. BadSetup for another key's text or a damaged one."""
        return zstandard.ZstdDecompressor().decompress(self._decrypt(0, sealed))

    def seal_text(self, plain: str) -> str:
        """Encrypted without compression: for secrets and single person records."""
        return self.seal_many((plain,))[0]

    def seal_many(self, plain: Sequence[str]) -> list[str]:
        """As `seal_text` for many short texts, in order."""
        return self._encrypt(self._texts, [text.encode() for text in plain])

    def open_text(self, sealed: str) -> str:
        """What `seal_text` closed. BadSetup for another key's text or a damaged one."""
        return self._decrypt(1, sealed).decode()

    def resealed(self, sealed: str, *, payload: bool) -> str:
        """The same by the newest key, what it holds unchanged. `payload`: by `seal`, else by `seal_text`."""
        plain = self._decrypt(0 if payload else 1, sealed)
        return self._encrypt(self._payloads if payload else self._texts, [plain])[0]

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids of all keys that open, the newest first; as a back-up and the store name them."""
        return (self.key_id.hex(), *(key.hex() for key in self._older))

    @property
    def older_heads(self) -> tuple[str, ...]:
        """How texts of the older keys begin: the part of the base64 that the key's id alone decides."""
        return tuple(base64.b64encode(key).decode()[:5] for key in self._older)

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

    def _decrypt(self, purpose: int, sealed: str) -> bytes:
        try:
            whole = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError) as error:
            raise _damaged() from error
        ciphers = (self._payloads, self._texts) if whole[:_ID] == self.key_id else self._older.get(whole[:_ID])
        if ciphers is None:
            if len(whole) <= _ID:
                raise _damaged()
            raise BadSetup(
                N_("This was encrypted with another key than the one in the key file."),
                N_("Put back the key file that belongs to this store."),
            )
        try:
            return ciphers[purpose].decrypt(whole[_ID : _ID + _NONCE], whole[_ID + _NONCE :], None)
        except (InvalidTag, ValueError) as error:
            raise _damaged() from error


def open_vault(settings: Settings) -> Vault:
    """The vault of the settings' key file, which is made (mode 600) where there is none.

    Raises BadSetup for a file that holds no key.
    """
    path = settings.key_file
    masters = _read(path) if path.exists() else _make(path)
    newest, *older = (_opened(master) for master in masters)
    return Vault(
        newest[0], _derive(masters[-1], "person keys"), newest[1], newest[2], {key[0]: key[1:] for key in older}
    )


def add_key(settings: Settings) -> Vault:
    """Put a new key before those of the key file, in one step that a crash cannot halve; the vault as it is then."""
    path = settings.key_file
    open_vault(settings)  # BadSetup before anything is written
    lines = path.read_text(encoding="ascii").strip()
    draft = _draft(path, f"{_new_line()}\n{lines}\n")
    draft.replace(path)
    _sync_folder(path)
    return open_vault(settings)


def check_fits(vault: Vault, store: Store) -> None:
    """Remember the key's id in a new store; BadSetup when the store was begun with another key."""
    known = facts.get(store, "vault_key")
    if not known:
        facts.put(store, "vault_key", vault.key_id.hex())
    elif known not in vault.key_ids:
        raise BadSetup(
            N_("The key file does not belong to this store: its secrets and person data cannot be opened."),
            N_("Put back the key file that belongs to this store."),
        )


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"danliu {purpose}".encode()).derive(master)


def _opened(master: bytes) -> tuple[bytes, AESGCM, AESGCM]:
    return _derive(master, "id")[:_ID], AESGCM(_derive(master, "payloads")), AESGCM(_derive(master, "texts"))


def _read(path: Path) -> list[bytes]:
    """The keys of the file, the newest first."""
    try:
        lines = path.read_text(encoding="ascii").split()
        keys = [base64.b64decode(line.removeprefix(_HEAD), validate=True) for line in lines if line.startswith(_HEAD)]
    except (OSError, ValueError) as error:
        raise _no_key(path) from error
    if not lines or len(keys) != len(lines) or any(len(key) != 32 for key in keys):
        raise _no_key(path)
    return keys


def _make(path: Path) -> list[bytes]:
    """A new key, linked into place whole: two processes starting at once end with the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path, f"{_new_line()}\n")
    try:
        try:
            os.link(draft, path)
        except FileExistsError:
            return _read(path)
    finally:
        draft.unlink()
    return _read(path)


def _new_line() -> str:
    return f"{_HEAD}{base64.b64encode(os.urandom(32)).decode()}"


def _draft(path: Path, text: str) -> Path:
    """A file beside it with that text, on the disk for sure; mkstemp gives mode 600."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".key-")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _sync_folder(path: Path) -> None:
    """A renamed file is there for sure once its folder is on the disk."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _damaged() -> BadSetup:
    return BadSetup(N_("An encrypted text in the store is damaged."), N_("Restore the last back-up."))


def _no_key(path: Path) -> BadSetup:
    return BadSetup(
        N_("The key file {path} holds no key."),
        N_("Put back the key file that belongs to this store."),
        path=path.name,
    )
