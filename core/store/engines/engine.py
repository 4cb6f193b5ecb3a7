"""What a kind of store has to be able to do, and the connection all kinds share."""

from contextlib import AbstractContextManager
from typing import Protocol

import duckdb

from core.settings import Settings

Cursor = duckdb.DuckDBPyConnection
SPACE = "danliu"  # the name under which the store's tables are attached


class Engine(Protocol):
    """One store's place. Make it by `engine_of`."""

    shown: str
    """The url as it may be shown and logged: without a password."""
    has_rowid: bool
    """Whether a row's place can be asked for as `rowid` and looked up by it."""

    shared: bool
    """Whether several processes may have the store at a time."""

    keeps_nul: bool
    """Whether a text may hold the sign of number 0; else it is left out."""

    def connect(self) -> Cursor:
        """A connection with the tables attached as `SPACE`. TryAgain while another process has them, BadSetup else."""
        ...

    def cursor(self, connection: Cursor) -> Cursor:
        """A cursor of its own, for one block of statements."""
        ...

    def alter(self, cursor: Cursor, script: str) -> None:
        """Run the statements of a migration."""
        ...

    def prepare(self, cursor: Cursor) -> None:
        """Called inside a transaction when the store has the present schema: what the place itself needs beside it."""
        ...

    def checkpoint(self, cursor: Cursor) -> bool:
        """Write what only stands in a log to its place. False when it has to wait for another time."""
        ...

    def begin(self, cursor: Cursor) -> None:
        """Begin a write transaction: one at a time over all processes. TryAgain where this one may not write now."""
        ...

    def committed(self) -> None:
        """Called after each commit of this process."""
        ...

    def foreign(self) -> int:
        """A number that rises with every commit of another process."""
        ...

    def alone(self, *, wanted: bool) -> None:
        """See that no other process has the store, or let others in again. TryAgain while another has it."""
        ...

    def turn(self) -> AbstractContextManager[object]:
        """For the length of a block, what is done once at a start is done by one process at a time."""
        ...

    def lead(self) -> bool:
        """Take the lease of the jobs or renew it: whether this process has it. From then on it writes only as its holder."""
        ...

    def resign(self) -> None:
        """Give the lease back, if it is held; called when all jobs have ended."""
        ...

    def close(self) -> None:
        """Let go of what was held beside the connection."""
        ...


def connection(settings: Settings, spill: str) -> Cursor:
    """An empty engine with the settings' limits; `spill` is the folder for what does not fit its memory."""
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": settings.store_memory,
            "threads": settings.store_threads,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
            "temp_directory": spill,
        },
    )


def close_in(opened: Cursor) -> None:
    """From here on no SQL, whoever wrote it, reaches a file or the network; times are UTC."""
    opened.execute("SET enable_external_access = false")
    opened.execute("SET TimeZone = 'UTC'")
    # What a large intake took is given back to the system at once; left to itself the process keeps 100 MB more.
    opened.execute("SET allocator_background_threads = true")
    opened.execute("SET allocator_flush_threshold = '8MB'")
    opened.execute("SET allocator_bulk_deallocation_flush_threshold = '16MB'")
