"""`run-flow`: drains the flow once. Contracts §1."""

from argparse import ArgumentParser, Namespace
from typing import Any

from core import runtime
from core.channels.deliver import deliver
from core.cli.command import Command
from core.errors import BadRequest
from core.flow.document import install_flow
from core.flow.runner import runner
from core.i18n import N_
from core.settings import Settings
from core.store import outbox


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, default=None, metavar="N")


def _run(arguments: Namespace, settings: Settings) -> dict[str, Any]:
    if arguments.limit is not None and arguments.limit < 1:
        raise BadRequest(N_("--limit is a number of orders."), N_("Give 1 or more, or leave it out."))
    store, vault = runtime.store(), runtime.vault()
    install_flow(store)
    told = runner(store).drain(vault, settings, limit=arguments.limit)
    while deliver(store, vault, settings).get(outbox.DONE):  # slips to the printers, and whatever else is to leave
        pass
    return told


COMMAND = Command("run-flow", N_("Let all orders walk through the flow once."), _arguments, _run)
