"""The process of the local search: reads (task, end) from its own parent, writes the chosen columns back,
on the way and at the end: what was found so far counts even if the process dies.

`end` is on the machine's monotonic clock, so that starting up counts.
"""

import pickle
import sys
from time import monotonic

from core.decide.routing.search import Ints, Search
from core.decide.routing.solver import solver


def main() -> None:
    """Search until the end asked for."""
    task, end = pickle.load(sys.stdin.buffer)
    solve, most = solver()
    report(Search(task, solve, most=most).run(end - monotonic(), report))


def report(chosen: Ints) -> None:
    """Write the chosen columns to the parent."""
    pickle.dump(chosen, sys.stdout.buffer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
