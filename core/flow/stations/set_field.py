"""Set one of the operator's own fields of the order to a value."""

from collections.abc import Sequence

from core.errors import BadSetup
from core.flow.setting import Setting
from core.flow.station import Context, Moves, Station
from core.i18n import N_
from core.model.fields import Level
from core.store import catalogue, waits


class SetField(Station):
    kind = "set_field"
    title = N_("Set a field")
    help = N_("Writes a value into one of your own fields of the orders that come past.")
    group = "tell"
    settings = (
        Setting("field", N_("Own field"), "text", "", True, source="fields"),
        Setting("value", N_("Value"), "text", "", help=N_("Empty clears the field.")),
    )

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        name = context.settings["field"]
        field = catalogue.load(context.store).find(name, Level.ORDER)
        if field is None or not field.own or field.retired:
            raise BadSetup(N_("There is no own field {name}."), N_("Choose another one at this station."), name=name)
        waits.set_own(context.cursor, keys, field, context.settings["value"], context.now, context.since)
        return {"next": list(keys)}


STATION = SetField
