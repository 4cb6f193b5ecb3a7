"""`restore DIR`: puts a back-up in the store's place; the file of before is set aside. Contracts §1."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from core.cli.command import Command
from core.i18n import N_
from core.people.vault import open_vault
from core.settings import Settings
from core.store import backup, restore


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help="the folder of a back-up, or one with several: the newest counts")


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any]:
    found = backup.read(Path(arguments.folder).resolve())
    if settings.key_file.exists():
        restore.check_key(found, *open_vault(settings).key_ids)
    restore.restore(settings, found)
    return {"path": str(found.path), "bytes": found.bytes, "tables": found.rows}


COMMAND = Command("restore", N_("Put a back-up in the place of the store."), _arguments, _run)
