"""Runs the jobs of the table in threads of this process. A job that raises is logged and shown; nothing stops the rest.

Started and stopped by the lifespan of app.py only: one scheduler a process. On a store of several processes the jobs run
in the one that holds the lease; the others stand by and hand it what a person asks (run now, pause).
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
from core.jobs.standing import Standing
from core.jobs.table import Job, finish_all, jobs
from core.logs import masked
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, runs
from core.store.jobs import JobState, keep, load, put_ask, take_asks

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
        self._standing: Standing | None = None

    @property
    def store(self) -> Store:
        return self._store

    @property
    def is_running(self) -> bool:
        """Whether it was started: the jobs run here, or this process stands by to take them over."""
        return self.leads or self._standing is not None

    @property
    def leads(self) -> bool:
        """Whether the jobs run in this process."""
        return self._engine is not None and self._engine.running

    def start(self) -> None:
        """Begin; each job runs first after one second, so that a restart catches up at once."""
        if self._store.engine.shared:
            self._standing = Standing(self._store, self).start()
        else:
            self.begin()

    def begin(self) -> None:
        """Run the jobs in this process from now on."""
        self._store.closing.clear()
        runs.close_cut_off(self._store)
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
        standing, self._standing = self._standing, None
        if standing is not None:
            standing.stop()
        self.end(seconds)
        if standing is not None:
            standing.give_back()

    def end(self, seconds: float) -> None:
        """Run no jobs in this process any more."""
        if not self.leads:
            return
        self._store.closing.set()
        waiter = threading.Thread(target=self._engine.shutdown, kwargs={"wait": True}, daemon=True)
        waiter.start()
        waiter.join(seconds)
        finish_all(seconds)
        if self._running:
            log.warning("jobs still running at stop: %s", ", ".join(sorted(self._running)))
        try:
            keep(self._store, [state for state in self._states.values() if state.runs])
        except DanliuError as error:  # another process has the jobs by now, and their states
            log.warning("the states of the jobs were not kept: %s", error)
        self._engine = None

    @property
    def unfinished(self) -> list[str]:
        """The jobs that still run."""
        return sorted(self._running)

    def rows(self) -> list[JobRow]:
        """Every job with its last state and next run."""
        if self._standing is not None and not self.leads:
            self._states = load(self._store)
        return [
            JobRow(job, self._state(name), self._next_at(name), name in self._running)
            for name, job in self._jobs.items()
        ]

    def run_now(self, name: str) -> None:
        """Run the job as soon as a thread is free, paused or not; not twice at once."""
        self._known(name)
        if self._hand_over(name, "run"):
            return
        if self.leads and name not in self._running:
            self._engine.add_job(self._run, args=[name], id=f"now:{name}", replace_existing=True)

    def pause(self, name: str, *, paused: bool = True) -> None:
        """Run the job no more until it is resumed (`paused=False`), over restarts as well."""
        self._known(name)
        if self._hand_over(name, "pause" if paused else "resume"):
            return
        if self.leads:
            (self._engine.pause_job if paused else self._engine.resume_job)(name)
        self._states[name] = replace(self._state(name), paused=paused)
        keep(self._store, [self._states[name]])

    def asked(self) -> None:
        """Do what was asked for in processes that stand by."""
        for name, ask in take_asks(self._store):
            if name in self._jobs:
                self.run_now(name) if ask == "run" else self.pause(name, paused=ask == "pause")

    def _hand_over(self, name: str, ask: str) -> bool:
        if self._standing is None or self.leads:
            return False
        put_ask(self._store, name, ask)
        return True

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
        found = self._engine.get_job(name) if self.leads else None
        return found.next_run_time if found else None

    def _known(self, name: str) -> None:
        if name not in self._jobs:
            raise NotFound(N_("There is no job {name}."), N_("Choose one of the table."), name=name)


def _told(result: object) -> str:
    """What a job returned, as a short text."""
    if result is None:
        return ""
    return result if isinstance(result, str) else json.dumps(result, ensure_ascii=False, default=str)
