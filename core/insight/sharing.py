"""One counting for all who look: a snapshot of the store, shared by the sessions of the process.

Counting goes on in a thread of its own. Who finds the snapshot too old begins it and waits for a moment only; who asks
while it goes on gets the snapshot before. So no page stands still behind a large intake, and nobody waits in a queue.
Only who comes first after a long time in which nobody looked waits longer: the snapshot he would get is of another hour.
"""

import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from core.store import Store

T = TypeVar("T")
_LEAST_SECONDS = 3.0  # between two countings, however much is written
_MOST_SECONDS = 60.0  # "today" and "the last hour" move without a write
_PATIENCE_SECONDS = 0.05  # twice what a counting of 1,000,000 orders takes on an idle machine
_STALE_SECONDS = 10.0  # older than any that a page has shown while somebody looked
_STALE_PATIENCE_SECONDS = 2.0
log = logging.getLogger(__name__)


class _Board(Generic[T]):
    """One store's snapshot and what it was made from."""

    def __init__(self) -> None:
        self.lock = threading.Lock()  # held while somebody counts
        self.snapshot: T | None = None
        self.version = -1
        self.made = 0.0


class Shared(Generic[T]):
    """Snapshots made by `count(store, zone)`, one a store. Counts anew when something was committed since, yet not more
    often than every `least_seconds`; without a commit after `most_seconds`."""

    def __init__(
        self,
        name: str,
        count: Callable[[Store, str], T],
        *,
        least_seconds: float = _LEAST_SECONDS,
        most_seconds: float = _MOST_SECONDS,
        stale_seconds: float = _STALE_SECONDS,
    ) -> None:
        self._name, self._count, self._least_seconds, self._most_seconds = name, count, least_seconds, most_seconds
        self._stale_seconds = max(stale_seconds, 2 * least_seconds)
        self._boards: WeakKeyDictionary[Store, _Board[T]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def of(self, store: Store, zone: str) -> T:
        """The newest snapshot."""
        with self._lock:
            board = self._boards.setdefault(store, _Board())
        held = board.snapshot
        if held is None:
            with board.lock:
                return board.snapshot or self._renew(board, store, zone)
        if self._is_old(board, store) and board.lock.acquire(blocking=False):
            done = threading.Event()
            stale = monotonic() - board.made > self._stale_seconds
            try:
                arguments = (board, store, zone, done)
                threading.Thread(target=self._count_aside, args=arguments, name=self._name, daemon=True).start()
            except BaseException:
                board.lock.release()
                raise
            done.wait(_STALE_PATIENCE_SECONDS if stale else _PATIENCE_SECONDS)
        return board.snapshot or held

    def _count_aside(self, board: _Board[T], store: Store, zone: str, done: threading.Event) -> None:
        """In a thread of its own, with the board's lock held. When it fails, the next who asks counts and is told why."""
        try:
            if self._is_old(board, store):
                self._renew(board, store, zone)
        except Exception:
            if not store.closing.is_set():
                log.exception("the snapshot %s could not be counted", self._name)
            board.snapshot = None
        finally:
            board.lock.release()
            done.set()

    def _renew(self, board: _Board[T], store: Store, zone: str) -> T:
        version = store.version
        found = self._count(store, zone)
        board.snapshot, board.version, board.made = found, version, monotonic()
        return found

    def _is_old(self, board: _Board[T], store: Store) -> bool:
        age = monotonic() - board.made
        return age > self._most_seconds or (age > self._least_seconds and board.version != store.version)
