"""Windowed counts: (t - window, t] by arrival, calendar days of the business zone, never over missing keys."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from core.model.fields import Catalogue
from core.rules.condition import Count, read
from core.rules.sql import Compiler
from core.settings import Settings
from core.store import Store, open_store

ZONE = "Asia/Shanghai"
NIGHT = datetime(2026, 11, 1, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Store]:
    store = open_store(Settings(store_url=f"duckdb:{tmp_path / 'counts.duckdb'}"))
    yield store
    store.close()


def fill(store: Store, rows: list[dict[str, Any]]) -> None:
    with store.write() as cursor:
        cursor.execute("DELETE FROM orders")
        for key, row in enumerate(rows):
            order = {"order_key": key, "channel": "taobao", "shop": "s", "pool_at": NIGHT, "status": "PAID", **row}
            cursor.execute(
                f"INSERT INTO orders ({', '.join(order)}) VALUES ({', '.join('?' * len(order))})", list(order.values())
            )


def met(store: Store, document: dict[str, Any]) -> list[int]:
    query = Compiler(str, ZONE).query([read(document, Catalogue())])
    with store.read() as cursor:
        return sorted(row[0] for row in cursor.execute(query.text, query.values).fetchall() if row[1])


def more_than(n: int, within: str, **rest: Any) -> dict[str, Any]:
    return {"count": "orders", "same": "phone", "within": within, "op": "gt", "value": n, **rest}


def test_the_sixth_order_of_a_day_by_one_phone_is_met_and_the_fifth_is_not(pool: Store) -> None:
    fill(pool, [{"phone_key": "p", "ordered_at": NIGHT - timedelta(hours=n)} for n in range(6)])
    assert met(pool, more_than(5, "day")) == [0]


def test_the_day_ends_at_midnight_of_the_business_zone(pool: Store) -> None:
    fill(pool, [{"phone_key": "p", "ordered_at": NIGHT}, {"phone_key": "p", "ordered_at": NIGHT + timedelta(hours=1)}])
    assert met(pool, more_than(1, "day")) == []
    assert met(pool, more_than(1, "24h")) == [1]


def test_an_order_exactly_a_window_earlier_no_longer_counts_and_ties_count_in_order_of_arrival(pool: Store) -> None:
    times = [NIGHT - timedelta(hours=24), NIGHT, NIGHT]
    fill(pool, [{"phone_key": "p", "ordered_at": time} for time in times])
    assert met(pool, more_than(1, "24h")) == [2]
    assert met(pool, {**more_than(1, "24h"), "op": "eq"}) == [0, 1]


def test_orders_without_the_key_are_not_evaluable_and_never_grouped(pool: Store) -> None:
    fill(pool, [{"phone_key": None, "ordered_at": NIGHT}] * 9)
    assert met(pool, more_than(0, "day")) == []


def test_an_order_cancelled_before_it_was_paid_does_not_count(pool: Store) -> None:
    base = {"phone_key": "p", "ordered_at": NIGHT}
    fill(pool, [{**base, "status": "CANCELLED"}, {**base, "paid_at": NIGHT, "status": "CANCELLED"}, base])
    assert met(pool, {**more_than(2, "day"), "op": "eq"}) == [2]


def test_a_buyer_is_counted_within_its_channel_only(pool: Store) -> None:
    base = {"buyer_id": "b", "ordered_at": NIGHT}
    fill(pool, [base, {**base, "channel": "jd"}])
    assert met(pool, {**more_than(1, "day"), "same": "buyer_id"}) == []


MOMENTS = st.lists(
    st.tuples(st.sampled_from(["p", "q", None]), st.integers(0, 60), st.integers(0, 300)), min_size=1, max_size=12
)


def test_counts_equal_a_count_by_hand(tmp_path: Path) -> None:
    store = open_store(Settings(store_url=f"duckdb:{tmp_path / 'hand.duckdb'}"))

    @rounds(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(moments=MOMENTS, within=st.sampled_from(["day", "1h", "24h"]), least=st.integers(0, 4))
    def agree(moments: list[tuple[str | None, int, int]], within: str, least: int) -> None:
        times = [NIGHT + timedelta(hours=hour) for _key, hour, _fen in moments]
        rows = [{"phone_key": key, "paid_fen": fen} for key, _hour, fen in moments]
        fill(store, [{**row, "ordered_at": time} for row, time in zip(rows, times, strict=True)])
        document = more_than(least, within, where={"field": "paid_fen", "op": "gt", "value": 100})
        condition = read(document, Catalogue())
        assert isinstance(condition, Count)
        assert met(store, document) == by_hand(moments, condition.hours, least)

    agree()
    store.close()


def by_hand(moments: list[tuple[str | None, int, int]], hours: int | None, least: int) -> list[int]:
    rows = sorted((NIGHT + timedelta(hours=hour), n, key, fen) for n, (key, hour, fen) in enumerate(moments) if key)
    found = []
    for place, (time, n, key, _fen) in enumerate(rows):
        zone = ZoneInfo(ZONE)
        total = sum(
            1
            for earlier, _n, other, fen in rows[: place + 1]
            if other == key
            and fen > 100
            and (
                earlier.astimezone(zone).date() == time.astimezone(zone).date()
                if hours is None
                else earlier > time - timedelta(hours=hours)
            )
        )
        if total > least:
            found.append(n)
    return sorted(found)
