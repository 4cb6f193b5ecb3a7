"""How the jobs fared last and which are paused: one row a job."""

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
