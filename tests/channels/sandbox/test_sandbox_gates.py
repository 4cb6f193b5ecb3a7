"""Each gateway refuses what the real one refuses, in its own words; pages go in its own order."""

import json
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
import requests
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.channels.sandbox import Sandbox
from core.channels.sandbox.gate import Refusal


def text(instant: int) -> str:
    return datetime.fromtimestamp(instant, timezone(timedelta(hours=8))).strftime("%Y-%m-%d %H:%M:%S")


@pytest.fixture
def running(bench: Any) -> Any:
    return bench(seed=1)


def now(running: Any) -> int:
    return int(running.clock().timestamp())


INCREMENT = "taobao.trades.sold.increment.get"


def day(running: Any) -> dict[str, str]:
    return {"start_modified": text(now(running) - 86400), "end_modified": text(now(running))}


def taobao_error(running: Any, changed: dict[str, str], **params: Any) -> int:
    client = running.client("taobao-1")
    form = {**client.taobao_form(INCREMENT, {"fields": "tid", **day(running), **params}), **changed}
    answer = requests.post(client.row["gateway"], data={k: v for k, v in form.items() if v}, timeout=5)
    return answer.json()["error_response"]["code"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sign": "0" * 32}, 25),
        ({"sign": ""}, 24),
        ({"page_no": "7"}, 25),
        ({"method": ""}, 21),
        ({"app_key": "1"}, 29),
        ({"timestamp": ""}, 30),
    ],
)
def test_taobao_refuses_a_tampered_call_with_its_own_code(running: Any, changed: dict[str, str], code: int) -> None:
    assert taobao_error(running, changed) == code


def test_taobao_refuses_an_old_timestamp_a_dead_session_and_an_unknown_method(running: Any) -> None:
    client = running.client("taobao-1")
    running.clock.on(minutes=-11)
    late = client.taobao_form(INCREMENT, {"fields": "tid"})
    running.clock.on(minutes=11)
    assert requests.post(client.row["gateway"], data=late, timeout=5).json()["error_response"]["code"] == 31
    client.row["access_token"] = "wrong"
    assert client.call(INCREMENT, fields="tid", **day(running))["error_response"] == {
        "code": 27,
        "msg": "Invalid session",
        "sub_code": "invalid-sessionkey",
        "sub_msg": "SessionKey非法",
        "request_id": "sandbox",
    }
    client.row["access_token"] = running.rows["taobao-1"]["access_token"]
    assert client.call("taobao.nothing.get")["error_response"]["code"] == 22


def test_taobao_refuses_more_than_a_day_more_than_100_rows_and_more_than_three_months(running: Any) -> None:
    start = now(running)
    wide = {"start_modified": text(start - 86401), "end_modified": text(start)}
    old = {"start_modified": text(start - 100 * 86400), "end_modified": text(start - 100 * 86400 + 60)}
    assert taobao_error(running, {}, **wide) == 41
    assert taobao_error(running, {}, **old) == 41
    assert taobao_error(running, {}, page_size=101) == 41
    assert taobao_error(running, {}, page_no=0) == 41


def test_taobao_gives_the_newest_first_and_no_key_for_an_empty_list(running: Any) -> None:
    client = running.client("taobao-1")
    found = client.call(INCREMENT, fields="tid,modified", page_size=100, use_has_next="true", **day(running))
    body = found["trades_sold_increment_get_response"]
    times = [trade["modified"] for trade in body["trades"]["trade"]]
    assert body["has_next"] is True
    assert times == sorted(times, reverse=True)
    assert isinstance(body["trades"]["trade"][0]["tid"], int)
    assert len(str(body["trades"]["trade"][0]["tid"])) == 19
    later = {"start_modified": text(now(running)), "end_modified": text(now(running) + 60)}
    empty = client.call(INCREMENT, fields="tid", use_has_next="true", **later)
    assert empty == {"trades_sold_increment_get_response": {"has_next": False, "request_id": "sandbox"}}


def test_taobao_tells_the_receiver_id_only_to_who_asks_for_all_five_receiver_fields(running: Any) -> None:
    client = running.client("taobao-1")
    five = "tid,created,receiver_name,receiver_address,receiver_mobile,receiver_phone"
    for fields, told in ((five, True), (five.replace("receiver_phone", "oaid"), False)):
        found = client.call(INCREMENT, fields=fields, page_size=1, **day(running))
        assert ("oaid" in found["trades_sold_increment_get_response"]["trades"]["trade"][0]) is told


def test_a_sellers_own_taobao_app_cannot_refresh_its_token(running: Any) -> None:
    client = running.client("taobao-1")
    found = client.call("taobao.top.auth.token.refresh", refresh_token=client.row["refresh_token"])
    assert found["error_response"]["sub_code"] == "isv.refresh-not-allowed"


def test_jd_refuses_a_wrong_sign_a_dead_token_and_an_old_timestamp(running: Any) -> None:
    client = running.client("jd-1")
    client.row["app_secret"] = "wrong"
    assert client.call("jingdong.pop.order.enGet", order_id=1)["error_response"] == {
        "code": "12",
        "zh_desc": "无效签名",
        "en_desc": "Invalid Signature",
    }
    client.row = {**running.rows["jd-1"], "app_key": "1"}
    assert client.call("jingdong.pop.order.enGet")["error_response"]["code"] == "21"
    client.row = dict(running.rows["jd-1"])
    client.clock = lambda: running.clock() - timedelta(minutes=7)
    assert client.call("jingdong.pop.order.enGet")["error_response"]["code"] == "8"


def test_jd_gives_rows_in_the_order_asked_for_and_refuses_more_than_a_month(running: Any) -> None:
    client, start = running.client("jd-1"), now(running)
    states = "WAIT_SELLER_STOCK_OUT,WAIT_GOODS_RECEIVE_CONFIRM"
    asked = {"order_state": states, "optional_fields": "orderId,modified,orderState", "page": "1", "page_size": "100"}
    window = {"start_date": text(start - 86400), "end_date": text(start)}
    for sort, reverse in ((0, False), (1, True)):
        found = client.call("jingdong.pop.order.enSearch", sortType=sort, dateType=0, **asked, **window)
        rows = found["jingdong_pop_order_enSearch_responce"]["searchorderinfo_result"]["orderInfoList"]
        times = [row["modified"] for row in rows]
        assert len(rows) > 50
        assert times == sorted(times, reverse=reverse)
        assert {row["orderState"] for row in rows} <= set(states.split(","))
    window = {"start_date": text(start - 32 * 86400), "end_date": text(start)}
    found = client.call("jingdong.pop.order.enSearch", **asked, **window)
    assert found["jingdong_pop_order_enSearch_responce"]["searchorderinfo_result"]["apiResult"]["success"] is False


def test_doudian_refuses_a_changed_body_a_wrong_token_and_pages_beyond_the_cap(running: Any) -> None:
    client = running.client("doudian-1")
    client.row["app_secret"] = "wrong"
    assert client.call("order.searchList", page=0)["sub_code"] == "isv.signature-invalid"
    client.row = {**running.rows["doudian-1"], "access_token": "wrong"}
    assert client.call("order.searchList", page=0)["sub_code"] == "isv.access-token-no-existed"
    client.row = dict(running.rows["doudian-1"])
    assert client.call("order.searchList", page=0, size=101)["code"] == 40004
    assert client.call("order.searchList", page=100, size=100)["code"] == 40004
    same = {"update_time_start": 1, "update_time_end": 1}
    assert client.call("order.searchList", page=0, size=10, **same)["code"] == 40004
    assert client.call("order.nothing")["code"] == 70000


def test_doudian_pages_start_at_zero_and_see_each_order_once(running: Any) -> None:
    client, start = running.client("doudian-1"), now(running)
    asked = {"order_by": "update_time", "order_asc": True, "size": 50}
    window = {"update_time_start": start - 86400, "update_time_end": start}
    seen: list[str] = []
    for page in range(20):
        found = client.call("order.searchList", page=page, **asked, **window)["data"]
        seen += [order["order_id"] for order in found["shop_order_list"]]
    assert len(seen) == len(set(seen)) == found["total"] > 100


def test_pinduoduo_refuses_more_than_half_an_hour_and_a_wrong_sign(running: Any) -> None:
    client, start = running.client("pinduoduo-1"), now(running)
    asked = {"order_status": 5, "refund_status": 5, "is_lucky_flag": 0, "page": 1, "page_size": 100}
    name = "pdd.order.number.list.increment.get"
    found = client.call(name, start_updated_at=start - 1801, end_updated_at=start, **asked)
    assert found["error_response"]["error_code"] == 10001
    client.row["app_secret"] = "wrong"
    found = client.call(name, start_updated_at=start - 1800, end_updated_at=start, **asked)
    assert found["error_response"]["error_code"] == 20004


def test_pinduoduo_shows_no_person_while_an_order_is_under_review(bench: Any) -> None:
    running = bench(seed=1, rate=4)
    shop = running.box.world.shops["pinduoduo-1"]
    held = next(order for order in shop.orders.values() if order.state == "held")
    client = running.client("pinduoduo-1")
    found = client.call("pdd.order.information.get", order_sn=held.no)["order_info_get_response"]["order_info"]
    assert (found["risk_control_status"], found["receiver_name"], found["receiver_phone"]) == (1, "", "")
    assert found["receiver_phone_mask"] == f"1*********{held.buyer.home.phone[-1]}"


def test_wechat_refuses_a_wrong_token_a_wide_window_and_a_foreign_cursor(running: Any) -> None:
    client, start = running.client("wechat-1"), now(running)
    path = "/channels/ec/order/list/get"
    wide = {"update_time_range": {"start_time": start - 8 * 86400, "end_time": start}, "page_size": 100}
    assert client.call(path, **wide)["errcode"] == 40097
    near = {"update_time_range": {"start_time": start - 86400, "end_time": start}, "page_size": 10}
    key = client.call(path, **near)["next_key"]
    near["update_time_range"]["start_time"] += 1
    assert client.call(path, next_key=key, **near)["errcode"] == 606006
    url = f"{client.row['gateway']}{path}"
    assert requests.post(url, json=near, timeout=5).json()["errcode"] == 41001
    assert requests.post(url, params={"access_token": "x"}, json=near, timeout=5).json()["errcode"] == 40001
    token = {"access_token": client.row["access_token"]}
    assert requests.post(url, params=token, data=b"{", timeout=5).json()["errcode"] == 47001
    assert requests.get(url, params=token, timeout=5).json()["errcode"] == 43002


def test_wechats_stable_token_stays_the_same_until_it_is_forced(running: Any) -> None:
    row = running.rows["wechat-1"]
    asked = {"grant_type": "client_credential", "appid": row["app_key"], "secret": row["app_secret"]}
    url = f"{row['gateway']}/cgi-bin/stable_token"
    assert requests.post(url, json=asked, timeout=5).json() == {"access_token": row["access_token"], "expires_in": 7200}
    forced = requests.post(url, json={**asked, "force_refresh": True}, timeout=5).json()["access_token"]
    assert forced != row["access_token"]
    client = running.client("wechat-1")
    url = f"{row['gateway']}/channels/ec/order/get"
    answer = requests.post(url, params={"access_token": client.row["access_token"]}, json={}, timeout=5).json()
    assert answer["errcode"] == 42001


@pytest.mark.parametrize(
    ("shop", "url", "form"),
    [
        ("taobao-1", "/router/rest", "format=json"),
        ("jd-1", "/routerjson", ""),
        ("pinduoduo-1", "/api/router", ""),
        ("doudian-1", "/order/searchList", "method=order.searchList"),
        ("wechat-1", "/channels/ec/order/get", ""),
    ],
)
def test_a_client_that_lets_only_the_host_be_changed_reaches_the_gateway(
    running: Any, shop: str, url: str, form: str
) -> None:
    params = {key: value[0] for key, value in parse_qs(form).items()}
    at_root = requests.post(f"{running.box.url}{url}", params=params, timeout=5)
    behind = urlparse(running.rows[shop]["gateway"]).path
    below = requests.post(f"{running.box.url}/{behind.split('/')[1]}{url}", params=params, timeout=5)
    assert at_root.status_code == 200
    assert at_root.json() == below.json()


def test_taobao_answers_xml_unless_json_is_asked_for(running: Any) -> None:
    answer = requests.post(f"{running.box.url}/taobao/router/rest", timeout=5)
    assert answer.headers["content-type"].startswith("text/xml")
    assert "<error_response><code>21</code><msg>Missing method</msg>" in answer.text


@pytest.fixture(scope="module")
def quiet() -> Sandbox:
    """A sandbox that is not served: for calls straight into the gateways."""
    return Sandbox(1, 0, 0)


VALUES = st.one_of(st.none(), st.integers(-10, 10**20), st.text(max_size=8), st.lists(st.integers(), max_size=2))


@pytest.mark.parametrize("shop", ["taobao-1", "jd-1", "doudian-1", "pinduoduo-1", "wechat-1"])
@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.data())
def test_no_parameter_whatever_breaks_a_gateway(quiet: Sandbox, shop: str, chance: st.DataObject) -> None:
    channel = shop.split("-")[0]
    module = import_module(f"core.channels.sandbox.{channel}")
    name = chance.draw(st.sampled_from(sorted(module.METHODS)))
    known = ("page", "page_size", "order_id", "tid", "fields", "start_modified", "end_modified", "req", "items", "type")
    params = chance.draw(st.dictionaries(st.sampled_from(known), VALUES, max_size=6))
    if channel in ("taobao", "pinduoduo"):
        params = {key: value if isinstance(value, str) else json.dumps(value) for key, value in params.items()}
    # the server turns every one of these into the platform's own error
    with suppress(Refusal, ValueError, KeyError, TypeError, AttributeError):
        module.METHODS[name](quiet.gateways[channel], quiet.world.shops[shop], {"method": name, **params})
