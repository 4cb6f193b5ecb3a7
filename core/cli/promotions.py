"""`promotions FILE`: evaluate the cases of a promotion file (contracts §1) without a store."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from core.cli.command import Command
from core.decide.promotion import Plan, evaluate, parse
from core.decide.promotion.evaluate import read_case
from core.errors import BadRequest
from core.i18n import N_
from core.settings import Settings


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")


def _run(arguments: Namespace, _settings: Settings) -> dict[str, Any]:
    path = Path(arguments.file)
    try:
        cases = json.loads(path.read_text(encoding="utf-8"))["cases"]
    except OSError as error:
        raise BadRequest(N_("{path} cannot be read."), N_("Check the path."), path=arguments.file) from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadRequest(
            N_("{path} holds no promotion cases."), N_("It needs a list under cases."), path=path.name
        ) from error
    return {"results": [_result(case) for case in cases]}


def _result(case: dict[str, Any]) -> dict[str, Any]:
    place = str(case.get("id"))
    try:
        given = case["input"]
        plan = Plan(parse(promotion, f"{place}.{promotion.get('id')}") for promotion in given["promotions"])
        order, context = read_case(given)
    except (KeyError, TypeError, AttributeError) as error:
        raise BadRequest(
            N_("Case {case} lacks {key}."), N_("Compare it with the file format."), case=place, key=str(error)
        ) from error
    return {"id": case["id"], **evaluate(plan, order, context).document()}


COMMAND = Command("promotions", N_("Evaluate promotion cases"), _arguments, _run)
