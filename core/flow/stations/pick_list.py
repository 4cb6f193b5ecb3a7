"""Pick list: every order gets its one slip, in waves by warehouse, and becomes "picking"."""

from collections.abc import Sequence

from core.flow import gate, picking
from core.flow.setting import Setting
from core.flow.station import Context, Moves, Outcome, Station
from core.i18n import N_


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
        wave_size = context.settings["wave_size"]
        moved = picking.pick(context.cursor, keys, context.zone, wave_size=wave_size, since=context.since)
        stopped = {*moved.held, *moved.refunded, *moved.refused}
        return {"next": [key for key in keys if key not in stopped], "stop": [key for key in keys if key in stopped]}

    def undo(self, context: Context, keys: Sequence[int]) -> None:
        picking.unpick(context.cursor, keys, why="flow")

    def foresee(self, context: Context, keys: Sequence[int]) -> Moves:
        stopped = gate.stopped(context.cursor, keys, context.since)
        return {"next": [key for key in keys if key not in stopped], "stop": [key for key in keys if key in stopped]}


STATION = PickList
