"""The pretend WeChat store: `/wechat/channels/ec/...` and `/wechat/cgi-bin/stable_token` (facts: WeChat)."""

# ruff: noqa: ARG001 - one shape for all methods of a gateway

import base64
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from core.channels.sandbox import wechat_rows as rows
from core.channels.sandbox.fate import COURIERS, unsent
from core.channels.sandbox.gate import Answer, Call, Desk, Refusal
from core.channels.sandbox.orders import TO_SHIP, Order, State
from core.channels.sandbox.shop import Shop
from core.channels.sandbox.vocabulary import word

DAY = 86400
Params = dict[str, Any]
_TEXTS = {
    40001: "invalid credential, access_token is invalid or not latest",
    40013: "invalid appid",
    40014: "invalid access_token",
    40097: "invalid args",
    40125: "invalid appsecret",
    41001: "access_token missing",
    42001: "access_token expired",
    43002: "require POST method",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit  must slower  retry next minute",
    47001: "data format error",
    48001: "api unauthorized",
    101100: "order status not allowed",
    10020004: "time range error",
    10020050: "stock num error",
    10020052: "sku not found",
    10020219: "stock not enough",
    606006: "next_key not match",
}


def refusal(code: int, text: str = "") -> Refusal:
    """WeChat's error document."""
    return Refusal({"errcode": code, "errmsg": f"{text or _TEXTS[code]} rid: sandbox"})


class WechatGateway:
    """Checks a call as WeChat does, then answers it; there is no signature, only the token."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def limited(self) -> Refusal:
        return refusal(45011)

    def unreadable(self) -> Refusal:
        return refusal(40097)

    def answer(self, call: Call) -> Answer:
        if call.path == "/cgi-bin/token":
            return self._token(call.query, call.now)
        if call.verb != "POST":
            raise refusal(43002)
        params = self._body(call)
        if call.path == "/cgi-bin/stable_token":
            return self._token(params, call.now)
        shop = self._shop(call)
        method = METHODS.get(call.path)
        if method is None:
            raise refusal(48001)
        if self.desk.limits.over(shop.app_key, call.path, 10_000, 60, call.now):
            raise self.limited()
        if self.desk.limits.over(shop.app_key, f"{call.path} a day", 500_000, DAY, call.now):
            raise refusal(45009)
        document, wrote = method(self, shop, params)
        return Answer({"errcode": 0, "errmsg": "ok", **document}, wrote=wrote)

    def _body(self, call: Call) -> Params:
        try:
            params = orjson.loads(call.body or b"{}")
        except orjson.JSONDecodeError:
            raise refusal(47001) from None
        if not isinstance(params, dict):
            raise refusal(47001)
        return params

    def _shop(self, call: Call) -> Shop:
        text = call.query.get("access_token", "")
        if not text:
            raise refusal(41001)
        worst = ""
        for app in self.desk.shops("wechat"):
            shop, fault = self.desk.tokens.check(text, app.app_key, call.now)
            if shop is not None:
                return shop
            worst = "expired" if fault == "expired" else worst
        raise refusal(42001 if worst else 40001)

    def _token(self, params: Params, now: int) -> Answer:
        """stable_token gives the same token for its whole life, a new one when forced or dead; /token always a new one."""
        app = self.desk.app("wechat", str(params.get("appid", "")))
        if params.get("grant_type") != "client_credential" or app is None:
            raise refusal(40013)
        if params.get("secret") != app.app_secret:
            raise refusal(40125)
        tokens = self.desk.tokens
        grant = tokens.grants[app.name]
        alive = grant.access[grant.newest] > now + 300 and grant.calls_left > 0
        if params.get("force_refresh") and self.desk.limits.over(app.app_key, "force_refresh", 20, DAY, now):
            raise refusal(45009)
        if not alive or params.get("force_refresh"):
            tokens.renew(grant, now)
        return Answer({"access_token": grant.newest, "expires_in": grant.access[grant.newest] - now})


Result = tuple[dict[str, Any], bool]


def _range(params: Params, name: str, most: int, wrong: int) -> tuple[int, int] | None:
    found = params.get(name)
    if found is None:
        return None
    since, until = found.get("start_time"), found.get("end_time")
    if not isinstance(since, int) or not isinstance(until, int) or not 0 <= until - since <= most:
        raise refusal(wrong)
    return since, until


def _slice(
    gateway: WechatGateway, things: Sequence[Any], params: Params, size: int, listing: str
) -> tuple[list[Any], str, bool]:
    """The rows after `next_key`, which belongs to one list of one window only."""
    start = 0
    if key := params.get("next_key"):
        try:
            owner, _, place = base64.urlsafe_b64decode(str(key)).decode().rpartition("|")
            start = int(place)
        except ValueError:
            raise refusal(606006) from None
        if owner != listing:
            raise refusal(606006)
    part = things[start : start + size]
    made = [row for row, _ in gateway.desk.faults.muddle(part, things)]
    if gateway.desk.faults.on("shuffled_pages"):
        gateway.desk.faults.random.shuffle(made)
    following = base64.urlsafe_b64encode(f"{listing}|{start + size}".encode()).decode()
    return made, following, start + size < len(things)


def order_list(gateway: WechatGateway, shop: Shop, params: Params) -> Result:
    """order/list/get: ids only, by create or update time, at most 7 days, by cursor."""
    size = params.get("page_size", 10)
    if not isinstance(size, int) or not 1 <= size <= 100:
        raise refusal(40097)
    updated = _range(params, "update_time_range", 7 * DAY, 40097)
    created = _range(params, "create_time_range", 7 * DAY, 40097)
    if (updated is None) == (created is None):
        raise refusal(40097, "create_time_range or update_time_range is needed")
    newest = gateway.desk.faults.newest(gateway.desk.clock() + shop.skew)
    if updated:
        found = shop.by_modified.between(updated[0], min(updated[1], newest))
    else:
        found = shop.by_created.between(*(created or (0, 0)))
    if params.get("status") is not None:
        found = [order for order in found if word("wechat", order, order) == str(params["status"])]
    if params.get("openid"):
        found = [order for order in found if rows.openid(shop, order) == params["openid"]]
    listing = f"{shop.name}:{updated or created}:{params.get('status')}:{params.get('openid')}"
    made, following, more = _slice(gateway, found, params, size, listing)
    return {"order_id_list": [order.no for order in made], "next_key": following, "has_more": more}, False


def _order(shop: Shop, params: Params) -> Order:
    order = shop.orders.get(str(params.get("order_id", "")))
    if order is None:
        raise refusal(40097, "order_id not found")
    return order


def order_get(gateway: WechatGateway, shop: Shop, params: Params) -> Result:
    """order/get."""
    return {"order": rows.order_document(shop, _order(shop, params))}, False


def after_sale_list(gateway: WechatGateway, shop: Shop, params: Params) -> Result:
    """aftersale/getaftersalelist: ids by create or update time, at most 24 hours, by cursor."""
    names = ("create", "update")
    given = [name for name in names if f"begin_{name}_time" in params or f"end_{name}_time" in params]
    if len(given) != 1:
        raise refusal(40097)
    since, until = params.get(f"begin_{given[0]}_time"), params.get(f"end_{given[0]}_time")
    if not isinstance(since, int) or not isinstance(until, int) or not 0 <= until - since <= DAY:
        raise refusal(10020004)
    timeline = shop.refunds_by_modified if given[0] == "update" else shop.refunds_by_created
    listing = f"{shop.name}:refunds:{given[0]}:{since}:{until}"
    made, following, more = _slice(gateway, timeline.between(since, until), params, 50, listing)
    return {"after_sale_order_id_list": [kept.no for kept in made], "next_key": following, "has_more": more}, False


def after_sale_get(gateway: WechatGateway, shop: Shop, params: Params) -> Result:
    """aftersale/getaftersaleorder."""
    made = shop.refunds.get(str(params.get("after_sale_order_id", "")))
    if made is None:
        raise refusal(40097, "after_sale_order_id not found")
    return {"after_sale_order": rows.after_sale(shop, made)}, False


def set_stock(gateway: WechatGateway, shop: Shop, params: Params) -> Result:
    """product/stock/update: diff_type 1 adds, 2 subtracts, 3 sets."""
    listing = shop.listing(str(params.get("sku_id", "")))
    if listing is None or str(listing.goods_id) != str(params.get("product_id")):
        raise refusal(10020052)
    kind, num = params.get("diff_type"), params.get("num")
    if kind not in (1, 2, 3) or not isinstance(num, int) or num < 0:
        raise refusal(10020050)
    present = shop.listed.get(listing.sku.code, 0)
    qty = present + num if kind == 1 else present - num if kind == 2 else num
    if qty < 0:
        raise refusal(10020219)
    gateway.desk.set_stock(shop, listing.sku.code, qty, None)
    return {}, True


def stock(gateway: WechatGateway, shop: Shop, params: Params) -> Result:
    """product/stock/get: the quantity on sale of one SKU."""
    listing = shop.listing(str(params.get("sku_id", "")))
    if listing is None:
        raise refusal(10020052)
    qty = shop.listed.get(listing.sku.code, 0)
    return {"data": {"normal_stock_num": qty, "limited_discount_stock_num": 0, "total_stock_num": qty}}, False


def ship(gateway: WechatGateway, shop: Shop, params: Params) -> Result:
    """order/delivery/send: whole or in part, by the products of each parcel."""
    order = _order(shop, params)
    if order.state not in TO_SHIP or order.state is State.HELD:
        raise refusal(101100)
    parcels = params.get("delivery_list") or []
    if not parcels:
        raise refusal(40097)
    for parcel in parcels:
        courier = next((n for n, row in enumerate(COURIERS) if row[6] == parcel.get("delivery_id")), None)
        virtual = parcel.get("deliver_type") == 3
        if not virtual and (courier is None or not parcel.get("waybill_id")):
            raise refusal(40097)
        wanted = {str(row.get("sku_id")) for row in parcel.get("product_infos") or []}
        lines = [line.number for line in unsent(order) if not wanted or str(line.listing.sku_id) in wanted]
        if not lines:
            raise refusal(101100)
        gateway.desk.ship(shop, order, courier, str(parcel.get("waybill_id") or ""), lines, None)
    return {}, True


def companies(gateway: WechatGateway, shop: Shop, params: Params) -> Result:
    """order/deliverycompanylist/new/get."""
    return {"company_list": [{"delivery_id": row[6], "delivery_name": row[1]} for row in COURIERS]}, False


def shipping_info(gateway: WechatGateway, shop: Shop, params: Params) -> Result:
    """wxa/sec/order/upload_shipping_info of a private mini-program: recorded, not bound to an order here."""
    if not isinstance(params.get("order_key"), dict) or not params.get("shipping_list"):
        raise refusal(40097)
    gateway.desk.diary.messages.append({"kind": "upload_shipping_info", "body": params})
    return {}, True


METHODS: dict[str, Callable[[WechatGateway, Shop, Params], Result]] = {
    "/channels/ec/order/list/get": order_list,
    "/channels/ec/order/get": order_get,
    "/channels/ec/order/delivery/send": ship,
    "/channels/ec/order/deliverycompanylist/new/get": companies,
    "/channels/ec/order/deliverycompanylist/get": companies,
    "/channels/ec/aftersale/getaftersalelist": after_sale_list,
    "/channels/ec/aftersale/getaftersaleorder": after_sale_get,
    "/channels/ec/product/stock/update": set_stock,
    "/channels/ec/product/stock/get": stock,
    "/wxa/sec/order/upload_shipping_info": shipping_info,
}
