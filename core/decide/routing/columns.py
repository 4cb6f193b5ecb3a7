"""Every plan of every order as a column: what it scores and which stock it takes. The exact form of the batch problem.

One column is chosen per order, and no stock is taken twice: with step tariffs this is exact where a fee per kg is not,
and its linear relaxation is tighter. Orders of more than MOST_LINES lines, or with too many plans, stay "wide": they
have no columns, and a bound of their own.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.decide.routing.problem import NEVER, NOWHERE, Problem

MOST_LINES = 5
MOST_COLUMNS = 6_000_000
MOST_WAREHOUSES = 62
Ints = Any
"""A numpy array of whole numbers."""


@dataclass(slots=True)
class Block:
    """The columns of orders with the same number of lines; those of one order stand together, from `start` on.

    `cost` in fen; `entry[:, k]` is the entry taken for line k, 0 for none. `tier` is the part of `cost` that is tier
    penalty.
    """

    orders: Ints
    start: Ints
    owner: Ints
    cost: Ints
    tier: Ints
    parcels: Ints
    entry: Ints

    @property
    def sizes(self) -> Ints:
        """How many columns each order has."""
        return np.diff(np.append(self.start, self.cost.size))


@dataclass(slots=True)
class Columns:
    """All columns. An entry is a line in a warehouse: its stock `key` (sku x warehouses + warehouse) and quantity.

    Entry 0 is "not filled": key `capacity.size - 1`, quantity 0.
    """

    key: Ints
    qty: Ints
    warehouse: Ints
    capacity: Ints
    blocks: list[Block] = field(default_factory=list)
    wide: list[int] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(block.cost.size for block in self.blocks)


class _Builder:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.places = len(problem.warehouses)
        self.stock = np.array(problem.stock, dtype=np.int64).reshape(len(problem.skus), self.places)
        self.may = np.zeros_like(self.stock, dtype=bool)
        for sku, cands in enumerate(problem.cands):
            self.may[sku, list(cands)] = True
        self.open = np.array(problem.least, dtype=np.int64).reshape(-1, self.places) < NEVER
        self.group = np.array(problem.group_of, dtype=np.int64)
        self.keys: list[Ints] = [np.array([self.stock.size])]
        self.qtys: list[Ints] = [np.zeros(1, dtype=np.int64)]
        self.entries = 1

    def build(self) -> Columns:
        by_size: dict[int, list[int]] = {}
        wide: list[int] = []
        for n, lines in enumerate(self.problem.lines):
            if lines:
                (
                    wide
                    if len(lines) > MOST_LINES or self.places > MOST_WAREHOUSES
                    else by_size.setdefault(len(lines), [])
                ).append(n)
        blocks: list[Block] = []
        room = MOST_COLUMNS
        for size in sorted(by_size):
            block = self.block(np.array(by_size[size]), size, room)
            if block is None:
                wide += by_size[size]
            else:
                blocks.append(block)
                room -= block.cost.size
        key, qty = np.concatenate(self.keys), np.concatenate(self.qtys)
        warehouse = np.where(qty > 0, key % max(self.places, 1), NOWHERE)
        return Columns(key, qty, warehouse, np.append(self.stock.ravel(), 0), blocks, sorted(wide))

    def block(self, orders: Ints, size: int, room: int) -> Block | None:
        """The columns of the orders, all of `size` lines; None where there are more than `room`."""
        lines = np.array(
            [self.problem.lines[n] for n in orders.tolist()], dtype=np.int64
        )  # order, line, (sku, qty, load)
        sku, qty = lines[:, :, 0], lines[:, :, 1]
        group = self.group[orders]
        fits = self.may[sku] & (self.stock[sku] >= qty[:, :, None]) & self.open[group][:, None, :]
        owner = np.arange(orders.size)
        bits, entry, where = np.zeros(orders.size, np.int64), np.zeros((orders.size, 0), np.int32), None
        for k in range(size):
            who, at = np.nonzero(fits[:, k, :])
            number = np.arange(self.entries, self.entries + who.size)
            self.keys.append(sku[who, k] * self.places + at)
            self.qtys.append(qty[who, k])
            self.entries += who.size
            count = np.bincount(who, minlength=orders.size)
            first = np.concatenate(([0], np.cumsum(count)[:-1]))
            more = count[owner] + 1  # every warehouse that has it, and none
            if int(more.sum()) > room * 2:
                return None
            parent = np.repeat(np.arange(owner.size), more)
            turn = np.arange(parent.size) - np.repeat(np.cumsum(more) - more, more)
            none = turn == count[owner[parent]]
            pick = np.where(none, 0, first[owner[parent]] + turn)
            if who.size == 0:
                number, at = np.zeros(1, np.int64), np.zeros(1, np.int64)
            chosen = np.where(none, 0, number[np.minimum(pick, number.size - 1)])
            place = np.where(none, NOWHERE, at[np.minimum(pick, at.size - 1)])
            bits = bits[parent] | np.where(none, 0, np.left_shift(1, np.maximum(place, 0)))
            keep = np.bitwise_count(bits) <= self.problem.policy.parcels
            parent = parent[keep]
            owner, bits = owner[parent], bits[keep]
            entry = np.column_stack((entry[parent], chosen[keep].astype(np.int32)))
            where = place[keep][:, None] if where is None else np.column_stack((where[parent], place[keep]))
        assert where is not None
        return self.priced(orders, owner, lines, where, entry, room)

    def priced(self, orders: Ints, owner: Ints, lines: Ints, where: Ints, entry: Ints, room: int) -> Block | None:
        """The block with the score of each column; columns that filling nothing undercuts are left out."""
        policy, group = self.problem.policy, self.group[orders]
        sku, qty, load = lines[:, :, 0], lines[:, :, 1], lines[:, :, 2]
        size = where.shape[1]
        filled = (where != NOWHERE).sum(1)
        cost = policy.unfilled_line_penalty_fen * (size - filled)
        tier, parcels = np.zeros_like(cost), np.zeros_like(cost)
        ranks = np.array([group.penalty for group in self.problem.groups], dtype=np.int64)
        for k in range(size):
            at = where[:, k]
            first = (at != NOWHERE) & ~(where[:, :k] == at[:, None]).any(1)
            rows = np.flatnonzero(first)
            parcel = (load[owner[rows]] * (where[rows] == at[rows, None])).sum(1)
            cost[rows] += self.scores(group[owner[rows]], parcel, at[rows])
            tier[rows] += ranks[group[owner[rows]], at[rows]]
            parcels[rows] += 1
        cost += policy.split_penalty_fen * np.maximum(parcels - 1, 0)
        wanted = (filled == 0) | (cost <= policy.unfilled_line_penalty_fen * size)
        wanted &= self.ruled(orders, owner, filled, size)
        if not self.problem.twice.isdisjoint(orders.tolist()):
            wanted &= self.together(owner, where, sku, qty)
        owner = owner[wanted]
        if owner.size > room:
            return None
        start = np.searchsorted(owner, np.arange(orders.size))
        return Block(orders, start, owner, cost[wanted], tier[wanted], parcels[wanted].astype(np.int8), entry[wanted])

    def together(self, owner: Ints, where: Ints, sku: Ints, qty: Ints) -> Ints:
        """Columns whose warehouses have enough for all lines, where several lines ask for one SKU."""
        enough = np.ones(owner.size, dtype=bool)
        for k in range(where.shape[1]):
            at, wanted = where[:, k], sku[owner, k]
            same = (where == at[:, None]) & (sku[owner] == wanted[:, None])
            enough &= (at == NOWHERE) | ((qty[owner] * same).sum(1) <= self.stock[wanted, np.maximum(at, 0)])
        return enough

    def ruled(self, orders: Ints, owner: Ints, filled: Ints, size: int) -> Ints:
        """Columns the policy allows whatever the stock of the moment: all or nothing, where a rule says so."""
        whole = np.array([group.whole for group in self.problem.groups], dtype=bool)[self.group[orders]][owner]
        return ~whole | (filled == 0) | (filled == size)

    def scores(self, group: Ints, load: Ints, at: Ints) -> Ints:
        """The score of each parcel: rows of costs, looked up once for loads of one step."""
        rows = self.problem.rows
        turns = self.problem.turns
        if turns is None:
            step, shown = np.unique(load, return_inverse=True)
        else:
            step, shown = np.array([*turns, self.problem.heaviest]), np.searchsorted(turns, load)
        code = group * step.size + shown
        known, which = np.unique(code, return_inverse=True)
        table = np.array([rows[c // step.size][int(step[c % step.size])] for c in known.tolist()], dtype=np.int64)
        return table.reshape(-1, self.places)[which, at]


def build_columns(problem: Problem) -> Columns:
    """The columns of all orders of a problem."""
    return _Builder(problem).build()


def first_marked(block: Block, marked: Any) -> Any:
    """The first marked column of each order that has one."""
    where = np.flatnonzero(marked)
    owner = block.owner[where]
    fresh = np.ones(where.size, dtype=bool)
    fresh[1:] = owner[1:] != owner[:-1]
    return where[fresh]
