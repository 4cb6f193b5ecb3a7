"""The pretend TOP gateway: `/taobao/router/rest` (facts: Taobao)."""

# ruff: noqa: ARG001 - one shape for all methods of a gateway

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from core.channels import signatures
from core.channels.sandbox import taobao_rows as rows
from core.channels.sandbox.fate import COURIERS, unsent
from core.channels.sandbox.gate import Answer, Call, Desk, Refusal, page
from core.channels.sandbox.orders import TO_SHIP, Order, State
from core.channels.sandbox.shop import Shop
from core.channels.sandbox.texts import instant, local

DAY = 86400
_RECENT = 92 * DAY
_MESSAGES = {
    7: ("App Call Limited", "accesscontrol.limited-by-api-access-count", "This ban will last for 1 more seconds"),
    15: ("Remote service error", "isp.remote-service-timeout", "服务不可用"),
    21: ("Missing method", "", ""),
    22: ("Invalid method", "isv.invalid-method", "不存在的方法名"),
    24: ("Missing signature", "", ""),
    25: ("Invalid signature", "isv.invalid-signature", "签名无效"),
    26: ("Missing session", "", ""),
    27: ("Invalid session", "invalid-sessionkey", "SessionKey非法"),
    28: ("Missing app key", "", ""),
    29: ("Invalid app Key", "isv.appkey-not-exists", "无效的AppKey"),
    30: ("Missing timestamp", "", ""),
    31: ("Invalid timestamp", "", "非法的时间戳参数"),
    32: ("Missing version", "", ""),
    40: ("Missing required arguments", "isv.missing-parameter", ""),
    41: ("Invalid arguments", "isv.invalid-parameter", ""),
}
Params = dict[str, str]
Method = Callable[["TaobaoGateway", Shop, Params], Answer]


def refusal(code: int, detail: str = "", *, sub_code: str = "", sub_msg: str = "") -> Refusal:
    """TOP's error document. `detail` names the parameter."""
    message, usual_code, usual_text = _MESSAGES[code]
    error: dict[str, Any] = {"code": code, "msg": f"{message}:{detail}" if detail else message}
    found = sub_code or (f"{usual_code}:{detail}" if usual_code and detail else usual_code)
    if found:
        error["sub_code"] = found
    if sub_msg or usual_text:
        error["sub_msg"] = sub_msg or usual_text
    error["request_id"] = "sandbox"
    return Refusal({"error_response": error})


class TaobaoGateway:
    """Checks a call as TOP does, then answers it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def limited(self) -> Refusal:
        return refusal(7)

    def unreadable(self) -> Refusal:
        return refusal(41)

    def answer(self, call: Call) -> Answer:
        if call.path.rstrip("/").endswith("/token"):
            return self._oauth(call)
        params = {**call.query, **call.form}
        shop = self._admit(call, params)
        method = METHODS.get(params["method"])
        if method is None:
            raise refusal(22)
        if self.desk.limits.over(shop.app_key, params["method"], 1_000, 1, call.now):
            raise self.limited()
        return method(self, shop, params)

    def _admit(self, call: Call, params: Params) -> Shop:
        for name, code in (("method", 21), ("app_key", 28), ("sign", 24), ("timestamp", 30), ("v", 32)):
            if not params.get(name):
                raise refusal(code)
        app = self.desk.app("taobao", params["app_key"])
        if app is None:
            raise refusal(29)
        try:
            if abs(instant(params["timestamp"]) - call.now) > 600:
                raise refusal(31)
        except ValueError:
            raise refusal(31) from None
        expected = signatures.taobao_sign(params, app.app_secret)
        if not expected or not signatures.same(params["sign"], expected):
            raise refusal(25)
        if params["method"] in _WITHOUT_SESSION:
            return app
        shop, fault = self.desk.tokens.check(params.get("session", ""), app.app_key, call.now)
        if shop is None:
            raise refusal(26 if fault == "missing" else 27)
        return shop

    def _oauth(self, call: Call) -> Answer:
        """The token call of the OAuth host: a code becomes a token."""
        params = {**call.query, **call.form}
        app = self.desk.app("taobao", params.get("client_id", ""))
        if app is None or params.get("client_secret") != app.app_secret:
            raise Refusal({"error": "invalid_client", "error_description": "client_id or client_secret is wrong"}, 400)
        grant = self.desk.tokens.by_code(params.get("code", ""), app.app_key, call.now)
        if params.get("grant_type") != "authorization_code" or grant is None:
            raise Refusal({"error": "invalid_grant", "error_description": "authorize code expired"}, 400)
        return Answer(self._token(grant.shop))

    def _token(self, shop: Shop) -> dict[str, Any]:
        """A seller's own app gets one long token that cannot be refreshed (facts: Taobao, Refresh)."""
        grant = self.desk.tokens.grants[shop.name]
        left = grant.access[grant.newest] - self.desk.clock()
        lives = dict.fromkeys(("expires_in", "r1_expires_in", "r2_expires_in", "w1_expires_in", "w2_expires_in"), left)
        return {
            "access_token": grant.newest,
            "token_type": "Bearer",
            **lives,
            "re_expires_in": 0,
            "refresh_token": grant.refresh[-1],
            "taobao_user_nick": shop.title,
            "taobao_user_id": shop.shop_id,
        }


def _need(params: Params, *names: str) -> None:
    for name in names:
        if not params.get(name):
            raise refusal(40, name)


def _window(gateway: TaobaoGateway, params: Params, first: str, last: str, most: int) -> tuple[int, int]:
    try:
        since, until = instant(params[first]), instant(params[last])
    except ValueError:
        raise refusal(41, first) from None
    if until < since or until - since > most:
        raise refusal(41, last, sub_msg="开始时间和结束时间的跨度不能超过1天")
    if since < gateway.desk.clock() - _RECENT:
        raise refusal(41, first, sub_msg="只能查询三个月以内的数据")
    return since, until


def _paging(params: Params) -> tuple[int, int]:
    number, size = params.get("page_no", "1"), params.get("page_size", "40")
    if not number.isdigit() or int(number) < 1:
        raise refusal(41, "page_no")
    if not size.isdigit() or not 1 <= int(size) <= 100:
        raise refusal(41, "page_size")
    return int(number), int(size)


def _listed(params: Params, paged: Any, key: str, inner: str, made: list[Any]) -> dict[str, Any]:
    """An answer with rows: `has_next` or `total_results`; an empty list has no key at all."""
    document: dict[str, Any] = {}
    if params.get("use_has_next", "false").lower() == "true":
        document["has_next"] = paged.more
    else:
        document["total_results"] = paged.total
    if made:
        document[key] = {inner: made}
    return document


def _wrap(method: str, document: dict[str, Any], *, wrote: bool = False) -> Answer:
    name = f"{method.removeprefix('taobao.').replace('.', '_')}_response"
    return Answer({name: {**document, "request_id": "sandbox"}}, wrote=wrote, xml_root=name)


def increment(gateway: TaobaoGateway, shop: Shop, params: Params) -> Answer:
    """taobao.trades.sold.increment.get: by modified, the newest first, at most one day."""
    _need(params, "fields", "start_modified", "end_modified")
    since, until = _window(gateway, params, "start_modified", "end_modified", DAY)
    newest = gateway.desk.faults.newest(gateway.desk.clock() + shop.skew)
    return _trades(gateway, shop, params, shop.by_modified.between(since, min(until, newest)), (since, until))


def sold(gateway: TaobaoGateway, shop: Shop, params: Params) -> Answer:
    """taobao.trades.sold.get: by created, the newest first, three months."""
    _need(params, "fields")
    now = gateway.desk.clock()
    whole = {"start_created": local(now - _RECENT + 60), "end_created": local(now + 120), **params}
    since, until = _window(gateway, whole, "start_created", "end_created", _RECENT + DAY)
    return _trades(gateway, shop, params, shop.by_created.between(since, until), (since, until, "created"))


def _trades(
    gateway: TaobaoGateway, shop: Shop, params: Params, found: Sequence[Order], listing: tuple[Any, ...]
) -> Answer:
    number, size = _paging(params)
    if wanted := params.get("status"):
        found = [order for order in found if rows.word("taobao", order, order) == wanted]
    listing = (shop.name, *listing, size, wanted)
    paged = page(gateway.desk.faults, found, number - 1, size, descending=True, listing=listing)
    fields = set(params["fields"].replace(" ", "").split(","))
    made = [rows.trade(shop, order, seen, fields) for order, seen in paged.rows]
    return _wrap(params["method"], _listed(params, paged, "trades", "trade", made))


def _order(shop: Shop, params: Params) -> Order:
    _need(params, "tid")
    order = shop.orders.get(params["tid"])
    if order is None:
        raise refusal(15, sub_code="isv.trade-not-exist", sub_msg="交易订单不存在")
    return order


def fullinfo(gateway: TaobaoGateway, shop: Shop, params: Params) -> Answer:
    """taobao.trade.fullinfo.get and taobao.trade.get."""
    _need(params, "fields")
    order = _order(shop, params)
    fields = set(params["fields"].replace(" ", "").split(","))
    return _wrap(params["method"], {"trade": rows.trade(shop, order, order, fields)})


def refunds(gateway: TaobaoGateway, shop: Shop, params: Params) -> Answer:
    """taobao.refunds.receive.get: by modified, the newest first."""
    _need(params, "fields")
    now = gateway.desk.clock()
    whole = {"start_modified": local(now - _RECENT + 60), "end_modified": local(now + 120), **params}
    since, until = _window(gateway, whole, "start_modified", "end_modified", _RECENT + DAY)
    number, size = _paging(params)
    found = shop.refunds_by_modified.between(since, until)
    if wanted := params.get("status"):
        found = [made for made in found if rows.stage_word("taobao", made) == wanted]
    listing = (shop.name, "refunds", since, until, size, wanted)
    paged = page(gateway.desk.faults, found, number - 1, size, descending=True, listing=listing)
    fields = set(params["fields"].replace(" ", "").split(","))
    made = [rows.refund(shop, kept, fields) for kept, _ in paged.rows]
    return _wrap(params["method"], _listed(params, paged, "refunds", "refund", made))


def refund(gateway: TaobaoGateway, shop: Shop, params: Params) -> Answer:
    """taobao.refund.get."""
    _need(params, "fields", "refund_id")
    made = shop.refunds.get(params["refund_id"])
    if made is None:
        raise refusal(15, sub_code="isv.refund-not-exist", sub_msg="退款不存在")
    fields = set(params["fields"].replace(" ", "").split(","))
    return _wrap(params["method"], {"refund": rows.refund(shop, made, fields)})


def ship(gateway: TaobaoGateway, shop: Shop, params: Params) -> Answer:
    """taobao.logistics.offline.send and .online.send, whole or by sub-orders (is_split, sub_tid)."""
    _need(params, "tid", "out_sid", "company_code")
    order = _order(shop, params)
    courier = next((n for n, row in enumerate(COURIERS) if row[2] == params["company_code"]), None)
    if courier is None:
        raise refusal(15, sub_code="isv.logistics-offline-service-error:B01", sub_msg="物流公司编码不存在")
    if order.state not in TO_SHIP or order.state is State.HELD:
        raise refusal(15, sub_code="isv.logistics-offline-service-error:B04", sub_msg="该订单当前状态不支持发货")
    lines: list[int] = []
    if params.get("is_split") == "1":
        _need(params, "sub_tid")
        lines = [int(oid) - int(order.no) + 1 for oid in params["sub_tid"].split(",") if oid.isdigit()]
        left = {line.number for line in unsent(order)}
        if not lines or len(lines) > 50 or not set(lines) <= left:
            raise refusal(41, "sub_tid")
    gateway.desk.ship(shop, order, courier, params["out_sid"], lines, None)
    return _wrap(params["method"], {"shipping": {"is_success": True}}, wrote=True)


def companies(gateway: TaobaoGateway, shop: Shop, params: Params) -> Answer:
    """taobao.logistics.companies.get."""
    made = [
        {"id": 500 + number, "code": row[2], "name": row[1], "reg_mail_no": "^[A-Za-z0-9]{8,20}$"}
        for number, row in enumerate(COURIERS)
    ]
    return _wrap(params["method"], {"logistics_companies": {"logistics_company": made}})


def sku_stock(gateway: TaobaoGateway, shop: Shop, params: Params) -> Answer:
    """taobao.skus.quantity.update: `sku:qty;sku:qty`, at most 20; type 1 sets, 2 adds."""
    _need(params, "num_iid")
    text, by_code = params.get("skuid_quantities", ""), params.get("outerid_quantities", "")
    if not text and not by_code:
        raise refusal(40, "skuid_quantities")
    pairs = [pair.rsplit(":", 1) for pair in (text or by_code).split(";") if pair]
    if len(pairs) > 20:
        raise refusal(41, "skuid_quantities", sub_msg="一次最多更新20个SKU")
    made = _set_stock(gateway, shop, params, pairs, params.get("type", "1"), None)
    item = {"num_iid": int(params["num_iid"]), "num": sum(row["quantity"] for row in made)}
    item |= {"modified": local(gateway.desk.clock()), "skus": {"sku": made}}
    return _wrap(params["method"], {"item": item}, wrote=True)


def item_stock(gateway: TaobaoGateway, shop: Shop, params: Params) -> Answer:
    """taobao.item.quantity.update: one SKU by sku_id or outer_id."""
    _need(params, "num_iid", "quantity")
    sku = params.get("sku_id") or params.get("outer_id") or ""
    made = _set_stock(gateway, shop, params, [[sku, params["quantity"]]], params.get("type", "1"), None)
    item = {"num_iid": int(params["num_iid"]), "modified": local(gateway.desk.clock()), "skus": {"sku": made}}
    return _wrap(params["method"], {"item": item}, wrote=True)


def _set_stock(
    gateway: TaobaoGateway, shop: Shop, params: Params, pairs: list[list[str]], kind: str, key: str | None
) -> list[dict[str, Any]]:
    changes: list[tuple[str, int, int]] = []
    for pair in pairs:
        listing = shop.listing(pair[0])
        if listing is None or str(listing.goods_id) != params["num_iid"]:
            raise refusal(15, sub_code="isv.sku-not-exist", sub_msg="SKU不存在")
        if len(pair) != 2 or not pair[1].lstrip("-").isdigit() or kind not in ("1", "2"):
            raise refusal(41, "skuid_quantities")
        code = listing.sku.code
        qty = int(pair[1]) + (shop.listed.get(code, 0) if kind == "2" else 0)
        if qty < 0:
            raise refusal(15, sub_code="isv.invalid-quantity", sub_msg="库存数不能小于0")
        changes.append((code, qty, listing.sku_id))
    for code, qty, _ in changes:
        gateway.desk.set_stock(shop, code, qty, key)
    now = local(gateway.desk.clock())
    return [{"sku_id": sku_id, "quantity": qty, "modified": now} for _, qty, sku_id in changes]


def item_skus(gateway: TaobaoGateway, shop: Shop, params: Params) -> Answer:
    """taobao.item.skus.get: the quantities on sale of up to 40 items."""
    _need(params, "fields", "num_iids")
    wanted = set(params["num_iids"].split(","))
    made = [
        {
            "sku_id": listing.sku_id,
            "num_iid": listing.goods_id,
            "quantity": shop.listed.get(code, 0),
            "outer_id": code,
            "properties_name": listing.sku.spec,
        }
        for code, listing in shop.listings.items()
        if str(listing.goods_id) in wanted
    ]
    return _wrap(params["method"], {"skus": {"sku": made}} if made else {})


def token_create(gateway: TaobaoGateway, shop: Shop, params: Params) -> Answer:
    """taobao.top.auth.token.create: a code becomes a token; the result is a JSON text."""
    _need(params, "code")
    grant = gateway.desk.tokens.by_code(params["code"], params["app_key"], gateway.desk.clock())
    if grant is None:
        raise refusal(15, sub_code="isv.invalid-code", sub_msg="授权码不存在或已过期")
    return _wrap(params["method"], {"token_result": orjson.dumps(gateway._token(grant.shop)).decode()})


def token_refresh(gateway: TaobaoGateway, shop: Shop, params: Params) -> Answer:
    """taobao.top.auth.token.refresh: refused, as for every seller's own app."""
    raise refusal(15, sub_code="isv.refresh-not-allowed", sub_msg="应用类型不支持刷新授权，请重新授权")


_WITHOUT_SESSION = ("taobao.top.auth.token.create", "taobao.top.auth.token.refresh", "taobao.logistics.companies.get")
METHODS: dict[str, Method] = {
    "taobao.trades.sold.increment.get": increment,
    "taobao.trades.sold.get": sold,
    "taobao.trade.fullinfo.get": fullinfo,
    "taobao.trade.get": fullinfo,
    "taobao.refunds.receive.get": refunds,
    "taobao.refund.get": refund,
    "taobao.logistics.offline.send": ship,
    "taobao.logistics.online.send": ship,
    "taobao.logistics.companies.get": companies,
    "taobao.skus.quantity.update": sku_stock,
    "taobao.item.quantity.update": item_stock,
    "taobao.item.skus.get": item_skus,
    "taobao.top.auth.token.create": token_create,
    "taobao.top.auth.token.refresh": token_refresh,
}
