"""Refunds after packing: a task to stop the parcel is opened for each, and called off when the refund no longer stands."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core import clock
from core.store import Cursor, Store, intercepts, moves, refund_gate
from core.store.refund_gate import Blocked

OPENED, OFF = "intercept_opened", "intercept_off"
_SLACK = timedelta(minutes=5)


def stopping(cursor: Cursor, keys: Sequence[int]) -> dict[int, Blocked]:
    """The orders among these, in the house or on the road, that refunds stop and nobody let go."""
    found = refund_gate.blocked(cursor, keys, shipped=True)
    return {key: blocked for key, blocked in found.items() if not blocked.overridden}


def look(store: Store, since: datetime | None) -> tuple[int, datetime]:
    """Open what is to be opened since an instant, call off what is over; returns (tasks changed, where to look on from).

    Writes only where something is to be written.
    """
    now = clock.now()
    with store.read() as cursor:
        fresh, gone = _found(cursor, since)
    if fresh or gone:
        with store.write() as cursor:
            fresh, gone = _found(cursor, since)
            moves.tell(cursor, intercepts.open_for(cursor, fresh, now), OPENED, actor="system", now=now)
            moves.tell(cursor, intercepts.call_off(cursor, gone, now), OFF, actor="system", now=now)
    return len(fresh) + len(gone), now - _SLACK


def _found(cursor: Cursor, since: datetime | None) -> tuple[dict[int, Blocked], list[int]]:
    keys = intercepts.candidates(cursor, since)
    fresh = stopping(cursor, keys) if keys else {}
    if fresh:
        asked = {key: blocked.requested_at for key, blocked in fresh.items()}
        before = intercepts.settled_before(cursor, list(fresh), asked)
        fresh = {key: blocked for key, blocked in fresh.items() if key not in before}
    worked_on = intercepts.untouched(cursor)
    stands = stopping(cursor, worked_on) if worked_on else {}
    return fresh, [key for key in worked_on if key not in stands]
