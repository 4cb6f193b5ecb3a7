"""The overview: figures that agree with the pool, counted once for all who ask."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from time import sleep

import pytest

from core import clock
from core.errors import NotAllowed, TryAgain
from core.insight import live, sharing
from core.people.actor import person
from core.people.vault import Vault, open_vault
from core.services.overview import overview
from core.settings import Settings
from core.store import Store
from tests.factories import fill

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # noon in Shanghai
ZONE = "Asia/Shanghai"
LEAD, WAREHOUSE = person("lea", "lead"), person("wang", "warehouse")


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def pool(store: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(sharing, "_PATIENCE_SECONDS", 60.0)
    fill(store, vault, 240, days=10, until=NOW)
    return store


def test_the_figures_agree_with_the_pool(pool: Store) -> None:
    with clock.frozen(NOW):
        now = overview(LEAD, pool, ZONE)
    with pool.read() as cursor:
        today, paid, held, late = cursor.execute(
            "SELECT count(*) FILTER (paid_at >= '2026-11-21 16:00:00+00'), "
            "sum(paid_fen) FILTER (paid_at >= '2026-11-21 16:00:00+00' AND status <> 'CANCELLED'), "
            "count(*) FILTER (held), count(*) FILTER (ship_by < ?::TIMESTAMPTZ AND status IN "
            "('PAID', 'STOCK_LOCKED', 'PICKING', 'LOGISTICS_ASSIGNED', 'PACKED')) FROM orders",
            [NOW],
        ).fetchone() or (0, 0, 0, 0)
    assert (now.orders, now.orders_today, now.paid_today_fen) == (240, today, paid)
    assert (now.held, now.late, now.refunds_open, now.rejects) == (held, late, 6, 0)
    assert sum(now.by_status.values()) == 240
    assert now.to_ship == sum(n for (status, _c), n in now.by_status.items() if status in live.TO_SHIP)


def test_arrivals_have_every_step_and_leave_the_unfinished_one_out(pool: Store) -> None:
    with clock.frozen(NOW + timedelta(seconds=30)):
        now = live.count(pool, ZONE)
    assert len(now.per_minute) == 60 and len(now.per_hour) == 48
    assert now.per_minute[-1][0] == NOW - timedelta(minutes=1)
    assert now.per_hour[-1] == (NOW - timedelta(hours=1), 1)
    assert sum(n for _moment, n in now.per_hour) == 48


def test_all_who_ask_at_once_share_one_counting(pool: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []
    real = live.count
    monkeypatch.setattr(live, "count", lambda *args: counted.append(1) or real(*args))
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _n: overview(LEAD, pool, ZONE), range(50)))
    assert len(counted) == 1 and all(answer is answers[0] for answer in answers)


def test_a_commit_is_counted_after_the_least_time_and_not_before(pool: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [1000.0]
    monkeypatch.setattr(sharing, "monotonic", lambda: moment[0])
    before = overview(LEAD, pool, ZONE)
    with pool.write() as cursor:
        cursor.execute("DELETE FROM orders WHERE platform_no = '2600000000000001'")
    assert overview(LEAD, pool, ZONE) is before
    moment[0] += 3.5
    assert overview(LEAD, pool, ZONE).orders == 239


def test_without_a_commit_nothing_is_counted_again_for_a_minute(pool: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [1000.0]
    monkeypatch.setattr(sharing, "monotonic", lambda: moment[0])
    before = overview(LEAD, pool, ZONE)
    moment[0] += 30
    assert overview(LEAD, pool, ZONE) is before
    moment[0] += 31
    assert overview(LEAD, pool, ZONE) is not before


def test_nobody_waits_for_a_slow_counting_but_the_first(pool: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    moment, may_end, real = [1000.0], Event(), live.count
    monkeypatch.setattr(sharing, "monotonic", lambda: moment[0])
    before = overview(LEAD, pool, ZONE)
    monkeypatch.setattr(live, "count", lambda *args: may_end.wait(60) and real(*args))
    monkeypatch.setattr(sharing, "_PATIENCE_SECONDS", 0.0)
    moment[0] += 61
    assert [overview(LEAD, pool, ZONE) for _n in range(3)] == [before] * 3
    may_end.set()
    while overview(LEAD, pool, ZONE) is before:
        sleep(0.01)


def test_a_counting_that_failed_is_told_to_the_next_who_asks(pool: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    moment, real = [1000.0], live.count
    monkeypatch.setattr(sharing, "monotonic", lambda: moment[0])
    before = overview(LEAD, pool, ZONE)

    def broken(*_args: object) -> live.Snapshot:
        raise TryAgain("the disk is full")

    monkeypatch.setattr(live, "count", broken)
    moment[0] += 61
    assert overview(LEAD, pool, ZONE) is before
    with pytest.raises(TryAgain):
        overview(LEAD, pool, ZONE)
    monkeypatch.setattr(live, "count", real)
    assert overview(LEAD, pool, ZONE).orders == 240


def test_the_warehouse_has_no_overview(pool: Store) -> None:
    with pytest.raises(NotAllowed):
        overview(WAREHOUSE, pool, ZONE)
