"""Set a tag on the order, or take it off."""

from collections.abc import Sequence

from core.flow.setting import Setting
from core.flow.station import Context, Moves, Station
from core.i18n import N_
from core.store import order_tags
from core.store.orders_query import Predicate
from core.store.window import KEYED


class SetTag(Station):
    kind = "set_tag"
    title = N_("Set a tag")
    help = N_("Puts a tag on the orders that come past, or takes it off.")
    group = "tell"
    settings = (
        Setting("tag", N_("Tag"), "text", "", True, source="tags"),
        Setting("put", N_("Put it on"), "boolean", True),
    )

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        bound, values = ("pool_at >= ? AND ", [context.since]) if context.since else ("", [])
        which = Predicate(f"{bound}{KEYED}", (*values, list(keys)))
        order_tags.change(
            context.cursor, which, context.settings["tag"], put=context.settings["put"] is not False, actor="system"
        )
        return {"next": list(keys)}


STATION = SetTag
