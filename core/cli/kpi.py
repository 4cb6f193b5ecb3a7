"""`kpi`: the figures of a period. Contracts §1."""

from argparse import ArgumentParser, Namespace
from typing import Any

from core import runtime
from core.cli.backtest import period_of
from core.cli.command import Command
from core.i18n import N_
from core.insight.kpi import figures
from core.settings import Settings


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--from", dest="first", metavar="DATE")
    parser.add_argument("--to", dest="last", metavar="DATE")


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any]:
    return figures(runtime.store(), period_of(arguments), settings.zone)


COMMAND = Command("kpi", N_("Print the figures of a period."), _arguments, _run)
