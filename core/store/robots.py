"""The robots and mail boxes that tell people: settings open, secrets sealed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from core import clock
from core.store.store import Cursor, Store, count_of


@dataclass(frozen=True, slots=True)
class Robot:
    """One robot. `secrets` is a sealed text; `role` who reads it ("": everybody)."""

    name: str
    kind: str
    settings: Mapping[str, str]
    secrets: str = ""
    demo: bool = False
    role: str = ""


def listing(store: Store) -> list[Robot]:
    """All robots by name."""
    with store.read() as cursor:
        rows = cursor.execute("SELECT name, kind, settings, secrets, demo, role FROM robots ORDER BY name").fetchall()
    return [
        Robot(name, kind, json.loads(settings), secrets or "", bool(demo), role or "")
        for name, kind, settings, secrets, demo, role in rows
    ]


def save(cursor: Cursor, robot: Robot) -> None:
    """Keep a robot in place of the one of its name."""
    cursor.execute("DELETE FROM robots WHERE name = ?", [robot.name])
    settings = json.dumps(dict(robot.settings), ensure_ascii=False)
    cursor.execute(
        "INSERT INTO robots (name, kind, settings, secrets, demo, changed_at, role) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [robot.name, robot.kind, settings, robot.secrets, robot.demo, clock.now(), robot.role],
    )


def remove(cursor: Cursor, name: str) -> bool:
    """Forget a robot; whether there was one."""
    cursor.execute("DELETE FROM robots WHERE name = ?", [name])
    return count_of(cursor) > 0
