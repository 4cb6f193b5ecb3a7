"""The pretend Pinduoduo gateway: `/pinduoduo/api/router` (facts: Pinduoduo)."""

# ruff: noqa: ARG001 - one shape for all methods of a gateway

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from core.channels import signatures
from core.channels.sandbox import pinduoduo_rows as rows
from core.channels.sandbox.fate import COURIERS
from core.channels.sandbox.gate import Answer, Call, Desk, Refusal, page
from core.channels.sandbox.orders import TO_SHIP, Order, State
from core.channels.sandbox.shop import Shop
from core.channels.sandbox.vocabulary import pinduoduo_words, stage_word

DAY, HALF_HOUR = 86400, 1800
# (calls, seconds) a shop, from the limiters of the platform's own documentation
_LIMITS = {
    "pdd.order.number.list.increment.get": (3_000, 60),
    "pdd.refund.list.increment.get": (100, 10),
    "pdd.order.information.get": (30_000, 60),
    "pdd.goods.quantity.update": (4_200, 1),
}
Params = dict[str, str]


def refusal(code: int, text: str, sub_text: str = "") -> Refusal:
    """Pinduoduo's error document."""
    error = {"error_msg": text, "sub_msg": sub_text or text, "sub_code": str(code), "error_code": code}
    return Refusal({"error_response": {**error, "request_id": "sandbox"}})


class PinduoduoGateway:
    """Checks a call as Pinduoduo does, then answers it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def limited(self) -> Refusal:
        return refusal(52101, "当前接口被限流，请稍后重试")

    def unreadable(self) -> Refusal:
        return refusal(10000, "参数错误")

    def answer(self, call: Call) -> Answer:
        params = {**call.query, **call.form, **_json_body(call)}
        name = params.get("type", "")
        app = self._admit(call, params)
        method = METHODS.get(name)
        if method is None:
            raise refusal(10017, "type不正确")
        if name in _WITHOUT_TOKEN:
            shop: Shop | None = app
        else:
            shop, fault = self.desk.tokens.check(params.get("access_token", ""), app.app_key, call.now)
            if shop is None:
                raise (
                    refusal(10019, "access_token已过期")
                    if fault == "expired"
                    else refusal(20031, "用户没有授权访问此接口")
                )
        most, seconds = _LIMITS.get(name, (5_000, 1))
        if self.desk.limits.over(app.app_key, name, most, seconds, call.now):
            raise self.limited()
        key, document, wrote = method(self, shop, params)
        return Answer({key: {**document, "request_id": "sandbox"}}, wrote=wrote)

    def _admit(self, call: Call, params: Params) -> Shop:
        if not params.get("type"):
            raise refusal(10017, "type不正确")
        app = self.desk.app("pinduoduo", params.get("client_id", ""))
        if app is None:
            raise refusal(10016, "client_id不正确")
        stamp = params.get("timestamp", "")
        moment = int(stamp[:10]) if stamp.isdigit() and len(stamp) in (10, 13) else 0  # SDKs send milliseconds too
        if abs(moment - call.now) > 600:
            raise refusal(10000, "参数错误", "timestamp已过期")
        if not signatures.same(params.get("sign", ""), signatures.pinduoduo_md5(params, app.app_secret)):
            raise refusal(20004, "签名sign校验失败", "签名sign校验失败，请按照接入指南第三部分指导，生成签名")
        return app


def _json_body(call: Call) -> Params:
    """A JSON body counts like a form; nested values as the JSON text that was signed."""
    if not call.body.lstrip().startswith(b"{"):
        return {}
    try:
        return signatures.pinduoduo_texts(orjson.loads(call.body))
    except orjson.JSONDecodeError:
        raise refusal(10000, "参数错误", "body不是合法的JSON") from None


Result = tuple[str, dict[str, Any], bool]


def _whole(params: Params, name: str, least: int, most: int, default: str = "") -> int:
    text = params.get(name) or default
    if not text.lstrip("-").isdigit() or not least <= int(text) <= most:
        raise refusal(10001, "参数错误", f"参数{name}不正确")
    return int(text)


def _window(params: Params, first: str, last: str, most: int) -> tuple[int, int]:
    since, until = _whole(params, first, 0, 1 << 40), _whole(params, last, 0, 1 << 40)
    if not 0 <= until - since <= most:
        raise refusal(10001, "参数错误", f"{first}与{last}的间隔不能超过{most // 60}分钟")
    return since, until


def _listed(params: Params, paged: Any, key: str, made: list[Any]) -> dict[str, Any]:
    if params.get("use_has_next", "false").lower() == "true":
        return {"has_next": paged.more, key: made}
    return {"total_count": paged.total, key: made}


def _states(params: Params, found: Sequence[Order]) -> Sequence[Order]:
    status, refund = _whole(params, "order_status", 1, 5), _whole(params, "refund_status", 1, 5)
    if status == 4:
        raise refusal(10001, "参数错误", "参数order_status不正确")
    if status != 5:
        found = [order for order in found if pinduoduo_words(order, order)[0] == status]
    if refund != 5:
        found = [order for order in found if pinduoduo_words(order, order)[2] == refund]
    return found


def increment(gateway: PinduoduoGateway, shop: Shop, params: Params) -> Result:
    """pdd.order.number.list.increment.get: by update time, the newest first, at most 30 minutes."""
    since, until = _window(params, "start_updated_at", "end_updated_at", HALF_HOUR)
    if since < gateway.desk.clock() - 91 * DAY:
        raise refusal(10001, "参数错误", "只能查询90天内的订单")
    _whole(params, "is_lucky_flag", 0, 2)
    newest = gateway.desk.faults.newest(gateway.desk.clock() + shop.skew)
    found = _states(params, shop.by_modified.between(since, min(until, newest)))
    return _orders(gateway, shop, params, found, (since, until), "order_sn_increment_get_response", "order_sn_list")


def backfill(gateway: PinduoduoGateway, shop: Shop, params: Params) -> Result:
    """pdd.order.list.get: by confirm time, at most 24 hours."""
    since, until = _window(params, "start_confirm_at", "end_confirm_at", DAY)
    found = [o for o in shop.by_created.between(since - 3 * DAY, until) if since <= o.paid_at <= until]
    found = _states(params, found)
    return _orders(gateway, shop, params, found, (since, until, "confirm"), "order_list_get_response", "order_list")


def _orders(
    gateway: PinduoduoGateway,
    shop: Shop,
    params: Params,
    found: Sequence[Order],
    listing: tuple[Any, ...],
    envelope: str,
    key: str,
) -> Result:
    number, size = _whole(params, "page", 1, 1 << 30, "1"), _whole(params, "page_size", 1, 100, "100")
    listing = (shop.name, *listing, size, params.get("order_status"), params.get("refund_status"))
    paged = page(gateway.desk.faults, found, number - 1, size, descending=True, listing=listing)
    return envelope, _listed(params, paged, key, [rows.order_info(shop, o, seen) for o, seen in paged.rows]), False


def _order(shop: Shop, params: Params) -> Order:
    order = shop.orders.get(params.get("order_sn", ""))
    if order is None or order.state in (State.UNPAID, State.CLOSED):
        raise refusal(50001, "业务服务错误", "订单不存在")
    return order


def information(gateway: PinduoduoGateway, shop: Shop, params: Params) -> Result:
    """pdd.order.information.get."""
    order = _order(shop, params)
    return "order_info_get_response", {"order_info": rows.order_info(shop, order, order)}, False


def order_states(gateway: PinduoduoGateway, shop: Shop, params: Params) -> Result:
    """pdd.order.status.get for a comma list."""
    made = []
    for number in params.get("order_sns", "").split(","):
        if order := shop.orders.get(number):
            status, _, refund, _ = pinduoduo_words(order, order)
            made.append({"order_sn": number, "orderSn": number, "order_status": status, "refund_status": refund})
    return "order_status_get_response", {"order_status_list": made}, False


def refund_check(gateway: PinduoduoGateway, shop: Shop, params: Params) -> Result:
    """pdd.refund.status.check: which orders of a comma list have a refund going on."""
    found = [shop.orders[no] for no in params.get("order_sns", "").split(",") if no in shop.orders]
    made = [order.no for order in found if rows.pending(order) or order.state is State.REFUNDED]
    return "refund_status_check_response", {"order_sns_exists_refund": made}, False


def refunds(gateway: PinduoduoGateway, shop: Shop, params: Params) -> Result:
    """pdd.refund.list.increment.get: by update time, at most 30 minutes; status 1 and type 1 mean all."""
    since, until = _window(params, "start_updated_at", "end_updated_at", HALF_HOUR)
    status, kind = _whole(params, "after_sales_status", 0, 32), _whole(params, "after_sales_type", 1, 5)
    number, size = _whole(params, "page", 1, 1 << 30, "1"), _whole(params, "page_size", 1, 100, "100")
    found = shop.refunds_by_modified.between(since, until)
    if status != 1:
        found = [made for made in found if stage_word("pinduoduo", made) == str(status)]
    if kind != 1:
        found = [made for made in found if kind == (3 if made.with_return else 2)]
    if params.get("order_sn"):
        found = [made for made in found if made.order.no == params["order_sn"]]
    listing = (shop.name, "refunds", since, until, size, status, kind, params.get("order_sn"))
    paged = page(gateway.desk.faults, found, number - 1, size, descending=True, listing=listing)
    made = [rows.refund_row(kept) for kept, _ in paged.rows]
    return "refund_increment_get_response", {"total_count": paged.total, "refund_list": made}, False


def ship(gateway: PinduoduoGateway, shop: Shop, params: Params) -> Result:
    """pdd.logistics.online.send: the whole order; refused under review and while a refund goes on."""
    order = _order(shop, params)
    courier = next((n for n, row in enumerate(COURIERS) if str(row[5]) == params.get("logistics_id")), None)
    if courier is None or not params.get("tracking_number"):
        raise refusal(10001, "参数错误", "物流公司或运单号不正确")
    if order.state not in TO_SHIP or order.state is State.HELD:
        raise refusal(50001, "业务服务错误", "订单已发货或不可发货")
    if rows.pending(order):
        raise refusal(50001, "业务服务错误", "订单存在售后，不可发货")
    gateway.desk.ship(shop, order, courier, params["tracking_number"], [], None)
    return "logistics_online_send_response", {"is_success": True}, True


def add_waybills(gateway: PinduoduoGateway, shop: Shop, params: Params) -> Result:
    """pdd.order.upload.extra.logistics: further waybills of an order that has been shipped; the same one twice is well."""
    order = _order(shop, params)
    listed = orjson.loads(params.get("extra_track_list") or "[]")
    known = {str(row[5]): number for number, row in enumerate(COURIERS)}
    pairs = [(known.get(str(row.get("shipping_id"))), str(row.get("tracking_number") or "")) for row in listed]
    if not pairs or any(courier is None or not number for courier, number in pairs):
        raise refusal(10001, "参数错误", "物流公司或运单号不正确")
    if order.state in TO_SHIP or not order.tracking_no:
        raise refusal(50001, "业务服务错误", "订单未发货")
    for courier, number in pairs:
        gateway.desk.add_waybill(shop, order, courier or 0, number)
    return "upload_extra_logistics_response", {"success": True}, True


def companies(gateway: PinduoduoGateway, shop: Shop, params: Params) -> Result:
    """pdd.logistics.companies.get."""
    made = [{"id": row[5], "logistics_company": row[1], "code": row[2], "available": 1} for row in COURIERS]
    return "logistics_companies_get_response", {"logistics_companies": made}, False


def set_stock(gateway: PinduoduoGateway, shop: Shop, params: Params) -> Result:
    """pdd.goods.quantity.update: update_type 1 sets, 2 adds."""
    listing = shop.listing(params.get("sku_id") or params.get("outer_id") or "")
    if listing is None or str(listing.goods_id) != params.get("goods_id"):
        raise refusal(50001, "业务服务错误", "商品或SKU不存在")
    qty = _whole(params, "quantity", -(1 << 31), 1 << 31)
    if _whole(params, "update_type", 1, 2, "1") == 2:
        qty += shop.listed.get(listing.sku.code, 0)
    if qty < 0:
        raise refusal(50001, "业务服务错误", "库存不能为负")
    gateway.desk.set_stock(shop, listing.sku.code, qty, None)
    return "goods_quantity_update_response", {"is_success": True}, True


def goods(gateway: PinduoduoGateway, shop: Shop, params: Params) -> Result:
    """pdd.goods.list.get: the goods with their SKUs and quantities on sale."""
    number, size = _whole(params, "page", 1, 1 << 30, "1"), _whole(params, "page_size", 1, 100, "100")
    grouped: dict[int, dict[str, Any]] = {}
    for code, listing in shop.listings.items():
        row = {"sku_id": listing.sku_id, "outer_id": code, "sku_quantity": shop.listed.get(code, 0), "is_sku_onsale": 1}
        made = grouped.setdefault(
            listing.goods_id,
            {"goods_id": listing.goods_id, "goods_name": listing.sku.title, "goods_quantity": 0, "sku_list": []},
        )
        made["goods_quantity"] += row["sku_quantity"]
        made["sku_list"].append(row)
    found = list(grouped.values())
    part = found[(number - 1) * size : number * size]
    return "goods_list_get_response", {"total_count": len(found), "goods_list": part}, False


def token_create(gateway: PinduoduoGateway, shop: Shop, params: Params) -> Result:
    """pdd.pop.auth.token.create."""
    grant = gateway.desk.tokens.by_code(params.get("code", ""), shop.app_key, gateway.desk.clock())
    if grant is None:
        raise refusal(10001, "参数错误", "code不正确或已过期")
    return "pop_auth_token_create_response", _token(gateway, shop, grant), False


def token_refresh(gateway: PinduoduoGateway, shop: Shop, params: Params) -> Result:
    """pdd.pop.auth.token.refresh."""
    grant = gateway.desk.tokens.by_refresh(params.get("refresh_token", ""), shop.app_key)
    if grant is None:
        raise refusal(10001, "参数错误", "refresh_token不正确或已过期")
    return "pop_auth_token_refresh_response", _token(gateway, shop, grant), False


def _token(gateway: PinduoduoGateway, shop: Shop, grant: Any) -> dict[str, Any]:
    now, life = gateway.desk.clock(), gateway.desk.tokens.LIFE["pinduoduo"]
    access, refresh = gateway.desk.tokens.renew(grant, now)
    lives = {f"{name}_expires_in": life for name in ("r1", "r2", "w1", "w2")}
    return {
        "access_token": access,
        "expires_in": life,
        "expires_at": now + life,
        "refresh_token": refresh,
        "refresh_token_expires_in": life * 30,
        "refresh_token_expires_at": now + life * 30,
        "owner_id": shop.shop_id,
        "owner_name": shop.title,
        "scope": sorted(METHODS),
        **lives,
    }


_WITHOUT_TOKEN = ("pdd.pop.auth.token.create", "pdd.pop.auth.token.refresh", "pdd.logistics.companies.get")
METHODS: dict[str, Callable[[PinduoduoGateway, Any, Params], Result]] = {
    "pdd.order.number.list.increment.get": increment,
    "pdd.order.list.get": backfill,
    "pdd.order.information.get": information,
    "pdd.order.status.get": order_states,
    "pdd.refund.status.check": refund_check,
    "pdd.refund.list.increment.get": refunds,
    "pdd.logistics.online.send": ship,
    "pdd.order.upload.extra.logistics": add_waybills,
    "pdd.logistics.companies.get": companies,
    "pdd.goods.quantity.update": set_stock,
    "pdd.goods.list.get": goods,
    "pdd.pop.auth.token.create": token_create,
    "pdd.pop.auth.token.refresh": token_refresh,
}
