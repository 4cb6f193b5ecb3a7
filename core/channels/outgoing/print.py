"""Message kind `print`: slips of a wave to a network printer, raw over TCP. Body: printer, wave, slips, reprint."""

import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core import clock
from core.channels import slip_page
from core.errors import BadSetup, TryAgain
from core.i18n import N_
from core.store import Cursor, moves, places, slips
from core.store.outbox import Row

if TYPE_CHECKING:
    from core.channels.deliver import Sending

KIND = "print"
SECONDS = 10.0


def send(sending: "Sending", row: Row) -> str:
    """Write the job to the printer's socket. What has been voided meanwhile is left out; nothing left is nothing sent."""
    found = next((p for p in places.printers(sending.store) if p.name == row.body["printer"]), None)
    if found is None:
        raise BadSetup(
            N_("There is no printer {name}."), N_("Choose another one at the print station."), name=row.body["printer"]
        )
    listed = slips.of_numbers(sending.store, row.body["slips"])
    if not listed:
        return "voided"
    job = slip_page.job(listed, row.key, reprint=bool(row.body.get("reprint")))
    try:
        with socket.create_connection((found.host, found.port), SECONDS) as line:
            line.sendall(job)
            line.shutdown(socket.SHUT_WR)
            line.settimeout(SECONDS)
            while line.recv(1024):
                pass
    except OSError as error:
        raise TryAgain(
            N_("The printer {name} does not answer: {cause}"),
            N_("Look at its power and paper."),
            name=found.name,
            cause=str(error),
        ) from error
    return f"{len(listed)}"


def sent(cursor: Cursor, rows: Sequence[Row]) -> None:
    """The slips are on paper."""
    numbers = [number for row in rows for number in row.body["slips"]]
    keys = slips.keys_of(cursor, numbers)
    moves.tell(cursor, keys, "slip_printed", actor="system", now=clock.now())
