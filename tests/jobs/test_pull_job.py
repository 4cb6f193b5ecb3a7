"""The pull job starts what is due and returns at once; queued back-fills are carried out; tokens are renewed in time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import clock
from core.channels import backfill, demo
from core.channels.sandbox import Sandbox
from core.jobs import pull, tokens
from core.mapping.starter import install_starters
from core.people.vault import open_vault
from core.settings import Settings
from core.store import open_store, runs
from core.store import shops as kept


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(9, rate=0, days=1) as running:
        yield running


@pytest.fixture
def house(tmp_path, sandbox):
    rows = [row for row in sandbox.shops()["shops"] if row["channel"] in ("jd", "doudian")]
    settings = Settings(
        store_url=f"duckdb:{tmp_path / 'store.duckdb'}",
        key_file=tmp_path / "key",
        shops=tuple({**row, "first_days": 2} for row in rows),
    )
    store = open_store(settings)
    install_starters(store)
    yield store, open_vault(settings), settings
    store.close()


def test_due_shops_are_pulled_beside_each_other_and_not_again_before_their_time(house):
    store, vault, settings = house
    assert pull.pull_due(store, vault, settings) == {"started": ["jd/jd-1", "doudian/doudian-1"]}
    pull.finish(60)
    assert {(run.shop, run.state) for run in runs.listing(store)} == {("jd-1", "ok"), ("doudian-1", "ok")}
    assert pull.pull_due(store, vault, settings) == {}
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        assert len(pull.pull_due(store, vault, settings)["started"]) == 2  # type: ignore[arg-type]
        pull.finish(60)


def test_the_demonstrations_shops_wait_until_somebody_answers_there(house):
    store, vault, settings = house
    first, second = settings.shops
    settings = replace(settings, shops=({**first, "demo": True}, second))
    demo.SILENT.set()
    try:
        assert pull.pull_due(store, vault, settings) == {"started": ["doudian/doudian-1"]}
        pull.finish(60)
    finally:
        demo.SILENT.clear()
    assert pull.pull_due(store, vault, settings) == {"started": ["jd/jd-1"]}
    pull.finish(60)
    assert {run.state for run in runs.listing(store)} == {"ok"}


def test_a_paused_shop_is_left_alone_and_a_queued_backfill_carried_out(house):
    store, vault, settings = house
    with store.write() as cursor:
        for channel in ("jd", "doudian"):
            kept.save_progress(cursor, kept.Progress(channel, f"{channel}-1", paused=True))
    assert pull.pull_due(store, vault, settings) == {}
    backfill.wish(store, "jd", "jd-1", clock.now() - timedelta(days=2), clock.now())
    assert pull.pull_due(store, vault, settings) == {"started": ["backfill jd/jd-1"]}
    pull.finish(60)
    (run,) = runs.listing(store)
    assert (run.kind, run.state, run.progress) == ("backfill", "ok", 1.0) and run.counts.inserted > 100


def test_a_token_that_runs_out_soon_is_renewed(house):
    store, vault, settings = house
    soon = (clock.now() + timedelta(hours=2)).isoformat()
    near = Settings(shops=tuple({**row, "expires_at": soon} for row in settings.shops if row["channel"] == "doudian"))
    assert tokens.renew(store, vault, near) == {"doudian/doudian-1": "renewed"}
    expires = kept.progress_of(store, "doudian", "doudian-1").expires_at
    assert expires is not None and expires > clock.now() + timedelta(days=6)
    assert tokens.renew(store, vault, near) == {}
