"""The process of the local search: reads (task, seconds) from its own parent, writes the chosen columns back."""

import pickle
import sys

from core.decide.routing.search import Search
from core.decide.routing.solver import solver


def main() -> None:
    """Search for the seconds asked for."""
    task, seconds = pickle.load(sys.stdin.buffer)
    chosen = Search(task, solver()).run(seconds)
    pickle.dump(chosen, sys.stdout.buffer)


if __name__ == "__main__":
    main()
