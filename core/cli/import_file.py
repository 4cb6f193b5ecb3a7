"""`import FILE`: bring a file's orders into the pool."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core import runtime
from core.cli.command import Command
from core.i18n import N_
from core.mapping.readers import file_bytes
from core.mapping.said import unpacked
from core.people.actor import SYSTEM
from core.services.imports import import_file
from core.settings import Settings


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="csv, tsv, xlsx, xls, json, ndjson, parquet")
    parser.add_argument("--shop", required=True)
    parser.add_argument("--channel", required=True)
    parser.add_argument("--mapping", default="auto", metavar="NAME|auto")
    parser.add_argument("--sheet", default=None)
    parser.add_argument("--dry-run", action="store_true", dest="dry_run")


def _run(arguments: Namespace, _settings: Settings) -> dict[str, Any]:
    if not Path(arguments.file).is_file():
        file_bytes(Path(arguments.file))  # says why, before any store is touched
    report = import_file(
        SYSTEM,
        runtime.store(),
        runtime.vault(),
        arguments.file,
        shop=arguments.shop,
        channel=arguments.channel,
        mapping=arguments.mapping,
        sheet=arguments.sheet,
        dry_run=arguments.dry_run,
    )
    shown = asdict(report)
    shown["rejects"] = [
        {"row": one.row, "field": one.field, "value": one.value, "reason": unpacked(one.reason)}
        for one in report.rejects
    ]
    shown["notes"] = list(report.notes)
    return shown


COMMAND = Command("import", N_("Import a file of orders into a shop"), _arguments, _run)
