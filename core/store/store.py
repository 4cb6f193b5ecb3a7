"""Opens the store and owns the one write path.

DuckDB is always the engine; `url` says where the tables lie. Readers get a cursor of their own and never wait; writers
go one at a time through `write()`: one lock, one transaction, one rise of `version` on commit. No network inside it.
"""

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import duckdb

from core.errors import BadSetup, TryAgain
from core.i18n import N_
from core.settings import ROOT, Settings

Cursor = duckdb.DuckDBPyConnection
_beginnings = count(0, 1 << 40)  # no two stores of a process ever share a version: caches are keyed by it
SPACE = "danliu"  # the name under which the store's tables are attached


def count_of(cursor: Cursor) -> int:
    """How many rows the statement that was just executed wrote: asking the table anew would cost another plan.

    What was written is never asked for with RETURNING, which tables in PostgreSQL do not answer.
    """
    row = cursor.fetchone()
    return int(row[0]) if row else 0


class Store:
    """An open store. Keep one per process; `close()` it at the end."""

    def __init__(self, connection: Cursor, url: str, zone: str) -> None:
        self.url = url
        self.zone = zone
        """The business zone the store was opened for: what a time without one in a file or payload is read in."""
        self._connection = connection
        self._lock = threading.RLock()
        self._depth = 0
        self._writing: Cursor | None = None
        self._version = next(_beginnings)
        self.closing = threading.Event()
        """Set when the process is about to end: long work stops at its next safe point."""
        self.at_close: list[Callable[[], object]] = []
        """Called before the file is let go: what keeps cursors of its own gives them back here."""

    @property
    def version(self) -> int:
        """Rises with every committed write: the key for caches of reads."""
        return self._version

    @contextmanager
    def read(self) -> Iterator[Cursor]:
        """A cursor of its own, closed at the end of the block. It sees the last commit."""
        cursor = self.new_cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def new_cursor(self) -> Cursor:
        """A cursor that the caller closes; `read` is the way for everybody but the scoped store."""
        cursor = self._connection.cursor()
        cursor.execute(f"USE {SPACE}")
        return cursor

    @contextmanager
    def write(self) -> Iterator[Cursor]:
        """One transaction under the one lock: all of the block's changes or none. Nested blocks join the outer one."""
        with self._lock:
            if self._writing is not None:
                yield self._writing
                return
            # A batch makes a hundred thousand objects that all live until its end: to look through them again and again
            # for garbage takes a fifth of its time. There is one writer, so nobody else turns the looking on meanwhile.
            looking = gc.isenabled()
            gc.disable()
            cursor = self._connection.cursor()
            try:
                cursor.execute(f"USE {SPACE}")
                cursor.execute("BEGIN TRANSACTION")
                self._writing = cursor
                try:
                    yield cursor
                except BaseException:
                    cursor.execute("ROLLBACK")
                    raise
                cursor.execute("COMMIT")
                self._version += 1
            finally:
                self._writing = None
                cursor.close()
                if looking:
                    gc.enable()

    def close(self) -> None:
        """Write what is in the log into the file and let go of it."""
        self.closing.set()
        with self._lock:
            for give_back in self.at_close:
                give_back()
            self._connection.close()


def fresh_version() -> int:
    """A version that no store of this process has had or will have."""
    return next(_beginnings)


def open_store(settings: Settings) -> Store:
    """Open (or make) the store of the settings and bring it to the present schema.

    Raises BadSetup for an unknown kind of url or a store of a newer version, TryAgain when another process has it.
    """
    from core.store.migrate import migrate  # the migrations need a Store

    path = file_of(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    store = Store(attach(path, settings), settings.store_url, settings.zone)
    try:
        migrate(store)
    except BaseException:
        store.close()
        raise
    return store


def file_of(settings: Settings) -> Path:
    """The file of the settings' store. BadSetup for a url of another kind."""
    kind, _colon, place = settings.store_url.partition(":")
    if kind != "duckdb" or not place:
        raise BadSetup(
            N_("The store {url} is of a kind this version cannot open."),
            N_("Use duckdb:PATH."),
            url=settings.store_url,
        )
    return Path(place) if Path(place).is_absolute() else ROOT / place


def attach(path: Path, settings: Settings) -> Cursor:
    """A connection with the file attached as `SPACE`. TryAgain while another process has it, BadSetup for a broken one."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": settings.store_memory,
            "threads": settings.store_threads,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
            "temp_directory": str(path.parent / "spill"),
        },
    )
    try:
        # A storage format of 1.4 knows ZSTD for long texts; the file is read by every later DuckDB.
        connection.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS {SPACE} (STORAGE_VERSION 'v1.4.0')")
    except duckdb.IOException as error:
        connection.close()
        if "lock" in str(error).lower():
            raise TryAgain(
                N_("The store {path} is in use by another process."),
                N_("Use the running pages, or stop them first."),
                path=path.name,
            ) from error
        raise BadSetup(
            N_("The store {path} cannot be opened: {cause}"),
            N_("Restore the last back-up."),
            path=path.name,
            cause=str(error),
        ) from error
    # From here on no SQL, whoever wrote it, reaches a file or the network.
    connection.execute("SET enable_external_access = false")
    connection.execute("SET TimeZone = 'UTC'")
    # What a large intake took is given back to the system at once; left to itself the process keeps 100 MB more.
    connection.execute("SET allocator_background_threads = true")
    connection.execute("SET allocator_flush_threshold = '8MB'")
    connection.execute("SET allocator_bulk_deallocation_flush_threshold = '16MB'")
    # At 16 MB, the default, a large intake would write its row groups anew with every part; 128 MB replay in a second.
    connection.execute("SET checkpoint_threshold = '128MB'")
    return connection
