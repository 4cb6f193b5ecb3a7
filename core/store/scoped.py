"""A store as one role sees it: the same tables, read through the views of the role's scope.

Reads are narrowed by the connection itself. Inside a write transaction nothing is: what decides there needs the whole
truth (the free stock, the other orders), so whoever writes about an order asks `core.people.guard.within` first. The
cursors are kept, because making some thirty views takes longer than most reads.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from core.store.scope import EVERYTHING, SPACE, Scope
from core.store.store import Cursor, Store, fresh_version

_KEPT = 4  # idle cursors of a scope: as many as people of one role read in the same instant
_bound: "WeakKeyDictionary[Store, dict[Scope, ScopedStore]]" = WeakKeyDictionary()
_lock = threading.Lock()


class ScopedStore(Store):
    """The part of a store that a scope shows. Make it by `bound`."""

    def __init__(self, base: Store, scope: Scope) -> None:
        self.url = f"{base.url}#{fresh_version():x}"  # caches of the pages are keyed by it
        self.zone = base.zone
        self.engine = base.engine
        self.closing = base.closing
        self.scope = scope
        self.base = base
        self._from = fresh_version() - base.version  # caches of reads are keyed by the version: never the base's own
        self._idle: list[tuple[int, Cursor]] = []
        self._idle_lock = threading.Lock()
        self._fields: tuple[int, int] = (-1, 0)
        self._writing_here = threading.local()
        base.at_close.append(self._let_go)

    @property
    def version(self) -> int:
        return self.base.version + self._from

    @contextmanager
    def read(self) -> Iterator[Cursor]:
        """A cursor that sees the last commit, through the scope's views unless this thread is in a write transaction."""
        if getattr(self._writing_here, "depth", 0):
            with self.base.read() as cursor:
                yield cursor
            return
        with self.narrowed() as cursor:
            yield cursor

    @contextmanager
    def narrowed(self) -> Iterator[Cursor]:
        """A cursor that sees the last commit through the scope's views, wherever it is asked for."""
        fields, cursor = self._take()
        try:
            yield cursor
        except BaseException:
            cursor.close()
            raise
        with self._idle_lock:
            keeps = len(self._idle) < _KEPT and not self.closing.is_set()
            if keeps:
                self._idle.append((fields, cursor))
        if not keeps:
            cursor.close()

    @contextmanager
    def write(self) -> Iterator[Cursor]:
        """The one write path of the whole store."""
        self._writing_here.depth = getattr(self._writing_here, "depth", 0) + 1
        try:
            with self.base.write() as cursor:
                yield cursor
        finally:
            self._writing_here.depth -= 1

    def keep_quiet(self) -> None:
        self.base.keep_quiet()

    def close(self) -> None:
        self.base.close()

    def _take(self) -> tuple[int, Cursor]:
        fields = self._own_fields()
        while True:
            with self._idle_lock:
                found = self._idle.pop() if self._idle else None
            if found is None:
                return fields, self._make()
            if found[0] == fields:
                return found
            found[1].close()  # its views do not know the newest own field

    def _own_fields(self) -> int:
        """How many own fields there are: each new one is a new column that the views must show."""
        version = self.base.version
        if self._fields[0] != version:
            with self.base.read() as cursor:
                row = cursor.execute("SELECT count(*) FROM own_fields").fetchone()
            self._fields = (version, int(row[0]) if row else 0)
        return self._fields[1]

    def _make(self) -> Cursor:
        cursor = self.base.new_cursor()
        try:
            tables = cursor.execute(
                "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
                "WHERE database_name = ? GROUP BY 1",
                [SPACE],
            ).fetchall()
            for statement in (self.scope.view(table, columns) for table, columns in tables):
                if statement:
                    cursor.execute(statement)
        except BaseException:
            cursor.close()
            raise
        return cursor

    def _let_go(self) -> None:
        with self._idle_lock:
            idle, self._idle = self._idle, []
        for _fields, cursor in idle:
            cursor.close()


def bound(store: Store, scope: Scope) -> Store:
    """The store as the scope shows it; the store itself where the scope leaves everything as it is."""
    base = store.base if isinstance(store, ScopedStore) else store
    if scope.is_open:
        return base
    with _lock:
        if base not in _bound:
            _bound[base] = {}
            base.at_close.append(lambda: _bound.pop(base, None))
        known = _bound[base]
        if scope not in known:
            known[scope] = ScopedStore(base, scope)
        return known[scope]


def whole(store: Store) -> Store:
    """The store without any scope, to find out whose thing it is that somebody names by a key."""
    return bound(store, EVERYTHING)


def scope_of(store: Store) -> Scope:
    """The scope a store is read through."""
    return store.scope if isinstance(store, ScopedStore) else EVERYTHING


def outside(store: Store, order_keys: Sequence[int]) -> list[int]:
    """Which of these orders the store does not show; all of its own for one that shows everything."""
    if not isinstance(store, ScopedStore) or not store.scope.narrows:
        return []
    wanted = list(dict.fromkeys(order_keys))
    with store.narrowed() as cursor:
        seen = cursor.execute("SELECT order_key FROM orders WHERE order_key IN (SELECT unnest(?::BIGINT[]))", [wanted])
        shown = {row[0] for row in seen.fetchall()}
    return [key for key in wanted if key not in shown]
