"""Printers for tests: pretend ones on a real socket, with the ways in which real ones die; and slips in a store to print."""

import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.channels.deliver import Sending
from core.channels.outgoing import print as outgoing
from core.flow import picking
from core.people.vault import open_vault
from core.settings import Settings
from core.store import Store, outbox, print_jobs, printers
from core.store.outbox import Row
from core.store.print_jobs import PrintJob, Wanted
from core.store.printers import Printer
from tests.payloads import rows

WELL, DIES, STAYS = "well", "dies", "stays"


@dataclass
class Pretend:
    """What stands behind the socket: the jobs it took whole, and how it behaves with the next one."""

    port: int
    how: str = WELL
    jobs: list[bytes] = field(default_factory=list)
    taken: threading.Event = field(default_factory=threading.Event)

    def serve(self, door: socket.socket) -> None:
        while True:
            try:
                line, _who = door.accept()
            except OSError:
                return
            with line:
                if self.how == DIES:  # after the first bytes, with a reset: what a power cut looks like
                    line.recv(64)
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    continue
                job = b""
                while part := line.recv(1 << 16):
                    job += part
                self.jobs.append(job)
                self.taken.set()


@contextmanager
def pretend(how: str = WELL) -> Iterator[Pretend]:
    """A pretend network printer on a free port."""
    door = socket.create_server(("127.0.0.1", 0))
    printer = Pretend(door.getsockname()[1], how)
    thread = threading.Thread(target=printer.serve, args=(door,), daemon=True)
    thread.start()
    try:
        yield printer
    finally:
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join(5)


def printer_of(store: Store, port: int, **changed: object) -> Printer:
    """Set up a printer on this machine."""
    printer = Printer("P1", "127.0.0.1", port, **changed)  # type: ignore[arg-type]
    with store.write() as cursor:
        printers.save(cursor, printer)
    return printer


def slips_of(store: Store, keys: Sequence[int]) -> list[str]:
    """Give the orders, which are at STOCK_LOCKED, their slips; returns the numbers."""
    with store.write() as cursor:
        picking.pick(cursor, keys, "Asia/Shanghai")
    return [row[0] for row in rows(store, "SELECT slip_no FROM slips WHERE state = 'made' ORDER BY slip_no")]


def put(store: Store, *numbers: str, **rest: object) -> str:
    """Put one job of these slips; returns its key."""
    with store.write() as cursor:
        return print_jobs.put(cursor, [Wanted("P1", "W", numbers, **rest)])[0]  # type: ignore[arg-type]


def message(store: Store, key: str) -> Row:
    """The job's message in the outbox."""
    return next(row for row in outbox.listing(store, "print") if row.key == key)


def send(store: Store, settings: Settings, key: str) -> str:
    """What the outbox does with the job's message: one attempt, and what follows when it went well."""
    row = message(store, key)
    sending = Sending(store, open_vault(settings), settings)
    answer = outgoing.send(sending, row)
    with store.write() as cursor:
        outgoing.sent(cursor, [row])
    return answer


def job(store: Store, key: str) -> PrintJob:
    """The job as it stands."""
    with store.read() as cursor:
        found = print_jobs.find(cursor, key)
    assert found is not None
    return found
