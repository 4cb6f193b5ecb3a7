"""JD's connector against a server that replays the samples."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from core.channels.base import Connector, Dispatch, StockLevel, Window
from core.errors import BadSetup, NeedsPerson, TryAgain

WINDOW = Window(datetime(2026, 11, 22, 2, 0, tzinfo=UTC), datetime(2026, 11, 22, 2, 30, tzinfo=UTC))


@pytest.fixture
def jd(connect: Callable[..., Connector]) -> Connector:
    return connect("jd")


def _orders(rows: list[dict[str, Any]], total: int) -> dict[str, Any]:
    found = {"apiResult": {"success": True}, "orderTotal": total, "orderInfoList": rows}
    return {"jingdong_pop_order_enSearch_responce": {"code": "0", "searchorderinfo_result": found}}


def test_orders_are_asked_ascending_by_the_time_of_change(platform: Any, jd: Connector, sample: Any, signed: Any):
    platform.answer = lambda _asked: sample("jd/order_list_response.json")
    (page,) = jd.pull("orders", WINDOW)
    wrote = sample("jd/order_list_response.json")["jingdong_pop_order_enSearch_responce"]["searchorderinfo_result"]
    assert [json.loads(body) for body in page.bodies] == wrote["orderInfoList"]
    asked = platform.asked[0]
    assert signed("jd", asked)
    assert asked.params["dateType"] == 0
    assert asked.params["sortType"] == 0
    assert (asked.params["start_date"], asked.params["end_date"]) == ("2026-11-22 10:00:00", "2026-11-22 10:30:00")
    assert "sign_method" not in asked.form
    assert asked.form["timestamp"].endswith("+0800")


def test_pages_are_read_to_the_end(platform: Any, jd: Connector) -> None:
    def answer(asked: Any) -> dict[str, Any]:
        page = int(asked.params["page"])
        return _orders([{"orderId": str(n)} for n in range((page - 1) * 100, min(page * 100, 230))], 230)

    platform.answer = answer
    bodies = [b for page in jd.pull("orders", WINDOW) for b in page.bodies]
    assert {json.loads(b)["orderId"] for b in bodies} == {str(n) for n in range(230)}


def test_rows_that_slipped_while_reading_are_found_by_reading_again(platform: Any, jd: Connector) -> None:
    rows = [{"orderId": str(n)} for n in range(230)]
    gone: list[dict[str, str]] = []

    def answer(asked: Any) -> dict[str, Any]:
        page = int(asked.params["page"])
        if page == 2 and not gone:  # ten orders of the first page changed again: they leave, the rest moves up
            gone.extend(rows[:10])
            del rows[:10]
        return _orders(rows[(page - 1) * 100 : page * 100], len(rows))

    platform.answer = answer
    bodies = [b for page in jd.pull("orders", WINDOW) for b in page.bodies]
    assert {json.loads(b)["orderId"] for b in bodies} == {str(n) for n in range(230)}


def test_applications_are_asked_by_both_their_times(platform: Any, jd: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("jd/refund_list_response.json")
    pages = list(jd.pull("refunds", WINDOW))
    assert [sorted(asked.params)[0] for asked in platform.asked] == ["applyTimeEnd", "checkTimeEnd"]
    assert json.loads(pages[0].bodies[0])["applyRefundSum"] == 12900


@pytest.mark.parametrize(
    ("name", "kind"),
    [("error_invalid_token", NeedsPerson), ("error_invalid_sign", BadSetup), ("error_rate_limit", TryAgain)],
)
def test_a_refusal_says_the_platforms_words(
    platform: Any, jd: Connector, sample: Any, name: str, kind: type[Exception]
) -> None:
    reply = sample(f"jd/{name}_response.json")
    platform.answer = lambda _asked: reply
    with pytest.raises(kind) as caught:
        list(jd.pull("orders", WINDOW))
    assert reply["error_response"]["zh_desc"] in str(caught.value)


def test_a_refusal_inside_the_envelope_is_seen(platform: Any, jd: Connector) -> None:
    verdict = {"success": False, "numberCode": 10100007, "chineseErrCode": "订单不存在"}
    platform.answer = lambda _asked: {
        "jingdong_pop_order_shipment_responce": {"code": "0", "sopjosshipment_result": verdict}
    }
    with pytest.raises(NeedsPerson, match="订单不存在"):
        jd._ship(Dispatch("300123456789", "467", "SF1"))


def test_a_dispatch_carries_the_carriers_id(platform: Any, jd: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("jd/ship_response.json")
    jd.confirm_dispatch(Dispatch("300123456789", "467", "SF1234567890123"))
    want = json.loads(sample("jd/ship_request.json")["form"]["360buy_param_json"])
    assert platform.asked[0].params == want


def test_an_order_shipped_already_with_our_waybill_is_done(platform: Any, jd: Connector, sample: Any) -> None:
    detail = sample("jd/order_detail_response.json")
    detail["jingdong_pop_order_enGet_responce"]["orderDetailInfo"]["orderInfo"]["waybill"] = "SF1|SF2"
    verdict = {"success": False, "numberCode": 10400001, "chineseErrCode": "订单已出库"}
    shipped = {"jingdong_pop_order_shipment_responce": {"code": "0", "sopjosshipment_result": verdict}}
    platform.answer = lambda asked: shipped if asked.method.endswith("shipment") else detail
    jd.confirm_dispatch(Dispatch("300123456789", "467", "SF2"))
    with pytest.raises(NeedsPerson, match="订单已出库"):
        jd.confirm_dispatch(Dispatch("300123456789", "467", "SF3"))


def test_stock_is_set_by_sku(platform: Any, jd: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("jd/stock_update_response.json")
    jd.set_stock([StockLevel("KZ", 120, platform_sku="100012043978", key="k1")])
    want = json.loads(sample("jd/stock_update_request.json")["form"]["360buy_param_json"])
    want["req"]["stockRfId"] = "k1"
    assert platform.asked[0].params == want


def test_a_sku_that_was_not_taken_needs_a_person(platform: Any, jd: Connector, sample: Any) -> None:
    reply = sample("jd/stock_update_response.json")
    reply["jingdong_ware_stock_sku_set_responce"]["returnType"]["obj"]["updateStockResult"][0] |= {
        "success": False,
        "message": "SKU不存在",
    }
    platform.answer = lambda _asked: reply
    with pytest.raises(NeedsPerson, match="SKU不存在"):
        jd.set_stock([StockLevel("KZ", 120, platform_sku="100012043978")])


def test_the_token_is_renewed_at_the_oauth_address_and_the_call_repeated(
    platform: Any, connect: Any, sample: Any
) -> None:
    def answer(asked: Any) -> dict[str, Any]:
        if asked.path == "/jd/oauth2/refresh_token":
            assert asked.query["refresh_token"] == "old"
            return sample("jd/token_refresh_response.json")
        if asked.form["access_token"] == "demoJdToken":
            return sample("jd/order_list_response.json")
        return sample("jd/error_invalid_token_response.json")

    platform.answer = answer
    shop = connect("jd", refresh_token="old")
    assert len(list(shop.pull("orders", WINDOW))) == 1
    assert shop.token_state().refresh_token == "demoJdRefresh"


def test_an_open_application_is_seen_before_shipping(platform: Any, jd: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("jd/refund_list_response.json")
    assert jd.open_refunds(["300123450001"]) == {"300123450001": "0"}
    assert platform.asked[0].params["orderId"] == 300123450001


def test_all_waybills_of_an_order_are_told_in_one_call(platform: Any, jd: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("jd/ship_response.json")
    jd.confirm_dispatch(Dispatch("300123456789", "467", "SF1", further=(("1499", "ZT1"), ("467", "SF2"))))
    told = platform.asked[0].params
    assert (told["logiCoprId"], told["logiNo"]) == ("467|1499", "SF1,SF2|ZT1")
