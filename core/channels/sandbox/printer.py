"""A network printer on TCP: takes raw bytes as on port 9100 and notes each job for the truth.

What it reads out of a job: the idempotency key, the orders and whether it is a reprint, from a line
`danliu key=KEY orders=NO,NO reprint=yes|no` anywhere in the bytes (a PJL or ZPL comment, the keywords of a PDF).
Without one, known order numbers are looked for in the bytes.
"""

import asyncio
import re
from collections.abc import Callable
from hashlib import sha256

from core.channels.sandbox.texts import iso
from core.channels.sandbox.truth import Diary
from core.channels.sandbox.world import World

_KEY = re.compile(rb"\bkey=([^\s;\")>^]+)")
_ORDERS = re.compile(rb"\borders=([^\s;\")>^]+)")
_REPRINT = re.compile(rb"\breprint=(yes|true|1)\b")
_NUMBERS = re.compile(rb"(?<!\d)(?:\d{6}-\d{15}|\d{12,19})(?!\d)")
_NEXT_JOB = re.compile(rb"(?=@PJL JOB\b)")
MOST_BYTES = 64 << 20


class Printer:
    """Accepts connections; a connection is a job, or several that each begin with `@PJL JOB`."""

    def __init__(self, diary: Diary, world: World, clock: Callable[[], int]) -> None:
        self._diary, self._world, self._clock = diary, world, clock

    async def open(self, host: str, port: int) -> asyncio.Server:
        """Listen."""
        return await asyncio.start_server(self._receive, host, port)

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        job = bytearray()
        while len(job) < MOST_BYTES and (part := await reader.read(1 << 16)):
            job += part
        writer.close()
        self.take(bytes(job))

    def take(self, received: bytes) -> None:
        """Note what came over one connection; nothing for an empty one (a test of the line)."""
        parts = _NEXT_JOB.split(received)
        if len(parts) > 1 and b"@PJL JOB" not in parts[0]:
            parts = [parts[0] + parts[1], *parts[2:]]
        for job in parts:
            if job.strip():
                self._note(job)

    def _note(self, job: bytes) -> None:
        key, orders = _KEY.search(job), _ORDERS.search(job)
        if orders:
            numbers = [number.decode() for number in orders.group(1).split(b",") if number]
        else:
            found = dict.fromkeys(match.decode() for match in _NUMBERS.findall(job))
            numbers = [number for number in found if any(number in shop.orders for shop in self._world.shops.values())]
        self._diary.prints.append(
            {
                "key": key.group(1).decode("utf-8", "replace") if key else None,
                "platform_nos": numbers,
                "reprint": bool(_REPRINT.search(job)),
                "received_at": iso(self._clock()),
                "bytes": len(job),
                "sha256": sha256(job).hexdigest(),
            }
        )
