"""Local search over the columns that can matter: set some hundred entangled orders free, solve them exactly, go on.

Works on plain arrays only, so that it can run in a process of its own. With HiGHS (optional) a neighbourhood is a small
whole-number programme; without it (`exchange`) a handful of orders whose plans are tried in turn. A step is kept only if
the total does not rise, so the result is never worse than the start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

Ints = Any
SIZE, LEAST_SIZE, MOST_SIZE = 150, 60, 4000
QUICK, SLOW = 0.015, 0.04
"""Seconds: quicker neighbourhoods grow, slower ones shrink. Many small ones beat few large ones until they stop paying."""
PACE, MOST_PACE = 1.03, 20.0
"""How much more time the next neighbourhood may take after one that found nothing."""
STEP_SECONDS = 3.0
REPORT_SECONDS = 2.0


@dataclass(slots=True)
class Task:
    """Columns of the free orders, those of one order together from `start` on (one more entry at the end).

    Column c takes `qty[t]` of stock `key[t]` for t in `first[c] : first[c + 1]`. `chosen` is the column of each order
    now, `left` the stock nobody takes, `price` the shadow price of each stock.
    """

    start: Ints
    cost: Ints
    first: Ints
    key: Ints
    qty: Ints
    price: Ints
    left: Ints
    chosen: Ints

    @property
    def total(self) -> int:
        return int(self.cost[self.chosen].sum())


Solver = Callable[["Part"], Ints | None]


@dataclass(slots=True)
class Part:
    """A neighbourhood: its orders, their columns (`owner` counts within `orders`), and the stock they may share."""

    orders: Ints
    columns: Ints
    owner: Ints
    cost: Ints
    column_of: Ints  # by taking: the column, counted within `columns`
    key: Ints
    qty: Ints
    room: Ints  # by stock key: what is left when all of `orders` give back theirs
    now: Ints  # the columns chosen now, counted within `columns`
    price: Ints
    seconds: float


class Search:
    """The local search. Deterministic for a seed but for the clock that ends it."""

    def __init__(self, task: Task, solve: Solver, seed: int = 1, most: int = MOST_SIZE) -> None:
        self.task, self.solve, self.draw = task, solve, np.random.default_rng(seed)
        sizes = np.diff(task.start)
        owner = np.repeat(np.arange(sizes.size), sizes)
        taking = np.repeat(owner, np.diff(task.first))
        contested = task.price[task.key] > 0
        pairs = np.unique(np.stack((task.key[contested], taking[contested]), 1), axis=0)
        self.orders_of = pairs[:, 1]
        self.from_key = np.searchsorted(pairs[:, 0], np.arange(task.left.size + 1))
        turned = pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]
        self.keys_of = turned[:, 0]
        self.from_order = np.searchsorted(turned[:, 1], np.arange(sizes.size + 1))
        value = (
            np.add.reduceat(np.append(task.price[task.key] * task.qty, 0.0), task.first[:-1])
            if task.cost.size
            else None
        )
        value = np.zeros(0) if value is None else np.where(np.diff(task.first) > 0, value, 0.0)
        self.reduced = task.cost + value
        self.least = np.minimum.reduceat(self.reduced, task.start[:-1]) if sizes.size else np.zeros(0)
        self.most = most
        self.size, self.steps, self.better, self.pace = min(SIZE, most), 0, 0, 1.0

    def run(self, seconds: float, report: Callable[[Ints], None] | None = None) -> Ints:
        """Search for a time; returns the chosen columns. `report` gets them every REPORT_SECONDS on the way."""
        end, told = perf_counter() + seconds, perf_counter()
        while (rest := end - perf_counter()) > 0.05 and self.from_order[-1] > 0:
            began = perf_counter()
            self.step(min(STEP_SECONDS, rest))
            took = perf_counter() - began
            if report is not None and perf_counter() - told > REPORT_SECONDS:
                report(self.task.chosen)
                told = perf_counter()
            factor = 1.15 if took < QUICK * self.pace else 0.75 if took > SLOW * self.pace else 1.0
            self.size = int(min(self.most, max(LEAST_SIZE, self.size * factor)))
        return self.task.chosen

    def step(self, seconds: float) -> None:
        """Free one neighbourhood and keep what is better."""
        part = self.part(self.neighbourhood(), seconds)
        found = self.solve(part)
        self.steps += 1
        self.pace = min(MOST_PACE, self.pace * PACE)
        if found is None:
            return
        before, after = int(part.cost[part.now].sum()), int(part.cost[found].sum())
        if after > before or not self.fits(part, found):
            return
        if after < before:
            self.better += 1
            self.pace = max(1.0, self.pace / PACE**2)
        self.take(part.columns[part.now], 1)
        self.take(part.columns[found], -1)
        self.task.chosen[part.orders] = part.columns[found]

    def fits(self, part: Part, found: Ints) -> bool:
        """Whether a solver's answer is one column per order within the stock."""
        if not np.array_equal(part.owner[found], np.arange(part.orders.size)):
            return False
        taken = np.isin(part.column_of, found)
        use = np.bincount(part.key[taken], weights=part.qty[taken], minlength=part.room.size)
        return bool((use <= part.room).all())

    def take(self, columns: Ints, sign: int) -> None:
        """Give the stock of columns back (1) or take it (-1)."""
        takings = _spans(self.task.first, columns)[0]
        np.add.at(self.task.left, self.task.key[takings], sign * self.task.qty[takings])

    def neighbourhood(self) -> Ints:
        """Orders that want the same contested stock, grown from one that fares worse than its prices promise."""
        regret = self.reduced[self.task.chosen] - self.least + 1.0
        regret[np.diff(self.from_order) == 0] = 0.0
        chance = np.sqrt(regret)
        seed = int(self.draw.choice(regret.size, p=chance / chance.sum()))
        inside = np.zeros(regret.size, dtype=bool)
        seen = np.zeros(self.task.left.size, dtype=bool)
        inside[seed] = True
        count, front = 1, [seed]
        while front and count < self.size:
            order = front.pop(int(self.draw.integers(len(front))))
            keys = self.keys_of[self.from_order[order] : self.from_order[order + 1]]
            for key in self.draw.permutation(keys[~seen[keys]]).tolist():
                seen[key] = True
                near = self.orders_of[self.from_key[key] : self.from_key[key + 1]]
                near = near[~inside[near]]
                room = self.size - count
                if near.size > min(room, self.size // 3 + 1):
                    weight = chance[near] + 1e-9
                    near = self.draw.choice(near, min(room, self.size // 3 + 1), replace=False, p=weight / weight.sum())
                inside[near] = True
                count += near.size
                front.extend(near.tolist())
                if count >= self.size:
                    break
        return np.flatnonzero(inside)

    def part(self, orders: Ints, seconds: float) -> Part:
        """The neighbourhood with the columns that still fit the stock it may share."""
        task = self.task
        chosen = task.chosen[orders]
        held = _spans(task.first, chosen)[0]
        room = task.left.copy()
        np.add.at(room, task.key[held], task.qty[held])
        columns, owner = _spans(task.start, orders)
        takings, of = _spans(task.first, columns)
        fits = np.ones(columns.size, dtype=bool)
        fits[of[task.qty[takings] > room[task.key[takings]]]] = False
        place = np.cumsum(fits) - 1
        kept = fits[of]
        return Part(
            orders, columns[fits], owner[fits], task.cost[columns[fits]], place[of[kept]], task.key[takings[kept]],
            task.qty[takings[kept]], room, place[np.searchsorted(columns, chosen)], task.price, seconds,
        )  # fmt: skip


def _spans(first: Ints, which: Ints) -> tuple[Ints, Ints]:
    """All members of the spans `first[w] : first[w + 1]`, and for each the place of its span in `which`."""
    sizes = first[which + 1] - first[which]
    of = np.repeat(np.arange(which.size), sizes)
    inner = np.arange(of.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.repeat(first[which], sizes) + inner, of
