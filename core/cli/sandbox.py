"""`python -m core sandbox`: serves the pretend platforms until stopped."""

import gc
import sys
import threading
from _thread import interrupt_main
from argparse import ArgumentParser, Namespace

from core.channels.sandbox import FAULTS, Sandbox
from core.cli.command import Command
from core.errors import BadRequest
from core.i18n import N_, _
from core.settings import Settings


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=2.0, metavar="ORDERS_PER_MINUTE")
    parser.add_argument("--days", type=int, default=1, metavar="N")
    parser.add_argument("--attended", action="store_true", help="end when standard input ends: with whoever began it")
    parser.add_argument("--faults", default="", metavar="LIST", help=", ".join(FAULTS))


def _run(arguments: Namespace, settings: Settings) -> None:  # noqa: ARG001 - one shape for all commands
    if not 0 < arguments.port < 65_535 or arguments.rate < 0 or not 0 <= arguments.days <= 90:
        raise BadRequest(
            N_("The sandbox cannot run with these numbers."),
            N_("A port from 1 to 65534, a rate of 0 or more, 0 to 90 days."),
        )
    names = [name.strip() for name in arguments.faults.split(",") if name.strip()]
    box = Sandbox(arguments.seed, arguments.rate, arguments.days, names, arguments.port, host=arguments.host)

    if arguments.attended:
        threading.Thread(target=_end_with_input, name="attended", daemon=True).start()
    gc.freeze()  # the past stays for ever: no later collection need look through it

    def ready() -> None:
        words = _("Sandbox on {url}, printer on port {port}. Ctrl+C stops it.")
        print(
            words.format(url=box.url, port=box.port + 1), file=sys.stderr if arguments.json else sys.stdout, flush=True
        )

    try:
        box.serve(ready)
    except OSError as error:
        raise BadRequest(
            N_("The sandbox cannot listen: {cause}."), N_("Choose another port."), cause=error.strerror or str(error)
        ) from error
    except KeyboardInterrupt:
        return


def _end_with_input() -> None:
    """A killed parent ends no child; its end of the pipe closes all the same."""
    sys.stdin.buffer.read()
    interrupt_main()


COMMAND = Command("sandbox", N_("Serve pretend platforms that speak the real protocols"), _arguments, _run)
