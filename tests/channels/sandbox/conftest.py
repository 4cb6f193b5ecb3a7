"""A small careful client for the five pretend platforms, written from the facts and not from the product's connectors."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import requests

from core.channels.sandbox import Sandbox

CHINA = timezone(timedelta(hours=8))
START = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
TAOBAO_FIELDS = (
    "tid,status,payment,total_fee,post_fee,discount_fee,created,pay_time,modified,receiver_name,receiver_mobile,"
    "receiver_phone,receiver_address,receiver_state,receiver_city,orders"
)
REFUND_FIELDS = "refund_id,tid,oid,status,refund_fee,created,modified"
JD_STATES = "NOT_PAY,WAIT_SELLER_STOCK_OUT,WAIT_GOODS_RECEIVE_CONFIRM,FINISHED_L,TRADE_CANCELED,LOCKED,PAUSE"
JD_FIELDS = (
    "orderId,orderState,actualPay,paymentConfirmTime,modified,itemInfoList,orderTotalPrice,freightPrice,sellerDiscount"
)


def text(instant: int) -> str:
    return datetime.fromtimestamp(instant, CHINA).strftime("%Y-%m-%d %H:%M:%S")


def md5_wrapped(params: dict[str, str], secret: str) -> str:
    joined = "".join(f"{k}{v}" for k, v in sorted(params.items()) if k != "sign" and v != "")
    return hashlib.md5(f"{secret}{joined}{secret}".encode()).hexdigest().upper()


class Trouble(Exception):
    """Something that a client answers by trying again."""


class Client:
    """Calls one shop; tries again on passing trouble and renews a dead token."""

    def __init__(self, row: dict[str, Any], clock: Callable[[], datetime]) -> None:
        self.row, self.clock = dict(row), clock
        self.http = requests.Session()
        self.channel: str = row["channel"]

    def now(self) -> int:
        return int(self.clock().timestamp())

    def call(self, name: str, **params: Any) -> Any:
        """The document of a call after as many tries as it takes."""
        for _ in range(12):
            try:
                return getattr(self, f"_{self.channel}")(name, params)
            except (Trouble, requests.exceptions.RequestException):
                continue
        raise AssertionError(f"{name} never succeeded")

    def _json(self, answer: requests.Response) -> dict[str, Any]:
        if answer.status_code >= 500:
            raise Trouble(answer.status_code)
        try:
            return answer.json()
        except ValueError as error:
            raise Trouble("bad json") from error

    def taobao_form(self, name: str, params: dict[str, Any]) -> dict[str, str]:
        form = {"method": name, "app_key": self.row["app_key"], "session": self.row["access_token"], "v": "2.0"}
        form |= {"timestamp": text(self.now()), "format": "json", "sign_method": "md5"}
        form |= {key: str(value) for key, value in params.items()}
        return {**form, "sign": md5_wrapped(form, self.row["app_secret"])}

    def _taobao(self, name: str, params: dict[str, Any]) -> Any:
        found = self._json(self.http.post(self.row["gateway"], data=self.taobao_form(name, params), timeout=5))
        if found.get("error_response", {}).get("code") == 7:
            raise Trouble("rate")
        return found

    def _jd(self, name: str, params: dict[str, Any]) -> Any:
        form = {"method": name, "app_key": self.row["app_key"], "access_token": self.row["access_token"], "v": "2.0"}
        form |= {"timestamp": f"{text(self.now())}.000+0800", "360buy_param_json": json.dumps(params)}
        form["sign"] = md5_wrapped(form, self.row["app_secret"])
        found = self._json(self.http.post(self.row["gateway"], data=form, timeout=5))
        code = found.get("error_response", {}).get("code")
        if code == "19":
            url = self.row["gateway"].replace("/routerjson", "/oauth2/refresh_token")
            asked = {key: self.row[key] for key in ("app_key", "app_secret", "refresh_token")}
            self.row |= self._json(self.http.get(url, params={**asked, "grant_type": "refresh_token"}, timeout=5))
        if code in ("2", "19"):
            raise Trouble(code)
        return found

    def _doudian(self, name: str, params: dict[str, Any]) -> Any:
        body = json.dumps(params, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        query = {"method": name, "app_key": self.row["app_key"], "access_token": self.row["access_token"], "v": "2"}
        query |= {"timestamp": str(self.now()), "sign_method": "hmac-sha256"}
        secret = self.row["app_secret"]
        signed = f"{secret}app_key{query['app_key']}method{name}param_json{body}timestamp{query['timestamp']}v2{secret}"
        query["sign"] = hmac.new(secret.encode(), signed.encode(), "sha256").hexdigest()
        url = f"{self.row['gateway']}/{name.replace('.', '/')}"
        found = self._json(self.http.post(url, params=query, data=body.encode(), timeout=5))
        if found.get("sub_code") == "isv.access-token-expired":
            asked = {"grant_type": "refresh_token", "refresh_token": self.row["refresh_token"]}
            self.row |= self.call("token.refresh", **asked)["data"]
            raise Trouble("token")
        if found["code"] in (60000, 20000):
            raise Trouble(found["code"])
        return found

    def _pinduoduo(self, name: str, params: dict[str, Any]) -> Any:
        form = {"type": name, "client_id": self.row["app_key"], "access_token": self.row["access_token"]}
        form |= {"timestamp": str(self.now()), "data_type": "JSON", "version": "V1"}
        form |= {key: str(value) for key, value in params.items()}
        form["sign"] = md5_wrapped(form, self.row["app_secret"])
        found = self._json(self.http.post(self.row["gateway"], data=form, timeout=5))
        code = found.get("error_response", {}).get("error_code")
        if code == 10019:
            made = self.call("pdd.pop.auth.token.refresh", refresh_token=self.row["refresh_token"])
            self.row |= made["pop_auth_token_refresh_response"]
        if code in (10019, 52101):
            raise Trouble(code)
        return found

    def _wechat(self, name: str, params: dict[str, Any]) -> Any:
        url = f"{self.row['gateway']}{name}"
        found = self._json(
            self.http.post(url, params={"access_token": self.row["access_token"]}, json=params, timeout=5)
        )
        if found["errcode"] in (40001, 42001):
            asked = {"grant_type": "client_credential", "appid": self.row["app_key"], "secret": self.row["app_secret"]}
            made = self._json(self.http.post(f"{self.row['gateway']}/cgi-bin/stable_token", json=asked, timeout=5))
            self.row["access_token"] = made.get("access_token", self.row["access_token"])
        if found["errcode"] in (40001, 42001, 45011):
            raise Trouble(found["errcode"])
        return found


def windows(since: int, until: int, most: int) -> Iterator[tuple[int, int]]:
    while since < until:
        yield since, min(until, since + most)
        since += most


def pull(client: Client, since: int, until: int) -> dict[str, dict[str, Any]]:
    """Every order of a shop changed in a period: number -> the newest version seen, as the truth writes it."""
    return PULLS[client.channel](client, since, until)


def _newest(found: dict[str, dict[str, Any]], row: dict[str, Any]) -> None:
    before = found.get(row["platform_no"])
    if before is None or row["modified"] > before["modified"]:
        found[row["platform_no"]] = row


def _fen(yuan: str) -> int:
    whole, _, rest = yuan.partition(".")
    return int(whole) * 100 + int(rest)


def taobao_row(trade: dict[str, Any]) -> dict[str, Any]:
    lines = [(line["oid_str"], line["outer_sku_id"], line["num"]) for line in trade["orders"]["order"]]
    return {
        "platform_no": trade["tid_str"],
        "platform_status": trade["status"],
        "paid_fen": _fen(trade["payment"]),
        "lines": lines,
        "modified": trade["modified"],
    }


def _pull_taobao(client: Client, since: int, until: int) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    name = "taobao.trades.sold.increment.get"
    for first, last in windows(since, until, 86400):
        window = {"start_modified": text(first), "end_modified": text(last), "page_size": 50}
        total = client.call(name, fields="tid", **window)["trades_sold_increment_get_response"]["total_results"]
        for page in range(-(-total // 50), 0, -1):
            body = client.call(name, fields=TAOBAO_FIELDS, page_no=page, use_has_next="true", **window)
            for trade in body["trades_sold_increment_get_response"].get("trades", {}).get("trade", []):
                _newest(found, taobao_row(trade))
    return found


def jd_row(order: dict[str, Any]) -> dict[str, Any]:
    lines = [
        (f"{item['outerSkuId']}-{n}", item["outerSkuId"], int(item["itemTotal"]))
        for n, item in enumerate(order["itemInfoList"], 1)
    ]
    return {
        "platform_no": order["orderId"],
        "platform_status": order["orderState"],
        "paid_fen": _fen(order["actualPay"]),
        "lines": lines,
        "modified": order["modified"],
    }


def _pull_jd(client: Client, since: int, until: int) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    asked = {"order_state": JD_STATES, "optional_fields": JD_FIELDS, "page_size": "100", "sortType": 0, "dateType": 0}
    page = 1
    while True:
        body = client.call(
            "jingdong.pop.order.enSearch", start_date=text(since), end_date=text(until), page=str(page), **asked
        )
        result = body["jingdong_pop_order_enSearch_responce"]["searchorderinfo_result"]
        for order in result["orderInfoList"]:
            _newest(found, jd_row(order))
        if page * 100 >= result["orderTotal"]:
            return found
        page += 1


def doudian_row(order: dict[str, Any]) -> dict[str, Any]:
    return {
        "platform_no": order["order_id"],
        "platform_status": str(order["order_status"]),
        "paid_fen": order["pay_amount"],
        "lines": [(line["order_id"], line["code"], line["item_num"]) for line in order["sku_order_list"]],
        "modified": order["update_time"],
    }


def _pull_doudian(client: Client, since: int, until: int) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for first, last in windows(since, until, 86400):
        page = 0
        while True:
            body = client.call(
                "order.searchList",
                page=page,
                size=100,
                order_by="update_time",
                order_asc=True,
                update_time_start=first,
                update_time_end=last,
            )
            for order in body["data"]["shop_order_list"]:
                _newest(found, doudian_row(order))
            page += 1
            if page * 100 >= body["data"]["total"]:
                break
    return found


def pinduoduo_row(order: dict[str, Any]) -> dict[str, Any]:
    words = ("order_status", "confirm_status", "refund_status", "risk_control_status")
    rows = [*order["item_list"], *order["gift_list"]]
    return {
        "platform_no": order["order_sn"],
        "platform_status": "/".join(str(order[word]) for word in words),
        "paid_fen": _fen(order["pay_amount"]),
        "lines": [(f"{row['outer_id']}-{n}", row["outer_id"], row["goods_count"]) for n, row in enumerate(rows, 1)],
        "modified": order["updated_at"],
    }


def _pull_pinduoduo(client: Client, since: int, until: int) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    name = "pdd.order.number.list.increment.get"
    asked = {"order_status": 5, "refund_status": 5, "is_lucky_flag": 0, "page_size": 100}
    for first, last in windows(since, until, 1800):
        window = {"start_updated_at": first, "end_updated_at": last, **asked}
        head = client.call(name, page=1, use_has_next="false", **window)["order_sn_increment_get_response"]
        for page in range(-(-head["total_count"] // 100), 0, -1):
            body = client.call(name, page=page, use_has_next="true", **window)["order_sn_increment_get_response"]
            for order in body["order_sn_list"]:
                _newest(found, pinduoduo_row(order))
    return found


def wechat_row(order: dict[str, Any]) -> dict[str, Any]:
    products = order["order_detail"]["product_infos"]
    return {
        "platform_no": order["order_id"],
        "platform_status": str(order["status"]),
        "paid_fen": order["order_detail"]["price_info"]["order_price"],
        "lines": [(f"{row['sku_code']}-{n}", row["sku_code"], row["sku_cnt"]) for n, row in enumerate(products, 1)],
        "modified": order["update_time"],
    }


def _pull_wechat(client: Client, since: int, until: int) -> dict[str, dict[str, Any]]:
    numbers: dict[str, None] = {}
    for first, last in windows(since, until, 7 * 86400):
        key, more = "", True
        while more:
            window = {"update_time_range": {"start_time": first, "end_time": last}, "page_size": 100, "next_key": key}
            body = client.call("/channels/ec/order/list/get", **window)
            numbers |= dict.fromkeys(body["order_id_list"])
            key, more = body["next_key"], body["has_more"]
    found: dict[str, dict[str, Any]] = {}
    for number in numbers:
        _newest(found, wechat_row(client.call("/channels/ec/order/get", order_id=number)["order"]))
    return found


PULLS: dict[str, Callable[[Client, int, int], dict[str, dict[str, Any]]]] = {
    "taobao": _pull_taobao,
    "jd": _pull_jd,
    "doudian": _pull_doudian,
    "pinduoduo": _pull_pinduoduo,
    "wechat": _pull_wechat,
}


class Moving:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.instant = START

    def __call__(self) -> datetime:
        return self.instant

    def on(self, **passed: float) -> None:
        self.instant += timedelta(**passed)


@pytest.fixture
def moving() -> Moving:
    return Moving()


class Bench:
    """A running sandbox with its clients."""

    def __init__(self, box: Sandbox, clock: Moving) -> None:
        self.box, self.clock = box, clock
        self.rows = {row["shop"]: row for row in box.shops()["shops"]}

    def client(self, shop: str) -> Client:
        return Client(self.rows[shop], self.clock)

    def pull(self, shop: str, days: int = 2) -> dict[str, dict[str, Any]]:
        now = int(self.clock().timestamp())
        return pull(self.client(shop), now - days * 86400, now + 180)

    def pull_with(self, client: Client, since: int, until: int) -> dict[str, dict[str, Any]]:
        return pull(client, since, until)

    def truth(self, shop: str) -> dict[str, dict[str, Any]]:
        """The truth of a shop in the same form as `pull`, without the modified time."""
        found = {}
        for order in self.box.truth()["orders"]:
            if order["shop"] == shop:
                lines = [(line["line_no"], line["sku"], line["qty"]) for line in order["lines"]]
                keys = ("platform_no", "platform_status", "paid_fen")
                found[order["platform_no"]] = {**{key: order[key] for key in keys}, "lines": lines}
        return found


@pytest.fixture
def bench(moving: Moving) -> Iterator[Callable[..., Bench]]:
    """Makes running sandboxes: `bench(seed=1, rate=0, faults=[...])`."""
    running: list[Sandbox] = []

    def make(**options: Any) -> Bench:
        box = Sandbox(**{"rate": 0, "hang_seconds": 0.1, **options}, clock=moving)
        running.append(box.start())
        return Bench(box, moving)

    yield make
    for box in running:
        box.stop()
