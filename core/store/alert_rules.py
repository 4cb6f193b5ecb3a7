"""Rules of alerts: which events are told to whom, how they are gathered, when there is quiet."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from core import clock
from core.store.store import Cursor, Store, count_of


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `robots`: by name; `roles`: every robot that one of the roles reads; `wait_minutes`: how long messages after
    the first gather; `quiet_from`, `quiet_to`: HH:MM of the business zone, both or neither."""

    name: str
    events: tuple[str, ...]
    roles: tuple[str, ...] = ()
    robots: tuple[str, ...] = ()
    wait_minutes: int = 10
    quiet_from: str = ""
    quiet_to: str = ""
    active: bool = True

    def is_quiet(self, moment: datetime) -> bool:
        """Whether nothing is told at this local instant. A span over midnight is one span."""
        if not self.quiet_from or not self.quiet_to:
            return False
        begin, end, now = time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_to), moment.time()
        return begin <= now < end if begin <= end else now >= begin or now < end


def listing(store: Store) -> list[Rule]:
    """All rules by name."""
    with store.read() as cursor:
        return of(cursor)


def of(cursor: Cursor) -> list[Rule]:
    """All rules by name, as this transaction sees them."""
    rows = cursor.execute(
        "SELECT name, events, roles, robots, wait_minutes, quiet_from, quiet_to, active FROM alert_rules ORDER BY name"
    ).fetchall()
    return [
        Rule(name, _texts(events), _texts(roles), _texts(robots), wait, begin, end, bool(active))
        for name, events, roles, robots, wait, begin, end, active in rows
    ]


def _texts(kept: str) -> tuple[str, ...]:
    return tuple(json.loads(kept))


def save(cursor: Cursor, rule: Rule, account: str) -> None:
    """Keep a rule in place of the one of its name."""
    cursor.execute("DELETE FROM alert_rules WHERE name = ?", [rule.name])
    lists = [json.dumps(listed) for listed in (rule.events, rule.roles, rule.robots)]
    cursor.execute(
        "INSERT INTO alert_rules VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [rule.name, *lists, rule.wait_minutes, rule.quiet_from, rule.quiet_to, rule.active, account, clock.now()],
    )


def remove(cursor: Cursor, name: str) -> bool:
    """Forget a rule; whether there was one."""
    cursor.execute("DELETE FROM alert_rules WHERE name = ?", [name])
    return count_of(cursor) > 0


def receivers(rule: Rule, robots: Sequence[tuple[str, str]]) -> list[str]:
    """The robots (name, role) that a rule tells: named ones, and those that one of its roles reads."""
    return [name for name, role in robots if name in rule.robots or (role and role in rule.roles)]
