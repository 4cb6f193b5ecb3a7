"""Opens the store and owns the one write path.

DuckDB is always the engine; `url` says where the tables lie. Readers get a cursor of their own and never wait; writers
go one at a time through `write()`: one lock, one transaction, one rise of `version` on commit. No network inside it.
"""

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from duckdb import CatalogException, Error

from core.errors import BadSetup, DanliuError
from core.i18n import N_
from core.settings import Settings
from core.store.engines import SPACE, Cursor, Engine, engine_of

log = logging.getLogger(__name__)
_LOOK_EVERY = 0.25  # seconds between two looks for the commits of other processes
_beginnings = count(0, 1 << 40)  # no two stores of a process ever share a version: caches are keyed by it


def count_of(cursor: Cursor) -> int:
    """How many rows the statement that was just executed wrote: asking the table anew would cost another plan.

    What was written is never asked for with RETURNING, which tables in PostgreSQL do not answer.
    """
    row = cursor.fetchone()
    return int(row[0]) if row else 0


class Store:
    """An open store. Keep one per process; `close()` it at the end."""

    def __init__(self, connection: Cursor, engine: Engine, zone: str) -> None:
        self.url = engine.shown
        self.engine = engine
        self.zone = zone
        """The business zone the store was opened for: what a time without one in a file or payload is read in."""
        self._connection = connection
        self._lock = threading.RLock()
        self._depth = 0
        self._writing: Cursor | None = None
        self._quiet = False
        self._version = next(_beginnings)
        self.closing = threading.Event()
        """Set when the process is about to end: long work stops at its next safe point."""
        self.at_close: list[Callable[[], object]] = []
        """Called before the file is let go: what keeps cursors of its own gives them back here."""
        self.at_foreign: list[Callable[[], object]] = []
        """Called a moment after another process wrote."""
        self._closed = threading.Event()

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
        cursor = self.engine.cursor(self._connection)
        cursor.execute(f"USE {SPACE}")
        return cursor

    @contextmanager
    def write(self) -> Iterator[Cursor]:
        """One transaction under the one lock: all of the block's changes or none. Nested blocks join the outer one."""
        with self._lock:
            if self._writing is not None:
                self._depth += 1
                try:
                    yield self._writing
                finally:
                    self._depth -= 1
                return
            # A batch makes a hundred thousand objects that all live until its end: to look through them again and again
            # for garbage takes a fifth of its time. There is one writer, so nobody else turns the looking on meanwhile.
            looking = gc.isenabled()
            gc.disable()
            cursor = self.engine.cursor(self._connection)
            try:
                cursor.execute(f"USE {SPACE}")
                self.engine.begin(cursor)
                self._writing, self._quiet = cursor, False
                try:
                    yield cursor
                except BaseException:
                    cursor.execute("ROLLBACK")
                    raise
                cursor.execute("COMMIT")
                self.engine.committed()
                if not self._quiet:
                    self._version += 1
            finally:
                self._writing = None
                cursor.close()
                if looking:
                    gc.enable()

    def keep_quiet(self) -> None:
        """Inside `write`: the block has changed only what no cache of reads holds and no job waits for, so its commit
        raises no version and wakes nobody. Says nothing in a block that joined another one."""
        if self._writing is not None and self._depth == 0:
            self._quiet = True

    def watch(self) -> None:
        """Look for what other processes write, until the store is closed: `version` rises with it within a moment."""
        threading.Thread(target=self._watch, args=(self.engine.foreign(),), name="store-watch", daemon=True).start()

    def _watch(self, seen: int) -> None:
        while not self._closed.wait(_LOOK_EVERY):
            try:
                now = self.engine.foreign()
            except (Error, DanliuError) as error:  # who reads or writes meanwhile is told
                log.warning("the store does not tell of other processes: %s", error)
                self._closed.wait(1.0)
                continue
            if now != seen:
                seen = now
                self._version += 1
                for call in self.at_foreign:
                    call()

    def close(self) -> None:
        """Write what is in the log to its place and let go of it."""
        self.closing.set()
        self._closed.set()
        with self._lock:
            for give_back in self.at_close:
                give_back()
            self.engine.close()
            self._connection.close()


def fresh_version() -> int:
    """A version that no store of this process has had or will have."""
    return next(_beginnings)


def open_store(settings: Settings, *, half_filled: bool = False) -> Store:
    """Open (or make) the store of the settings and bring it to the present schema.

    `half_filled`: also one that another store was only half moved into; nobody else may have it then. Raises BadSetup for
    an unknown kind of url, one that cannot be reached, a store of a newer version or a half-filled one, TryAgain when
    another process has what only one can have.
    """
    from core.store.migrate import migrate  # the migrations need a Store

    engine = engine_of(settings)
    store = Store(engine.connect(), engine, settings.zone)
    try:
        with engine.turn():
            migrate(store)
            with store.write() as cursor:
                engine.prepare(cursor)
        if half_filled:
            engine.alone(wanted=True)
        else:
            _check_whole(store)
        if engine.shared:
            store.watch()
    except BaseException:
        store.close()
        raise
    return store


def _check_whole(store: Store) -> None:
    with store.read() as cursor:
        try:
            broken_off = cursor.execute("SELECT source FROM store_moves WHERE table_name = ''").fetchone()
        except CatalogException:  # the schema of a time before stores were moved
            return
    if broken_off:
        raise BadSetup(
            N_("The store {url} is only half-filled: moving it from {source} broke off."),
            N_("Finish it: python -m core migrate-store FROM TO with the same two stores."),
            url=store.url,
            source=broken_off[0],
        )
