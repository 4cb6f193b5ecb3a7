"""`backtest FILE`: run a rule set document on the stored orders without writing."""

import json
from argparse import ArgumentParser, Namespace
from datetime import date
from pathlib import Path
from typing import Any

from core import runtime
from core.cli.command import Command
from core.errors import BadRequest
from core.i18n import N_
from core.insight.backtest import Period, back_test
from core.rules.ruleset import RuleSet, read_rule_set
from core.settings import Settings
from core.store import Store, catalogue, documents


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--from", dest="first", metavar="DATE")
    parser.add_argument("--to", dest="last", metavar="DATE")


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any]:
    period = period_of(arguments)
    document = _read(arguments.file)
    store = runtime.store()
    rules = read_rule_set(document, catalogue.load(store))
    return back_test(store, runtime.vault(), rules, _live(store, rules), zone=settings.zone, period=period)


def _live(store: Store, rules: RuleSet) -> RuleSet | None:
    """The published set of the same kind and name, if there is one and it is live."""
    published = documents.published(store, rules.kind, rules.name)
    if published is None or published.body.get("mode") != "live":
        return None
    return read_rule_set(published.body, catalogue.load(store))


def _read(path: str) -> Any:
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadRequest(N_("{path} cannot be read."), N_("Check the path."), path=path) from error
    except ValueError as error:
        raise BadRequest(
            N_("{path} is no JSON document: {cause}."), N_("Mend the place it names."), path=path, cause=str(error)
        ) from error


def period_of(arguments: Namespace) -> Period:
    """The days of `--from` and `--to`. BadRequest for what is no day, or an end before its beginning."""
    period = Period(_day(arguments.first), _day(arguments.last))
    if period.first and period.last and period.last < period.first:
        raise BadRequest(N_("The period ends before it begins."), N_("Swap --from and --to."))
    return period


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(N_("{day} is no date."), N_("Write it as 2026-11-01."), day=text) from error


COMMAND = Command("backtest", N_("Run a rule set on stored orders without writing"), _arguments, _run)
