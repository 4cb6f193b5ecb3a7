"""The live board's snapshot and the figures of a day, a week and a year on a large store; prints one JSON document.

`python -m benchmarks.bench_live_board --orders 10000000 --cache FOLDER` keeps the made store (1.4 GB) for the next run.
Nothing asserts a time. `wall` and `cpu` are the best of the rounds, in milliseconds; the first snapshot is told apart.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.live_store import made
from core import clock
from core.insight import cohort_hours, kpi, live_board
from core.insight.backtest import Period
from core.insight.cohort import Bounds
from core.store import Store

ZONE = "Asia/Shanghai"
# `counts`: false positives, automation, oversell and routing together.
FIGURES = (kpi.to_slip, kpi.to_ship, kpi.errors, kpi.inquiries, kpi.loss, cohort_hours.counts)


def measured(work: Callable[[], Any], rounds: int) -> dict[str, float]:
    """Best wall and processor milliseconds of the rounds."""
    walls, cpus = [], []
    for _round in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return {"wall": round(min(walls), 1), "cpu": round(min(cpus), 1)}


def measure(store: Store, rounds: int, periods: tuple[int, ...]) -> dict[str, Any]:
    """The snapshot, then each figure over so many days up to today."""
    day = clock.business_day(clock.now(), ZONE)
    found: dict[str, Any] = {"first_snapshot_ms": measured(lambda: live_board.count(store, ZONE), 1)}
    found["snapshot_ms"] = measured(lambda: live_board.count(store, ZONE), rounds)
    found["keep_hours_ms"] = measured(lambda: cohort_hours.keep(store), 1)
    for days in periods:
        bounds = Bounds(*Period(day - timedelta(days=days - 1), day).bounds(ZONE))
        with store.read() as cursor:
            found[f"{days}_days_ms"] = {f.__name__: measured(partial(f, cursor, bounds), 2) for f in FIGURES}
    return found


def main() -> None:
    """Make or open the store, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=int(os.environ.get("DANLIU_BENCH_ORDERS", "1000000")))
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--days", type=int, nargs="*", default=[1, 7, 365])
    given = parser.parse_args()
    with TemporaryDirectory(prefix="danliu-live-") as folder:
        store = made(given.cache or Path(folder), given.orders)
        before = round(os.getloadavg()[0], 1)
        found = measure(store, given.rounds, tuple(given.days))
        store.close()
    print(json.dumps({"orders": given.orders, "load_before": before, **found}, indent=1))


if __name__ == "__main__":
    main()
