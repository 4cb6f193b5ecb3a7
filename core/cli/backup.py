"""`backup DIR`: writes a back-up below a folder. Contracts §1."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from core import runtime
from core.cli.command import Command
from core.i18n import N_
from core.people.actor import SYSTEM
from core.services import backups
from core.settings import Settings


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR")


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any]:  # noqa: ARG001 - one shape for all commands
    store = runtime.store()
    runtime.vault()  # a store that was never used learns its key first, so that its back-up knows it
    made = backups.make(SYSTEM, store, Path(arguments.folder).resolve())
    return {"path": str(made.path), "bytes": made.bytes, "tables": made.rows}


COMMAND = Command("backup", N_("Write a back-up of the store."), _arguments, _run)
