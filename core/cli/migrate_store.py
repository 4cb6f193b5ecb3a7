"""`migrate-store FROM TO`: everything of one store into another one of any kind, proven table by table."""

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from typing import Any

from core.cli.command import Command
from core.i18n import N_, _
from core.settings import Settings
from core.store.transfer import transfer


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", metavar="FROM", help="duckdb:PATH or postgres://…; it is only read")
    parser.add_argument("target", metavar="TO", help="a new file or an empty database; or one whose move broke off")


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any]:
    done = transfer(replace(settings, store_url=arguments.source), replace(settings, store_url=arguments.target), _tell)
    return {
        "from": done.source,
        "to": done.target,
        "tables": done.tables,
        "rows": sum(done.tables.values()),
        "kept": done.kept,
        "seconds": round(done.seconds, 3),
    }


def _tell(table: str, place: int, of: int, rows: int) -> None:
    """Progress goes beside the result: `--json` keeps its one document."""
    print(_("{place} of {of} tables: {table}, {rows} rows").format(**locals()), file=sys.stderr, flush=True)


COMMAND = Command("migrate-store", N_("Move everything into another store."), _arguments, _run)
