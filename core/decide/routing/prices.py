"""Shadow prices: what a unit of a SKU in a warehouse is worth to the other orders, and a bound nobody can undercut.

Lagrangian relaxation of the stock limits (subgradient with a Polyak step): for any prices, "each order takes its
cheapest plan at these prices" minus "what the stock is worth" is a lower bound of the best total. Its best is the
bound; its prices steer the greedy.
"""

from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from core.decide.routing.columns import Columns, first_marked
from core.decide.routing.problem import NEVER, Problem

ITERATIONS = 150
PATIENCE = 6
SHRINK = 0.6
MOMENTUM = 0.3
AHEAD = 0.02
"""How far above the best bound the steps aim."""


@dataclass(slots=True)
class Dual:
    """Prices in fen by sku and warehouse (float), and the bound in fen they prove."""

    prices: Any
    bound: float
    iterations: int = 0

    def whole(self, percent: int = 100) -> list[list[int]]:
        """The prices in whole fen, the share of them that counts: whole numbers keep every choice reproducible."""
        return np.rint(self.prices * (percent / 100)).astype(np.int64).tolist()


class Pricer:
    """Evaluates the relaxation at prices. `cost` may leave the tier penalty out, for a bound of the plain cost."""

    def __init__(self, problem: Problem, columns: Columns, *, plain: bool = False) -> None:
        self.problem, self.columns = problem, columns
        self.costs = [(block.cost - block.tier if plain else block.cost).astype(np.float64) for block in columns.blocks]
        self.entries = [
            [np.ascontiguousarray(block.entry[:, k]) for k in range(block.entry.shape[1])] for block in columns.blocks
        ]
        self.sizes = [block.sizes for block in columns.blocks]
        self.capacity = columns.capacity.astype(np.float64)
        self.wide = _Wide(problem, columns, plain) if columns.wide else None

    def reduced(self, number: int, value: Any) -> Any:
        """The cost of each column of a block, the stock it takes included."""
        found = self.costs[number] + value[self.entries[number][0]]
        for entry in self.entries[number][1:]:
            found += value[entry]
        return found

    def at(self, prices: Any) -> tuple[float, Any]:
        """The bound at flat prices, and how much of each stock the orders would take."""
        columns = self.columns
        value = prices[columns.key] * columns.qty
        total, taken = 0.0, []
        for number, block in enumerate(columns.blocks):
            reduced = self.reduced(number, value)
            least = np.minimum.reduceat(reduced, block.start)
            total += float(least.sum())
            picked = first_marked(block, reduced <= np.repeat(least, self.sizes[number]))
            taken += [entry[picked] for entry in self.entries[number]]
        used = np.concatenate(taken) if taken else np.zeros(0, np.int64)
        use = np.bincount(columns.key[used], weights=columns.qty[used], minlength=self.capacity.size)
        if self.wide is not None:
            more, wide_use = self.wide.at(prices)
            total, use = total + more, use + wide_use
        return total - float((prices * self.capacity).sum()), use


class _Wide:
    """A bound for orders without columns: one cheapest parcel, and each line at its cheapest stock or unfilled."""

    def __init__(self, problem: Problem, columns: Columns, plain: bool) -> None:
        places = len(problem.warehouses)
        unfilled = problem.policy.unfilled_line_penalty_fen
        rows: list[tuple[int, int, int]] = []
        self.parcel: list[float] = []
        for number, n in enumerate(columns.wide):
            group = problem.groups[problem.group_of[n]]
            least = problem.least[problem.group_of[n]]
            ranks = [penalty if plain else 0 for penalty in group.penalty]
            open_ = [w for w in range(places) if least[w] < NEVER]
            self.parcel.append(min((least[w] - ranks[w] for w in open_), default=0))
            for sku, qty, _load in problem.lines[n]:
                for w in open_:
                    if w in problem.cands[sku] and problem.stock[sku][w] >= qty:
                        rows.append((number, sku * places + w, qty))
                rows.append((number, columns.capacity.size - 1, 0))
        self.unfilled, self.size = unfilled, columns.capacity.size
        made = np.array(rows, dtype=np.int64).reshape(-1, 3)
        self.owner, self.key, self.qty = made[:, 0], made[:, 1], made[:, 2]
        self.last = np.flatnonzero(self.qty == 0)
        self.first = np.concatenate(([0], self.last[:-1] + 1)) if self.last.size else self.last
        self.sizes = self.last - self.first + 1

    def at(self, prices: Any) -> tuple[float, Any]:
        """The part of the bound, and the stock taken."""
        value = prices[self.key] * self.qty + np.where(self.qty == 0, float(self.unfilled), 0.0)
        least = np.minimum.reduceat(value, self.first)
        hit = np.flatnonzero(value <= np.repeat(least, self.sizes))
        line = np.repeat(np.arange(self.first.size), self.sizes)[hit]
        fresh = np.ones(hit.size, dtype=bool)
        fresh[1:] = line[1:] != line[:-1]
        hit = hit[fresh]
        orders = len(self.parcel)
        by_order = np.bincount(self.owner[self.first], weights=least, minlength=orders) + np.array(self.parcel)
        nothing = float(self.unfilled) * np.bincount(self.owner[self.first], minlength=orders)
        ships = by_order < nothing
        kept = hit[ships[self.owner[hit]]]
        use = np.bincount(self.key[kept], weights=self.qty[kept], minlength=self.size)
        return float(np.minimum(by_order, nothing).sum()), use


def shadow_prices(
    pricer: Pricer, *, iterations: int = ITERATIONS, seconds: float | None = None, start: Any = None
) -> Dual:
    """The prices with the best bound found, from `start` (by sku and warehouse) or from nothing.

    Steps are scaled by the stock there is: a SKU of two pieces and one of a thousand then learn at one pace, which
    proves in 50 iterations a better bound than 400 unscaled ones.
    """
    began = perf_counter()
    prices = np.zeros(pricer.capacity.size) if start is None else np.append(np.asarray(start, float).ravel(), 0.0)
    scale = 1.0 / (pricer.capacity + 1.0)
    best, kept, theta, stall, done = -np.inf, prices, 1.0, 0, 0
    move = np.zeros_like(prices)
    for done in range(1, iterations + 1):
        bound, use = pricer.at(prices)
        if done == 1 or bound > best + 1e-6 * abs(best):
            best, kept, stall = bound, prices, 0
        else:
            stall += 1
            if stall >= PATIENCE:
                theta, stall, prices, move = theta * SHRINK, 0, kept, np.zeros_like(move)
                bound, use = pricer.at(prices)
        slope = use - pricer.capacity
        slope[-1] = 0.0
        slope[(prices <= 0) & (slope < 0)] = 0.0
        move = slope + MOMENTUM * move
        norm = float((move**2 * scale).sum())
        if norm == 0 or theta < 1e-3 or (seconds is not None and perf_counter() - began > seconds):
            break
        step = theta * max(best + AHEAD * abs(best) - bound, 1e-3 * abs(bound)) / norm
        prices = np.maximum(0.0, prices + step * scale * move)
    places = len(pricer.problem.warehouses)
    return Dual(kept[:-1].reshape(-1, places), best, done)
