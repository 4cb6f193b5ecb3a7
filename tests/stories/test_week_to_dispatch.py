"""Given a seller's days with all faults on, when orders are pulled, decided, printed, packed and dispatched while every one of
these processes is killed with -9 again and again, then in the end every paid order without a refund has left the house once,
its platform was told once, its slip came out of the printer once, nothing refunded left, and every promised piece is
accounted for. What only a person can know (did the sheet come out?) the story answers by looking at the printer.

Takes minutes: `make faults` runs it. DANLIU_DAYS says how many days of shop life, DANLIU_KILLS how often something is killed,
DANLIU_SEED which life it is.
"""

import json
import os
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from core import clock
from core.channels.sandbox import FAULTS, Sandbox
from tests.stories.week import Week

DAYS, KILLS = float(os.environ.get("DANLIU_DAYS", "7")), int(os.environ.get("DANLIU_KILLS", "40"))
SEED = int(os.environ.get("DANLIU_SEED", "3"))
RATE = float(os.environ.get("DANLIU_RATE", "0.06"))  # orders a minute over six shops
SHIFT = timedelta(hours=12)
KILLED = (
    "sync",
    "run-flow",
    "run-flow 2",
    "run-flow 2",
    "pack",
    "pack",
)  # the second flow of a shift sends the dispatches


@pytest.mark.skipif("DANLIU_FAULTS" not in os.environ, reason="takes minutes: make faults")
def test_a_week_to_the_last_dispatch(tmp_path: Path) -> None:
    chance = Random(SEED)
    shifts = max(1, round(DAYS * 2))
    plan: list[list[str]] = [[] for _shift in range(shifts)]
    for number in range(KILLS):
        plan[number % shifts].append(chance.choice(KILLED))
    with Sandbox(SEED, rate=RATE, days=1, faults=FAULTS, hang_seconds=0.5, clock=clock.now) as box:
        week = Week(tmp_path, box, chance)
        week.open()
        for number, kills in enumerate(plan, 1):
            with week.at(SHIFT * number):
                week.shift(kills)
        while (left := KILLS - sum(week.killed.values())) > 0:  # a process may have been faster than its killer
            with week.at(week.ahead + timedelta(hours=3)):
                week.shift(chance.choices(KILLED, k=left))
        week.calm()
    print(json.dumps({"kills": week.killed, "days": DAYS, "seed": SEED}))  # noqa: T201 - what `make faults` shows
