"""Finds the peak in orders by weekday and hour: the busiest hour with its busy neighbours on the same day."""

from collections.abc import Iterable
from dataclasses import dataclass

BUSY = 0.6
"""A neighbouring hour belongs to the peak when it has at least this part of the busiest hour's orders."""
LEAST_ORDERS, LEAST_TIMES = 20, 1.3


@dataclass(frozen=True, slots=True)
class Peak:
    """weekday 1 (Monday) to 7; hours first to last, both included; `times`: how often the mean hour's orders."""

    weekday: int
    first: int
    last: int
    orders: int
    times: float


def find(cells: Iterable[tuple[int | None, int | None, int]]) -> Peak | None:
    """The peak of (weekday, hour, orders); None where too few orders or no hour stands out."""
    table = {(day, hour): orders for day, hour, orders in cells if day is not None and hour is not None}
    total = sum(table.values())
    if total < LEAST_ORDERS:
        return None
    (day, hour), most = max(table.items(), key=lambda item: (item[1], -item[0][0], -item[0][1]))
    mean = total / (7 * 24)
    first = last = hour
    while first > 0 and table.get((day, first - 1), 0) >= most * BUSY:
        first -= 1
    while last < 23 and table.get((day, last + 1), 0) >= most * BUSY:
        last += 1
    orders = sum(table.get((day, each), 0) for each in range(first, last + 1))
    times = orders / (last - first + 1) / mean
    return Peak(day, first, last, orders, round(times, 2)) if times >= LEAST_TIMES else None
