"""The pretend Doudian gateway: `/doudian/{path}` (facts: Doudian)."""

# ruff: noqa: ARG001 - one shape for all methods of a gateway

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from core.channels import signatures
from core.channels.sandbox import doudian_rows as rows
from core.channels.sandbox.fate import COURIERS, unsent
from core.channels.sandbox.gate import Answer, Call, Desk, Grant, Refusal, page
from core.channels.sandbox.orders import TO_SHIP, Order, Stage, State
from core.channels.sandbox.shop import Shop
from core.channels.sandbox.texts import instant
from core.channels.sandbox.vocabulary import word

DAY = 86400
_SECONDS = {"order.searchList": 600, "order.orderDetail": 900, "afterSale.List": 500, "order.logisticsCompanyList": 500}
_MOST_ROWS = 10_000
Params = dict[str, Any]


def refusal(code: int, message: str, sub_code: str = "", sub_message: str = "") -> Refusal:
    """Doudian's error document."""
    body = {"code": code, "msg": message, "sub_code": sub_code, "sub_msg": sub_message or message}
    return Refusal({**body, "log_id": "sandbox", "data": None})


def _bad(sub_code: str, text: str) -> Refusal:
    return refusal(40003, "非法的参数", sub_code, text)


def _business(text: str, sub_code: str = "isv.business-failed:2015") -> Refusal:
    return refusal(50002, "业务处理失败", sub_code, text)


class DoudianGateway:
    """Checks a call as Doudian does, then answers it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def limited(self) -> Refusal:
        return refusal(60000, "请求过于频繁")

    def unreadable(self) -> Refusal:
        return refusal(40004, "参数值不合法", "isv.parameter-invalid")

    def answer(self, call: Call) -> Answer:
        name = call.query.get("method") or call.path.strip("/").replace("/", ".")
        method = METHODS.get(name)
        if method is None or call.path.strip("/").replace("/", ".") != name:
            raise refusal(70000, "接口不存在或已下线", "isv.method-not-exist")
        app = self._admit(call, name)
        if self.desk.limits.over(app.app_key, name, _SECONDS.get(name, 500), 1, call.now):
            raise self.limited()
        shop = app if name in _WITHOUT_TOKEN else self._shop(call, app)
        try:
            params = orjson.loads(call.body or b"{}")
        except orjson.JSONDecodeError:
            raise _bad("isv.parameter-invalid:param_json", "param_json不是合法的JSON") from None
        data, wrote = method(self, shop, params)
        good = {"code": 10000, "msg": "success", "sub_code": "", "sub_msg": "", "log_id": "sandbox"}
        return Answer({**good, "data": data, **_old_words(call)}, wrote=wrote)

    def _admit(self, call: Call, name: str) -> Shop:
        query = call.query
        for needed in ("app_key", "timestamp", "v", "sign"):
            if not query.get(needed):
                raise refusal(40001, "缺少必选参数", f"isv.missing-parameter:{needed}", f"缺少参数{needed}")
        app = self.desk.app("doudian", query["app_key"])
        if app is None:
            raise _bad("isv.app-key-not-exist", "app_key不存在")
        stamp = query["timestamp"]
        try:
            moment = int(stamp) if stamp.isdigit() and len(stamp) <= 10 else instant(stamp)
        except ValueError:
            raise _bad("isv.timestamp-invalid", "timestamp不合法") from None
        if abs(moment - call.now) > 600:
            raise _bad("isv.timestamp-invalid", "timestamp与服务器时间相差过大")
        sign = signatures.doudian if query.get("sign_method") == "hmac-sha256" else signatures.doudian_md5
        text = call.body.decode("utf-8", "replace") or call.query.get("param_json", "")
        expected = sign(query["app_key"], name, text, stamp, app.app_secret, version=query["v"])
        if not signatures.same(query["sign"], expected):
            raise _bad("isv.signature-invalid", "签名校验失败")
        return app

    def _shop(self, call: Call, app: Shop) -> Shop:
        shop, fault = self.desk.tokens.check(call.query.get("access_token", ""), app.app_key, call.now)
        if shop is None and fault == "expired":
            raise _bad("isv.access-token-expired", "access_token已过期")
        if shop is None:
            raise _bad("isv.access-token-no-existed", "access_token不存在")
        return shop


def _old_words(call: Call) -> dict[str, Any]:
    """Clients that do not send `x-open-no-old-err-code: 1` get the older words beside the new ones."""
    return {} if call.headers.get("x-open-no-old-err-code") == "1" else {"err_no": 0, "message": "success"}


Result = tuple[Any, bool]


def _whole(params: Params, name: str, least: int, most: int, default: int | None = None) -> int:
    value = params.get(name, default)
    if not str(value).lstrip("-").isdigit() or not least <= int(value or 0) <= most:
        raise refusal(40004, "参数值不合法", f"isv.parameter-invalid:{name}", f"参数{name}不合法")
    return int(value or 0)


def _window(gateway: DoudianGateway, params: Params, first: str, last: str, days: int) -> tuple[int, int]:
    if bool(params.get(first)) != bool(params.get(last)) or (params.get(first) and params[first] == params[last]):
        raise refusal(40004, "参数值不合法", f"isv.parameter-invalid:{first}", "时间范围须成对传入且不能相等")
    now = gateway.desk.clock()
    since = int(params.get(first) or now - days * DAY)
    until = int(params.get(last) or now + 120)
    return max(since, now - days * DAY), until


def _paging(params: Params, most_rows: int) -> tuple[int, int]:
    number, size = _whole(params, "page", 0, 1 << 30, 0), _whole(params, "size", 1, 100, 10)
    if (number + 1) * size > most_rows:
        raise refusal(40004, "参数值不合法", "isv.parameter-invalid:page", f"翻页深度不能超过{most_rows}")
    return number, size


def search(gateway: DoudianGateway, shop: Shop, params: Params) -> Result:
    """/order/searchList: by update or create time, 90 days, pages from 0, at most 10,000 rows deep."""
    number, size = _paging(params, _MOST_ROWS)
    by = params.get("order_by", "create_time")
    if by not in ("create_time", "update_time"):
        raise refusal(40004, "参数值不合法", "isv.parameter-invalid:order_by", "参数order_by不合法")
    newest = gateway.desk.faults.newest(gateway.desk.clock() + shop.skew)
    since, until = _window(gateway, params, "update_time_start", "update_time_end", 90)
    found: Sequence[Order]
    if params.get("create_time_start") or by == "create_time":
        first, last = _window(gateway, params, "create_time_start", "create_time_end", 90)
        found = [o for o in shop.by_created.between(first, last) if since <= o.modified <= min(until, newest)]
    else:
        found = shop.by_modified.between(since, min(until, newest))
    wanted = _combined(params)
    if wanted:
        found = [order for order in found if word("doudian", order, order) in wanted]
    if by == "update_time" and params.get("create_time_start"):
        found = sorted(found, key=lambda order: order.modified)
    descending = not params.get("order_asc", False)
    listing = (shop.name, since, until, by, size, descending, str(params.get("create_time_start")), len(wanted))
    paged = page(gateway.desk.faults, found, number, size, descending=descending, listing=listing)
    made = [rows.shop_order(shop, order, seen) for order, seen in paged.rows]
    return {"total": paged.total, "page": number, "size": size, "shop_order_list": made}, False


def _combined(params: Params) -> set[str]:
    found: set[str] = set()
    for row in params.get("combine_status") or []:
        found |= set(str(row.get("order_status") or "").replace(" ", "").split(",")) - {""}
    return found


def _order(shop: Shop, number: Any) -> Order:
    order = shop.orders.get(str(number))
    if order is None:
        raise _business("订单不存在", "isv.business-failed:2001")
    return order


def detail(gateway: DoudianGateway, shop: Shop, params: Params) -> Result:
    """/order/orderDetail."""
    order = _order(shop, params.get("shop_order_id"))
    return {"shop_order_detail": rows.shop_order(shop, order, order)}, False


def after_sales(gateway: DoudianGateway, shop: Shop, params: Params) -> Result:
    """/afterSale/List: by update or start time; the order of rows as asked, newest first by default."""
    number, size = _paging(params, 50_000)
    since, until = _window(gateway, params, "update_start_time", "update_end_time", 180)
    found = shop.refunds_by_modified.between(since, until)
    if params.get("start_time") or params.get("end_time"):
        first, last = _window(gateway, params, "start_time", "end_time", 180)
        found = [made for made in found if first <= made.created <= last]
    if params.get("order_id"):
        found = [made for made in found if made.order.no == str(params["order_id"])]
    if wanted := {str(status) for status in params.get("standard_aftersale_status") or []}:
        found = [made for made in found if rows.stage_word("doudian", made) in wanted]
    descending = "asc" not in " ".join(params.get("order_by") or []).lower()
    listing = (shop.name, "after_sales", since, until, size, descending, str(params.get("order_id")), len(wanted))
    paged = page(gateway.desk.faults, found, number, size, descending=descending, listing=listing)
    made = [rows.after_sale(kept) for kept, _ in paged.rows]
    return {"items": made, "has_more": paged.more, "total": paged.total, "page": number, "size": size}, False


def after_sale_detail(gateway: DoudianGateway, shop: Shop, params: Params) -> Result:
    """/afterSale/Detail."""
    made = shop.refunds.get(str(params.get("after_sale_id")))
    if made is None:
        raise _business("售后单不存在", "isv.business-failed:3001")
    return {"process_info": rows.after_sale_process(made)}, False


def _courier(params: Params) -> int:
    wanted = str(params.get("company_code") or params.get("company") or "")
    found = next((n for n, row in enumerate(COURIERS) if row[4] == wanted), None)
    if found is None or not params.get("logistics_code"):
        raise refusal(40004, "参数值不合法", "isv.parameter-invalid:company_code", "物流公司或运单号不合法")
    return found


def _may_ship(order: Order, params: Params) -> None:
    if order.state not in TO_SHIP or order.state is State.HELD:
        raise _business("订单状态不允许发货", "isv.business-failed:4003")
    if order.open_refund and not params.get("is_refund_reject"):
        raise _business("订单存在进行中的售后，不允许发货", "isv.business-failed:4004")


def ship(gateway: DoudianGateway, shop: Shop, params: Params) -> Result:
    """/order/logisticsAdd: refused while a refund is pending, unless is_refund_reject."""
    order, courier = _order(shop, params.get("order_id")), _courier(params)
    _may_ship(order, params)
    _reject_refunds(gateway, order)
    gateway.desk.ship(shop, order, courier, str(params["logistics_code"]), [], None)
    return {}, True


def _reject_refunds(gateway: DoudianGateway, order: Order) -> None:
    for made in order.refunds:
        if made.stage is Stage.ASKED:
            made.stage, made.answered_at = Stage.REFUSED, gateway.desk.clock()
            gateway.desk.world.touch_refund(made, gateway.desk.world.now)


def ship_pack(gateway: DoudianGateway, shop: Shop, params: Params) -> Result:
    """/order/logisticsAddSinglePack: some sub-orders in one parcel; request_id is the idempotency key."""
    subs = [str(row.get("shipped_order_id")) for row in params.get("shipped_order_info") or []]
    numbers = [str(number) for number in params.get("order_id_list") or []]
    order = _order(shop, numbers[0] if numbers else None)
    courier = _courier(params)
    _may_ship(order, params)
    lines = [int(sub) - int(order.no) for sub in subs if sub.isdigit()]
    if not set(lines) <= {line.number for line in unsent(order)}:
        raise refusal(40004, "参数值不合法", "isv.parameter-invalid:shipped_order_info", "子单不可发货")
    _reject_refunds(gateway, order)
    key = str(params.get("request_id") or "") or None
    gateway.desk.ship(shop, order, courier, str(params["logistics_code"]), lines, key)
    return {"pack_id": f"{order.no}-{params['logistics_code']}"}, True


def companies(gateway: DoudianGateway, shop: Shop, params: Params) -> Result:
    """/order/logisticsCompanyList."""
    return [{"id": number + 1, "name": row[1], "code": row[4]} for number, row in enumerate(COURIERS)], False


def set_stock(gateway: DoudianGateway, shop: Shop, params: Params) -> Result:
    """/sku/syncStock: one SKU, absolute unless incremental."""
    key = str(params.get("idempotent_id") or "") or None
    _set(gateway, shop, [params], bool(params.get("incremental")), key)
    return None, True


def set_stocks(gateway: DoudianGateway, shop: Shop, params: Params) -> Result:
    """/sku/syncStockBatchMultiProducts: up to 50 items, all or nothing, with an idempotency key."""
    items = params.get("items") or []
    if not 1 <= len(items) <= 50 or "incremental" not in params or not params.get("idempotent_id"):
        raise refusal(
            40001, "缺少必选参数", "isv.missing-parameter:items", "items(1-50)、incremental、idempotent_id必传"
        )
    _set(gateway, shop, items, bool(params["incremental"]), str(params["idempotent_id"]))
    return {"results": [{"sku_id": item.get("sku_id"), "success": True} for item in items]}, True


def set_stocks_of_product(gateway: DoudianGateway, shop: Shop, params: Params) -> Result:
    """/sku/syncStockBatch: the SKUs of one product, all or nothing."""
    items = params.get("sku_sync_list") or []
    if not items:
        raise refusal(40001, "缺少必选参数", "isv.missing-parameter:sku_sync_list", "sku_sync_list必传")
    _set(gateway, shop, items, bool(params.get("incremental")), str(params.get("idempotent_id") or "") or None)
    return None, True


def _set(gateway: DoudianGateway, shop: Shop, items: list[Params], incremental: bool, key: str | None) -> None:
    if incremental and not key:
        raise refusal(40001, "缺少必选参数", "isv.missing-parameter:idempotent_id", "增量更新必传idempotent_id")
    if incremental and any(
        push["shop"] == shop.name and push["key"] == key for push in gateway.desk.diary.stock_pushes
    ):
        raise _bad("isv.idempotent-id-existed", "idempotent_id已存在")
    changes = []
    for item in items:
        listing = shop.listing(str(item.get("sku_id") or item.get("code") or ""))
        if listing is None:
            raise _business("SKU不存在", "isv.business-failed:5001")
        qty = _whole(item, "stock_num", -(1 << 31), 1 << 31)
        qty += shop.listed.get(listing.sku.code, 0) if incremental else 0
        if qty < 0:
            raise _business("库存不足", "isv.business-failed:5002")
        changes.append((listing.sku.code, qty))
    for code, qty in changes:
        gateway.desk.set_stock(shop, code, qty, key)


def stock(gateway: DoudianGateway, shop: Shop, params: Params) -> Result:
    """/sku/stockNum: the quantity on sale of one SKU."""
    listing = shop.listing(str(params.get("sku_id") or params.get("code") or ""))
    if listing is None:
        raise _business("SKU不存在", "isv.business-failed:5001")
    qty = shop.listed.get(listing.sku.code, 0)
    return {
        "sku_id": listing.sku_id,
        "sku_id_str": str(listing.sku_id),
        "stock_num": qty,
        "prehold_stock_num": 0,
    }, False


def token_create(gateway: DoudianGateway, shop: Shop, params: Params) -> Result:
    """/token/create: by a code, or for a shop's own app by authorization_self."""
    tokens = gateway.desk.tokens
    grant = tokens.by_code(str(params.get("code") or ""), shop.app_key, gateway.desk.clock())
    if params.get("grant_type") == "authorization_self" and str(params.get("shop_id")) == shop.shop_id:
        grant = tokens.grants[shop.name]
    if grant is None:
        raise refusal(50001, "token生成失败", "dop.token-generate-failed:code", "授权码无效")
    return _token(gateway, shop, *_current(gateway, grant)), False


def token_refresh(gateway: DoudianGateway, shop: Shop, params: Params) -> Result:
    """/token/refresh."""
    grant = gateway.desk.tokens.by_refresh(str(params.get("refresh_token") or ""), shop.app_key)
    if params.get("grant_type") != "refresh_token" or grant is None:
        raise refusal(50001, "token生成失败", "dop.token-generate-failed:refresh", "refresh_token无效")
    return _token(gateway, shop, *_current(gateway, grant)), False


def _current(gateway: DoudianGateway, grant: Grant) -> tuple[str, str]:
    """More than an hour before its end the same token comes again, later a new one."""
    now = gateway.desk.clock()
    if grant.calls_left > 0 and grant.access[grant.newest] - now > 3600:
        return grant.newest, grant.refresh[-1]
    return gateway.desk.tokens.renew(grant, now, keep=3600)


def _token(gateway: DoudianGateway, shop: Shop, access: str, refresh: str) -> dict[str, Any]:
    return {
        "access_token": access,
        "expires_in": gateway.desk.tokens.grants[shop.name].access[access] - gateway.desk.clock(),
        "refresh_token": refresh,
        "scope": "SCOPE",
        "shop_id": int(shop.shop_id),
        "shop_name": shop.title,
        "authority_id": "",
    }


_WITHOUT_TOKEN = ("token.create", "token.refresh")
METHODS: dict[str, Callable[[DoudianGateway, Shop, Params], Result]] = {
    "order.searchList": search,
    "order.orderDetail": detail,
    "order.logisticsAdd": ship,
    "order.logisticsAddSinglePack": ship_pack,
    "order.logisticsCompanyList": companies,
    "afterSale.List": after_sales,
    "afterSale.Detail": after_sale_detail,
    "sku.syncStock": set_stock,
    "sku.syncStockBatch": set_stocks_of_product,
    "sku.syncStockBatchMultiProducts": set_stocks,
    "sku.stockNum": stock,
    "token.create": token_create,
    "token.refresh": token_refresh,
}
