"""Which of several processes runs the jobs: each asks for the lease again and again; who has it renews it."""

import logging
import os
import threading
import time
from typing import Protocol

from core.channels.inbox import arrived
from core.errors import DanliuError
from core.store import Store

log = logging.getLogger(__name__)
EVERY = 2.0  # seconds between two questions; the lease lasts longer by far (core/store/engines/lease.py)
_PATIENCE = 60.0  # seconds a job has to end after another process took over


class Runs(Protocol):
    """What begins and ends with the lease: the scheduler."""

    @property
    def leads(self) -> bool: ...

    @property
    def unfinished(self) -> list[str]: ...

    def begin(self) -> None: ...

    def end(self, seconds: float) -> None: ...

    def asked(self) -> None: ...


class Standing:
    """Stands by until the lease is free, runs the jobs while it is held."""

    def __init__(self, store: Store, jobs: Runs) -> None:
        self._store, self._jobs = store, jobs
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)

    def start(self) -> "Standing":
        """Ask for the lease now and from now on."""
        self._store.at_foreign.append(arrived.set)  # what another process wrote may be a push
        self._ask_safely()
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ask no more; the lease is kept until `give_back`."""
        self._stopped.set()
        self._thread.join(10)
        self._store.at_foreign.remove(arrived.set)

    def give_back(self) -> None:
        """Let another process have the jobs at once."""
        try:
            self._store.engine.resign()
        except DanliuError as error:
            log.warning("the lease was not given back: %s", error)

    def _run(self) -> None:
        while not self._stopped.wait(EVERY):
            self._ask_safely()

    def _ask_safely(self) -> None:
        try:
            self._ask()
        except DanliuError as error:
            log.warning("the lease: %s", error)
        except Exception:  # whatever the store raises, the next question may be answered
            log.exception("the lease could not be asked for")

    def _ask(self) -> None:
        held = self._store.engine.lead()
        if held and not self._jobs.leads:
            self._jobs.begin()
            log.info("this process runs the jobs now")
        elif held:
            self._jobs.asked()
        elif self._jobs.leads:
            self._yield()

    def _yield(self) -> None:
        """Another process has the jobs: end our own, and write again only when none of them can."""
        log.warning("another process has taken over the jobs")
        began = time.monotonic()
        self._jobs.end(8.0)
        while self._jobs.unfinished or any(thread.name == "flow" for thread in threading.enumerate()):
            if time.monotonic() - began > _PATIENCE:
                log.critical("jobs do not end (%s): the process ends", ", ".join(self._jobs.unfinished))
                os._exit(70)
            time.sleep(0.2)
        self._store.engine.resign()
        self._store.closing.clear()
