"""The refund gate: what a refund stops is held at once, and let go again when the refund is refused or withdrawn.

Everything that takes an order towards the door asks `stopped` in the same transaction; there is no other way out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core import clock
from core.model.refunds import CLOSED, REFUSED, state_of
from core.store import Cursor, holds, refund_gate, tokens
from core.store.refund_gate import Blocked

REASON = "refund_open"


def stopped(cursor: Cursor, keys: Sequence[int], since: datetime | None = None) -> dict[int, Blocked]:
    """The orders among these that must not go on, by their refunds; those a named person let go are left out."""
    found = refund_gate.blocked(cursor, keys, since)
    return {key: blocked for key, blocked in found.items() if not blocked.overridden}


def guard(cursor: Cursor, keys: Sequence[int], since: datetime | None = None) -> set[int]:
    """Hold what refunds stop, let the rest go; returns the keys that are stopped."""
    marked, holding = refund_gate.suspects(cursor, keys, REASON, since)
    stops = stopped(cursor, marked, since)
    if stops:
        paid = [key for key, blocked in stops.items() if blocked.paid_back]
        for why, chosen in (("refunded", paid), ("refund requested", [key for key in stops if key not in set(paid)])):
            if chosen:
                holds.add(cursor, chosen, REASON, actor="system", why=why)
    free = [key for key in holding if key not in stops]
    if free:
        holds.lift(cursor, free, REASON, actor="system", why="no refund stands any more")
    return set(stops)


def hold_said(cursor: Cursor, said: Mapping[int, str]) -> None:
    """The platform, asked just now, told of refunds that have not come in yet: order -> its word. The orders are held."""
    channels = {
        key: channel
        for (channel, _shop), numbers in tokens.numbers(cursor, list(said)).items()
        for key in numbers.values()
    }
    words = []
    for key, word in said.items():
        state = state_of(channels.get(key, ""), word)
        words.append((key, word if state not in (None, CLOSED, REFUSED) else refund_gate.ASKED))
    refund_gate.note_word(cursor, words, clock.now())
    holds.add(cursor, list(said), REASON, actor="system", why="the platform says so")
