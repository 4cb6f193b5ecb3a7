"""The orders of a period as conditions, and what all figures share. A day is a business day.

Times are reckoned in whole microseconds since 1970: differences of instants as intervals go through a calendar and take
a hundred times as long.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.model.events import ACTORS
from core.store import Cursor

SANE_DAYS = 30
"""Payments further back than this, or after the slip, are imports or B2B: shown apart, never in a mean."""
WITHIN_MINUTES = 30
ERROR_DAYS = 14  # a fault found later than this after dispatch no longer counts for that dispatch
OPEN = ("PAID", "STOCK_LOCKED", "PICKING", "LOGISTICS_ASSIGNED", "PACKED")
"""Paid and not out of the door."""
_MINUTE, _DAY = 60_000_000, 86_400_000_000  # microseconds
MACHINES = ", ".join(f"'{name}'" for name in ACTORS)
HANDS = "('order_picked', 'order_packed', 'order_weighed', 'order_shipped')"
"""Work of hands in the warehouse: it is done by people always and says nothing of automation."""
HELD = "('freeze', 'review')"
SCHEDULED = "(coalesce(is_presale, false) OR deliver_on IS NOT NULL)"
"""Orders with a clock of their own."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Half-open instants of a period; None is open."""

    since: datetime | None
    until: datetime | None

    def on(self, column: str) -> tuple[str, list[Any]]:
        """The period as a condition on a column of ours."""
        texts, values = [f"{column} IS NOT NULL"], list[Any]()
        if self.since is not None:
            texts.append(f"{column} >= ?")
            values.append(self.since)
        if self.until is not None:
            texts.append(f"{column} < ?")
            values.append(self.until)
        return " AND ".join(texts), values

    def after(self, column: str, *, days: int = 0) -> tuple[str, list[Any]]:
        """What concerns the period's orders happened after it began, or so many days before (an order may be looked at
        before it is paid): keeps the old rows of a long log unread."""
        if self.since is None:
            return "true", []
        return f"{column} >= ?", [self.since - timedelta(days=days)]


def micros(column: str, since: str = "paid_at") -> str:
    """Microseconds from one instant to another, a whole number."""
    return f"(epoch_us({column}) - epoch_us({since}))"


def sane(column: str) -> str:
    """Whether the instant is after payment and not by more than a month."""
    return f"coalesce({micros(column)} BETWEEN 0 AND {SANE_DAYS * _DAY}, false)"


def within_days(column: str, since: str, days: int) -> str:
    """Whether an instant is earlier than so many days after another one."""
    return f"{micros(column, since)} < {days * _DAY}"


def minutes(of: float | None) -> float | None:
    """Microseconds as minutes, as figures show them."""
    return rounded(None if of is None else of / _MINUTE)


BYTES_PER_ORDER = 170  # an order joined with its logs: 1.5 million at once fit into 256 MB, four million did not
WITHIN_MICROS = WITHIN_MINUTES * _MINUTE


def row(cursor: Cursor, question: str, values: list[Any] | None = None) -> tuple[Any, ...]:
    """The one row of the answer."""
    found = cursor.execute(question, values or []).fetchone()
    assert found is not None
    return found


def parts(cursor: Cursor, condition: str, values: list[Any]) -> list[str]:
    """Conditions on a column `order_key` that divide the orders that meet a condition, so that joining them with their long
    logs stays within the store's memory (`store.memory`): every order, with all of its rows, is in exactly one part."""
    orders, memory = row(
        cursor,
        f"SELECT count(*), parse_formatted_bytes(current_setting('memory_limit')) FROM orders WHERE {condition}",
        values,
    )
    pieces = -(-orders * BYTES_PER_ORDER // memory)
    return [f"order_key % {pieces} = {piece}" for piece in range(pieces)] if pieces > 1 else ["true"]


def share(part: int, whole: int) -> float | None:
    """A share to six digits; None of nothing."""
    return round(part / whole, 6) if whole else None


def rounded(number: float | None) -> float | None:
    """To four digits."""
    return None if number is None else round(number, 4)
