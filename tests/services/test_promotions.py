import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core import clock
from core.decide import offers
from core.decide.promotion.activity import failed_examples, read_activity
from core.decide.promotion.book import FOLDER, book, install_activities
from core.decide.promotion.order import Line, Order
from core.decide.promotion.sentence import TYPES, differences, facts, reason, say
from core.errors import BadRequest, NotAllowed
from core.i18n import speaking
from core.people.actor import person
from core.services import gifts, price_audit, promotion_trial, promotions
from core.store import Store, documents
from core.store.gift_stock import Gift
from core.store.price_audit import Asked
from tests.promotion_orders import BUY_3_GET_1, NOON, ZONE, gift, gift_lines, order, publish, rows

ADMIN, CS, WAREHOUSE = (person(role, role, language="en") for role in ("admin", "cs", "warehouse"))
PERIOD = Asked(NOON - timedelta(days=1), NOON + timedelta(days=1))


@pytest.fixture(autouse=True)
def _english():
    with speaking("en"), clock.frozen(NOON):
        yield


def test_a_draft_gives_nothing_until_it_is_published_and_a_roll_back_brings_the_former_back(store: Store) -> None:
    gift(store, 9)
    draft = promotions.save(ADMIN, store, BUY_3_GET_1)
    assert promotions.rows(ADMIN, store, zone=ZONE)[0].phase == "draft"
    promotions.publish(ADMIN, store, "b3g1", draft.version)
    second = promotions.save(ADMIN, store, {**BUY_3_GET_1, "buy": 2})
    (row,) = promotions.rows(ADMIN, store, zone=ZONE)
    assert (row.phase, row.draft, row.live_version, row.newest_version, row.body["buy"]) == ("running", True, 1, 2, 3)
    promotions.publish(ADMIN, store, "b3g1", second.version)
    assert book(store).editions["b3g1"].activity.promotion.rule["buy"] == 2
    assert promotions.roll_back(ADMIN, store, "b3g1", 1).version == 3
    assert book(store).editions["b3g1"].activity.promotion.rule["buy"] == 3
    actions = [row[0] for row in rows(store, "SELECT action FROM audit ORDER BY happened_at, action")]
    assert sorted(actions) == [
        "promotions.publish", "promotions.publish", "promotions.roll_back", "promotions.save", "promotions.save",
    ]  # fmt: skip


def test_ending_takes_one_call_and_what_is_paid_from_that_second_on_gets_nothing(store: Store) -> None:
    gift(store, 9)
    publish(store, BUY_3_GET_1)
    promotions.save(ADMIN, store, {**BUY_3_GET_1, "buy": 2})  # a draft that somebody works on
    ended = promotions.end_now(ADMIN, store, "b3g1", zone=ZONE)
    assert ended.body["end_at"] == "2026-11-03T12:00:00"
    order(store, 1, ("CAT", 3, 100), paid_at=NOON - timedelta(seconds=1))
    order(store, 2, ("CAT", 3, 100), paid_at=NOON)
    offers.decide(store, ZONE)
    assert [line[0] for line in gift_lines(store)] == [1]
    (row,) = promotions.rows(ADMIN, store, zone=ZONE)
    assert (row.phase, row.draft, promotions.newest(ADMIN, store, "b3g1").body["buy"]) == ("ended", True, 2)


def test_an_activity_that_has_not_begun_is_switched_off_by_ending_it(store: Store) -> None:
    publish(store, {**BUY_3_GET_1, "start_at": "2026-11-03T18:00:00"})
    assert promotions.rows(ADMIN, store, zone=ZONE)[0].phase == "coming"
    assert promotions.end_now(ADMIN, store, "b3g1", zone=ZONE).body["mode"] == "off"


def test_an_invalid_body_is_refused_and_nothing_is_kept(store: Store) -> None:
    with pytest.raises(BadRequest, match="buy"):
        promotions.save(ADMIN, store, {**BUY_3_GET_1, "buy": 0})
    assert promotions.rows(ADMIN, store, zone=ZONE) == []


def test_examples_must_pass_before_publishing(store: Store) -> None:
    given = {"order": {"order_id": "1", "platform": "jd", "paid_at": "2026-11-03T12:00:00",
                       "lines": [{"id": "1", "sku": "CAT", "qty": 3, "unit_price": 100}]}}  # fmt: skip
    body = {**BUY_3_GET_1, "examples": [{"given": given, "expect": {"payable": 1}}]}
    draft = promotions.save(ADMIN, store, body)
    assert promotions.check(ADMIN, store, body, zone=ZONE).failed == ("1: payable",)
    with pytest.raises(BadRequest, match="1: payable"):
        promotions.publish(ADMIN, store, "b3g1", draft.version)
    assert documents.published(store, "promotion_activity", "b3g1") is None


def test_a_check_warns_of_missing_gifts_a_passed_end_and_activities_that_add_up(store: Store) -> None:
    gift(store, 0)
    publish(store, {**BUY_3_GET_1, "id": "other", "name": "Other"})
    body = {**BUY_3_GET_1, "end_at": "2026-11-02T00:00:00", "give": {"GIFT": 1, "NEW": 1}}
    warned = promotions.check(ADMIN, store, body, zone=ZONE).warnings
    assert warned == (
        "No GIFT is left in the gift stock.",
        "NEW is not in the gift stock: it would not be given.",
        "Its end has passed: it gives nothing any more.",
        "It adds up with the live activity Other on the same goods.",
    )


def test_only_administrators_change_and_a_denied_call_changes_nothing_and_is_audited(store: Store) -> None:
    for call in (
        lambda: promotions.save(CS, store, BUY_3_GET_1),
        lambda: promotions.publish(CS, store, "b3g1", 1),
        lambda: promotions.end_now(CS, store, "b3g1", zone=ZONE),
        lambda: promotions.roll_back(CS, store, "b3g1", 1),
        lambda: gifts.save(CS, store, Gift("G", "", "", 1)),
        lambda: gifts.add(CS, store, "G", 1),
        lambda: gifts.remove(CS, store, "G"),
        lambda: price_audit.export(CS, store, PERIOD, zone=ZONE),
        lambda: promotions.rows(WAREHOUSE, store, zone=ZONE),
        lambda: price_audit.totals(WAREHOUSE, store, PERIOD),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert rows(store, "SELECT count(*) FROM documents") == [(0,)]
    assert rows(store, "SELECT count(*) FROM audit WHERE outcome = 'denied'") == [(10,)]


def test_a_stored_order_is_explained_line_by_line_without_a_trace(store: Store) -> None:
    gift(store, 1)
    publish(store, BUY_3_GET_1)
    order(store, 1, ("CAT", 3, 5000), ("DOG", 1, 1000))
    offers.decide(store, ZONE)
    before = store.version
    half = {"id": "half", "type": "nth_discount", "n": 2, "rate": "0.5", "scope": {"skus": ["CAT"]}, "mode": "off"}
    (key,) = promotion_trial.find(CS, store, " N1 ")
    told = promotion_trial.explain_stored(CS, store, key, [BUY_3_GET_1, half], zone=ZONE)
    assert [line["net"] for line in told.found["lines"]] == [12500, 1000]
    assert told.found["gifts"][0]["qty"] == 1  # its own gift counts as free again
    assert told.names == {"b3g1": "买三赠一", "half": "half"}
    assert store.version == before


def test_a_typed_order_is_explained_too(store: Store) -> None:
    typed = Order("test", "jd", "2026-11-05T00:00:00", (Line("1", "CAT", 3, 100),))
    told = promotion_trial.explain_typed(CS, store, typed, [BUY_3_GET_1])
    assert told.found["skipped"] == [["b3g1", "expired"]]
    with pytest.raises(BadRequest):
        promotion_trial.explain_typed(CS, store, Order("test", "jd", "", ()), [])


def test_a_back_test_counts_orders_money_gifts_and_holds_as_if_the_activity_had_run(store: Store) -> None:
    gift(store, 1)
    for key in range(1, 6):
        order(store, key, ("CAT", 3, 1000), phone_key="p", status="SHIPPED")
    order(store, 6, ("DOG", 1, 1000))
    order(store, 7, ("CAT", 3, 1000), paid_at=NOON - timedelta(days=9))
    coming = {**BUY_3_GET_1, "start_at": "2027-01-01T00:00:00", "end_at": "2027-01-02T00:00:00"}
    version = store.version
    found = promotion_trial.back_test(CS, store, coming, date(2026, 11, 3), date(2026, 11, 3), zone=ZONE)
    assert (found.orders, found.touched, found.gifts, found.held) == (6, 5, {"GIFT": (5, 1)}, 0)
    assert found.reasons == {"below_threshold": 1}
    limit = {"id": "l", "type": "limit", "per": "phone", "max_qty": 7}
    found = promotion_trial.back_test(CS, store, limit, date(2026, 11, 3), date(2026, 11, 3), zone=ZONE)
    assert [(row.order_key, row.excess) for row in found.rows] == [(3, 2), (4, 3), (5, 3)]
    less = {"id": "m", "type": "full_reduce", "every": {"threshold": 1000, "reduce": 100}}
    found = promotion_trial.back_test(CS, store, less, date(2026, 11, 3), date(2026, 11, 3), zone=ZONE)
    assert (found.touched, found.saved) == (6, 1600)
    assert store.version == version


def test_price_differences_are_listed_totalled_and_exported_by_platform(store: Store) -> None:
    publish(store, {"id": "half", "type": "nth_discount", "n": 2, "rate": "0.5", "mode": "live"})
    order(store, 1, ("A", 2, 1000))  # charged 20, due 15
    order(store, 2, ("A", 2, 1000), paid_fen=1500)
    order(store, 3, ("A", 2, 1000), paid_fen=1200, channel="jd", platform_no="=1+1")
    order(store, 4, ("A", 2, 1000), paid_fen=1501)
    offers.decide(store, ZONE)
    asked = Asked(PERIOD.since, PERIOD.until, tolerance=1)
    found = price_audit.differences(CS, store, asked)
    assert [(d.order_key, d.diff, d.verdict) for d in found] == [(1, 500, "refund_customer"), (3, -300, "undercharged")]
    assert price_audit.totals(CS, store, asked) == [
        price_audit.Total("jd", 1, 0, 0, 1, 300), price_audit.Total("taobao", 3, 1, 500, 0, 0),
    ]  # fmt: skip
    file = price_audit.export(ADMIN, store, Asked(asked.since, asked.until, "jd"), zone=ZONE)
    table = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert table[1] == [
        "'=1+1",
        "JD",
        "s",
        "2026-11-03 12:00:00",
        "15.00",
        "12.00",
        "-3.00",
        "Charged too little",
        "half",
    ]
    assert file.orders == 1


def test_gift_stock_is_kept_by_form_and_never_below_zero(store: Store) -> None:
    gifts.save(ADMIN, store, Gift(" G ", "Sample", "69", 5))
    gifts.add(ADMIN, store, "G", -5)
    with pytest.raises(BadRequest):
        gifts.add(ADMIN, store, "G", -1)
    with pytest.raises(BadRequest):
        gifts.add(ADMIN, store, "X", 1)
    with pytest.raises(BadRequest):
        gifts.save(ADMIN, store, Gift("", "", "", 1))
    assert [(g.sku, g.free_qty) for g in gifts.listing(CS, store)] == [("G", 0)]
    gifts.remove(ADMIN, store, "G")
    assert gifts.listing(CS, store) == []


def test_the_starter_activities_are_switched_off_pass_their_examples_and_come_once(store: Store) -> None:
    files = sorted(FOLDER.glob("*.json"))
    for path in files:
        activity = read_activity(json.loads(path.read_text(encoding="utf-8")))
        assert (activity.mode, failed_examples(activity), len(activity.examples) > 0) == ("off", [], True)
    assert (install_activities(store), install_activities(store)) == (len(files), 0)
    assert {row.phase for row in promotions.rows(ADMIN, store, zone=ZONE)} == {"off"}


SAID: list[tuple[dict[str, Any], str, str]] = [
    (
        BUY_3_GET_1,
        "Orders paid from 2026-11-01 00:00 until before 2026-11-04 00:00: for every 3 pieces of CAT GIFT ×1 for nothing; "
        "when a gift is short: give what there is.",
        "2026-11-01 00:00 起、2026-11-04 00:00 前付款的订单：CAT 每满 3 件送 GIFT ×1；赠品不足时：有多少送多少。",
    ),
    (
        {"id": "a", "type": "nth_discount", "n": 2, "rate": "0.5", "platforms": ["jd"]},
        "All paid orders, on JD: of every 2 pieces of the same item of all goods one at 50% of the price.",
        "所有已付款订单，京东：全部商品同款每 2 件，其中 1 件 5 折。",
    ),
    (
        {"id": "a", "type": "full_reduce", "every": {"threshold": 30000, "reduce": 5000}, "max_discount": 20000},
        "All paid orders: for every ¥300.00 of all goods ¥50.00 off, at most ¥200.00 off.",
        "所有已付款订单：全部商品每满 ¥300.00 减 ¥50.00，最多减 ¥200.00。",
    ),
    (
        {"id": "a", "type": "limit", "per": "region", "forbid": True, "regions": ["新疆"]},
        "All paid orders, to 新疆: all goods may not be sold there, the order is held.",
        "所有已付款订单，发往新疆：全部商品在该地区禁售，订单挂起。",
    ),
]


@pytest.mark.parametrize(("body", "english", "chinese"), SAID)
def test_an_activity_reads_as_a_sentence_in_both_languages(body: dict[str, Any], english: str, chinese: str) -> None:
    read_activity(body)
    assert say(body) == english
    with speaking("zh"):
        assert say(body) == chinese


def test_every_type_has_a_sentence_and_two_versions_differ_in_sentences() -> None:
    assert len(TYPES) == 8
    told = differences(BUY_3_GET_1, {**BUY_3_GET_1, "mode": "off", "priority": 3})
    assert told == ["Mode: Live → Off", "Priority: 0 → 3"]
    assert "Effect" in facts(BUY_3_GET_1)
    assert reason("gift_short:A:B:2") == "The gift A:B is short by 2."


def test_a_day_begins_at_midnight_of_the_shop(store: Store) -> None:
    with clock.frozen(datetime(2026, 11, 3, 16, tzinfo=UTC)):
        assert promotions.wall_clock(ZONE) == "2026-11-04T00:00:00"
