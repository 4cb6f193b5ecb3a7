"""What the product does to the outside: dispatches, stock, refunds it meets, prints, robots, couriers; and the truth."""

import hashlib
import json
import socket
import subprocess
import sys
import time
from typing import Any

import pytest
import requests

from core.channels import signatures
from core.channels.sandbox.orders import Order, Stage, State


def first(running: Any, shop: str, state: State, **wanted: Any) -> Order:
    """An order of a shop in a state, without refunds unless wanted."""
    for order in running.box.world.shops[shop].orders.values():
        open_refund = order.open_refund is not None
        if order.state is state and open_refund is wanted.get("refund", False):
            return order
    raise AssertionError(f"{shop} has no such order")


SHIPPING = {
    "taobao-1": ("taobao.logistics.offline.send", lambda no: {"tid": no, "out_sid": "SF123", "company_code": "SF"}),
    "jd-1": ("jingdong.pop.order.shipment", lambda no: {"orderId": int(no), "logiCoprId": "467", "logiNo": "SF123"}),
    "doudian-1": (
        "order.logisticsAdd",
        lambda no: {"order_id": no, "company_code": "shunfeng", "logistics_code": "SF123"},
    ),
    "pinduoduo-1": (
        "pdd.logistics.online.send",
        lambda no: {"order_sn": no, "logistics_id": 44, "tracking_number": "SF123"},
    ),
    "wechat-1": (
        "/channels/ec/order/delivery/send",
        lambda no: {
            "order_id": no,
            "delivery_list": [{"delivery_id": "SF", "waybill_id": "SF123", "deliver_type": 1}],
        },
    ),
}


def refused(answer: dict[str, Any]) -> bool:
    """Whether a platform said no, in whichever way it says so."""
    inner = answer.get("jingdong_pop_order_shipment_responce", {}).get("sopjosshipment_result", {})
    return (
        "error_response" in answer
        or answer.get("code", 10000) != 10000
        or answer.get("errcode", 0) != 0
        or inner.get("success") is False
    )


@pytest.mark.parametrize("shop", SHIPPING)
def test_a_dispatch_ships_the_order_takes_the_stock_and_stands_in_the_truth(bench: Any, shop: str) -> None:
    running = bench(seed=1)
    client, order = running.client(shop), first(running, shop, State.PAID)
    name, params = SHIPPING[shop]
    before, modified = dict(running.box.world.stock.promised), order.modified
    assert not refused(client.call(name, **params(order.no)))
    assert (order.state, order.tracking_no) == (State.SHIPPED, "SF123")
    assert order.modified > modified
    assert sum(running.box.world.stock.promised.values()) < sum(before.values())
    (row,) = running.box.truth()["dispatches"]
    assert (row["shop"], row["platform_no"], row["courier"], row["tracking_no"]) == (shop, order.no, "SF", "SF123")
    assert refused(client.call(name, **params(order.no)))
    assert len(running.box.truth()["dispatches"]) == 1


@pytest.mark.parametrize("shop", SHIPPING)
def test_a_platform_that_holds_an_order_lets_nobody_ship_it(bench: Any, shop: str) -> None:
    running = bench(seed=1)
    order = first(running, shop, State.PAID)
    order.state = State.HELD
    name, params = SHIPPING[shop]
    assert refused(running.client(shop).call(name, **params(order.no)))
    assert running.box.truth()["dispatches"] == []


@pytest.mark.parametrize(("shop", "refuses"), [("jd-1", True), ("doudian-1", True), ("pinduoduo-1", True)])
def test_where_the_platform_itself_guards_a_refund_shipping_is_refused(bench: Any, shop: str, refuses: bool) -> None:
    running = bench(seed=1, rate=4)
    order = next(
        order
        for order in running.box.world.shops[shop].orders.values()
        if order.state is State.PAID and any(made.stage is Stage.ASKED for made in order.refunds)
    )
    name, params = SHIPPING[shop]
    assert refused(running.client(shop).call(name, **params(order.no))) is refuses
    if shop == "doudian-1":
        assert not refused(running.client(shop).call(name, **params(order.no), is_refund_reject=True))
        assert all(made.stage is not Stage.ASKED for made in order.refunds)


def test_a_shipped_order_is_completed_some_days_later(bench: Any) -> None:
    running = bench(seed=1, rate=0.01)
    order = first(running, "taobao-1", State.PAID)
    name, params = SHIPPING["taobao-1"]
    running.client("taobao-1").call(name, **params(order.no))
    running.clock.on(days=15)
    running.box.truth()
    assert order.state in (State.DONE, State.REFUNDED)


def test_taobao_ships_some_sub_orders_and_then_the_rest(bench: Any) -> None:
    running = bench(seed=1)
    shop = running.box.world.shops["taobao-1"]
    order = next(o for o in shop.orders.values() if o.state is State.PAID and len(o.lines) > 1 and not o.refunds)
    client = running.client("taobao-1")
    send = {"tid": order.no, "out_sid": "SF1", "company_code": "SF", "is_split": 1}
    client.call("taobao.logistics.offline.send", sub_tid=order.no, **send)
    assert order.state is State.PART
    row = next(row for row in running.box.truth()["orders"] if row["platform_no"] == order.no)
    assert (row["status"], row["platform_status"]) == ("PAID", "SELLER_CONSIGNED_PART")
    rest = ",".join(str(int(order.no) + line.number - 1) for line in order.lines[1:])
    client.call("taobao.logistics.offline.send", sub_tid=rest, **send)
    assert order.state is State.SHIPPED


STOCK = {
    "taobao-1": lambda one: (
        "taobao.skus.quantity.update",
        {"num_iid": one.goods_id, "skuid_quantities": f"{one.sku_id}:7", "type": 1},
        None,
    ),
    "jd-1": lambda one: (
        "jingdong.ware.stock.sku.set",
        {"req": {"stockRfId": "K1", "skuStocks": [{"skuId": one.sku_id, "stockNum": 7}]}},
        "K1",
    ),
    "doudian-1": lambda one: (
        "sku.syncStock",
        {"product_id": one.goods_id, "sku_id": one.sku_id, "stock_num": 7, "incremental": False, "idempotent_id": "K2"},
        "K2",
    ),
    "pinduoduo-1": lambda one: (
        "pdd.goods.quantity.update",
        {"goods_id": one.goods_id, "sku_id": one.sku_id, "quantity": 7, "update_type": 1},
        None,
    ),
    "wechat-1": lambda one: (
        "/channels/ec/product/stock/update",
        {"product_id": str(one.goods_id), "sku_id": str(one.sku_id), "diff_type": 3, "num": 7},
        None,
    ),
}


@pytest.mark.parametrize("shop", STOCK)
def test_a_stock_push_sets_what_is_on_sale_and_stands_in_the_truth_with_its_key(bench: Any, shop: str) -> None:
    running = bench(seed=1)
    one = next(iter(running.box.world.shops[shop].listings.values()))
    name, params, key = STOCK[shop](one)
    assert not refused(running.client(shop).call(name, **params))
    truth = running.box.truth()
    (push,) = truth["stock_pushes"]
    assert (push["shop"], push["sku"], push["qty"], push["key"]) == (shop, one.sku.code, 7, key)
    assert {"channel": shop[:-2], "shop": shop, "sku": one.sku.code, "qty": 7} in truth["stock"]


def test_an_increment_adds_and_never_goes_below_zero(bench: Any) -> None:
    running = bench(seed=1)
    shop = running.box.world.shops["wechat-1"]
    one = next(iter(shop.listings.values()))
    before, client = shop.listed[one.sku.code], running.client("wechat-1")
    asked = {"product_id": str(one.goods_id), "sku_id": str(one.sku_id)}
    client.call("/channels/ec/product/stock/update", diff_type=1, num=5, **asked)
    assert shop.listed[one.sku.code] == before + 5
    answer = client.call("/channels/ec/product/stock/update", diff_type=2, num=before + 6, **asked)
    assert answer["errcode"] == 10020219
    assert shop.listed[one.sku.code] == before + 5


def test_doudian_takes_an_increment_with_one_key_only_once(bench: Any) -> None:
    running = bench(seed=1)
    one = next(iter(running.box.world.shops["doudian-1"].listings.values()))
    asked = {"sku_id": one.sku_id, "product_id": one.goods_id, "stock_num": 3, "incremental": True}
    client = running.client("doudian-1")
    assert client.call("sku.syncStock", **asked)["code"] == 40001
    assert client.call("sku.syncStock", idempotent_id="A", **asked)["code"] == 10000
    assert client.call("sku.syncStock", idempotent_id="A", **asked)["sub_code"] == "isv.idempotent-id-existed"


def test_selling_more_than_lies_there_shows_as_oversold(bench: Any) -> None:
    running = bench(seed=1, rate=4, days=0)
    shop = running.box.world.shops["pinduoduo-1"]
    for code, listing in shop.listings.items():
        if not listing.sku.gift:
            shop.listed[code] = 10_000
            shop.pushed.add(code)
    running.clock.on(hours=20)
    oversold = running.box.truth()["oversold"]
    assert oversold
    assert all(row["qty"] > 0 for row in oversold)


def test_the_shops_row_is_a_valid_config_table(bench: Any) -> None:
    import tomllib

    running = bench(seed=1)
    lines = [
        "[[shops]]\n" + "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in row.items())
        for row in running.box.shops()["shops"]
    ]
    assert tomllib.loads("\n".join(lines))["shops"] == running.box.shops()["shops"]
    assert {row["channel"] for row in running.box.shops()["shops"]} == {
        "taobao",
        "jd",
        "doudian",
        "pinduoduo",
        "wechat",
    }


def test_the_warehouses_tell_what_lies_on_their_shelves(bench: Any) -> None:
    running = bench(seed=1)
    rows = requests.get(f"{running.box.url}/sandbox/stock", timeout=5).json()["stock"]
    assert {row["warehouse"] for row in rows} == {"WH-JX", "WH-SZ", "WH-GZ"}
    assert all(row["qty"] >= 0 for row in rows)
    products = requests.get(f"{running.box.url}/sandbox/products", timeout=5).json()["products"]
    assert {row["sku"] for row in rows} == {p["sku"] for p in products if not p["components"]}


def _print(running: Any, job: bytes) -> None:
    with socket.create_connection((running.box.host, running.box.port + 1), timeout=5) as line:
        line.sendall(job)
    for _ in range(200):
        if any(row["sha256"] == hashlib.sha256(job).hexdigest() for row in running.box.diary.prints):
            return
        time.sleep(0.01)
    raise AssertionError("the job never arrived")


def test_the_printer_reads_key_orders_and_reprint_out_of_a_job(bench: Any) -> None:
    running = bench(seed=1)
    job = b'\x1b%-12345X@PJL JOB NAME="x"\r\n@PJL COMMENT "danliu key=pick-1 orders=A1,B2 reprint=yes"\r\n%PDF-1.4'
    _print(running, job)
    (row,) = running.box.truth()["prints"]
    assert (row["key"], row["platform_nos"], row["reprint"]) == ("pick-1", ["A1", "B2"], True)


def test_the_printer_finds_known_order_numbers_in_a_job_without_a_key(bench: Any) -> None:
    running = bench(seed=1)
    number = first(running, "wechat-1", State.PAID).no
    _print(running, f"^XA^FO20,20^FD{number}^FS^FD3705999999999999999^FS^XZ".encode())
    (row,) = running.box.truth()["prints"]
    assert (row["key"], row["platform_nos"], row["reprint"]) == (None, [number], False)


def test_the_robot_answers_as_each_group_chat_does(bench: Any) -> None:
    running = bench(seed=1)
    url, now = f"{running.box.url}/sandbox/robot", int(running.clock().timestamp())
    text = {"msgtype": "text", "text": {"content": "hello"}}
    stamp = str(now * 1000)
    signed = f"{url}?access_token=x&timestamp={stamp}&sign={signatures.dingtalk(stamp, 'SECsandbox')}"
    assert requests.post(signed, json=text, timeout=5).json() == {"errcode": 0, "errmsg": "ok"}
    wrong = f"{url}?access_token=x&timestamp={stamp}&sign=wrong"
    assert requests.post(wrong, json=text, timeout=5).json()["errcode"] == 310000
    feishu = {"msg_type": "text", "content": {"text": "hello"}, "timestamp": str(now)}
    feishu["sign"] = signatures.feishu(str(now), "sandbox-feishu")
    assert requests.post(url, json=feishu, timeout=5).json() == {"code": 0, "msg": "success", "data": {}}
    assert requests.post(url, json={**feishu, "sign": "x"}, timeout=5).json()["code"] == 19021
    found = [requests.post(f"{url}?key=k", json=text, timeout=5).json()["errcode"] for _ in range(25)]
    assert found[0] == 0
    assert found[-1] == 45009
    messages = requests.get(url, timeout=5).json()["messages"]
    assert [row["kind"] for row in messages[:3]] == ["dingtalk", "feishu", "wecom"]


def test_couriers_tell_the_road_of_a_parcel_that_left(bench: Any) -> None:
    running = bench(seed=1, days=4)
    order = first(running, "jd-1", State.DONE)
    courier = running.box.shops()["couriers"][0]
    param = json.dumps({"com": "yuantong", "num": order.tracking_no})
    form = {"customer": courier["customer"], "param": param}
    sign = signatures.kuaidi100(param, courier["key"], courier["customer"])
    found = requests.post(courier["url"], data={**form, "sign": sign}, timeout=5).json()
    assert (found["state"], found["data"][0]["status"], found["data"][-1]["status"]) == ("3", "签收", "揽收")
    assert requests.post(courier["url"], data={**form, "sign": "x"}, timeout=5).json()["returnCode"] == "503"
    bird = running.box.shops()["couriers"][1]
    asked = json.dumps({"ShipperCode": "YTO", "LogisticCode": order.tracking_no})
    form = {"RequestData": asked, "EBusinessID": bird["ebusiness_id"], "RequestType": "1002", "DataType": "2"}
    form["DataSign"] = signatures.kdniao(asked, bird["app_key"])
    found = requests.post(bird["url"], data=form, timeout=5).json()
    assert (found["Success"], found["State"]) == (True, "3")
    assert found["Traces"][0]["AcceptTime"] < found["Traces"][-1]["AcceptTime"]


def test_the_command_serves_until_stopped_and_refuses_an_unknown_fault() -> None:
    command = [sys.executable, "-m", "core", "sandbox", "--days", "0", "--rate", "0"]
    bad = subprocess.run(
        [*command, "--port", "18931", "--faults", "gremlins", "--json"], capture_output=True, text=True, timeout=60
    )
    assert bad.returncode == 2
    assert json.loads(bad.stdout)["error"] == "bad_request"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        bad = subprocess.run([*command, "--port", port, "--json"], capture_output=True, text=True, timeout=60)
    assert bad.returncode == 2
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    running = subprocess.Popen([*command, "--port", port], stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        assert port in running.stdout.readline()
        assert requests.get(f"http://127.0.0.1:{port}/sandbox/truth", timeout=5).json()["orders"] == []
    finally:
        running.terminate()
        running.wait(20)
        if running.stdout:
            running.stdout.close()
