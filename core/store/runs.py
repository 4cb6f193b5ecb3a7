"""One row for every run of a pull. kind: pull backfill push. state: queued running ok retry bad_setup stopped."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from core import clock
from core.store.store import Store

QUEUED, RUNNING, OK, RETRY, BAD_SETUP, STOPPED = "queued", "running", "ok", "retry", "bad_setup", "stopped"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run brought. `pulled` counts payloads, the others orders or refunds."""

    pulled: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.pulled + other.pulled,
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.rejected + other.rejected,
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `progress` goes from 0 to 1; `since` and `until` bound the window asked for."""

    run_id: str
    channel: str
    shop: str
    kind: str
    started_at: datetime
    finished_at: datetime | None
    since: datetime | None
    until: datetime | None
    counts: Counts
    state: str
    progress: float
    error_code: str
    error: str


_COLUMNS = (
    "run_id, channel, shop, kind, started_at, finished_at, since, until, pulled, inserted, updated, unchanged, "
    "rejected, state, progress, error_code, error"
)


def start(
    store: Store,
    channel: str,
    shop: str,
    kind: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    state: str = RUNNING,
) -> str:
    """Note the beginning (or, with state queued, the wish) of a run; returns its id."""
    run_id = uuid4().hex
    with store.write() as cursor:
        cursor.execute(
            f"INSERT INTO pull_runs ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, NULL, ?, ?, 0, 0, 0, 0, 0, ?, 0, '', '')",
            [run_id, channel, shop, kind, clock.now(), since, until, state],
        )
    return run_id


def advance(store: Store, run_id: str, counts: Counts, progress: float, *, state: str = RUNNING) -> None:
    """Note how far a run has come. A run that a person stopped stays stopped."""
    with store.write() as cursor:
        cursor.execute(
            "UPDATE pull_runs SET pulled = ?, inserted = ?, updated = ?, unchanged = ?, rejected = ?, progress = ?, "
            "state = ? WHERE run_id = ? AND state <> 'stopped'",
            [*_numbers(counts), progress, state, run_id],
        )


def finish(
    store: Store, run_id: str, counts: Counts, state: str, *, progress: float = 1.0, code: str = "", error: str = ""
) -> None:
    """Note the end of a run and how it ended."""
    with store.write() as cursor:
        cursor.execute(
            "UPDATE pull_runs SET pulled = ?, inserted = ?, updated = ?, unchanged = ?, rejected = ?, progress = ?, "
            "state = ?, finished_at = ?, error_code = ?, error = ? WHERE run_id = ?",
            [*_numbers(counts), progress, state, clock.now(), code, error, run_id],
        )


def end_backfill(store: Store, run_id: str, state: str, *, code: str, error: str) -> None:
    """Note a back-fill's fault; its counts and progress stay, so that it can be taken up again."""
    with store.write() as cursor:
        cursor.execute(
            "UPDATE pull_runs SET state = ?, finished_at = ?, error_code = ?, error = ? "
            "WHERE run_id = ? AND state <> 'stopped'",
            [state, clock.now(), code, error, run_id],
        )


def resume(store: Store, run_id: str) -> bool:
    """Queue an ended back-fill again from where it stood; False when there is no such one."""
    with store.write() as cursor:
        row = cursor.execute(
            "SELECT count(*) FROM pull_runs WHERE run_id = ? AND kind = 'backfill' AND state IN ('stopped', 'retry', 'bad_setup')",
            [run_id],
        ).fetchone()
        cursor.execute(
            "UPDATE pull_runs SET state = 'queued', finished_at = NULL, error_code = '', error = '' "
            "WHERE run_id = ? AND kind = 'backfill' AND state IN ('stopped', 'retry', 'bad_setup')",
            [run_id],
        )
    return bool(row and row[0])


def stop(store: Store, run_id: str) -> bool:
    """Ask a queued or running back-fill to end; False when it has ended already."""
    with store.write() as cursor:
        row = cursor.execute(
            "SELECT count(*) FROM pull_runs WHERE run_id = ? AND kind = 'backfill' AND finished_at IS NULL", [run_id]
        ).fetchone()
        cursor.execute(
            "UPDATE pull_runs SET state = 'stopped', finished_at = ? "
            "WHERE run_id = ? AND kind = 'backfill' AND finished_at IS NULL",
            [clock.now(), run_id],
        )
    return bool(row and row[0])


def state_of(store: Store, run_id: str) -> str:
    """The run's state; "" for an unknown one."""
    with store.read() as cursor:
        row = cursor.execute("SELECT state FROM pull_runs WHERE run_id = ?", [run_id]).fetchone()
    return row[0] if row else ""


def find(store: Store, run_id: str) -> Run | None:
    """The run of that id."""
    return next(iter(_runs(store, "WHERE run_id = ?", [run_id])), None)


def unfinished(store: Store, kind: str) -> list[Run]:
    """The runs of a kind that are queued, or were cut off when the process died, oldest first."""
    return _runs(store, "WHERE kind = ? AND finished_at IS NULL ORDER BY started_at", [kind])


def close_cut_off(store: Store) -> None:
    """At start: plain pulls that a dead process left running are marked so; the next pull goes on from the cursor."""
    with store.write() as cursor:
        cursor.execute(
            "UPDATE pull_runs SET state = 'retry', finished_at = ?, error_code = 'cut_off' "
            "WHERE kind <> 'backfill' AND finished_at IS NULL AND started_at < ?",
            [clock.now(), clock.now()],
        )


def listing(
    store: Store, *, channel: str | None = None, shop: str | None = None, limit: int = 50, kind: str | None = None
) -> list[Run]:
    """The newest runs, of one shop or one kind when given."""
    return _runs(
        store,
        "WHERE (?::VARCHAR IS NULL OR channel = ?) AND (?::VARCHAR IS NULL OR shop = ?) "
        "AND (?::VARCHAR IS NULL OR kind = ?) ORDER BY started_at DESC LIMIT ?",
        [channel, channel, shop, shop, kind, kind, limit],
    )


def last_by_shop(store: Store) -> dict[tuple[str, str], Run]:
    """The newest ended pull of each shop."""
    runs = _runs(
        store,
        "WHERE kind = 'pull' AND finished_at IS NOT NULL "
        "QUALIFY row_number() OVER (PARTITION BY channel, shop ORDER BY started_at DESC) = 1",
        [],
    )
    return {(run.channel, run.shop): run for run in runs}


def trim(store: Store, before: datetime) -> None:
    """Forget uneventful pulls older than the instant: those that brought nothing and failed in nothing."""
    with store.write() as cursor:
        cursor.execute(
            "DELETE FROM pull_runs WHERE kind = 'pull' AND state = 'ok' AND inserted + updated + rejected = 0 "
            "AND finished_at < ?",
            [before],
        )


def _numbers(counts: Counts) -> list[int]:
    return [counts.pulled, counts.inserted, counts.updated, counts.unchanged, counts.rejected]


def _runs(store: Store, rest: str, values: list[object]) -> list[Run]:
    with store.read() as cursor:
        rows = cursor.execute(f"SELECT {_COLUMNS} FROM pull_runs {rest}", values).fetchall()
    return [_run(row) for row in rows]


def _run(row: tuple[Any, ...]) -> Run:
    whose, counts, outcome = row[:8], Counts(*row[8:13]), row[13:]
    return Run(*whose, counts=counts, **dict(zip(("state", "progress", "error_code", "error"), outcome, strict=True)))
