"""What a command of `python -m core` is: one file beside its siblings, found by itself."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Command:
    """`run` returns the JSON document of `--json` (contracts §1), or None for a command that serves until stopped."""

    name: str
    help: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace, Settings], dict[str, Any] | None]
