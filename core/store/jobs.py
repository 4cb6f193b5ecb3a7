"""How the jobs fared last and which are paused: one row a job. What is asked of the process that runs them."""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.store.store import Store


@dataclass(frozen=True, slots=True)
class JobState:
    """outcome: "" (never run), ok, error; result: what the last run gave or why it failed, for people."""

    job: str
    paused: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: str = ""
    result: str = ""
    runs: int = 0
    failures: int = 0


_COLUMNS = "job, paused, started_at, finished_at, outcome, result, runs, failures"


def load(store: Store) -> dict[str, JobState]:
    """The kept state of each job by its name."""
    with store.read() as cursor:
        rows = cursor.execute(f"SELECT {_COLUMNS} FROM job_states").fetchall()
    return {row[0]: JobState(*row) for row in rows}


def keep(store: Store, states: list[JobState]) -> None:
    """Replace these jobs' rows, in one transaction."""
    if not states:
        return
    with store.write() as cursor:
        cursor.execute("DELETE FROM job_states WHERE list_contains(?, job)", [[state.job for state in states]])
        cursor.executemany(
            f"INSERT INTO job_states ({_COLUMNS}, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                [s.job, s.paused, s.started_at, s.finished_at, s.outcome, s.result, s.runs, s.failures, clock.now()]
                for s in states
            ],
        )
        store.keep_quiet()  # the pages ask for states anew; a job that reports must not wake all others


def put_ask(store: Store, job: str, ask: str) -> None:
    """Ask the process that runs the jobs for one: `run`, `pause` or `resume`."""
    with store.write() as cursor:
        cursor.execute("INSERT INTO job_asks VALUES (?, ?, ?)", [job, ask, clock.now()])


def take_asks(store: Store) -> list[tuple[str, str]]:
    """What was asked, as (job, ask) in order; each is given once."""
    with store.read() as cursor:
        if cursor.execute("SELECT 1 FROM job_asks LIMIT 1").fetchone() is None:
            return []
    with store.write() as cursor:
        found = cursor.execute("SELECT job, ask FROM job_asks ORDER BY asked_at").fetchall()
        cursor.execute("DELETE FROM job_asks")
    return found
