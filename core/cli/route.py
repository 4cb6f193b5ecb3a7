"""`route DIR`: route the orders of a folder (contracts §4) to warehouses and couriers, without a store."""

import gc
import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from core.cli.command import Command
from core.decide.routing.instance import read_instance
from core.decide.routing.modes import DIRECT, MODES, route_batch
from core.decide.routing.policy import Policy, read_policy
from core.errors import BadRequest
from core.i18n import N_
from core.settings import Settings

POLICY = "policy.json"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--mode", choices=MODES, default=DIRECT)
    parser.add_argument("--policy", default=None, metavar="FILE")
    parser.add_argument("--seconds", type=float, default=None, metavar="S")


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any]:
    if arguments.seconds is not None and not 0 < arguments.seconds <= 86_400:
        raise BadRequest(N_("--seconds cannot be {value}."), N_("Give seconds above 0."), value=arguments.seconds)
    folder = Path(arguments.folder)
    policy = _policy(folder, arguments.policy)
    task = read_instance(folder, settings.zone)
    gc.freeze()  # the task stays until the end: walking through it again and again would cost a third of the time
    try:
        return route_batch(task, policy, arguments.mode, arguments.seconds).document()
    finally:
        gc.unfreeze()


def _policy(folder: Path, chosen: str | None) -> Policy:
    """The policy given, else the folder's own, else the defaults."""
    path = Path(chosen) if chosen is not None else folder / POLICY
    if chosen is None and not path.exists():
        return Policy()
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadRequest(N_("{path} cannot be read."), N_("Check the path."), path=str(path)) from error
    except ValueError as error:
        raise BadRequest(
            N_("{path} is no JSON document: {cause}."), N_("Mend the place it names."), path=path.name, cause=str(error)
        ) from error
    return read_policy(document, file=path.name)


COMMAND = Command("route", N_("Route the orders of a folder to warehouses and couriers"), _arguments, _run)
