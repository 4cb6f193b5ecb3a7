"""Improves a routing by local search in a process of its own, within a time; never worse than its start."""

import io
import logging
import pickle
import subprocess
import sys
from collections.abc import Sequence
from time import monotonic

import numpy as np

from core.decide.routing.columns import Block, Columns, first_marked
from core.decide.routing.plans import Planner
from core.decide.routing.prices import Dual, Pricer
from core.decide.routing.problem import NOWHERE, Plan, Problem
from core.decide.routing.search import Ints, Task
from core.settings import ROOT

WITHIN_FEN = 300
"""Columns this much worse than an order's best at the prices hardly ever stand in a good solution."""
GRACE = 5.0
"""Seconds beyond the budget after which the process is given up."""


def optimise(
    problem: Problem, columns: Columns, pricer: Pricer, dual: Dual, plans: Sequence[Plan], seconds: float
) -> list[Plan]:
    """Plans whose total score is at most that of `plans`. Orders under strict tiers or guarded splits stay as they are."""
    work = Work(problem, columns, pricer, dual, plans)
    if seconds <= 0 or not work.task.chosen.size:
        return list(plans)
    found = _in_own_process(work.task, seconds)
    return list(plans) if found is None else work.plans(found)


def _in_own_process(task: Task, seconds: float) -> Ints | None:
    """The chosen columns last reported, also by a process that died or did not come back; None where none were."""
    command = [sys.executable, "-m", "core.decide.routing.worker"]
    sent = pickle.dumps((task, monotonic() + seconds))
    try:
        done = subprocess.run(command, input=sent, capture_output=True, timeout=seconds + GRACE, cwd=ROOT, check=False)
        said, told = done.stdout, done.stderr.decode(errors="replace") if done.returncode else ""
    except subprocess.TimeoutExpired as late:
        said, told = late.stdout or b"", "it did not end in time"
    except OSError as error:
        said, told = b"", str(error)
    if told:
        logging.getLogger(__name__).warning("the search for better routings ended early: %s", told[-2000:])
    return last_report(said)


def last_report(said: bytes) -> Ints | None:
    """The last whole report of a process; what it was cut off in does not count."""
    found, stream = None, io.BytesIO(said)
    while True:
        try:
            found = pickle.load(stream)
        except (EOFError, pickle.UnpicklingError):
            return found


class Work:
    """Between the plans of a problem and the arrays of the search."""

    def __init__(
        self,
        problem: Problem,
        columns: Columns,
        pricer: Pricer,
        dual: Dual,
        plans: Sequence[Plan],
        within: int = WITHIN_FEN,
    ) -> None:
        self.columns, self.before = columns, list(plans)
        planner = Planner(problem, problem.stock)
        strict = np.array([group.strict or group.together for group in problem.groups], dtype=bool)[
            np.array(problem.group_of, dtype=int)
        ]
        self.free: list[Ints] = []  # by block: the orders of the search
        self.kept: list[Ints] = []  # by block: the columns of the search
        prices = np.append(dual.prices.ravel(), 0.0)
        value = prices[columns.key] * columns.qty
        chosen: list[Ints] = []
        for number, block in enumerate(columns.blocks):
            now, has = self.now(block)
            guarded = planner.guarded and block.entry.shape[1] > 1
            free = has & ~strict[block.orders] & (not guarded)
            reduced = pricer.reduced(number, value)
            near = reduced <= np.repeat(np.minimum.reduceat(reduced, block.start), block.sizes) + within
            near |= (block.entry == 0).all(1)
            near[now] = True
            near &= free[block.owner]
            self.free.append(np.flatnonzero(free))
            self.kept.append(np.flatnonzero(near))
            chosen.append(now[free[block.owner[now]]])
        self.task = self._task(chosen, prices, self._left(problem))

    def now(self, block: Block) -> tuple[Ints, Ints]:
        """The column of each order's plan, and which orders have one."""
        plans = np.array([self.before[n] for n in block.orders.tolist()], dtype=np.int64)
        same = (self.columns.warehouse[block.entry] == plans[block.owner]).all(1)
        now = first_marked(block, same)
        has = np.zeros(block.orders.size, dtype=bool)
        has[block.owner[now]] = True
        return now, has

    def _left(self, problem: Problem) -> Ints:
        left = np.append(np.array(problem.stock, dtype=np.int64).ravel(), 0)
        places = len(problem.warehouses)
        for n, plan in enumerate(self.before):
            for (sku, qty, _load), w in zip(problem.lines[n], plan, strict=True):
                if w != NOWHERE:
                    left[sku * places + w] -= qty
        return left

    def _task(self, chosen: list[Ints], prices: Ints, left: Ints) -> Task:
        cost, key, qty, count, sizes, now = [], [], [], [], [], []
        base = 0
        for block, free, kept, at in zip(self.columns.blocks, self.free, self.kept, chosen, strict=True):
            entry = block.entry[kept]
            column, line = np.nonzero(entry)
            taken = entry[column, line]
            # A column takes a stock once, also where two lines ask for one SKU.
            pairs, which = np.unique(column * left.size + self.columns.key[taken], return_inverse=True)
            cost.append(block.cost[kept])
            count.append(np.bincount(pairs // left.size, minlength=kept.size))
            key.append(pairs % left.size)
            qty.append(np.bincount(which, weights=self.columns.qty[taken], minlength=pairs.size))
            sizes.append(np.bincount(block.owner[kept], minlength=block.orders.size)[free])
            now.append(base + np.searchsorted(kept, at))
            base += kept.size
        joined = [
            np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, np.int64)
            for parts in (cost, key, qty, count, sizes, now)
        ]
        first, start = (np.concatenate(([0], np.cumsum(part))) for part in (joined[3], joined[4]))
        return Task(start, joined[0], first, joined[1], joined[2], prices, left, joined[5])

    def plans(self, chosen: Ints) -> list[Plan]:
        """The plans of the chosen columns."""
        plans, base, at = list(self.before), 0, 0
        for block, free, kept in zip(self.columns.blocks, self.free, self.kept, strict=True):
            picked = kept[chosen[at : at + free.size] - base]
            made = self.columns.warehouse[block.entry[picked]].tolist()
            for n, plan in zip(block.orders[free].tolist(), made, strict=True):
                plans[n] = tuple(plan)
            at, base = at + free.size, base + kept.size
        return plans
