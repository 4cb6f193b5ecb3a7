"""Finds what the rules of alerts are about, and makes one message of all alerts of a robot, at most one a minute.

A storm is one message with its numbers: after the first, those of a rule gather for as long as the rule says. Platforms let
a robot speak 20 times a minute (DingTalk, WeCom) or 100 (Feishu); one a minute is well within.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from core import clock
from core.i18n import N_, _, speaking
from core.jobs.table import Job
from core.mapping.said import unpacked
from core.people.vault import Vault
from core.settings import Settings
from core.store import Cursor, Store, alert_events, alert_rules, alerts, facts, outbox, robots
from core.store.alert_kinds import EVENTS
from core.store.alert_rules import Rule
from core.store.alerts import ADDRESS, Alert, Told
from core.store.outbox import Message

EVERY = timedelta(minutes=1)
_LOOKED, _LOOK_ON = "alerts.looked", timedelta(minutes=10)
_NAMED = 5
_AGAIN = 30.0  # seconds after which a store that stood still is looked at again: approvals lapse by the clock
_seen: WeakKeyDictionary[Store, tuple[int, float]] = WeakKeyDictionary()


def find_alerts(store: Store, _vault: Vault, settings: Settings) -> int:
    """Raise alerts for what happened since the last look; returns how many kinds of events it was."""
    version, at = _seen.get(store, (-1, 0.0))
    if version == store.version and monotonic() - at < _AGAIN:
        return 0
    version, now = store.version, clock.now()
    known = [(robot.name, robot.role) for robot in robots.listing(store)]
    told_to = {rule: alert_rules.receivers(rule, known) for rule in alert_rules.listing(store) if rule.active}
    told_to = {rule: names for rule, names in told_to.items() if names}
    looked = facts.get(store, _LOOKED)
    since = datetime.fromisoformat(looked) if looked else now
    wanted = sorted({event for rule in told_to for event in rule.events})
    with store.read() as cursor:
        found = alert_events.is_new(cursor, wanted, since, now)
    with speaking(settings.language):
        kinds = _raise(store, told_to, wanted, since, now) if found else 0
    if told_to and (found or not looked or now - since > _LOOK_ON):
        facts.put(store, _LOOKED, now.isoformat())
    elif looked and not told_to:  # nobody listens: what happens meanwhile is not told later
        facts.put(store, _LOOKED, "")
    _seen[store] = (version if not found else store.version, monotonic())
    return kinds


def _raise(
    store: Store, told_to: Mapping[Rule, Sequence[str]], wanted: Sequence[str], since: datetime, now: datetime
) -> int:
    with store.write() as cursor:
        news = alert_events.news(cursor, wanted, since, now)
        for one in news:
            for rule, names in told_to.items():
                if one.event in rule.events:
                    alerts.raise_(
                        cursor, names, EVENTS[one.event], "", one.event, one.order_keys, _text(one.text), now, orders=one.count,
                        rule=rule.name,
                    )  # fmt: skip
    return len(news)


def _text(stored: str) -> str:
    """What is said besides, in the house's language; an outbox error is kept as message and values."""
    about, mark, said = stored.partition(": ")
    return f"{about}{mark}{unpacked(said)}"[:300] if mark else unpacked(stored)[:300]


def tell_robots(store: Store, _vault: Vault, settings: Settings) -> int:
    """Put what is to be told now into the outbox; returns how many messages."""
    now = clock.now()
    with store.read() as cursor:
        if not _due(cursor, settings.zone, now):
            return 0
    address = facts.get(store, ADDRESS)
    with store.write() as cursor, speaking(settings.language):
        by_robot: dict[str, list[Alert]] = {}
        for alert in _due(cursor, settings.zone, now):
            by_robot.setdefault(alert.robot, []).append(alert)
        made = [_message(cursor, robot, group, now) for robot, group in by_robot.items()]
        alerts.keep(cursor, made)
        outbox.put(cursor, [_letter(one, address) for one in made])
        alerts.told(cursor, [alert.alert_id for group in by_robot.values() for alert in group], now)
    return len(made)


def _due(cursor: Cursor, zone: str, now: datetime) -> list[Alert]:
    """What is told now: not to a robot that just spoke, nor while a rule gathers or is quiet."""
    waiting = alerts.untold(cursor)
    if not waiting:
        return []
    rules = {rule.name: rule for rule in alert_rules.of(cursor)}
    lately = alerts.told_since(cursor, now - EVERY)
    longest = max((rule.wait_minutes for rule in rules.values()), default=0)
    gathered = alerts.rules_told_since(cursor, now - timedelta(minutes=longest))
    local = now.astimezone(ZoneInfo(zone))

    def is_due(alert: Alert) -> bool:
        rule = rules.get(alert.rule)
        if alert.robot in lately:
            return False
        if rule is None:  # a station's, or of a rule that is gone
            return True
        last = gathered.get((alert.robot, rule.name))
        return not rule.is_quiet(local) and (last is None or last <= now - timedelta(minutes=rule.wait_minutes))

    return [alert for alert in waiting if is_due(alert)]


def _message(cursor: Cursor, robot: str, group: Sequence[Alert], now: datetime) -> Told:
    titles: dict[str, list[Alert]] = {}
    for alert in group:
        titles.setdefault(alert.title, []).append(alert)
    rows: list[str] = []
    listed: list[int] = []
    for title, same in sorted(titles.items(), key=lambda pair: -sum(alert.orders for alert in pair[1])):
        keys = list(dict.fromkeys(key for alert in same for key in alert.order_keys))
        total = sum(alert.orders for alert in same)
        text = _("{title}: {orders} orders") if keys else _("{title}: {orders}")
        rows.append(text.format(title=_(title), orders=total))
        rows += [alert.text for alert in same[:1] if alert.text]
        numbers = alerts.numbers(cursor, keys[:_NAMED])
        if numbers:
            rows.append(", ".join(numbers) + (" …" if total > len(numbers) else ""))
        listed += keys
    head = _("{n} alerts").format(n=len(titles)) if len(titles) > 1 else rows.pop(0)
    keys = list(dict.fromkeys(listed))
    number = sum(alert.orders for alert in group if alert.order_keys)
    return Told(
        outbox.key_of(robot, *(alert.alert_id for alert in group)),
        robot,
        head,
        "\n".join(rows),
        tuple(keys),
        number,
        now,
    )


def _letter(told: Told, address: str) -> Message:
    link = f"{address}/alerts?told={told.message_id}" if address else ""
    return Message(
        "notify", "", told.robot, told.title, told.message_id, {"title": told.title, "text": told.body, "link": link}
    )


JOBS = (
    Job("alerts", N_("Find what the rules of alerts are about"), 5, find_alerts),
    Job("robots", N_("Tell people through robots"), 5, tell_robots),
)
