"""The WeChat store's connector against a server that replays the samples."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core import clock
from core.channels import signatures
from core.channels.base import Connector, Dispatch, DispatchLine, StockLevel, Window
from core.errors import BadRequest, BadSetup, NeedsPerson, TryAgain

NOON = datetime(2026, 11, 22, 2, 31, tzinfo=UTC)
WINDOW = Window(datetime(2026, 11, 22, 2, 0, tzinfo=UTC), datetime(2026, 11, 22, 2, 30, tzinfo=UTC))
QUERY = {"timestamp": "1795314660", "nonce": "nonce123"}
AES_KEY = base64.b64encode(b"k" * 32).decode().rstrip("=")


@pytest.fixture
def wechat(connect: Callable[..., Connector]) -> Connector:
    return connect("wechat")


def _replay(sample: Any) -> Callable[[Any], Any]:
    names = {
        "/wechat/channels/ec/order/list/get": "order_list",
        "/wechat/channels/ec/order/get": "order_detail",
        "/wechat/channels/ec/aftersale/getaftersalelist": "refund_list",
        "/wechat/channels/ec/aftersale/getaftersaleorder": "refund_detail",
        "/wechat/channels/ec/order/delivery/send": "ship",
        "/wechat/channels/ec/product/stock/update": "stock_update",
        "/wechat/cgi-bin/stable_token": "token",
    }
    return lambda asked: sample(f"wechat_store/{names[asked.path]}_response.json")


def test_ids_are_listed_and_each_order_is_fetched(platform: Any, wechat: Connector, sample: Any) -> None:
    platform.answer = _replay(sample)
    (page,) = wechat.pull("orders", WINDOW)
    assert json.loads(page.bodies[0]) == sample("wechat_store/order_detail_response.json")["order"]
    want = sample("wechat_store/order_list_request.json")
    assert platform.asked[0].params == want["body"]
    assert platform.asked[0].query == want["query"]
    assert platform.asked[1].params == sample("wechat_store/order_detail_request.json")["body"]


def test_refunds_are_listed_and_fetched_too(platform: Any, wechat: Connector, sample: Any) -> None:
    platform.answer = _replay(sample)
    (page,) = wechat.pull("refunds", WINDOW)
    assert json.loads(page.bodies[0]) == sample("wechat_store/refund_detail_response.json")["after_sale_order"]
    assert platform.asked[0].params == sample("wechat_store/refund_list_request.json")["body"]


def test_the_cursor_is_followed_to_its_end(platform: Any, wechat: Connector) -> None:
    pages = {"": (["1"], "a", True), "a": (["2"], "b", True), "b": (["3"], "b", False)}

    def answer(asked: Any) -> dict[str, Any]:
        if asked.path.endswith("order/get"):
            return {"errcode": 0, "order": {"order_id": asked.params["order_id"]}}
        ids, key, more = pages[asked.params["next_key"]]
        return {"errcode": 0, "order_id_list": ids, "next_key": key, "has_more": more}

    platform.answer = answer
    assert [json.loads(p.bodies[0])["order_id"] for p in wechat.pull("orders", WINDOW)] == ["1", "2", "3"]


def test_a_cursor_that_turns_in_a_circle_ends(platform: Any, wechat: Connector) -> None:
    def answer(asked: Any) -> dict[str, Any]:
        if asked.path.endswith("order/get"):
            return {"errcode": 0, "order": {"order_id": "1"}}
        return {"errcode": 0, "order_id_list": ["1"], "next_key": "same", "has_more": True}

    platform.answer = answer
    assert len(list(wechat.pull("orders", WINDOW))) == 2


def test_a_cursor_the_platform_forgot_starts_the_window_again(platform: Any, wechat: Connector) -> None:
    forgotten = iter([True, False])

    def answer(asked: Any) -> dict[str, Any]:
        if asked.path.endswith("order/get"):
            return {"errcode": 0, "order": {"order_id": asked.params["order_id"]}}
        if asked.params["next_key"] == "":
            return {"errcode": 0, "order_id_list": ["1"], "next_key": "a", "has_more": True}
        if next(forgotten):
            return {"errcode": 606006, "errmsg": "next_key mismatch"}
        return {"errcode": 0, "order_id_list": ["2"], "next_key": "", "has_more": False}

    platform.answer = answer
    assert [json.loads(p.bodies[0])["order_id"] for p in wechat.pull("orders", WINDOW)] == ["1", "1", "2"]


def test_windows_are_a_week_for_orders_and_a_day_for_refunds(platform: Any, wechat: Connector) -> None:
    platform.answer = lambda _asked: {"errcode": 0}
    long = Window(WINDOW.since, WINDOW.since + timedelta(days=8))
    list(wechat.pull("orders", long))
    assert len(platform.asked) == 2
    list(wechat.pull("refunds", long))
    assert len(platform.asked) == 10


def test_the_token_is_fetched_when_there_is_none(platform: Any, connect: Any, sample: Any) -> None:
    platform.answer = _replay(sample)
    shop = connect("wechat", access_token="")
    with clock.frozen(NOON):
        list(shop.pull("orders", WINDOW))
        assert shop.token_state().expires_at == NOON + timedelta(hours=2)
    assert platform.asked[0].params == sample("wechat_store/token_request.json")["body"]
    assert platform.asked[1].query == {"access_token": "ACCESS_TOKEN"}


@pytest.mark.parametrize("name", ["error_token_expired", "error_invalid_token"])
def test_a_dead_token_is_replaced_and_by_force_only_when_it_comes_back(
    platform: Any, wechat: Connector, sample: Any, name: str
) -> None:
    def answer(asked: Any) -> dict[str, Any]:
        if asked.path.endswith("stable_token"):
            fresh = "NEW" if asked.params["force_refresh"] else "ACCESS_TOKEN"
            return {"access_token": fresh, "expires_in": 7200}
        if asked.query["access_token"] == "NEW":
            return {"errcode": 0, "order": {"order_id": "1"}}
        return sample(f"wechat_store/{name}_response.json")

    platform.answer = answer
    assert len(wechat.fetch("orders", ["1"]).bodies) == 1
    assert [a.params.get("force_refresh") for a in platform.asked] == [None, False, True, None]


def test_the_daily_quota_is_waited_for_until_midnight_in_china(platform: Any, wechat: Connector, sample: Any) -> None:
    platform.answer = lambda _asked: sample("wechat_store/error_rate_limit_response.json")
    with clock.frozen(NOON), pytest.raises(TryAgain, match="daily quota") as caught:
        wechat.fetch("orders", ["1"])
    assert caught.value.after_seconds == (13 * 60 + 29) * 60
    assert len(platform.asked) == 1


def test_a_machine_that_is_not_on_the_list_is_told_so(platform: Any, wechat: Connector) -> None:
    platform.answer = lambda _asked: (403, "<html>Forbidden</html>")
    with pytest.raises(BadSetup, match="403") as caught:
        wechat.fetch("orders", ["1"])
    assert caught.value.hint


def test_a_dispatch_and_a_stock_figure_equal_the_samples(platform: Any, wechat: Connector, sample: Any) -> None:
    platform.answer = _replay(sample)
    wechat.confirm_dispatch(Dispatch("3705115058471208928", "SF", "SF1234567890123"))
    assert platform.asked[-1].params == sample("wechat_store/ship_request.json")["body"]
    wechat.set_stock([StockLevel("KZ", 120, spu="10000077000001", platform_sku="2000000700001")])
    assert platform.asked[-1].params == sample("wechat_store/stock_update_request.json")["body"]
    wechat.set_stock([StockLevel("KZ", -3, spu="10000077000001", platform_sku="2000000700001", relative=True)])
    assert platform.asked[-1].params["diff_type"] == 2
    assert platform.asked[-1].params["num"] == 3


def test_an_order_in_the_wrong_state_needs_a_person(platform: Any, wechat: Connector, sample: Any) -> None:
    replay = _replay(sample)
    wrong = {"errcode": 101100, "errmsg": "order state error"}
    platform.answer = lambda asked: wrong if asked.path.endswith("send") else replay(asked)
    with pytest.raises(NeedsPerson, match="order state error"):
        wechat.confirm_dispatch(Dispatch("3705115058471208928", "SF", "SF1234567890123"))


def test_a_plain_push_is_checked_and_read(connect: Any, sample: Any) -> None:
    shop = connect("wechat", push_token="mytoken")
    body = json.dumps(sample("wechat_store/push_order_pay.json")["body"]).encode()
    query = QUERY | {"signature": signatures.wechat_url_check("mytoken", QUERY["timestamp"], QUERY["nonce"])}
    assert shop.verify_push({}, body, query)
    assert not shop.verify_push({}, body, query | {"nonce": "other"})
    (message,) = shop.read_push(body)
    assert (message.entity, message.external_nos) == ("orders", ("3705115058471208928",))
    assert message.topic == "channels_ec_order_pay"
    assert shop.push_answer().body == "success"


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_push_in_safe_mode_is_decrypted(connect: Any, form: str) -> None:
    shop = connect("wechat", push_token="mytoken", encoding_aes_key=AES_KEY)
    event = {
        "FromUserName": "o",
        "CreateTime": 1,
        "Event": "channels_ec_aftersale_update",
        "finder_shop_aftersale_status_update": {"after_sale_order_id": "200", "order_id": "37"},
    }
    inner = json.dumps(event)
    if form == "xml":
        inner = (
            "<xml><FromUserName>o</FromUserName><CreateTime>1</CreateTime><Event>channels_ec_aftersale_update</Event>"
            "<finder_shop_aftersale_status_update><after_sale_order_id>200</after_sale_order_id><order_id>37</order_id>"
            "</finder_shop_aftersale_status_update></xml>"
        )
    cipher = signatures.wechat_encrypt(AES_KEY, inner, "wxdemo0123456789", b"0" * 16)
    body = (json.dumps({"Encrypt": cipher}) if form == "json" else f"<xml><Encrypt>{cipher}</Encrypt></xml>").encode()
    sign = signatures.wechat_msg_signature("mytoken", QUERY["timestamp"], QUERY["nonce"], cipher)
    plain = signatures.wechat_url_check("mytoken", QUERY["timestamp"], QUERY["nonce"])
    assert shop.verify_push({}, body, QUERY | {"msg_signature": sign, "signature": plain})
    # Who only has the plain signature could have written any body: with an AES key it is not enough.
    assert not shop.verify_push({}, body, QUERY | {"signature": plain})
    assert [(m.entity, m.external_nos) for m in shop.read_push(body)] == [("refunds", ("200",))]


def test_a_push_for_another_app_is_refused(connect: Any) -> None:
    shop = connect("wechat", push_token="mytoken", encoding_aes_key=AES_KEY)
    cipher = signatures.wechat_encrypt(AES_KEY, "{}", "wx-other", b"0" * 16)
    with pytest.raises(BadRequest):
        shop.read_push(json.dumps({"Encrypt": cipher}).encode())


def test_the_check_of_the_address_is_answered_with_its_own_text(connect: Any) -> None:
    shop = connect("wechat", push_token="mytoken")
    sign = signatures.wechat_url_check("mytoken", QUERY["timestamp"], QUERY["nonce"])
    answer = shop.answer_check(QUERY | {"signature": sign, "echostr": "4711"})
    assert answer is not None
    assert answer.body == "4711"
    assert shop.answer_check(QUERY | {"signature": "0" * 40, "echostr": "4711"}) is None


def test_a_parcel_of_lines_the_platform_does_not_have_needs_a_person(
    platform: Any, wechat: Connector, sample: Any
) -> None:
    platform.answer = _replay(sample)
    part = Dispatch("3705115058471208928", "SF", "SF1", (DispatchLine("KZ-2201-BLK-L-1", 1),), split=True)
    wechat.confirm_dispatch(part)
    (parcel,) = platform.asked[-1].params["delivery_list"]
    assert parcel["product_infos"] == [{"product_id": "10000077000001", "sku_id": "2000000700001", "product_cnt": 1}]
    stranger = Dispatch("3705115058471208928", "SF", "SF2", (DispatchLine("X-9", 1, sku="X"),), split=True)
    with pytest.raises(NeedsPerson, match="此包裹的商品"):
        wechat.confirm_dispatch(stranger)
