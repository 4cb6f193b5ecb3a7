"""Makes one message of all alerts of a robot, at most one a minute, so that a storm is one message with its numbers."""

from collections.abc import Sequence
from datetime import timedelta

from core import clock
from core.i18n import N_, _, speaking
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Cursor, Store, alerts, outbox
from core.store.alerts import Alert
from core.store.outbox import Message

EVERY = timedelta(minutes=1)
_NAMED = 5


def tell_robots(store: Store, _vault: Vault, settings: Settings) -> int:
    """Put what is new into the outbox; returns how many messages."""
    now = clock.now()
    with store.read() as cursor:
        if not alerts.untold(cursor):
            return 0
    with store.write() as cursor, speaking(settings.language):
        waiting, lately = alerts.untold(cursor), alerts.told_since(cursor, now - EVERY)
        by_robot: dict[str, list[Alert]] = {}
        for alert in waiting:
            if alert.robot not in lately:
                by_robot.setdefault(alert.robot, []).append(alert)
        messages = [_message(cursor, robot, group) for robot, group in by_robot.items()]
        outbox.put(cursor, messages)
        alerts.told(cursor, [alert.alert_id for group in by_robot.values() for alert in group], now)
    return len(messages)


def _message(cursor: Cursor, robot: str, group: Sequence[Alert]) -> Message:
    titles: dict[str, list[Alert]] = {}
    for alert in group:
        titles.setdefault(alert.title, []).append(alert)
    rows = []
    for title, same in titles.items():
        keys = list(dict.fromkeys(key for alert in same for key in alert.order_keys))
        total = sum(alert.orders for alert in same)
        rows.append(_("{title}: {orders} orders").format(title=_(title), orders=total))
        rows += [alert.text for alert in same[:1] if alert.text]
        numbers = alerts.numbers(cursor, keys[:_NAMED])
        rows.append(", ".join(numbers) + (" …" if total > len(numbers) else ""))
    head = _("{n} alerts").format(n=len(group)) if len(titles) > 1 else _(group[0].title)
    key = outbox.key_of(robot, *(alert.alert_id for alert in group))
    return Message("notify", "", robot, head, key, {"title": head, "text": "\n".join(rows)})


JOBS = (Job("robots", N_("Tell people through robots"), 5, tell_robots),)
