"""`doctor`: what is wrong and what to do about it. Contracts §1."""

from argparse import ArgumentParser, Namespace
from typing import Any

from core import runtime
from core.cli.command import Command
from core.errors import DanliuError
from core.i18n import N_
from core.people.actor import SYSTEM
from core.services import doctor
from core.settings import Settings


def _arguments(_parser: ArgumentParser) -> None:
    """None of its own."""


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any]:  # noqa: ARG001 - one shape for all commands
    try:
        problems = doctor.examine(SYSTEM, runtime.store(), runtime.vault(), settings)
    except DanliuError as error:  # a store that does not open is what the doctor is asked about
        problems = [doctor.of_error(error)]
    return {"ok": not problems, "problems": [problem.as_json() for problem in problems]}


COMMAND = Command("doctor", N_("Say what is wrong and what to do."), _arguments, _run)
