"""How many units of each line are refunded, from refunds that name amounts: platforms rarely say quantities.

Only what is agreed or paid counts; a request, a refused or a closed one does not. A refund that pays back part of a line
counts as many whole units as its amount buys, so a small compensation counts none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.model.refunds import AGREED, REFUNDED, RETURNING, state_of

_COUNTED = (AGREED, RETURNING, REFUNDED)


@dataclass(frozen=True, slots=True)
class Bought:
    """One bought line: what was paid on it in fen (None unknown) and the platform's word on its refund."""

    line_no: str
    qty: int
    paid: int | None
    refund_word: str | None


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund; `fen` None means unknown, then it is the whole of what it names."""

    line_no: str | None
    word: str | None
    fen: int | None


def refunded_units(
    channel: str, lines: Sequence[Bought], refunds: Sequence[Refund], paid: int | None
) -> dict[str, int]:
    """Line number -> refunded units, only lines with some. `paid` is what was paid for all goods, in fen.

    A refund that names no line counts when it is the whole order's, or the order has one line; else it cannot be told.
    """
    counted = [refund for refund in refunds if state_of(channel, refund.word) in _COUNTED]
    whole = {line.line_no: line.qty for line in lines}
    known = set(whole)
    nameless = [refund for refund in counted if refund.line_no not in known]
    if any(refund.fen is None or (paid is not None and refund.fen >= paid) for refund in nameless):
        return whole
    if len(lines) == 1:
        counted = [Refund(lines[0].line_no, refund.word, refund.fen) for refund in counted]
    by_line: dict[str, list[Refund]] = {}
    for refund in counted:
        if refund.line_no is not None and refund.line_no in known:
            by_line.setdefault(refund.line_no, []).append(refund)
    units = {}
    for line in lines:
        own = by_line.get(line.line_no, [])
        if not own:
            # The line's own word tells of a refund whose document has not come (yet): then it is the whole line's.
            units[line.line_no] = line.qty if state_of(channel, line.refund_word) in (REFUNDED,) else 0
        elif any(refund.fen is None for refund in own) or not line.paid:
            units[line.line_no] = line.qty
        else:
            total = sum(refund.fen or 0 for refund in own)
            units[line.line_no] = min(line.qty, total * line.qty // line.paid)
    return {line_no: qty for line_no, qty in units.items() if qty}
