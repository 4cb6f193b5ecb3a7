"""A back-fill: a chosen period, with progress; stopped, it goes on where it stood; the cursor stays."""

from datetime import timedelta

import pytest

from core import clock
from core.channels.backfill import run_backfill, wish
from core.channels.sandbox import Sandbox
from core.mapping.starter import install_starters
from core.people.vault import open_vault
from core.settings import Settings
from core.store import cursors, open_store, runs


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(6, rate=0, days=2) as running:
        yield running


@pytest.fixture
def house(tmp_path, sandbox):
    settings = Settings(
        store_url=f"duckdb:{tmp_path / 'store.duckdb'}",
        key_file=tmp_path / "key",
        shops=tuple(row for row in sandbox.shops()["shops"] if row["channel"] == "jd"),
    )
    store = open_store(settings)
    install_starters(store)
    yield store, open_vault(settings), settings
    store.close()


def pool(store):
    with store.read() as cursor:
        return {row[0] for row in cursor.execute("SELECT platform_no FROM orders").fetchall()}


def the_run(store):
    (run,) = runs.listing(store, kind="backfill")
    return run


def test_a_backfill_brings_the_period_and_leaves_the_cursor_alone(house, sandbox):
    store, vault, settings = house
    wish(store, "jd", "jd-1", clock.now() - timedelta(days=3), clock.now())
    assert run_backfill(store, vault, settings, the_run(store)) == "ok"
    assert pool(store) == {o["platform_no"] for o in sandbox.truth()["orders"] if o["channel"] == "jd"}
    run = the_run(store)
    assert (run.state, run.progress) == ("ok", 1.0) and run.counts.inserted >= len(pool(store))
    assert cursors.get(store, "jd", "jd-1", "orders") is None


def test_a_stopped_backfill_goes_on_where_it_stood(house, sandbox):
    store, vault, settings = house
    until = clock.now()
    run_id = wish(store, "jd", "jd-1", until - timedelta(days=3), until)
    half = runs.Counts(7, 7)
    runs.advance(store, run_id, half, 4 / 6)
    runs.stop(store, run_id)
    assert run_backfill(store, vault, settings, the_run(store)) == "stopped"
    assert pool(store) == set()
    runs.resume(store, run_id)
    assert run_backfill(store, vault, settings, the_run(store)) == "ok"
    assert 0 < len(pool(store)) < sum(o["channel"] == "jd" for o in sandbox.truth()["orders"])
    assert the_run(store).counts.inserted >= 7 + len(pool(store))


def test_a_fault_is_shown_on_the_run_and_does_not_lose_its_place(house):
    store, vault, settings = house
    until = clock.now()
    run_id = wish(store, "jd", "jd-1", until - timedelta(days=2), until)
    runs.advance(store, run_id, runs.Counts(3, 3), 0.5)
    wrong = Settings(shops=({**settings.shops[0], "app_secret": "wrong"},))
    assert run_backfill(store, vault, wrong, the_run(store)) == "bad_setup"
    run = the_run(store)
    assert (run.state, run.progress, run.counts.inserted, run.error_code) == ("bad_setup", 0.5, 3, "bad_setup")
    assert run.finished_at is not None and runs.unfinished(store, "backfill") == []
