"""A neighbourhood as a whole-number programme for HiGHS (package highspy, requirements-optimise.txt)."""

import importlib
from importlib.util import find_spec
from typing import Any

import numpy as np

from core.decide.routing.exchange import MOST_ORDERS, exchange
from core.decide.routing.search import MOST_SIZE, Ints, Part, Solver

GAP = 5e-4


def available() -> bool:
    """Whether the optional solver is installed."""
    return find_spec("highspy") is not None


def solver() -> tuple[Solver, int]:
    """How to solve a neighbourhood, and of how many orders at most: HiGHS where it is installed, else by trying."""
    return (Highs(), MOST_SIZE) if available() else (exchange, MOST_ORDERS)


class Highs:
    """One column per order; stock rows only where the orders could take more than there is. One thread."""

    def __init__(self) -> None:
        self.highspy: Any = importlib.import_module("highspy")

    def __call__(self, part: Part) -> Ints | None:
        """The columns of the best plans found, None where the time was too short for any."""
        highs = self.highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", GAP), ("random_seed", 1)):
            highs.setOptionValue(name, value)
        highs.setOptionValue("time_limit", float(part.seconds))
        highs.passModel(self.model(part))
        start = self.highspy.HighsSolution()
        now = np.zeros(part.columns.size)
        now[part.now] = 1.0
        start.col_value = now.tolist()
        highs.setSolution(start)
        highs.run()
        values = np.array(highs.getSolution().col_value)
        if values.size != part.columns.size or highs.getInfo().primal_solution_status != 2:
            return None
        found = np.flatnonzero(values > 0.5)
        return found if found.size == part.orders.size else None

    def model(self, part: Part) -> Any:
        """The programme."""
        wanted = np.zeros(part.room.size)
        pairs, which = np.unique(np.stack((part.owner[part.column_of], part.key), 1), axis=0, return_inverse=True)
        most = np.zeros(len(pairs))
        np.maximum.at(most, which.ravel(), part.qty)
        np.add.at(wanted, pairs[:, 1], most)
        short = np.flatnonzero(wanted > part.room)
        row_of = np.full(part.room.size, -1)
        row_of[short] = part.orders.size + np.arange(short.size)
        bound = row_of[part.key] >= 0
        rows = np.concatenate((part.owner, row_of[part.key[bound]]))
        columns = np.concatenate((np.arange(part.columns.size), part.column_of[bound]))
        values = np.concatenate((np.ones(part.columns.size), part.qty[bound].astype(float)))
        order = np.lexsort((rows, columns))
        made = self.highspy.HighsLp()
        made.num_col_, made.num_row_ = part.columns.size, part.orders.size + short.size
        made.col_cost_ = part.cost.astype(float)
        made.col_lower_, made.col_upper_ = np.zeros(part.columns.size), np.ones(part.columns.size)
        made.row_lower_ = np.concatenate((np.ones(part.orders.size), np.full(short.size, -np.inf)))
        made.row_upper_ = np.concatenate((np.ones(part.orders.size), part.room[short].astype(float)))
        made.a_matrix_.format_ = self.highspy.MatrixFormat.kColwise
        made.a_matrix_.start_ = np.searchsorted(columns[order], np.arange(part.columns.size + 1))
        made.a_matrix_.index_, made.a_matrix_.value_ = rows[order], values[order]
        made.integrality_ = [self.highspy.HighsVarType.kInteger] * part.columns.size
        return made
