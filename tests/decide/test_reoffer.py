from datetime import timedelta

import pytest

from core.decide import offers, reoffer
from core.errors import NotAllowed, Stale
from core.people.actor import person
from core.services import promotion_apply
from core.store import Store, holds
from tests.promotion_orders import BUY_3_GET_1, NOON, ZONE, free, gift, gift_lines, order, publish, rows

ADMIN, LEAD = person("admin", "admin"), person("lead", "lead")
TWO_EACH = {**BUY_3_GET_1, "give": {"GIFT": 2}}
LIMIT = {"id": "two", "name": "Two each", "type": "limit", "per": "phone", "max_qty": 2, "mode": "live"}


def snapshot(store: Store) -> list[list[tuple]]:
    tables = (
        "orders",
        "order_lines",
        "gift_grants",
        "gift_stock",
        "promotion_orders",
        "decisions",
        "order_events",
        "audit",
    )
    return [rows(store, f"SELECT * FROM {table} ORDER BY ALL") for table in tables]


@pytest.fixture
def decided(store: Store) -> Store:
    """Two open orders of three, one shipped; each was given one gift by the first version."""
    gift(store, 10)
    publish(store, BUY_3_GET_1)
    for key in (1, 2, 3):
        order(store, key, ("CAT", 3, 5000))
    offers.decide(store, ZONE)
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'SHIPPED' WHERE order_key = 3")
    return store


def test_the_difference_is_seen_without_a_trace_then_made_with_one_call_and_audited(decided: Store) -> None:
    publish(decided, TWO_EACH)
    before = snapshot(decided)
    found = promotion_apply.difference(ADMIN, decided, zone=ZONE)
    assert snapshot(decided) == before
    assert (sorted(found.changed), found.looked_at, found.units("more"), found.units("less")) == (
        [1, 2],
        2,
        {"GIFT": 2},
        {},
    )
    assert promotion_apply.apply(ADMIN, decided, found, zone=ZONE) == 2
    assert [(line[0], line[2]) for line in gift_lines(decided)] == [(1, 2), (2, 2), (3, 1)]
    assert free(decided) == 5
    assert rows(decided, "SELECT count(*) FROM audit WHERE action = 'promotions.apply'") == [(1,)]
    assert promotion_apply.difference(ADMIN, decided, zone=ZONE).changed == {}


def test_an_ended_activity_takes_its_gifts_back_only_where_it_is_asked_to(decided: Store) -> None:
    publish(decided, {**BUY_3_GET_1, "mode": "off"})
    offers.recheck(decided, ZONE)
    assert free(decided) == 7  # the version that gave them still stands behind them
    found = reoffer.difference(decided, ZONE)
    assert found.units("less") == {"GIFT": 2}
    reoffer.apply(decided, ZONE, found, actor="admin")
    assert ([line[0] for line in gift_lines(decided)], free(decided)) == ([3], 9)


def test_a_new_limit_holds_open_orders_and_a_person_who_released_one_is_not_overruled(decided: Store) -> None:
    publish(decided, LIMIT)
    found = reoffer.difference(decided, ZONE)
    assert {key: change.hold for key, change in found.changed.items()} == {1: ("over_limit",), 2: ("over_limit",)}
    reoffer.apply(decided, ZONE, found, actor="admin")
    with decided.write() as cursor:
        holds.lift(cursor, [1], "over_limit", actor="lead")
    assert reoffer.difference(decided, ZONE).changed == {}
    publish(decided, {**LIMIT, "max_qty": 9})
    assert {key: change.lift for key, change in reoffer.difference(decided, ZONE).changed.items()} == {
        2: ("over_limit",)
    }


def test_a_difference_that_no_longer_holds_is_not_made(decided: Store) -> None:
    publish(decided, TWO_EACH)
    found = reoffer.difference(decided, ZONE)
    with decided.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'PICKING' WHERE order_key = 2")
    before = snapshot(decided)
    with pytest.raises(Stale):
        promotion_apply.apply(ADMIN, decided, found, zone=ZONE)
    assert snapshot(decided) == before


def test_an_order_that_arrives_meanwhile_disturbs_nothing(decided: Store) -> None:
    publish(decided, TWO_EACH)
    found = reoffer.difference(decided, ZONE)
    order(decided, 4, ("CAT", 3, 5000), pool_at=NOON + timedelta(hours=1))
    assert reoffer.apply(decided, ZONE, found, actor="admin") == 2


def test_a_role_without_the_right_changes_nothing(decided: Store) -> None:
    publish(decided, TWO_EACH)
    found = promotion_apply.difference(LEAD, decided, zone=ZONE)
    with pytest.raises(NotAllowed):
        promotion_apply.apply(LEAD, decided, found, zone=ZONE)
    assert free(decided) == 7
