"""A small neighbourhood without a solver: try the orders' plans in turn, cheapest first, and give up what cannot win.

Depth first with a bound: what the open orders cost at least. Exact where it ends before MOST_NODES plans were tried.
"""

import numpy as np

from core.decide.routing.search import Ints, Part

MOST_ORDERS = 10
MOST_NODES = 4000


def exchange(part: Part) -> Ints | None:
    """The columns of the best plans found; those chosen now where nothing better was."""
    return _Exchange(part).best()


class _Exchange:
    def __init__(self, part: Part) -> None:
        self.part = part
        self.cost: list[int] = part.cost.tolist()
        self.takes: list[list[tuple[int, int]]] = [[] for _column in range(part.columns.size)]
        for column, key, qty in zip(part.column_of.tolist(), part.key.tolist(), part.qty.tolist(), strict=True):
            self.takes[column].append((key, qty))
        keys = np.unique(part.key).tolist()
        self.room = dict(zip(keys, part.room[keys].tolist(), strict=True))
        by: list[list[int]] = [[] for _order in range(part.orders.size)]
        for column, owner in enumerate(part.owner.tolist()):
            by[owner].append(column)
        for columns in by:
            columns.sort(key=self.cost.__getitem__)
        # Orders that fare worst now come first: they are why the others should move.
        now: list[int] = part.now.tolist()
        self.orders = sorted(range(len(by)), key=lambda order: self.cost[by[order][0]] - self.cost[now[order]])
        self.by = [by[order] for order in self.orders]
        self.least = [0] * (len(by) + 1)
        for n in range(len(by) - 1, -1, -1):
            self.least[n] = self.least[n + 1] + self.cost[self.by[n][0]]
        self.total = sum(self.cost[column] for column in now)
        self.found = [now[order] for order in self.orders]
        self.path = [0] * len(by)
        self.nodes = 0

    def best(self) -> Ints:
        """Search; the columns by order."""
        self._place(0, 0)
        chosen = np.zeros(len(self.orders), dtype=np.int64)
        chosen[self.orders] = self.found
        return chosen

    def _place(self, n: int, spent: int) -> None:
        if n == len(self.by):
            self.total, self.found = spent, self.path.copy()
            return
        room, rest = self.room, self.least[n + 1]
        for column in self.by[n]:
            cost = spent + self.cost[column]
            if cost + rest >= self.total or self.nodes > MOST_NODES:
                return
            takes = self.takes[column]
            if all(room[key] >= qty for key, qty in takes):
                self.nodes += 1
                for key, qty in takes:
                    room[key] -= qty
                self.path[n] = column
                self._place(n + 1, cost)
                for key, qty in takes:
                    room[key] += qty
