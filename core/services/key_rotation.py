"""A new key for everything that is sealed: put first in the key file, then each text sealed anew, part by part.

Broken off anywhere, the same call goes on: the older keys stay in the key file, so everything opens all the time, and
back-ups made before stay restorable. Hashes of person data keep the first key.
"""

from dataclasses import dataclass

from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import add_key, check_fits, open_vault
from core.settings import Settings
from core.store import Store, resealing


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was done: sealed anew, the newest key's id, and whether a broken-off rotation was ended."""

    resealed: int
    key_id: str
    resumed: bool


def rotate(actor: Actor, store: Store, settings: Settings) -> Rotated:
    """Begin a rotation, or end one that was broken off. No other process may have the store open: it would go on
    sealing by the key it knows. BadSetup where the key file does not belong to the store."""
    require(actor, store, "secrets.edit", "key")
    vault = open_vault(settings)
    check_fits(vault, store)
    resumed = resealing.key_of(store) != vault.key_id.hex() or resealing.left(store, vault.older_heads) > 0
    if not resumed:
        audit.note(store, actor, "secrets.rotate_begin", "key", key=vault.key_id.hex())
        vault = add_key(settings)
    total = 0
    for columns, payload in ((resealing.TEXTS, False), (resealing.PAYLOADS, True)):
        for table, column, rows in columns:
            while done := resealing.part(
                store, table, column, rows, vault.older_heads, lambda text, p=payload: vault.resealed(text, payload=p)
            ):
                total += done
    with store.write() as cursor:
        total += resealing.blacklist(cursor, vault.older_heads, lambda text: vault.resealed(text, payload=False))
        resealing.note_key(cursor, vault.key_id.hex())
        audit.record(cursor, actor, "secrets.rotate", "key", key=vault.key_id.hex(), resealed=total)
    return Rotated(total, vault.key_id.hex(), resumed)
