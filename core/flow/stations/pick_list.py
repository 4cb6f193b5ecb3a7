"""Pick list: every order gets its one slip, in waves by warehouse, and becomes "picking"."""

from collections.abc import Sequence

from core import clock
from core.flow import gate, moving
from core.flow.setting import Setting
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_
from core.store import moves, refund_gate, slips


class PickList(Station):
    kind = "pick_list"
    title = N_("Pick list")
    help = N_("Makes the slip by which the order is picked, numbered, in waves by warehouse. One slip an order.")
    group = "work"
    settings = (Setting("wave_size", N_("Orders in a wave"), "integer", 50, True, least=1, most=1_000),)
    outcomes = (Outcome("next", N_("Slip made")), Outcome("stop", N_("Stopped"), holds=True))
    waits = True
    stops_held = True

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        cursor, now = context.cursor, context.now
        moved = moving.move(cursor, keys, "PICKING", why="pick_list", since=context.since)
        had = slips.standing(cursor, moved.already, context.since) if moved.already else set()
        fresh = [
            *moved.moved,
            *(key for key in moved.already if key not in had and key not in _past(context, moved.already)),
        ]
        if fresh:
            partly = refund_gate.blocked(cursor, fresh, context.since)
            without = [
                (key, line)
                for key, found in partly.items()
                if found.overridden == refund_gate.REST
                for line in found.lines
            ]
            day = clock.business_day(now, context.zone)
            slips.make(
                cursor, fresh, day, now, wave_size=context.settings["wave_size"], without=without, since=context.since
            )
        stopped = {*moved.held, *moved.refunded, *moved.refused}
        return {"next": [key for key in keys if key not in stopped], "stop": [key for key in keys if key in stopped]}

    def undo(self, context: Context, keys: Sequence[int]) -> None:
        gone = slips.void(context.cursor, keys, "flow", context.now)
        moving.back(context.cursor, gone, "STOCK_LOCKED", why="slip voided")

    def foresee(self, context: Context, keys: Sequence[int]) -> Moves:
        stopped = gate.stopped(context.cursor, keys, context.since)
        return {"next": [key for key in keys if key not in stopped], "stop": [key for key in keys if key in stopped]}


def _past(context: Context, keys: Sequence[int]) -> set[int]:
    """Orders that are beyond picking by somebody else's doing: they need no slip any more."""
    return {key for key, (status, _held) in moves.present(context.cursor, keys).items() if status != "PICKING"}


STATION = PickList
