"""Rules of alerts (who is told about what), and what was told with the very orders."""

import re
from dataclasses import dataclass

from core.errors import BadRequest, NotFound
from core.i18n import N_
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store, alert_rules, alerts, facts, robots
from core.store.alert_kinds import EVENTS
from core.store.alert_rules import Rule
from core.store.alerts import ADDRESS, Told

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
LONGEST_WAIT = 24 * 60


@dataclass(frozen=True, slots=True)
class Named:
    """One order that a message is about."""

    order_key: int
    channel: str
    shop: str
    platform_no: str
    status: str
    held_reasons: str


def rules(actor: Actor, store: Store) -> list[Rule]:
    """All rules by name."""
    require(actor, store, "alerts.view")
    return alert_rules.listing(store)


def receivers(actor: Actor, store: Store, rule: Rule) -> list[str]:
    """The robots and mail boxes that the rule tells as things stand."""
    require(actor, store, "alerts.view")
    return alert_rules.receivers(rule, [(robot.name, robot.role) for robot in robots.listing(store)])


def save_rule(actor: Actor, store: Store, rule: Rule) -> None:
    """Set a rule up or change it; it counts from now on. BadRequest for what is missing or odd."""
    require(actor, store, "robots.edit", rule.name)
    if not rule.name.strip() or len(rule.name) > 60:
        raise BadRequest(N_("A rule has a name."), N_("Give it a short one."))
    if not rule.events or set(rule.events) - set(EVENTS):
        raise BadRequest(N_("A rule is about at least one event."), N_("Choose from the list."))
    known = {robot.name for robot in robots.listing(store)}
    if (not rule.roles and not rule.robots) or set(rule.robots) - known:
        raise BadRequest(N_("A rule tells at least one role or robot."), N_("Choose from the list."))
    if not 1 <= rule.wait_minutes <= LONGEST_WAIT:
        raise BadRequest(N_("Messages gather for 1 to {most} minutes."), N_("Mend it."), most=LONGEST_WAIT)
    both = bool(rule.quiet_from) == bool(rule.quiet_to)
    if not both or any(text and not _TIME.fullmatch(text) for text in (rule.quiet_from, rule.quiet_to)):
        raise BadRequest(N_("Quiet hours have a beginning and an end as HH:MM."), N_("Fill in both or none."))
    with store.write() as cursor:
        alert_rules.save(cursor, rule, actor.account)
        audit.record(cursor, actor, "alerts.rule", rule.name, events=list(rule.events), active=rule.active)


def remove_rule(actor: Actor, store: Store, name: str) -> None:
    """Forget a rule. NotFound for an unknown one."""
    require(actor, store, "robots.edit", name)
    with store.write() as cursor:
        if not alert_rules.remove(cursor, name):
            raise NotFound(N_("There is no rule {name}."), N_("Load the list again."), name=name)
        audit.record(cursor, actor, "alerts.rule_removed", name)


def told(actor: Actor, store: Store, limit: int = 50) -> list[Told]:
    """What people were told, the newest first."""
    require(actor, store, "alerts.view")
    with store.read() as cursor:
        return alerts.messages(cursor, limit)


def message(actor: Actor, store: Store, message_id: str) -> tuple[Told, list[Named]]:
    """One message and the orders it is about as they stand now. NotFound for an unknown one."""
    require(actor, store, "alerts.view", message_id)
    with store.read() as cursor:
        found = alerts.messages(cursor, 1, message_id) if message_id else []
        if not found:
            raise NotFound(N_("There is no such message."), N_("Look at the list of what was told."))
        return found[0], [Named(*row) for row in alerts.orders_of(cursor, found[0].order_keys)]


def address(actor: Actor, store: Store) -> str:
    """The address that links begin with; "" when none is set and messages carry no link."""
    require(actor, store, "alerts.view")
    return facts.get(store, ADDRESS)


def set_address(actor: Actor, store: Store, url: str) -> None:
    """Set the address people open the product by, "" for no links. BadRequest for what is no address."""
    require(actor, store, "robots.edit", url)
    url = url.strip().rstrip("/")
    if url and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", url):
        raise BadRequest(N_("{url} is no address to call."), N_("It begins with https://."), url=url)
    with store.write() as cursor:
        facts.put(store, ADDRESS, url)
        audit.record(cursor, actor, "alerts.address", url)
