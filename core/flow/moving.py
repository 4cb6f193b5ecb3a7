"""The one door by which the product itself moves an order's status: the lifecycle allows it, no hold stands, no refund stops it.

What the platform or the warehouse's own system reports comes in through the pool and is not asked here: it has happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from core.flow import gate
from core.model.lifecycle import BY_NAME, may_move
from core.store import Cursor, moves

GUARDED = ("PICKING", "LOGISTICS_ASSIGNED", "PACKED", "SHIPPED")
"""Statuses on the way out of the door."""
_FORWARD_ENDS = ("CANCELLED", "ARCHIVED")


@dataclass(slots=True)
class Moved:
    """What became of a move: `moved`; `already` there or past it; `held` by a person, rule or platform; `refunded`;
    `refused` by the lifecycle."""

    moved: list[int] = field(default_factory=list)
    already: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    refunded: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)


def move(
    cursor: Cursor, keys: Sequence[int], to: str, *, actor: str = "system", why: str = "", since: datetime | None = None
) -> Moved:
    """Take the orders to the status, as far as they may; a refund found on the way holds its order at once."""
    found = Moved()
    present = moves.present(cursor, keys, since)
    stopped = gate.guard(cursor, keys, since) if to in GUARDED else set()
    for key in keys:
        status, held = present.get(key, ("", False))
        if not status:
            found.refused.append(key)
        elif status == to or _is_past(status, to):
            found.already.append(key)
        elif not may_move(status, to):
            found.refused.append(key)
        elif key in stopped:
            found.refunded.append(key)
        elif held and to in GUARDED:
            found.held.append(key)
        else:
            found.moved.append(key)
    if found.moved:
        moves.write(cursor, found.moved, to, actor=actor, why=why, now=clock.now(), since=since)
    return found


def back(cursor: Cursor, keys: Sequence[int], to: str, *, actor: str = "system", why: str = "") -> list[int]:
    """Take the orders back to an earlier status where the lifecycle allows it; returns those it did."""
    present = moves.present(cursor, keys)
    chosen = [key for key in keys if key in present and may_move(present[key][0], to)]
    if chosen:
        moves.write(cursor, chosen, to, actor=actor, why=why, now=clock.now())
    return chosen


def _is_past(status: str, to: str) -> bool:
    return status != "CANCELLED" and to not in _FORWARD_ENDS and BY_NAME[status].rank > BY_NAME[to].rank
