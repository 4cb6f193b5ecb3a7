"""Given a shop's life with all faults on, when the processes of the pipeline are killed with -9 at hundreds of random moments,
then after each kill the store is sound, and in the end it is equal to what the platforms know.

Takes minutes: `make faults` runs it. DANLIU_KILL_POINTS says how many, DANLIU_SEED which.
"""

import json
import os
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from core import clock
from core.channels.sandbox import FAULTS, Sandbox
from tests.faults import laws
from tests.stories.week import Week

POINTS, SEED = int(os.environ.get("DANLIU_KILL_POINTS", "200")), int(os.environ.get("DANLIU_SEED", "3"))
WORK = ("sync", "run-flow", "pack", "run-flow", "deliver", "settle", "backup")


@pytest.mark.skipif("DANLIU_FAULTS" not in os.environ, reason="takes minutes: make faults")
def test_after_every_kill_the_store_is_sound_and_in_the_end_it_is_the_truth(tmp_path: Path) -> None:
    chance = Random(SEED)
    with Sandbox(SEED, rate=0.1, days=1, faults=FAULTS, hang_seconds=0.3, clock=clock.now) as box:
        week = Week(tmp_path, box, chance, warm=True)
        week.open()
        while sum(week.killed.values()) < POINTS:
            with week.at(week.ahead + timedelta(hours=2)):
                for work in WORK:
                    week.kill(work, early=chance.random() < 0.3)
                    with week.store() as store:
                        assert laws.broken(store) == {}, (week.killed, work)
                    if work != "backup" and chance.random() < 0.5:
                        week.do(work)
                week.decide()
        week.calm()
        week.house.close()
    print(json.dumps({"kills": week.killed, "seed": SEED}))  # noqa: T201 - what `make faults` shows
