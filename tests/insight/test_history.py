"""What history finds in a pool whose peak, buyers, pairs and activity are known."""

from datetime import UTC, datetime, timedelta

import pytest

from core import clock
from core.flow.check import read
from core.flow.document import starter
from core.insight.history_peaks import Peak, find
from core.people.actor import person
from core.people.vault import open_vault
from core.services import history
from core.services.history import put_wait
from core.store import catalogue, documents

ZONE = "Asia/Shanghai"
ANA = person("ana", "analyst")
NOW = datetime(2026, 11, 16, 2, tzinfo=UTC)  # Monday 10:00
VIEW = {"by": "paid_at", "from": "2026-11-01", "to": "2026-11-15"}
ACTIVITY = {
    "id": "b1", "name": "gift", "type": "gift", "mode": "live", "buy": 1, "give": {"GIFT": 1},
    "start_at": "2026-11-10T00:00:00", "end_at": "2026-11-12T00:00:00",
}  # fmt: skip


@pytest.fixture
def vault(settings):
    return open_vault(settings)


@pytest.fixture
def pool(store):
    """Three buyers with 3, 2 and 1 orders, one stranger, one cancelled order; A and B go together in three of them."""
    orders = [
        (1, "p1", 5, 1000, "PAID"), (2, "p1", 10, 2000, "SHIPPED"), (3, "p1", 11, 3000, "SHIPPED"), (4, "p2", 10, 4000, "PAID"),
        (5, "p2", 12, 5000, "PAID"), (6, "p3", 8, 6000, "PAID"), (7, None, 9, 7000, "PAID"), (8, "p3", 9, 8000, "CANCELLED"),
    ]  # fmt: skip
    lines = [
        (1, "A"),
        (1, "B"),
        (2, "A"),
        (2, "B"),
        (3, "A"),
        (3, "B"),
        (4, "A"),
        (5, "C"),
        (6, "C"),
        (7, "B"),
        (8, "A"),
        (8, "B"),
    ]
    with clock.frozen(NOW), store.write() as cursor:
        for key, phone, day, paid, status in orders:
            cursor.execute(
                "INSERT INTO orders (order_key, channel, shop, platform_no, status, paid_at, ordered_at, paid_fen, unit_count, phone_key) "
                "VALUES (?, 'jd', 's', ?, ?, ?, ?, ?, 1, ?)",
                [key, str(key), status, datetime(2026, 11, day, 4, tzinfo=UTC), datetime(2026, 11, day, 4, tzinfo=UTC), paid, phone],
            )  # fmt: skip
        for key, sku in lines:
            cursor.execute(
                "INSERT INTO order_lines (order_key, sku, qty, title) VALUES (?, ?, 1, ?)", [key, sku, f"title {sku}"]
            )
        cursor.execute("INSERT INTO order_lines (order_key, sku, qty, granted_by) VALUES (4, 'B', 1, 'b1')")
        cursor.execute("INSERT INTO gift_grants (order_key, promotion, sku, qty) VALUES (4, 'b1', 'B', 1)")
        cursor.execute("INSERT INTO refunds (order_key, channel, refund_no, reason) VALUES (4, 'jd', 'r', 'late')")
    return store


def test_the_peak_is_the_busiest_hour_with_its_busy_neighbours():
    cells = [(day, hour, 10) for day in range(1, 8) for hour in range(24)]
    cells = [c for c in cells if c[:2] not in ((5, 19), (5, 20), (5, 21))] + [(5, 19, 40), (5, 20, 60), (5, 21, 37)]
    assert find(cells) == Peak(5, 19, 21, 137, 4.29)


@pytest.mark.parametrize("cells", [[], [(1, 1, 3)], [(day, hour, 10) for day in range(1, 8) for hour in range(24)]])
def test_where_nothing_stands_out_there_is_no_peak(cells):
    assert find(cells) is None


def test_buyers_who_came_back_are_counted_without_cancelled_orders(pool, vault):
    found = history.buyers(ANA, pool, vault, VIEW, zone=ZONE)
    assert (found.buyers, found.repeat, found.orders, found.repeat_orders, found.strangers) == (3, 2, 6, 5, 1)
    assert (found.paid_fen, found.repeat_fen, found.by_orders) == (21000, 15000, (1, 1, 1, 0, 0))
    assert found.days_between == 2.5  # 3 days for the one, 2 for the other
    assert [buyer.orders for buyer in found.most] == [3, 2]
    assert all("p1" not in buyer.code for buyer in found.most)


def test_the_orders_of_a_buyer_are_found_by_the_code(pool, vault):
    code = history.buyers(ANA, pool, vault, VIEW, zone=ZONE).most[0].code
    found = history.orders_of(ANA, pool, vault, VIEW, "buyer", (code,), zone=ZONE)
    assert (found.total, [row["platform_no"] for row in found.rows]) == (3, ["3", "2", "1"])


def test_pairs_know_support_confidence_and_lift_and_no_gifts(pool, vault):
    [pair], total = history.baskets(ANA, pool, vault, VIEW, zone=ZONE, least=2)
    assert total == 7
    assert (pair.first, pair.second, pair.together) == ("A", "B", 3)
    assert (pair.support, pair.confidence, pair.lift) == (3 / 7, 3 / 4, 3 * 7 / 16)
    found = history.orders_of(ANA, pool, vault, VIEW, "pair", ("A", "B"), zone=ZONE)
    assert {row["platform_no"] for row in found.rows} == {"1", "2", "3"}


def test_an_activity_is_compared_with_the_others_of_its_time_and_with_the_time_before(pool, vault):
    with clock.frozen(NOW):
        draft = documents.save_draft(pool, "promotion_activity", "b1", ACTIVITY, author="x")
        documents.publish(pool, "promotion_activity", "b1", draft.version)
        effect = history.effect(ANA, pool, vault, "b1", VIEW, zone=ZONE)
        behind = history.orders_of(ANA, pool, vault, VIEW, "met", ("b1",), zone=ZONE)
    assert (effect.met.orders, effect.unmet.orders, effect.during.orders, effect.before.orders) == (1, 2, 3, 3)
    assert (effect.met.paid_fen, effect.met.refund_share, effect.before.cancelled_share) == (4000, 1.0, 1 / 3)
    assert effect.end - effect.begin == timedelta(days=2)
    assert [row["platform_no"] for row in behind.rows] == ["4"]


@pytest.mark.parametrize(
    ("peak", "start", "end"),
    [
        (Peak(5, 20, 21, 100, 3.0), "2026-11-19T20:00:00", "2026-11-20T20:00:00"),
        (Peak(1, 20, 20, 100, 3.0), "2026-11-16T10:00:00", "2026-11-16T20:00:00"),  # today, a part of the day is left
        (Peak(1, 9, 9, 100, 3.0), "2026-11-22T09:00:00", "2026-11-23T09:00:00"),  # today's is over
    ],
)
def test_the_pre_order_activity_ends_where_the_next_peak_begins(peak, start, end):
    with clock.frozen(NOW):
        body = history.pre_order(peak, ZONE)
    assert (body["type"], body["start_at"], body["end_at"]) == ("gift", start, end)


def test_the_wait_stands_before_the_pick_list_and_the_drawing_stays_whole(store):
    body = starter()
    made = put_wait(body, Peak(5, 20, 21, 100, 3.0))
    read(made, catalogue.load(store))
    ways = {(edge["from"], edge["to"]) for edge in made["edges"]}
    assert ("peak1", "pick_list") in ways
    assert ("gate_pick", "peak1") in ways
    assert ("gate_pick", "pick_list") not in ways
    node = next(node for node in made["nodes"] if node["id"] == "peak1")
    assert node["settings"] == {"until": "minutes", "minutes": 120}
    assert body == starter()
