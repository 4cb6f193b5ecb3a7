"""Call a URL: another system is told of the orders that come past, as JSON, a hundred at a time."""

from collections.abc import Sequence

from core.flow.setting import Setting
from core.flow.station import Context, Moves, Station
from core.i18n import N_
from core.store import outbox, tokens
from core.store.outbox import Message

KIND, AT_ONCE = "call_url", 100


class CallUrl(Station):
    kind = "call_url"
    title = N_("Call a URL")
    help = N_("Posts the orders that come past as JSON to another system; tried again until it answers.")
    group = "tell"
    settings = (
        Setting("url", N_("Address"), "text", "", True, help="https://…"),
        Setting("event", N_("Name of the event"), "text", "order", True),
    )

    def decide(self, context: Context, keys: Sequence[int]) -> Moves:
        messages = []
        for (channel, shop), numbers in sorted(tokens.numbers(context.cursor, keys).items()):
            listed = sorted(numbers.items())
            for start in range(0, len(listed), AT_ONCE):
                part = listed[start : start + AT_ONCE]
                orders = [number for number, _key in part]
                # The instant each order came here makes a second pass of the same order another message.
                came = [context.entered[key].isoformat() for _number, key in part]
                key = outbox.key_of(context.flow, context.node, channel, shop, *orders, *came)
                body = {
                    "url": context.settings["url"],
                    "event": context.settings["event"],
                    "channel": channel,
                    "shop": shop,
                    "orders": orders,
                }
                messages.append(Message(KIND, channel, shop, orders[0], key, body))
        outbox.put(context.cursor, messages)
        return {"next": list(keys)}


STATION = CallUrl
