"""The law of the cursor, and what a fault of one shop does to it and to the others."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.channels import pull, shops
from core.channels.reading import MOST_SKEW, safe_cursor
from core.channels.sandbox import Sandbox
from core.errors import TryAgain
from core.mapping.starter import install_starters
from core.people.vault import open_vault
from core.settings import Settings
from core.store import cursors, open_store, runs
from core.store import shops as kept

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
instants = st.integers(-90 * 86400, 3600).map(lambda seconds: NOW + timedelta(seconds=seconds))


@given(until=instants, seen=st.none() | instants)
def test_the_cursor_never_passes_the_window_nor_an_unproven_present(until, seen):
    until = min(until, NOW)
    found = safe_cursor(until, NOW, seen)
    assert found <= until
    if found > NOW - MOST_SKEW:
        assert seen is not None and found <= seen


@given(until=instants)
def test_an_old_window_counts_whole(until):
    if until <= NOW - MOST_SKEW:
        assert safe_cursor(until, NOW, None) == until


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(3, rate=0, days=1) as running:
        yield running


@pytest.fixture
def house(tmp_path, sandbox):
    """(store, vault, settings) with the shops of JD and Doudian, whose first pulls are short."""
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


def the_shop(house, name):
    store, _vault, settings = house
    return next(shop for shop in shops.all_shops(store, settings) if shop.channel == name)


def broken(settings, channel, **values):
    """The settings with one shop's values changed."""
    rows = tuple({**row, **values} if row["channel"] == channel else row for row in settings.shops)
    return replace(settings, shops=rows)


def test_a_pull_fills_the_pool_and_the_next_one_finds_nothing_new(house):
    store, vault, settings = house
    first = pull.pull_shop(store, vault, settings, the_shop(house, "jd"))
    assert first.error is None and first.counts.inserted > 100
    again = pull.pull_shop(store, vault, settings, the_shop(house, "jd"))
    assert (again.counts.inserted, again.counts.updated, again.counts.rejected) == (0, 0, 0)
    (last, _first) = runs.listing(store, shop="jd-1")
    assert (last.state, last.kind, last.counts) == ("ok", "pull", again.counts)
    reached = cursors.get(store, "jd", "jd-1", "orders")
    assert reached is not None and clock.now() - MOST_SKEW - timedelta(minutes=1) < reached <= clock.now()


def test_a_wrong_secret_stops_its_shop_and_no_other(house):
    store, vault, settings = house
    wrong = broken(settings, "jd", app_secret="wrong-secret")
    jd, doudian = sorted(
        pull.pull_many(store, vault, wrong, shops.all_shops(store, wrong)), key=lambda d: d.shop.channel
    )[::-1]
    assert jd.error is not None and jd.error.code == "bad_setup" and "wrong-secret" not in str(jd.error)
    assert doudian.error is None and doudian.counts.inserted > 100
    fare = kept.progress_of(store, "jd", "jd-1")
    assert (fare.state, fare.failures) == ("bad_setup", 1) and fare.hint
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert [shop.channel for shop in pull.due(store, wrong)] == ["doudian"]


def test_a_pull_under_way_brings_nothing_back_of_a_demonstration_that_has_ended(house):
    store, vault, settings = house
    gone = replace(the_shop(house, "jd"), demo=True, headless=False)  # no shop of the store any more
    done = pull.pull_shop(store, vault, settings, gone)
    assert done.error is not None and done.error.code == "bad_request" and done.counts.inserted == 0
    assert kept.order_counts(store) == {} and cursors.get(store, "jd", "jd-1", "orders") is None


def test_a_silent_platform_is_tried_again_after_growing_pauses(house):
    store, vault, settings = house
    silent = broken(settings, "jd", gateway="http://127.0.0.1:9/jd/routerjson")
    shop = next(s for s in shops.all_shops(store, silent) if s.channel == "jd")
    waits = []
    for _attempt in range(3):
        done = pull.pull_shop(store, vault, silent, shop)
        assert done.error is not None and done.error.code == "try_again"
        fare = kept.progress_of(store, "jd", "jd-1")
        assert fare.next_at is not None
        waits.append(round((fare.next_at - clock.now()).total_seconds(), -1))
    assert waits == [30, 60, 120]
    assert cursors.get(store, "jd", "jd-1", "orders") is None
    done = pull.pull_shop(store, vault, settings, the_shop(house, "jd"))
    assert done.error is None and kept.progress_of(store, "jd", "jd-1").failures == 0


def test_one_shop_is_never_pulled_twice_at_once(house):
    store, vault, settings = house
    shop = the_shop(house, "jd")
    with pull.claimed(store, shop):
        assert pull.is_busy(store, shop)
        done = pull.pull_shop(store, vault, settings, shop)
        assert isinstance(done.error, TryAgain) and done.counts.pulled == 0
        waiting = threading.Thread(target=lambda: _claim(store, shop))
        waiting.start()
    waiting.join(5)
    assert not waiting.is_alive() and not pull.is_busy(store, shop)
    assert runs.listing(store) == []


def _claim(store, shop):
    with pull.claimed(store, shop, wait_seconds=5):
        pass


def test_a_renewed_token_is_kept_sealed_and_used_by_the_next_pull(tmp_path):
    with Sandbox(5, rate=0, days=1, faults=("token_expiry",)) as sandbox:
        row = next(row for row in sandbox.shops()["shops"] if row["channel"] == "pinduoduo")
        settings = Settings(
            store_url=f"duckdb:{tmp_path / 'store.duckdb'}",
            key_file=tmp_path / "key",
            shops=({**row, "first_days": "0.6"},),
        )
        store, vault = open_store(settings), open_vault(settings)
        install_starters(store)
        (shop,) = shops.all_shops(store, settings)
        for _time in range(2):
            assert pull.pull_shop(store, vault, settings, shop).error is None
        fare = kept.progress_of(store, "pinduoduo", "pinduoduo-1")
        connector = shops.connector_of(store, vault, shop)
        connector.http.close()
        assert fare.token and row["access_token"] not in fare.token
        assert connector.value("access_token") not in (row["access_token"], "")
        other = replace(shop, settings={**shop.settings, "access_token": "typed in anew"})
        fresh = shops.connector_of(store, vault, other)
        fresh.http.close()
        assert fresh.value("access_token") == "typed in anew"
        store.close()


def test_what_the_first_pull_leaves_out_is_queued_as_a_backfill(house):
    store, vault, _settings = house
    shop = replace(the_shop(house, "jd"), settings={**the_shop(house, "jd").settings, "first_days": ""})
    connector = shops.connector_of(store, vault, shop)
    connector.http.close()
    assert pull.reach(connector, shop) == (timedelta(days=90), timedelta(days=90))
    assert pull.reach(connector, replace(shop, demo=True)) == (timedelta(days=7), timedelta(days=7))
    connector.max_window = timedelta(minutes=30)  # as Pinduoduo
    whole, first = pull.reach(connector, shop)
    assert first < timedelta(days=9) < whole
