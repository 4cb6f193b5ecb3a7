"""`rotate-key`: a new key for everything that is sealed in the store. Run it while nothing else has the store open."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import Any

from core import runtime
from core.cli.command import Command
from core.i18n import N_
from core.people.actor import SYSTEM
from core.services import key_rotation
from core.settings import Settings


def _arguments(parser: ArgumentParser) -> None:
    pass


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any]:  # noqa: ARG001 - one shape for all commands
    return asdict(key_rotation.rotate(SYSTEM, runtime.store(), settings))


COMMAND = Command(
    "rotate-key", N_("Seal everything anew by a new key; goes on where it was broken off."), _arguments, _run
)
