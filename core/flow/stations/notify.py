"""Notify: tells a robot or a mail box about the orders that come past; many at once make one message."""

from collections.abc import Sequence

from core.flow import alerts
from core.flow.setting import Setting
from core.flow.station import Context, Moves, Station
from core.i18n import N_


class Notify(Station):
    kind = "notify"
    title = N_("Notify")
    help = N_("Tells DingTalk, WeCom, Feishu or a mail box. Everything of a minute comes as one message.")
    group = "tell"
    settings = (
        Setting("robots", N_("Robots"), "texts", [], True, source="robots"),
        Setting("title", N_("Title"), "text", "", True),
        Setting("text", N_("Text"), "text", ""),
    )

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        alerts.tell(
            context, context.settings["robots"], context.settings["title"], keys, context.settings["text"] or ""
        )
        return {"next": list(keys)}


STATION = Notify
