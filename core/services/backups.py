"""Back-ups for a person: make one, prove one by restoring it into a throw-away store, put one in the store's place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core import clock
from core.errors import NotFound, TryAgain
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.people.vault import open_vault
from core.settings import Settings
from core.store import Store, backup, facts, restore
from core.store.backup import Backup
from core.store.engines.file import file_of

VERIFIED = "verified"  # a file beside the manifest: the instant of the last good proof


@dataclass(frozen=True, slots=True)
class Kept:
    """A back-up as the page shows it; `verified_at` is None until it was restored for a proof."""

    name: str
    made_at: datetime
    bytes: int
    rows: int
    tables: dict[str, int]
    verified_at: datetime | None


def make(actor: Actor, store: Store, folder: Path) -> Backup:
    """Write a back-up below the folder while everything goes on."""
    require(actor, store, "backups.make")
    made = backup.write(store, folder)
    audit.note(store, actor, "backups.make", made.path.name, bytes=made.bytes, rows=sum(made.rows.values()))
    return made


def listing(actor: Actor, store: Store, settings: Settings) -> list[Kept]:
    """The back-ups in the settings' folder, newest first."""
    require(actor, store, "backups.make")
    return [
        Kept(each.path.name, each.made_at, each.bytes, sum(each.rows.values()), each.rows, _verified(each.path))
        for each in backup.listing(settings.backup_folder)
    ]


def verify(actor: Actor, store: Store, settings: Settings, name: str) -> None:
    """Restore it beside the store, prove every table, throw that away. BadRequest names a damaged table."""
    require(actor, store, "backups.make", name)
    found = _find(settings, name)
    restore.verify(settings, found)
    (found.path / VERIFIED).write_text(clock.now().isoformat(), encoding="ascii")
    audit.note(store, actor, "backups.verify", name)


Swap = Callable[[Callable[[], object]], Store]
"""Closes the process's store, runs the action, opens the store again and returns it."""


def put_back(actor: Actor, store: Store, settings: Settings, name: str, swap: Swap) -> None:
    """Replace the store by the back-up. What came in since is gone from the pool until it is pulled again; the file
    of before is set aside. On an error the store stays as it was."""
    require(actor, store, "backups.make", name)
    file_of(settings)  # a store elsewhere is refused before anything is closed
    found = _find(settings, name)
    restore.check_key(found, _key(store), *open_vault(settings).key_ids)
    aside: list[Path | None] = []
    opened = swap(lambda: aside.append(restore.restore(settings, found)))
    if not aside:
        raise TryAgain(N_("The back-up {name} was not restored; the store is as it was."), name=name)
    audit.note(opened, actor, "backups.restore", name, set_aside=aside[0].name if aside[0] else "")


def _key(store: Store) -> str:

    return facts.get(store, "vault_key")


def _find(settings: Settings, name: str) -> Backup:
    for each in backup.listing(settings.backup_folder):
        if each.path.name == name:
            return each
    raise NotFound(N_("There is no back-up {name}."), N_("Choose one of the list."), name=name)


def _verified(path: Path) -> datetime | None:
    try:
        return datetime.fromisoformat((path / VERIFIED).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
