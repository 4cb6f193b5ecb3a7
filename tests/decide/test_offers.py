import json
from datetime import timedelta
from typing import Any

import pytest

from core.decide import offers
from core.decide.promotion.activity import read_activity
from core.decide.promotion.book import book
from core.errors import BadRequest
from core.jobs.offers import decide_offers
from core.people.vault import open_vault
from core.settings import Settings
from core.store import Store, decisions, holds
from tests.promotion_orders import (
    BUY_3_GET_1,
    NOON,
    ZONE,
    free,
    gift,
    gift_lines,
    order,
    publish,
    put,
    refund,
    rows,
)  # fmt: skip

LIMIT: dict[str, Any] = {"id": "two", "name": "Two each", "type": "limit", "per": "phone", "max_qty": 2, "mode": "live"}


def held(store: Store) -> dict[int, list[str]]:
    found = rows(store, "SELECT order_key, held_reasons FROM orders WHERE held ORDER BY order_key")
    return {key: json.loads(reasons) for key, reasons in found}


def test_deciding_twice_gives_once(store: Store) -> None:
    gift(store, 5)
    publish(store, BUY_3_GET_1)
    order(store, 1, ("CAT", 3, 100))
    assert offers.decide(store, ZONE).orders == 1
    assert offers.decide(store, ZONE).orders == 0
    assert offers.recheck(store, ZONE).orders == 0
    assert (len(gift_lines(store)), free(store), len(decisions.of_order(store, 1))) == (1, 4, 1)


def test_unpaid_and_platform_held_orders_wait(store: Store) -> None:
    publish(store, BUY_3_GET_1)
    order(store, 1, ("CAT", 3, 100), status="UNPAID")
    order(store, 2, ("CAT", 3, 100), held=True, held_reasons='["platform_hold"]')
    order(store, 3, ("CAT", 3, 100), held=True, held_reasons='["risk_review"]')
    assert offers.decide(store, ZONE).orders == 1


def test_the_decision_keeps_what_acted_with_its_version_and_why_the_others_did_not(store: Store) -> None:
    gift(store, 5)
    publish(store, BUY_3_GET_1)
    publish(store, {**BUY_3_GET_1, "note": "again"})
    publish(store, {"id": "jd", "type": "full_reduce", "tiers": [{"threshold": 1, "reduce": 1}], "platforms": ["jd"],
                    "mode": "live"})  # fmt: skip
    order(store, 1, ("CAT", 3, 100))
    offers.decide(store, ZONE)
    (found,) = decisions.of_order(store, 1)
    assert (found["kind"], found["outcome"], found["rules"], found["version"]) == ("promotion", "gift", ["b3g1"], 3)
    assert found["evidence"]["versions"] == {"b3g1": 2}
    assert found["evidence"]["skipped"] == [["jd", "platform"]]
    assert found["evidence"]["gifts"] == [{"promo": "b3g1", "sku": "GIFT", "qty": 1, "unit_price": 0}]


def test_a_shadow_activity_leaves_a_decision_and_nothing_else(store: Store) -> None:
    gift(store, 5)
    publish(store, {**BUY_3_GET_1, "mode": "shadow"})
    order(store, 1, ("CAT", 3, 100))
    offers.decide(store, ZONE)
    (found,) = decisions.of_order(store, 1)
    assert (found["mode"], found["outcome"]) == ("shadow", "gift")
    assert (gift_lines(store), free(store)) == ([], 5)
    publish(store, BUY_3_GET_1)  # now for good: the order still waits, and gets it
    offers.decide(store, ZONE)
    assert (len(gift_lines(store)), free(store)) == (1, 4)


def test_units_over_the_limit_hold_the_order_in_arrival_order_with_the_earlier_ones_counted(store: Store) -> None:
    order(store, 1, ("A", 1, 100), phone_key="p", status="SHIPPED")  # before anybody thought of a limit
    order(store, 2, ("A", 5, 100), phone_key="p", status="CANCELLED")
    publish(store, LIMIT)
    order(store, 3, ("A", 1, 100), phone_key="p")
    order(store, 4, ("A", 1, 100), phone_key="p")
    order(store, 5, ("A", 2, 100), phone_key="other")
    assert offers.decide(store, ZONE).held == 1
    assert held(store) == {4: ["over_limit"]}
    (found,) = decisions.of_order(store, 4)
    assert found["evidence"]["holds"] == [
        {"promo": "two", "reason": "over_limit", "bought_before": 2, "this_order": 1, "max": 2, "excess": 1}
    ]


def test_masked_phones_are_counted_by_buyer_and_unknown_persons_never_together(store: Store) -> None:
    publish(store, LIMIT)
    order(store, 1, ("A", 2, 100), phone_key=None, buyer_id="x")
    order(store, 2, ("A", 2, 100), phone_key=None, buyer_id=None)
    order(store, 3, ("A", 2, 100), phone_key=None, buyer_id=None)
    order(store, 4, ("A", 1, 100), phone_key=None, buyer_id="x")
    offers.decide(store, ZONE)
    assert held(store) == {4: ["over_limit"]}
    assert decisions.of_order(store, 2)[0]["missing"] == {"two": "phone"}


def test_a_batch_counts_as_order_after_order_does(store: Store) -> None:
    gift(store, 3)
    publish(store, {**BUY_3_GET_1, "per_customer_limit": 2})
    publish(store, {**LIMIT, "max_qty": 9})
    for key in range(1, 9):
        order(store, key, ("CAT", 3, 100), phone_key="pq"[key % 2])
    offers.decide(store, ZONE)
    at_once = gift_lines(store), held(store)
    with store.write() as cursor:
        for table in ("gift_grants", "promotion_orders", "gift_stock"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("DELETE FROM order_lines WHERE granted_by IS NOT NULL")
        cursor.execute("UPDATE orders SET held = false, held_reasons = '[]'")
    gift(store, 3)
    for _n in range(8):
        offers.decide(store, ZONE, limit=1)
    assert (gift_lines(store), held(store)) == at_once
    assert [line[0] for line in at_once[0]] == [1, 2, 3]
    assert list(at_once[1]) == [7, 8]


def test_a_missing_gift_holds_until_stock_comes_back(store: Store) -> None:
    gift(store, 0)
    publish(store, {**BUY_3_GET_1, "on_short": "hold"})
    order(store, 1, ("CAT", 3, 100))
    offers.decide(store, ZONE)
    assert held(store) == {1: ["gift_short"]}
    assert offers.recheck(store, ZONE).orders == 0
    gift(store, 2)
    offers.recheck(store, ZONE)
    assert (held(store), free(store), len(gift_lines(store))) == ({}, 1, 1)


def test_a_cancelled_order_gives_its_gift_back_and_frees_the_person(store: Store) -> None:
    gift(store, 5)
    publish(store, {**BUY_3_GET_1, "per_customer_limit": 1})
    order(store, 1, ("CAT", 3, 100), phone_key="p")
    offers.decide(store, ZONE)
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'CANCELLED'")
    assert offers.recheck(store, ZONE).withdrawn == 1
    assert offers.recheck(store, ZONE).orders == 0
    order(store, 2, ("CAT", 3, 100), phone_key="p")
    offers.decide(store, ZONE)
    assert ([line[0] for line in gift_lines(store)], free(store)) == ([2], 4)


def test_a_shipped_order_keeps_its_gift_whatever_is_refunded(store: Store) -> None:
    gift(store, 5)
    publish(store, BUY_3_GET_1)
    order(store, 1, ("CAT", 3, 100))
    offers.decide(store, ZONE)
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'SHIPPED', shipped_at = ?", [NOON])
    refund(store, 1, "1", 300)
    assert offers.recheck(store, ZONE).orders == 0


def test_gifts_are_judged_again_by_the_version_that_gave_them(store: Store) -> None:
    gift(store, 5)
    publish(store, BUY_3_GET_1)
    order(store, 1, ("CAT", 7, 100))
    offers.decide(store, ZONE)
    publish(store, {**BUY_3_GET_1, "buy": 5, "mode": "off"})
    refund(store, 1, "1", 100)  # six are left: still two by the version that gave
    assert offers.recheck(store, ZONE).withdrawn == 0
    refund(store, 1, "1", 200)
    assert offers.recheck(store, ZONE).withdrawn == 1
    assert gift_lines(store)[0][2] == 1


def test_gifts_by_amount_keep_their_measure_when_looked_at_again(store: Store) -> None:
    gift(store, 5)
    publish(store, {"id": "less", "type": "full_reduce", "tiers": [{"threshold": 100, "reduce": 60}], "mode": "live"})
    publish(store, {"id": "amount", "type": "gift", "basis": "amount", "buy": 100, "give": {"GIFT": 1}, "mode": "live"})
    order(store, 1, ("A", 3, 100))  # 300 less 60 = 240: two gifts
    offers.decide(store, ZONE)
    assert gift_lines(store)[0][2] == 2
    refund(store, 1, "1", 100)
    assert offers.recheck(store, ZONE).orders == 1
    assert gift_lines(store)[0][2] == 2


def test_what_was_charged_is_compared_where_an_activity_is_in_reach_and_prices_are_known(store: Store) -> None:
    publish(
        store, {"id": "half", "type": "nth_discount", "n": 2, "rate": "0.5", "scope": {"skus": ["A"]}, "mode": "live"}
    )
    order(store, 1, ("A", 2, 1000), paid_fen=2500, shipping_fen=500)  # 2000 charged, 1500 due
    order(store, 2, ("B", 2, 1000))  # not in scope
    order(store, 3, ("A", 1, 1000), ("A", 1, 1000))
    with store.write() as cursor:
        cursor.execute("UPDATE order_lines SET unit_price_fen = NULL WHERE order_key = 3 AND line_no = '2'")
    offers.decide(store, ZONE)
    found = rows(
        store, "SELECT order_key, audited, expected_fen, actual_fen, diff_fen FROM promotion_orders ORDER BY 1"
    )
    assert found[0] == (1, True, 1500, 2000, 500)
    assert [row[:2] for row in found[1:]] == [(2, False), (3, False)]


def test_new_customers_are_those_without_an_earlier_order(store: Store) -> None:
    gift(store, 5)
    publish(store, {**BUY_3_GET_1, "new_customer_only": True})
    order(store, 1, ("X", 1, 100), phone_key="old", status="COMPLETED", ordered_at=NOON - timedelta(days=9))
    order(store, 2, ("CAT", 3, 100), phone_key="old")
    order(store, 3, ("CAT", 3, 100), phone_key="new")
    order(store, 4, ("CAT", 3, 100), phone_key=None, buyer_id=None)
    offers.decide(store, ZONE)
    assert [line[0] for line in gift_lines(store)] == [3]


def test_gifts_of_the_platform_do_not_earn_gifts(store: Store) -> None:
    gift(store, 5)
    publish(store, BUY_3_GET_1)
    order(store, 1, ("CAT", 2, 100))
    with store.write() as cursor:
        put(cursor, "order_lines", {"order_key": 1, "line_no": "9", "sku": "CAT", "qty": 1, "is_gift": True})
    offers.decide(store, ZONE)
    assert rows(store, "SELECT count(*) FROM gift_grants") == [(0,)]


def test_a_published_activity_decides_the_next_run_and_a_broken_one_keeps_the_last_good(
    store: Store, settings: Settings
) -> None:
    vault = open_vault(settings)
    gift(store, 9)
    publish(store, BUY_3_GET_1)
    order(store, 1, ("CAT", 3, 100))
    assert decide_offers(store, vault, settings) == 1
    publish(store, {**BUY_3_GET_1, "buy": 0})
    order(store, 2, ("CAT", 3, 100))
    assert decide_offers(store, vault, settings) == 1
    assert [line[0] for line in gift_lines(store)] == [1, 2]
    assert list(book(store).problems) == ["b3g1"]
    publish(store, {**BUY_3_GET_1, "mode": "off"})
    order(store, 3, ("CAT", 3, 100))
    assert decide_offers(store, vault, settings) == 0


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"mode": "on"}, "mode"),
        ({"end_at": "2026-11-04"}, "end_at"),
        ({"platforms": "taobao"}, "platforms"),
        ({"regions": ["Atlantis"]}, "regions"),
        ({"scope": {"skus": "CAT"}}, "scope.skus"),
        ({"repeat": "yes"}, "repeat"),
        ({"priority": 1.5}, "priority"),
        ({"id": 7}, "id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_document_is_refused_with_the_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(BadRequest, match=place):
        read_activity({**BUY_3_GET_1, **change})


def test_a_released_order_is_not_held_again(store: Store) -> None:
    publish(store, LIMIT)
    order(store, 1, ("A", 3, 100))
    offers.decide(store, ZONE)
    with store.write() as cursor:
        holds.lift(cursor, [1], "over_limit", actor="lead")
    offers.decide(store, ZONE)
    offers.recheck(store, ZONE)
    assert held(store) == {}
