"""What the sandbox answers has every field of the sample answers in the facts, in the same JSON type."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.shared
# Named in a sample only because that one order had it; the sandbox leaves it out where there is nothing to say.
SOMETIMES = {"promotion_details", "buyer_message", "seller_memo", "pic_path", "end_time", "refund_id", "finish_time"}
SAMPLE_ONLY = {"receiver_town", "orderEndTime", "oaid"}


def sample(shared: Path, name: str) -> Any:
    return json.loads((shared / "facts" / "platform_samples" / name).read_text(encoding="utf-8"))


def compare(wanted: Any, found: Any, place: str = "") -> list[str]:
    """Every field of the sample that is missing or of another type."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict):
            return [f"{place}: no object"]
        missing = [f"{place}.{key}: missing" for key in wanted.keys() - found.keys() - SOMETIMES - SAMPLE_ONLY]
        return missing + [
            line for key in wanted.keys() & found.keys() for line in compare(wanted[key], found[key], f"{place}.{key}")
        ]
    if isinstance(wanted, list):
        if not isinstance(found, list):
            return [f"{place}: no array"]
        return compare(wanted[0], found[0], f"{place}[0]") if wanted and found else []
    if wanted is not None and found is not None and type(wanted) is not type(found):
        return [f"{place}: {found!r} instead of {wanted!r}"]
    return []


def test_taobao_orders_look_like_the_samples(bench: Any, shared: Path) -> None:
    running = bench(seed=1)
    client = running.client("taobao-1")
    wanted = sample(shared, "taobao/order_detail_response.json")
    fields = ",".join(wanted["trade_fullinfo_get_response"]["trade"])
    first = next(iter(running.pull("taobao-1")))
    detail = client.call("taobao.trade.fullinfo.get", fields=fields, tid=first)
    assert compare(wanted, detail) == []


def test_taobao_refunds_look_like_the_samples(bench: Any, shared: Path) -> None:
    running = bench(seed=1)
    request = sample(shared, "taobao/refund_list_request.json")["form"]
    found = running.client("taobao-1").call(
        "taobao.refunds.receive.get", fields=request["fields"], use_has_next="true", page_size=100
    )
    assert compare(sample(shared, "taobao/refund_list_response.json"), found) == []


def test_jd_orders_and_applications_look_like_the_samples(bench: Any, shared: Path) -> None:
    running = bench(seed=1)
    client, now = running.client("jd-1"), int(running.clock().timestamp())
    request = json.loads(sample(shared, "jd/order_list_request.json")["form"]["360buy_param_json"])
    wanted = sample(shared, "jd/order_list_response.json")
    row = wanted["jingdong_pop_order_enSearch_responce"]["searchorderinfo_result"]["orderInfoList"][0]
    request |= {"start_date": _text(now - 2 * 86400), "end_date": _text(now), "optional_fields": ",".join(row)}
    found = client.call("jingdong.pop.order.enSearch", **request)
    assert compare(wanted, found) == []
    number = next(iter(running.pull("jd-1")))
    detail = client.call("jingdong.pop.order.enGet", order_id=int(number), optional_fields=request["optional_fields"])
    assert compare(sample(shared, "jd/order_detail_response.json"), detail) == []
    asked = {"applyTimeStart": _text(now - 2 * 86400), "applyTimeEnd": _text(now), "pageIndex": 1, "pageSize": 50}
    found = client.call("jingdong.pop.afs.soa.refundapply.queryPageList", **asked)
    assert compare(sample(shared, "jd/refund_list_response.json"), found) == []


def _text(instant: int) -> str:
    return datetime.fromtimestamp(instant, timezone(timedelta(hours=8))).strftime("%Y-%m-%d %H:%M:%S")


def test_doudian_orders_and_after_sales_look_like_the_samples(bench: Any, shared: Path) -> None:
    running = bench(seed=1)
    client = running.client("doudian-1")
    found = client.call("order.searchList", page=0, size=100)
    assert compare(sample(shared, "doudian/order_list_response.json"), found) == []
    number = found["data"]["shop_order_list"][0]["order_id"]
    detail = client.call("order.orderDetail", shop_order_id=number)
    assert compare(sample(shared, "doudian/order_detail_response.json"), detail) == []
    found = client.call("afterSale.List", page=0, size=50)
    assert compare(sample(shared, "doudian/refund_list_response.json"), found) == []


def test_pinduoduo_orders_and_refunds_look_like_the_samples(bench: Any, shared: Path) -> None:
    running = bench(seed=1)
    client, now = running.client("pinduoduo-1"), int(running.clock().timestamp())
    window = {"start_updated_at": now - 9000, "end_updated_at": now - 7200, "page": 1, "page_size": 100}
    asked = {"order_status": 5, "refund_status": 5, "is_lucky_flag": 0}
    for use, name in (("true", "order_list_response"), ("false", "order_list_count_response")):
        found = client.call("pdd.order.number.list.increment.get", use_has_next=use, **asked, **window)
        assert compare(sample(shared, f"pinduoduo/{name}.json"), found) == []
    number = found["order_sn_increment_get_response"]["order_sn_list"][0]["order_sn"]
    detail = client.call("pdd.order.information.get", order_sn=number)
    assert compare(sample(shared, "pinduoduo/order_detail_response.json"), detail) == []
    hits = 0
    for back in range(1, 40):
        window = {"start_updated_at": now - back * 1800, "end_updated_at": now - (back - 1) * 1800}
        found = client.call("pdd.refund.list.increment.get", after_sales_status=1, after_sales_type=1, **window)
        hits += len(found["refund_increment_get_response"]["refund_list"])
        assert compare(sample(shared, "pinduoduo/refund_list_response.json"), found) == []
    assert hits > 0


def test_wechat_orders_and_after_sales_look_like_the_samples(bench: Any, shared: Path) -> None:
    running = bench(seed=1)
    client, now = running.client("wechat-1"), int(running.clock().timestamp())
    window = {"start_time": now - 86400, "end_time": now}
    found = client.call("/channels/ec/order/list/get", update_time_range=window, page_size=100)
    assert compare(sample(shared, "wechat_store/order_list_response.json"), found) == []
    detail = client.call("/channels/ec/order/get", order_id=found["order_id_list"][0])
    assert compare(sample(shared, "wechat_store/order_detail_response.json"), detail) == []
    found = client.call(
        "/channels/ec/aftersale/getaftersalelist", begin_update_time=now - 86400, end_update_time=now, next_key=""
    )
    assert compare(sample(shared, "wechat_store/refund_list_response.json"), found) == []
    made = client.call(
        "/channels/ec/aftersale/getaftersaleorder", after_sale_order_id=found["after_sale_order_id_list"][0]
    )
    assert compare(sample(shared, "wechat_store/refund_detail_response.json"), made) == []
