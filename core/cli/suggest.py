"""`suggest FILE`: what a file's columns may mean."""

from argparse import ArgumentParser, Namespace
from typing import Any

from core import runtime
from core.cli.command import Command
from core.errors import TryAgain
from core.i18n import N_
from core.mapping.readers import read_table
from core.mapping.suggest import suggest_for
from core.model.fields import Catalogue
from core.people.actor import SYSTEM
from core.services.imports import SAMPLE, suggest_table
from core.settings import Settings


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="csv, tsv, xlsx, xls, json, ndjson, parquet")
    parser.add_argument("--channel", default="")
    parser.add_argument("--sheet", default=None)


def _run(arguments: Namespace, _settings: Settings) -> dict[str, Any]:
    table = read_table(arguments.file, sheet=arguments.sheet, limit=SAMPLE)  # a wrong file touches no store
    try:
        return suggest_table(SYSTEM, runtime.store(), table, channel=arguments.channel).as_json()
    except TryAgain:  # the running pages have the store: only its own fields and channels are not known then
        return suggest_for(table, arguments.channel, Catalogue()).as_json()


COMMAND = Command("suggest", N_("Suggest a field mapping for a file"), _arguments, _run)
