"""Of several processes on one store one runs the jobs; another takes over when it ends, hangs or dies."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from core.jobs import standing
from core.jobs.scheduler import Scheduler
from core.jobs.table import Job
from core.people.vault import Vault, open_vault
from core.settings import Settings
from core.store import Store, documents, open_store
from tests.postgres import Postgres

pytestmark = pytest.mark.postgres


@pytest.fixture
def place(postgres: Postgres, tmp_path) -> Iterator[Settings]:
    database = postgres.fresh()
    yield Settings(store_url=postgres.url(database), key_file=tmp_path / "secret.key", demo=False)
    postgres.drop(database)


@pytest.fixture
def two(place: Settings) -> Iterator[tuple[Store, Store]]:
    stores = open_store(place), open_store(place)
    yield stores
    for store in stores:
        store.close()


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def made(store: Store, place: Settings, ran: list[str], name: str) -> Scheduler:
    def run(_store: Store, _vault: Vault, _settings: Settings) -> None:
        ran.append(name)

    return Scheduler(store, open_vault(place), place, (Job("count", "Count", 3600, run),))


def test_one_runs_the_jobs_and_does_what_the_other_is_asked(place: Settings, two: tuple[Store, Store]) -> None:
    ran: list[str] = []
    first, second = made(two[0], place, ran, "first"), made(two[1], place, ran, "second")
    first.start()
    second.start()
    assert (first.leads, second.leads, second.is_running) == (True, False, True)
    until(lambda: ran == ["first"])
    second.run_now("count")
    until(lambda: ran == ["first", "first"])
    second.pause("count")
    until(lambda: first.rows()[0].state.paused)
    until(lambda: second.rows()[0].state.paused)
    first.stop()
    until(lambda: second.leads)  # given back, not waited for
    second.stop()
    assert not second.is_running


def test_who_hung_ends_its_jobs_before_it_writes_again(
    place: Settings, two: tuple[Store, Store], postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "EVERY", 0.1)
    ran: list[str] = []
    first = made(two[0], place, ran, "first")
    first.start()
    postgres.run("UPDATE leases SET holder = 'another', fence = fence + 1", place.store_url.rpartition("/")[2])
    until(lambda: not first.leads and two[0].engine.lead() is False)
    until(lambda: not two[0].closing.is_set())
    with two[0].write() as cursor:
        cursor.execute("INSERT INTO orders (order_key) VALUES (1)")
    assert first.is_running
    first.stop()


def test_what_one_publishes_is_live_in_the_other_within_a_second(two: tuple[Store, Store]) -> None:
    assert documents.all_published(two[1], "rule_set") == []
    told = threading.Event()
    two[1].at_foreign.append(told.set)
    draft = documents.save_draft(two[0], "rule_set", "a", {"x": 1}, author="lena")
    assert told.wait(10)
    told.clear()
    documents.publish(two[0], "rule_set", "a", draft.version)
    assert told.wait(10)
    assert [each.body for each in documents.all_published(two[1], "rule_set")] == [{"x": 1}]
