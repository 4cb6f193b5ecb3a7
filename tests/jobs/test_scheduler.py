"""The scheduler: jobs run, fail visibly, pause over restarts, and never take the scheduler with them."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from core.errors import NotAllowed, NotFound, TryAgain
from core.jobs import control
from core.jobs.scheduler import JobRow, Scheduler
from core.jobs.table import Job, jobs
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.settings import Settings
from core.store import Store
from core.store.jobs import load


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@contextmanager
def running(store: Store, vault: Vault, settings: Settings, *table: Job) -> Iterator[Scheduler]:
    scheduler = Scheduler(store, vault, settings, table)
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.stop()


def row(scheduler: Scheduler, name: str) -> JobRow:
    return next(row for row in scheduler.rows() if row.job.name == name)


def until(true: Callable[[], bool]) -> None:
    for _time in range(1000):
        if true():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never came true")


def counting(times: list[int]) -> Callable[..., dict[str, int]]:
    def run(store: Store, vault: Vault, settings: Settings) -> dict[str, int]:
        times.append(1)
        return {"times": len(times)}

    return run


def test_the_table_finds_the_upkeep_job_by_itself() -> None:
    assert "upkeep" in [job.name for job in jobs()]


def test_every_job_of_the_table_has_a_name_a_label_and_a_period() -> None:
    assert all(job.name and job.label and job.seconds > 0 for job in jobs())


def test_a_job_runs_by_itself_and_its_outcome_is_kept(store: Store, vault: Vault, settings: Settings) -> None:
    times: list[int] = []
    with running(store, vault, settings, Job("count", "Count", 3600, counting(times))) as scheduler:
        until(lambda: row(scheduler, "count").state.runs == 1)
        assert row(scheduler, "count").state.result == '{"times": 1}'
        assert row(scheduler, "count").next_at is not None
    assert (load(store)["count"].outcome, load(store)["count"].runs) == ("ok", 1)


def test_a_failing_job_is_shown_in_words_and_the_others_go_on(
    store: Store, vault: Vault, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(store: Store, vault: Vault, settings: Settings) -> None:
        raise TryAgain("The gateway is busy, call 13812345678.")

    def breaks(store: Store, vault: Vault, settings: Settings) -> None:
        raise KeyError("surprise")

    times: list[int] = []
    table = (Job("a", "A", 3600, fails), Job("b", "B", 3600, breaks), Job("c", "C", 3600, counting(times)))
    with running(store, vault, settings, *table) as scheduler:
        until(lambda: all(row(scheduler, name).state.runs for name in "abc"))
        assert row(scheduler, "a").state.outcome == "error"
        assert row(scheduler, "a").state.result == "The gateway is busy, call 138****5678."
        assert row(scheduler, "b").state.result == "KeyError: 'surprise'"
        assert row(scheduler, "c").state.outcome == "ok"
        assert scheduler.is_running
    assert load(store)["b"].failures == 1


def test_a_quick_job_is_not_a_commit_a_run(store: Store, vault: Vault, settings: Settings) -> None:
    times: list[int] = []
    with running(store, vault, settings, Job("quick", "Quick", 0.02, counting(times))) as scheduler:
        until(lambda: row(scheduler, "quick").state.runs >= 10)
        assert load(store)["quick"].runs == 1
    assert load(store)["quick"].runs >= 10


def test_a_job_never_runs_twice_at_once(store: Store, vault: Vault, settings: Settings) -> None:
    go, at_once, most = threading.Event(), [], []

    def slow(store: Store, vault: Vault, settings: Settings) -> None:
        at_once.append(1)
        most.append(len(at_once))
        go.wait(10)
        at_once.pop()

    with running(store, vault, settings, Job("slow", "Slow", 0.02, slow)) as scheduler:
        until(lambda: row(scheduler, "slow").is_running)
        scheduler.run_now("slow")
        scheduler.run_now("slow")
        go.set()
        until(lambda: row(scheduler, "slow").state.runs >= 3)
    assert max(most) == 1


def test_a_paused_job_stays_paused_over_a_restart_and_still_runs_when_told(
    store: Store, vault: Vault, settings: Settings
) -> None:
    times: list[int] = []
    table = (Job("count", "Count", 0.05, counting(times)),)
    with running(store, vault, settings, *table) as scheduler:
        scheduler.pause("count")
        assert row(scheduler, "count").next_at is None
    before = len(times)
    with running(store, vault, settings, *table) as scheduler:
        assert row(scheduler, "count").state.paused
        scheduler.run_now("count")
        until(lambda: len(times) == before + 1)
        scheduler.pause("count", paused=False)
        until(lambda: len(times) > before + 2)


def test_who_may_not_run_jobs_changes_nothing_and_is_audited(store: Store, vault: Vault, settings: Settings) -> None:
    times: list[int] = []
    scheduler = Scheduler(store, vault, settings, (Job("count", "Count", 3600, counting(times)),))
    for action in (
        lambda actor: control.run_now(actor, store, scheduler, "count"),
        lambda actor: control.pause(actor, store, scheduler, "count", paused=True),
        lambda actor: control.listing(actor, store, scheduler),
    ):
        with pytest.raises(NotAllowed):
            action(person("x", "cs"))
    assert times == [] and not scheduler.rows()[0].state.paused
    with store.read() as cursor:
        assert cursor.execute("SELECT action, outcome FROM audit ORDER BY happened_at").fetchall() == [
            ("jobs.run", "denied"),
            ("jobs.run", "denied"),
            ("jobs.view", "denied"),
        ]


def test_an_unknown_job_is_named(store: Store, vault: Vault, settings: Settings) -> None:
    with pytest.raises(NotFound):
        control.run_now(person("x", "admin"), store, Scheduler(store, vault, settings, ()), "nothing")
