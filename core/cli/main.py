"""`python -m core COMMAND`: finds the commands, prints one JSON document with `--json`, exits 0, 1 or 2."""

import argparse
import importlib
import json
import logging
import pkgutil
import sys
from typing import Any, NoReturn

import core.cli
from core import i18n, runtime
from core.cli.command import Command
from core.errors import BadRequest, DanliuError
from core.i18n import N_, _
from core.settings import load


def commands() -> dict[str, Command]:
    """Every command file of this package by its command's name."""
    found: dict[str, Command] = {}
    for module in pkgutil.iter_modules(core.cli.__path__):
        if not module.ispkg and module.name not in ("command", "main"):
            command = importlib.import_module(f"core.cli.{module.name}").COMMAND
            found[command.name] = command
    return found


class _Parser(argparse.ArgumentParser):
    """argparse that raises instead of printing, so that `--json` keeps its one document."""

    def error(self, message: str) -> NoReturn:
        raise BadRequest(N_("The command line is wrong: {cause}."), N_("See --help."), cause=message)


def _parser() -> argparse.ArgumentParser:
    common = _Parser(add_help=False)
    common.add_argument("--config", default="config.toml", metavar="PATH")
    common.add_argument("--store", default=None, metavar="URL")
    common.add_argument("--json", action="store_true")
    parser = _Parser(prog="python -m core")
    parsers = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    for command in commands().values():
        command.add_arguments(parsers.add_parser(command.name, help=_(command.help), parents=[common]))
    return parser


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit status."""
    as_json = "--json" in arguments
    try:
        parsed = _parser().parse_args(arguments)
        settings = load(parsed.config, store_url=parsed.store)
        runtime.configure(settings)
        with i18n.speaking(settings.language):
            result = commands()[parsed.command].run(parsed, settings)
    except DanliuError as error:
        _fail(error, as_json)
        return error.exit_status
    except Exception as error:
        logging.getLogger(__name__).exception("the command failed")
        cause = f"{type(error).__name__}: {error}"
        defect = DanliuError(N_("Something unexpected went wrong: {cause}"), N_("Report it with the log."), cause=cause)
        _fail(defect, as_json)
        return defect.exit_status
    finally:
        runtime.close()
    if result is not None:
        _print(result, as_json)
    return 0


def _fail(error: DanliuError, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"error": error.code, "message": error.message, "hint": error.hint}, ensure_ascii=False))
    else:
        print(str(error), file=sys.stderr)


def _print(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(result, ensure_ascii=False, default=str))
        return
    for name, value in result.items():
        print(f"{name}: {json.dumps(value, ensure_ascii=False, default=str)}")
