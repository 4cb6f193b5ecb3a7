"""The process of the local search: reads (task, end) from its own parent, writes the chosen columns back.

`end` is on the machine's monotonic clock, so that starting up counts.
"""

import pickle
import sys
from time import monotonic

from core.decide.routing.search import Search
from core.decide.routing.solver import solver


def main() -> None:
    """Search until the end asked for."""
    task, end = pickle.load(sys.stdin.buffer)
    chosen = Search(task, solver()).run(end - monotonic())
    pickle.dump(chosen, sys.stdout.buffer)


if __name__ == "__main__":
    main()
