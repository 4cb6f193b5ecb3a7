"""The explorer counts what a plain query counts, in business days, and only by fields that may be grouped by."""

from datetime import UTC, datetime

import pytest

from core.errors import BadRequest
from core.insight.pivot import answer, behind, read
from core.insight.pivot_fields import dimensions
from core.model.fields import PERSON_FIELDS
from core.people.vault import open_vault
from core.store import catalogue
from core.store.orders_query import EVERYTHING, Predicate
from tests.factories import fill

ZONE = "Asia/Shanghai"


@pytest.fixture
def pool(store, settings):
    fill(store, open_vault(settings), 400, days=20)
    return store


def ask(store, zone=ZONE, **document):
    question = read(document, catalogue.load(store), zone, money=True)
    return question, answer(store, question, EVERYTHING)


def plain(store, text):
    with store.read() as cursor:
        cursor.execute("SET TimeZone = 'Asia/Shanghai'")
        return cursor.execute(text).fetchall()


def test_orders_by_channel_are_those_a_plain_query_counts(pool):
    _question, found = ask(pool, rows=["channel"], measure="orders")
    wanted = plain(pool, "SELECT channel, count(*) FROM orders WHERE paid_at IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1")
    assert list(found.firsts) == wanted
    assert found.whole == sum(n for _name, n in wanted)


def test_hours_and_weekdays_are_those_of_the_business_zone(pool):
    _question, found = ask(pool, rows=["weekday"], column="hour", measure="paid")
    wanted = plain(
        pool, "SELECT isodow(paid_at)::INTEGER, extract(hour FROM paid_at)::INTEGER, sum(paid_fen)::BIGINT FROM orders "
        "WHERE paid_at IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
    )  # fmt: skip
    assert list(found.cells) == wanted


@pytest.mark.parametrize("part", ["day", "week", "month"])
def test_days_weeks_and_months_are_those_of_the_business_zone(pool, part):
    _question, found = ask(pool, rows=[part], measure="orders")
    wanted = plain(
        pool,
        f"SELECT date_trunc('{part}', paid_at)::DATE, count(*) FROM orders WHERE paid_at IS NOT NULL GROUP BY 1 ORDER BY 1",
    )
    assert list(found.firsts) == wanted


def test_a_zone_with_summer_time_is_right_on_both_sides_of_the_change(store):
    with store.write() as cursor:
        for key, day in enumerate([(2026, 3, 7, 12), (2026, 3, 9, 12)]):
            cursor.execute("INSERT INTO orders (order_key, paid_at) VALUES (?, ?)", [key, datetime(*day, tzinfo=UTC)])
    _question, found = ask(store, zone="America/New_York", rows=["hour"], measure="orders")
    assert found.firsts == ((7, 1), (8, 1))


def test_beyond_the_top_groups_are_counted_and_left_out(pool):
    _question, found = ask(pool, rows=["shop"], column="status", measure="orders", top=2)
    assert (len(found.firsts), found.left) == (2, 4)
    assert {cell[0] for cell in found.cells} == {shop for shop, _n in found.firsts}


def test_lines_are_counted_as_lines_and_orders_once(pool):
    _question, found = ask(pool, rows=["sku"], measure="orders", top=200)
    wanted = plain(
        pool, "SELECT sku, count(DISTINCT order_key) FROM order_lines JOIN orders USING (order_key) WHERE paid_at IS NOT NULL "
        "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 200",
    )  # fmt: skip
    assert list(found.firsts) == wanted


def test_the_share_of_refunded_orders_is_between_nothing_and_all(pool):
    _question, found = ask(pool, rows=["channel"], measure="refund_share")
    assert 0 < found.whole < 1


@pytest.mark.parametrize(
    ("document", "chosen"),
    [
        ({"rows": ["channel"]}, ("jd",)),
        ({"rows": ["weekday"], "column": "hour"}, None),
        ({"rows": ["sku"]}, None),
        ({"rows": ["reason"]}, None),
        ({"rows": ["held"]}, (False,)),
    ],
)
def test_the_orders_behind_a_group_are_as_many_as_it_counts(pool, document, chosen):
    question, found = ask(pool, **{**document, "measure": "orders"})
    cell = next(c for c in found.cells if chosen is None or c[:-1] == chosen)
    rows, total = behind(pool, question, EVERYTHING, cell[:-1])
    assert total == cell[-1]
    assert len(rows) == min(total, 200)


def test_no_field_of_a_person_is_a_dimension(store):
    there = dimensions(catalogue.load(store), "paid_at", ZONE)
    assert not {*PERSON_FIELDS, "buyer_id", "ip", "platform_no", "buyer_note", "seller_note", "phone_last4"} & set(
        there
    )


@pytest.mark.parametrize(
    "document",
    [
        {"rows": ["phone"]}, {"rows": ["1; DROP TABLE orders"]}, {"rows": []}, {"rows": ["channel", "channel"]},
        {"rows": ["sku"], "column": "reason"}, {"rows": ["channel"], "measure": "1"}, {"rows": ["sku"], "measure": "to_slip"},
        {"rows": ["channel"], "time": "now()"}, {"rows": ["channel"], "top": 100_000}, {"rows": ["channel"], "evil": 1},
        {"rows": ["channel"], "chart": "pie"}, {"rows": "channel"},
    ],
)  # fmt: skip
def test_what_is_not_in_the_catalogue_is_refused(store, document):
    with pytest.raises(BadRequest):
        read(document, catalogue.load(store), ZONE, money=True)


def test_an_amount_is_no_measure_for_who_may_not_see_it(store):
    with pytest.raises(BadRequest):
        read({"rows": ["channel"], "measure": "paid"}, catalogue.load(store), ZONE, money=False)


@pytest.mark.parametrize("picked", [EVERYTHING, Predicate("channel = ?", ("jd",)), Predicate("held", ())])
@pytest.mark.parametrize("column", ["", "is_gift"])
def test_lines_asked_by_themselves_are_those_of_the_picked_orders(pool, picked, column):
    question = read(
        {"rows": ["sku"], "column": column, "measure": "units", "top": 200}, catalogue.load(pool), ZONE, money=True
    )
    found = answer(pool, question, picked)
    condition = {"true": "", "channel = ?": "AND o.channel = 'jd'", "held": "AND o.held"}[picked.sql]
    wanted = plain(
        pool,
        "SELECT l.sku, sum(l.qty)::BIGINT FROM order_lines l JOIN orders o USING (order_key) "
        f"WHERE o.paid_at IS NOT NULL {condition} GROUP BY 1 ORDER BY 2 DESC, 1",
    )
    assert list(found.firsts) == wanted[:200]
    assert found.whole == (sum(n for _sku, n in wanted) or None)
