"""Runs the jobs of the table in threads of this process. A job that raises is logged and shown; nothing stops the rest.

Started and stopped by the lifespan of app.py only: one scheduler a process, one process a store.
"""

import json
import logging
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from core import clock
from core.errors import DanliuError, NotFound
from core.i18n import N_
from core.jobs.table import Job, finish_all, jobs
from core.logs import masked
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store
from core.store.jobs import JobState, keep, load

log = logging.getLogger(__name__)
_KEEP_EVERY = timedelta(minutes=5)  # a good run of a quick job is no reason for a commit
_THREADS = 4


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as the page shows it. `next_at` is None while paused."""

    job: Job
    state: JobState
    next_at: datetime | None
    is_running: bool


class Scheduler:
    """All jobs of one store. `start` returns at once."""

    def __init__(self, store: Store, vault: Vault, settings: Settings, table: tuple[Job, ...] | None = None) -> None:
        self._store, self._vault, self._settings = store, vault, settings
        self._jobs = {job.name: job for job in (jobs() if table is None else table)}
        self._states: dict[str, JobState] = {}
        self._kept: dict[str, tuple[str, datetime]] = {}
        self._running: set[str] = set()
        self._lock = threading.Lock()
        self._engine: Any = None

    @property
    def store(self) -> Store:
        return self._store

    @property
    def is_running(self) -> bool:
        return self._engine is not None and self._engine.running

    def start(self) -> None:
        """Begin; each job runs first after one second, so that a restart catches up at once."""
        self._store.closing.clear()
        known = load(self._store)
        self._states = {name: known.get(name, JobState(name)) for name in self._jobs}
        self._engine = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(_THREADS)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        first = clock.now() + timedelta(seconds=1)
        for job in self._jobs.values():
            self._engine.add_job(
                self._run, "interval", args=[job.name], id=job.name, seconds=job.seconds, next_run_time=first
            )
            if self._states[job.name].paused:
                self._engine.pause_job(job.name)
        self._engine.start()

    def stop(self, seconds: float = 8.0) -> None:
        """Start nothing more, wait that long for running jobs, keep their states. Safe to call twice."""
        if not self.is_running:
            return
        self._store.closing.set()
        waiter = threading.Thread(target=self._engine.shutdown, kwargs={"wait": True}, daemon=True)
        waiter.start()
        waiter.join(seconds)
        finish_all(seconds)
        if self._running:
            log.warning("jobs still running at stop: %s", ", ".join(sorted(self._running)))
        keep(self._store, [state for state in self._states.values() if state.runs])
        self._engine = None

    def rows(self) -> list[JobRow]:
        """Every job with its last state and next run."""
        return [
            JobRow(job, self._state(name), self._next_at(name), name in self._running)
            for name, job in self._jobs.items()
        ]

    def run_now(self, name: str) -> None:
        """Run the job as soon as a thread is free, paused or not; not twice at once."""
        self._known(name)
        if self.is_running and name not in self._running:
            self._engine.add_job(self._run, args=[name], id=f"now:{name}", replace_existing=True)

    def pause(self, name: str, *, paused: bool = True) -> None:
        """Run the job no more until it is resumed (`paused=False`), over restarts as well."""
        self._known(name)
        if self.is_running:
            (self._engine.pause_job if paused else self._engine.resume_job)(name)
        self._states[name] = replace(self._state(name), paused=paused)
        keep(self._store, [self._states[name]])

    def _run(self, name: str) -> None:
        with self._lock:
            if name in self._running:
                return
            self._running.add(name)
        try:
            self._finish(name, clock.now(), *self._outcome(self._jobs[name]))
        finally:
            self._running.discard(name)

    def _outcome(self, job: Job) -> tuple[str, str]:
        """Run the job: ("ok", what it returned) or ("error", why), whatever it raises."""
        name = job.name
        try:
            outcome, result = "ok", _told(job.run(self._store, self._vault, self._settings))
        except DanliuError as error:
            log.warning("job %s: %s", name, error, extra={"job": name, "code": error.code})
            outcome, result = "error", str(error)
        except Exception as error:  # whatever a job does, the scheduler goes on
            log.exception("job %s failed", name, extra={"job": name})
            outcome, result = "error", f"{type(error).__name__}: {error}"
        return outcome, masked(result)[:500]

    def _finish(self, name: str, started: datetime, outcome: str, result: str) -> None:
        before, now = self._state(name), clock.now()
        failed = outcome == "error"
        state = replace(
            before,
            started_at=started,
            finished_at=now,
            outcome=outcome,
            result=result,
            runs=before.runs + 1,
            failures=before.failures + failed,
        )
        self._states[name] = state
        kept_outcome, kept_at = self._kept.get(name, ("", now - _KEEP_EVERY))
        if outcome != kept_outcome or now - kept_at >= _KEEP_EVERY:
            self._kept[name] = (outcome, now)
            try:
                keep(self._store, [state])
            except Exception:  # a store that cannot be written must not end the scheduler's thread
                log.exception("the state of job %s could not be kept", name)

    def _state(self, name: str) -> JobState:
        return self._states.get(name) or JobState(name)

    def _next_at(self, name: str) -> datetime | None:
        found = self._engine.get_job(name) if self.is_running else None
        return found.next_run_time if found else None

    def _known(self, name: str) -> None:
        if name not in self._jobs:
            raise NotFound(N_("There is no job {name}."), N_("Choose one of the table."), name=name)


def _told(result: object) -> str:
    """What a job returned, as a short text."""
    if result is None:
        return ""
    return result if isinstance(result, str) else json.dumps(result, ensure_ascii=False, default=str)
