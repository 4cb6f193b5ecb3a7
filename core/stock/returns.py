"""Goods that came back: the good ones lie on the shelf again, the damaged ones are in the ledger and off it at once."""

from collections.abc import Sequence

from core import clock
from core.store import Store, returned_goods


def receive(store: Store, warehouse: str, source: str, lines: Sequence[tuple[str, str, int, int]]) -> int:
    """Book lines (line_no, sku, good, damaged) that came back to a warehouse; sets come back as their parts.

    `source` makes it happen once: booking the same again does nothing. Returns the movements booked.
    """
    with store.write() as cursor:
        return returned_goods.book(cursor, warehouse, source, lines, clock.now())
