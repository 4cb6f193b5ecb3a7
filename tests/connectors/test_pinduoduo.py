"""Pinduoduo's connector against a server that replays the samples."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import clock
from core.channels.base import Connector, Dispatch, StockLevel, Window
from core.errors import BadSetup, NeedsPerson, TryAgain

NOON = datetime(2026, 11, 22, 2, 31, tzinfo=UTC)
WINDOW = Window(datetime(2026, 11, 22, 2, 0, tzinfo=UTC), datetime(2026, 11, 22, 2, 30, tzinfo=UTC))


@pytest.fixture
def pinduoduo(connect: Callable[..., Connector]) -> Connector:
    return connect("pinduoduo")


def test_the_requests_equal_the_samples_to_the_letter(platform: Any, pinduoduo: Connector, sample: Any) -> None:
    replies = iter([sample("pinduoduo/order_list_count_response.json"), sample("pinduoduo/order_list_response.json")])
    platform.answer = lambda _asked: next(replies)
    with clock.frozen(NOON):
        (page,) = pinduoduo.pull("orders", WINDOW)
    assert platform.asked[0].form == sample("pinduoduo/order_list_count_request.json")["form"]
    assert platform.asked[1].form == sample("pinduoduo/order_list_request.json")["form"]
    wrote = sample("pinduoduo/order_list_response.json")["order_sn_increment_get_response"]["order_sn_list"]
    assert [json.loads(body) for body in page.bodies] == wrote


def test_refunds_have_their_own_list(platform: Any, pinduoduo: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("pinduoduo/refund_list_response.json")
    with clock.frozen(NOON):
        (page,) = pinduoduo.pull("refunds", WINDOW)
    assert platform.asked[0].form == sample("pinduoduo/refund_list_request.json")["form"]
    assert json.loads(page.bodies[0])["refund_amount"] == "218.20"


def test_windows_are_at_most_half_an_hour(platform: Any, pinduoduo: Connector) -> None:
    platform.answer = lambda _asked: {"order_sn_increment_get_response": {"total_count": 0, "order_sn_list": []}}
    list(pinduoduo.pull("orders", Window(WINDOW.since, WINDOW.since + timedelta(minutes=70, microseconds=5))))
    spans = [int(a.form["end_updated_at"]) - int(a.form["start_updated_at"]) for a in platform.asked]
    assert spans == [1800, 1800, 601]


def test_the_newest_minutes_are_left_out_where_asked(platform: Any, connect: Any) -> None:
    platform.answer = lambda _asked: {"order_sn_increment_get_response": {"total_count": 0}}
    with clock.frozen(WINDOW.until):
        list(connect("pinduoduo", lag_seconds="180").pull("orders", WINDOW))
    assert int(platform.asked[0].form["end_updated_at"]) == int(WINDOW.until.timestamp()) - 180


@pytest.mark.parametrize(
    ("name", "kind"),
    [("error_token_expired", NeedsPerson), ("error_invalid_sign", BadSetup), ("error_rate_limit", TryAgain)],
)
def test_a_refusal_says_the_platforms_words(
    platform: Any, pinduoduo: Connector, sample: Any, name: str, kind: type[Exception]
) -> None:
    reply = sample(f"pinduoduo/{name}_response.json")
    platform.answer = lambda _asked: reply
    with pytest.raises(kind) as caught:
        list(pinduoduo.pull("orders", WINDOW))
    assert reply["error_response"]["sub_msg"] in str(caught.value)


def test_a_dispatch_and_a_stock_figure_equal_the_samples(platform: Any, pinduoduo: Connector, sample: Any) -> None:
    replies = iter([sample("pinduoduo/ship_response.json"), sample("pinduoduo/stock_update_response.json")])
    platform.answer = lambda _asked: next(replies)
    with clock.frozen(NOON):
        pinduoduo.confirm_dispatch(Dispatch("261122-318273645900001", "44", "SF1234567890123"))
        pinduoduo.set_stock([StockLevel("KZ", 120, spu="520011223344", platform_sku="880011223344")])
    assert platform.asked[0].form == sample("pinduoduo/ship_request.json")["form"]
    assert platform.asked[1].form == sample("pinduoduo/stock_update_request.json")["form"]


def test_a_difference_is_not_sent_twice_when_its_answer_was_lost(platform: Any, pinduoduo: Connector) -> None:
    platform.answer = lambda _asked: None
    with pytest.raises(TryAgain):
        pinduoduo.set_stock([StockLevel("KZ", -2, spu="520011223344", relative=True)])
    assert len(platform.asked) == 1
    assert platform.asked[0].form["update_type"] == "2"


def test_a_lost_answer_to_a_dispatch_is_looked_up(platform: Any, pinduoduo: Connector, sample: Any) -> None:
    detail = sample("pinduoduo/order_detail_response.json")
    detail["order_info_get_response"]["order_info"]["tracking_number"] = "SF9"
    platform.answer = lambda asked: None if asked.method.endswith("send") else detail
    pinduoduo.confirm_dispatch(Dispatch("261122-318273645900001", "44", "SF9"))
    assert platform.methods() == ["pdd.logistics.online.send", "pdd.order.information.get"]


def test_the_token_is_renewed_and_the_call_repeated(platform: Any, connect: Any, sample: Any) -> None:
    def answer(asked: Any) -> dict[str, Any]:
        if asked.method == "pdd.pop.auth.token.refresh":
            assert "access_token" not in asked.form
            return sample("pinduoduo/token_refresh_response.json")
        if asked.form["access_token"] == "demoPddToken":
            return sample("pinduoduo/order_detail_response.json")
        return sample("pinduoduo/error_token_expired_response.json")

    platform.answer = answer
    shop = connect("pinduoduo", refresh_token="old")
    assert len(shop.fetch("orders", ["261122-318273645900001"]).bodies) == 1
    assert shop.token_state().refresh_token == "demoPddRefresh"


def test_a_refund_under_way_is_seen_before_shipping(platform: Any, pinduoduo: Connector, sample: Any) -> None:
    detail = sample("pinduoduo/order_detail_response.json")
    platform.answer = lambda _asked: detail
    assert pinduoduo.open_refunds(["261122-318273645900001"]) == {}
    detail["order_info_get_response"]["order_info"]["after_sales_status"] = 31
    assert pinduoduo.open_refunds(["261122-318273645900001"]) == {"261122-318273645900001": "31"}


def test_a_refund_is_found_by_its_orders_number_around_the_orders_last_change(
    platform: Any, pinduoduo: Connector, sample: Any
) -> None:
    detail = sample("pinduoduo/order_detail_response.json")
    changed = detail["order_info_get_response"]["order_info"]["updated_at"]
    refunds = sample("pinduoduo/refund_list_response.json")
    platform.answer = lambda asked: refunds if "refund" in asked.form["type"] else detail
    at = datetime.strptime(f"{changed}+0800", "%Y-%m-%d %H:%M:%S%z")
    with clock.frozen(at + timedelta(days=2)):
        found = pinduoduo.fetch("refunds", ["261122-318273645900001"])
    listed = refunds["refund_increment_get_response"]["refund_list"]
    assert [json.loads(body) for body in found.bodies] == listed  # each once, though both spans have it
    spans = [
        (int(asked.form["start_updated_at"]), int(asked.form["end_updated_at"]))
        for asked in platform.asked
        if "refund" in asked.form["type"]
    ]
    assert [end - start for start, end in spans] == [1800, 1800]
    assert spans[1][0] < at.timestamp() < spans[1][1]


def test_a_further_waybill_is_added_to_the_order(platform: Any, pinduoduo: Connector) -> None:
    platform.answer = lambda _asked: {"upload_extra_logistics_response": {"success": True}}
    pinduoduo.confirm_dispatch(Dispatch("261122-318273645900001", "44", "SF2", extra=True))
    (asked,) = platform.asked
    assert asked.method == "pdd.order.upload.extra.logistics" and asked.form["extra_track_type"] == "1"
    assert json.loads(asked.form["extra_track_list"]) == [{"shipping_id": 44, "tracking_number": "SF2"}]
