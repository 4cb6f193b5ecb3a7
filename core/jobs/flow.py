"""Lets orders walk: a thread of its own turns the flow as soon as anything was written; the job starts and reports it."""

import logging
import threading
from weakref import WeakKeyDictionary

from core.channels.inbox import arrived
from core.errors import DanliuError
from core.flow.runner import runner
from core.i18n import N_
from core.jobs.inbox import drain_inbox
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store

log = logging.getLogger(__name__)
LOOK_EVERY = 0.02  # seconds between looks at the store's version: no query, no lock
_pumps: WeakKeyDictionary[Store, "Pump"] = WeakKeyDictionary()
_lock = threading.Lock()


class Pump:
    """Turns the flow while there is work, and takes in a push at once, so that its order walks within moments."""

    def __init__(self, store: Store, vault: Vault, settings: Settings) -> None:
        self._store, self._vault, self._settings = store, vault, settings
        self._thread = threading.Thread(target=self._run, name="flow", daemon=True)
        self._processed = 0
        self.error: Exception | None = None

    def start(self) -> "Pump":
        """Begin."""
        self._thread.start()
        return self

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def join(self, seconds: float) -> None:
        """Wait for its end, at most so long."""
        self._thread.join(seconds)

    def taken(self) -> int:
        """Orders that moved since the last question; raises what stopped it last, once."""
        error, self.error = self.error, None
        if error is not None:
            raise error
        moved, self._processed = self._processed, 0
        return moved

    def _run(self) -> None:
        mine = runner(self._store)
        while not self._store.closing.wait(LOOK_EVERY):
            try:
                if arrived.is_set():
                    drain_inbox(self._store, self._vault, self._settings)
                if mine.has_work:
                    self._processed += len(mine.turn(self._vault, self._settings).processed)
            except DanliuError as error:
                self._failed(error)
            except Exception as error:
                log.exception("the flow failed")
                self._failed(error)

    def _failed(self, error: Exception) -> None:
        self.error = error
        self._store.closing.wait(1.0)


def run_flow(store: Store, vault: Vault, settings: Settings) -> int:
    """See that the flow is turned; returns how many orders moved since the last time."""
    with _lock:
        pump = _pumps.get(store)
        if pump is None or not pump.is_alive:
            pump = _pumps[store] = Pump(store, vault, settings).start()
    return pump.taken()


def finish(seconds: float) -> None:
    """Let every pump come to its end."""
    with _lock:
        pumps = list(_pumps.values())
        _pumps.clear()
    for pump in pumps:
        pump.join(seconds)


JOBS = (Job("flow", N_("Let orders walk through the flow"), 1, run_flow),)
