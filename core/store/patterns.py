"""Regular expressions as the store reads them: RE2, which knows no look-around and no back reference."""

import re
import threading
from functools import cache

import duckdb

_GROUP = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(\((?!\?)|\(\?P<)", re.DOTALL)
MOST_GROUP = 9  # the highest group that can be taken out
_lock = threading.Lock()


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """A connection of its own without tables: a pattern is judged before any store needs to be open."""
    return duckdb.connect(":memory:", config={"threads": 1})


@cache
def refusal(pattern: str) -> str | None:
    """Why the store's engine cannot run a pattern, in its own words; None when it can."""
    try:
        with _lock:
            _engine().execute("SELECT regexp_extract('', ?)", [pattern]).fetchone()
    except duckdb.Error as error:
        return str(error).partition("Error: ")[2] or str(error)
    return None


def group_count(pattern: str) -> int:
    """How many groups a pattern the engine accepts takes out."""
    return sum(1 for found in _GROUP.finditer(pattern) if found[1])
