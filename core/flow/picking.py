"""Making slips, by the station or by a person on the board: the one place, so that no order ever has two."""

from collections.abc import Sequence
from datetime import datetime

from core import clock
from core.flow import moving
from core.flow.moving import Moved
from core.store import Cursor, moves, refund_gate, slips

WAVE_SIZE = 50


def pick(
    cursor: Cursor, keys: Sequence[int], zone: str, *, wave_size: int = WAVE_SIZE, actor: str = "system", why: str = "pick_list",
    since: datetime | None = None,
) -> Moved:  # fmt: skip
    """Take the orders to PICKING and give each its one slip, without the lines that are refunded.

    Who is at PICKING without a slip (a slip was voided) gets one; who is further on by somebody else's doing needs none.
    """
    now = clock.now()
    moved = moving.move(cursor, keys, "PICKING", actor=actor, why=why, since=since)
    fresh = [*moved.moved, *_without_slip(cursor, moved.already, since)]
    if fresh:
        partly = refund_gate.blocked(cursor, fresh, since)
        without = [
            (key, line) for key, found in partly.items() if found.overridden == refund_gate.REST for line in found.lines
        ]
        slips.make(
            cursor, fresh, clock.business_day(now, zone), now, zone, wave_size=wave_size, without=without, since=since
        )
    return moved


def unpick(cursor: Cursor, keys: Sequence[int], *, actor: str = "system", why: str) -> list[int]:
    """Void the slips and take the orders back to STOCK_LOCKED where they may; returns the orders that had a slip."""
    gone = slips.void(cursor, keys, why, clock.now())
    moving.back(cursor, gone, "STOCK_LOCKED", actor=actor, why=why)
    return gone


def renew(cursor: Cursor, keys: Sequence[int], zone: str, *, why: str) -> list[int]:
    """New slips in place of those that stand, without the lines that are refunded now; returns the orders."""
    now = clock.now()
    days = slips.days(cursor, keys)
    partly = refund_gate.blocked(cursor, list(days))
    without = [(key, line) for key, found in partly.items() for line in found.lines]
    slips.void(cursor, list(days), why, now)
    for day in sorted(set(days.values())):
        chosen = [key for key, of in days.items() if of == day]
        slips.make(cursor, chosen, day, now, zone, wave_size=WAVE_SIZE, without=without)
    return list(days)


def _without_slip(cursor: Cursor, keys: Sequence[int], since: datetime | None) -> list[int]:
    if not keys:
        return []
    had = slips.standing(cursor, keys, since)
    open_ones = [key for key in keys if key not in had]
    present = moves.present(cursor, open_ones, since) if open_ones else {}
    stopped = refund_gate.blocked(cursor, open_ones, since) if open_ones else {}
    return [
        key for key in open_ones
        if present.get(key) == ("PICKING", False) and (key not in stopped or stopped[key].overridden)
    ]  # fmt: skip
