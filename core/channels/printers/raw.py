"""A network printer on TCP, as on port 9100: bytes go in, nothing comes back.

That the printer has taken all of it shows when it closes its side, or when the system has no byte left to hand over.
"""

import contextlib
import socket
import struct
from collections.abc import Callable

from core.channels.printers.partly import Partly
from core.errors import TryAgain
from core.i18n import N_
from core.store.printers import Printer

SECONDS = 10.0
_UNSENT = 0x5411  # SIOCOUTQ of Linux: bytes that the other side has not acknowledged


def send(printer: Printer, content: bytes, name: str, begin: Callable[[str], None]) -> str:
    """Write the job to the printer's socket and wait until it has been taken."""
    del name
    try:
        line = socket.create_connection((printer.host, printer.port), SECONDS)
    except OSError as error:
        raise TryAgain(
            N_("The printer {name} does not answer: {cause}"), N_("Look at its power and paper."), name=printer.name,
            cause=str(error),
        ) from error  # fmt: skip
    with contextlib.closing(line):
        begin("")
        try:
            line.sendall(content)
            line.shutdown(socket.SHUT_WR)
            line.settimeout(SECONDS)
            while line.recv(1024):
                pass
        except TimeoutError as error:
            if _unsent(line) != 0:
                raise Partly(str(error)) from error
        except OSError as error:
            raise Partly(str(error)) from error
    return f"{len(content)}"


def has(printer: Printer, ticket: str) -> bool | None:
    """Such a printer tells nothing."""
    del printer, ticket
    return None


def _unsent(line: socket.socket) -> int | None:
    """Bytes still on this side; None where the system does not say."""
    try:
        import fcntl  # not on Windows
    except ImportError:
        return None
    try:
        return struct.unpack("i", fcntl.ioctl(line.fileno(), _UNSENT, b"\0\0\0\0"))[0]
    except OSError:
        return None
