"""Questions of the explorer that are told to a robot again and again."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import clock
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Schedule:
    """One of them. `every`: day, week or month; `told_at`: HH:MM on the business clock; state: on or stopped."""

    schedule_id: str
    account: str
    name: str
    question: dict[str, Any]
    robot: str
    every: str
    told_at: str
    told_on: date | None = None
    state: str = "on"
    problem: str = ""


def listing(store: Store, account: str = "") -> list[Schedule]:
    """All of them, or a person's own, by name."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT schedule_id, account, name, question, robot, every, told_at, told_on, state, problem "
            "FROM pivot_schedules WHERE ? = '' OR account = ? ORDER BY name, schedule_id",
            [account, account],
        ).fetchall()
    return [Schedule(key, account, name, json.loads(question), *rest) for key, account, name, question, *rest in rows]


def put(cursor: Cursor, schedule: Schedule) -> None:
    """Keep one in place of the one of its id."""
    remove(cursor, schedule.schedule_id)
    cursor.execute(
        "INSERT INTO pivot_schedules VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            schedule.schedule_id, schedule.account, schedule.name, json.dumps(schedule.question, ensure_ascii=False),
            schedule.robot, schedule.every, schedule.told_at, schedule.told_on, schedule.state, schedule.problem, clock.now(),
        ],
    )  # fmt: skip


def remove(cursor: Cursor, schedule_id: str) -> None:
    """Forget one."""
    cursor.execute("DELETE FROM pivot_schedules WHERE schedule_id = ?", [schedule_id])
