"""The pretend JOS gateway: `/jd/routerjson` and its token calls (facts: JD)."""

# ruff: noqa: ARG001 - one shape for all methods of a gateway

from collections.abc import Callable
from typing import Any

import orjson

from core.channels import signatures
from core.channels.sandbox.fate import COURIERS
from core.channels.sandbox.gate import Answer, Call, Desk, Refusal, page
from core.channels.sandbox.jd_rows import application, information
from core.channels.sandbox.orders import TO_SHIP, Order
from core.channels.sandbox.shop import Shop
from core.channels.sandbox.texts import instant
from core.channels.sandbox.vocabulary import JD_WORDS as WORDS
from core.channels.sandbox.vocabulary import word

DAY = 86400
# What success's numberCode is, is unconfirmed; some clients take any number but 0 for an error.
_GOOD = {"success": True, "numberCode": 0, "chineseErrCode": "成功", "englishErrCode": "success"}
_ERRORS = {
    "2": ("限制时间内调用失败次数", "Limit fail times in time period"),
    "5": ("无效版本", "Invalid version"),
    "8": ("无效时间戳", "Invalid timestamp"),
    "10": ("无效数据格式", "Invalid format"),
    "11": ("缺少签名", "Missing sign"),
    "12": ("无效签名", "Invalid Signature"),
    "14": ("缺少方法名参数", "Missing method"),
    "15": ("不存在的方法名", "Invalid method"),
    "19": ("token已过期或者不存在，请重新授权", "Invalid access_token"),
    "21": ("无效app_key", "Invalid app_key"),
    "65": ("平台连接后端服务超时", "Platform connects backend service timeout"),
}
Params = dict[str, Any]


def refusal(code: str) -> Refusal:
    """JOS's error document."""
    zh, en = _ERRORS[code]
    return Refusal({"error_response": {"code": code, "zh_desc": zh, "en_desc": en}})


class JdGateway:
    """Checks a call as JOS does, then answers it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def limited(self) -> Refusal:
        return refusal("2")

    def unreadable(self) -> Refusal:
        return refusal("10")

    def answer(self, call: Call) -> Answer:
        if "/oauth2/" in call.path:
            return self._oauth(call)
        form = {**call.query, **call.form}
        shop = self._admit(call, form)
        method = METHODS.get(form["method"])
        if method is None:
            raise refusal("15")
        if self.desk.limits.over(shop.app_key, form["method"], 1_000, 1, call.now):
            raise self.limited()
        try:
            params = orjson.loads(form.get("360buy_param_json") or "{}")
        except orjson.JSONDecodeError:
            raise refusal("10") from None
        document, wrote = method(self, shop, params)
        name = f"{form['method'].replace('.', '_')}_responce"
        return Answer({name: {"code": "0", **document}}, wrote=wrote)

    def _admit(self, call: Call, form: dict[str, str]) -> Shop:
        if not form.get("method"):
            raise refusal("14")
        app = self.desk.app("jd", form.get("app_key", ""))
        if app is None:
            raise refusal("21")
        if form.get("v") != "2.0":
            raise refusal("5")
        try:
            if abs(instant(form.get("timestamp", "")) - call.now) > 360:
                raise refusal("8")
        except ValueError:
            raise refusal("8") from None
        if not form.get("sign"):
            raise refusal("11")
        if not signatures.same(form["sign"], signatures.jd_md5(form, app.app_secret)):
            raise refusal("12")
        shop, _ = self.desk.tokens.check(form.get("access_token", ""), app.app_key, call.now)
        if shop is None:
            raise refusal("19")
        return shop

    def _oauth(self, call: Call) -> Answer:
        asked = {**call.form, **call.query}
        app = self.desk.app("jd", asked.get("app_key", ""))
        if app is None or asked.get("app_secret") != app.app_secret:
            raise Refusal({"code": 401, "msg": "invalid app_key or app_secret", "requestId": "sandbox"})
        if call.path.endswith("/refresh_token"):
            grant = self.desk.tokens.by_refresh(asked.get("refresh_token", ""), app.app_key)
        else:
            grant = self.desk.tokens.by_code(asked.get("code", ""), app.app_key, call.now)
        if grant is None:
            raise Refusal({"code": 402, "msg": "invalid code or refresh_token", "requestId": "sandbox"})
        access, refresh = self.desk.tokens.renew(grant, call.now)
        return Answer(
            {
                "access_token": access,
                "expires_in": self.desk.tokens.LIFE["jd"],
                "refresh_token": refresh,
                "scope": "snsapi_base",
                "open_id": "sandbox",
                "uid": app.shop_id,
                "time": str(call.now * 1000),
                "token_type": "bearer",
                "user_nick": app.title,
            }
        )


Result = tuple[dict[str, Any], bool]


def _bad(english: str, chinese: str = "参数错误") -> dict[str, Any]:
    return {"success": False, "numberCode": 10400000, "chineseErrCode": chinese, "englishErrCode": english}


def _number(params: Params, name: str, most: int) -> int | None:
    text = str(params.get(name, ""))
    return int(text) if text.isdigit() and 1 <= int(text) <= most else None


def search(gateway: JdGateway, shop: Shop, params: Params) -> Result:
    """jingdong.pop.order.enSearch: at most a month; dateType 1 by created, else modified; sortType 1 newest first."""

    def fail(english: str) -> Result:
        return {"searchorderinfo_result": {"apiResult": _bad(english), "orderTotal": 0, "orderInfoList": []}}, False

    number, size = _number(params, "page", 10**6), _number(params, "page_size", 100)
    if number is None or size is None or not params.get("order_state") or not params.get("optional_fields"):
        return fail("page, page_size (1-100), order_state and optional_fields are required")
    states = set(str(params["order_state"]).replace(" ", "").split(","))
    now = gateway.desk.clock()
    if not params.get("start_date") or not params.get("end_date"):
        if states != {"WAIT_SELLER_STOCK_OUT"}:
            return fail("start_date and end_date are required")
        since, until = now - 30 * DAY, now + 120
    else:
        try:
            since, until = instant(params["start_date"]), instant(params["end_date"])
        except ValueError:
            return fail("start_date or end_date is no yyyy-MM-dd HH:mm:ss")
        if not 0 <= until - since <= 31 * DAY:
            return fail("the span of start_date and end_date must not exceed one month")
    created = str(params.get("dateType", "")) == "1"
    if created:
        found = shop.by_created.between(since, until)
    else:
        found = shop.by_modified.between(since, min(until, gateway.desk.faults.newest(now + shop.skew)))
    if "ALL" not in states and not states >= WORDS:
        found = [order for order in found if word("jd", order, order) in states]
    descending = str(params.get("sortType", "")) == "1"
    listing = (shop.name, since, until, size, created, descending, len(states))
    paged = page(gateway.desk.faults, found, number - 1, size, descending=descending, listing=listing)
    fields = set(str(params["optional_fields"]).replace(" ", "").split(","))
    made = [information(shop, order, seen, fields) for order, seen in paged.rows]
    return {"searchorderinfo_result": {"apiResult": _GOOD, "orderTotal": paged.total, "orderInfoList": made}}, False


def get(gateway: JdGateway, shop: Shop, params: Params) -> Result:
    """jingdong.pop.order.enGet."""
    order = shop.orders.get(str(params.get("order_id", "")))
    if order is None or not params.get("optional_fields"):
        return {"orderDetailInfo": {"apiResult": _bad("order not found", "订单不存在")}}, False
    fields = set(str(params["optional_fields"]).replace(" ", "").split(","))
    found = information(shop, order, order, fields)
    return {"orderDetailInfo": {"apiResult": _GOOD, "orderInfo": found}}, False


def applications(gateway: JdGateway, shop: Shop, params: Params) -> Result:
    """jingdong.pop.afs.soa.refundapply.queryPageList: by applyTime or checkTime, or by ids; pages of at most 50."""
    number, size = _number(params, "pageIndex", 100), _number(params, "pageSize", 50)
    if number is None or size is None:
        return {
            "queryResult": {"success": False, "errorCode": "pageIndex 1-100, pageSize 1-50", "totalCount": 0}
        }, False
    everything = shop.refunds_by_created.between(0, 1 << 40)
    found = everything
    for name, attribute in (("applyTime", "created"), ("checkTime", "answered_at")):
        if params.get(f"{name}Start") or params.get(f"{name}End"):
            try:
                since, until = instant(params[f"{name}Start"]), instant(params[f"{name}End"])
            except (KeyError, ValueError):
                return {
                    "queryResult": {"success": False, "errorCode": f"{name}Start, {name}End", "totalCount": 0}
                }, False
            found = [made for made in found if since <= getattr(made, attribute) <= until]
    if params.get("ids"):
        wanted = set(str(params["ids"]).split(","))
        found = [made for made in found if made.no in wanted]
    if params.get("orderId"):
        found = [made for made in found if made.order.no == str(params["orderId"])]
    if params.get("status") not in (None, ""):
        found = [made for made in found if application(shop, made)["status"] == int(params["status"])]
    listing = (shop.name, "applications", size, str(sorted(params.items() - {("pageIndex", number)})))
    paged = page(gateway.desk.faults, found, number - 1, size, descending=False, listing=listing)
    rows = [application(shop, made) for made, _ in paged.rows]
    return {"queryResult": {"success": True, "totalCount": paged.total, "result": rows}}, False


def services(gateway: JdGateway, shop: Shop, params: Params) -> Result:
    """jingdong.asc.serviceAndRefund.view: this shop has no after-sale service bills; its refunds are applications."""
    number, size = _number(params, "pageNumber", 1 << 30), _number(params, "pageSize", 50)
    if number is None or size is None:
        return {"pageResult": {"success": False, "code": "10001", "message": "pageNumber, pageSize (1-50)"}}, False
    found = {"success": True, "code": "00000", "message": "", "totalCount": 0, "pageNumber": number, "pageSize": size}
    return {"pageResult": {**found, "data": []}}, False


def shipment(gateway: JdGateway, shop: Shop, params: Params) -> Result:
    """jingdong.pop.order.shipment: the whole order; refused while an application locks it."""

    def fail(chinese: str) -> Result:
        bad = {
            "success": False,
            "numberCode": 10400001,
            "chineseErrCode": chinese,
            "englishErrCode": "order state error",
        }
        return {"sopjosshipment_result": bad}, False

    order: Order | None = shop.orders.get(str(params.get("orderId", "")))
    if order is None:
        return fail("订单不存在")
    sent = _parcels(str(params.get("logiCoprId", "")), str(params.get("logiNo", "")))
    if not sent:
        return fail("物流公司或运单号不正确")
    if order.state not in TO_SHIP or word("jd", order, order) != "WAIT_SELLER_STOCK_OUT":
        return fail("订单已出库或状态不允许出库")
    gateway.desk.ship(shop, order, *sent[0], [], None)
    for courier, tracking_no in sent[1:]:
        gateway.desk.add_waybill(shop, order, courier, tracking_no)
    return {"sopjosshipment_result": _GOOD}, True


def _parcels(companies: str, numbers: str) -> list[tuple[int, str]]:
    """(courier, waybill) of each parcel: a bar stands between carriers, a comma within one. None if anything is wrong."""
    known = {str(row[3]): number for number, row in enumerate(COURIERS) if row[3]}
    firms, groups = companies.split("|"), [group.split(",") for group in numbers.split("|")]
    if len(firms) != len(groups) or not all(firm in known for firm in firms) or not all(all(each) for each in groups):
        return []
    return [(known[firm], each) for firm, group in zip(firms, groups, strict=True) for each in group]


def companies(gateway: JdGateway, shop: Shop, params: Params) -> Result:
    """jingdong.get.vender.all.delivery.company: the carriers of the vendor."""
    made = [{"id": row[3], "name": row[1], "description": row[1]} for row in COURIERS if row[3]]
    return {"deliveryList": made}, False


def set_stock(gateway: JdGateway, shop: Shop, params: Params) -> Result:
    """jingdong.ware.stock.sku.set: stockNum sets; incrStockNum adds."""
    req = params.get("req") or {}
    results = []
    for row in req.get("skuStocks") or []:
        listing = shop.listing(str(row.get("skuId", "")))
        good = listing is not None and ("stockNum" in row or "incrStockNum" in row)
        if good and listing:
            code = listing.sku.code
            added = int(row.get("incrStockNum") or 0)
            qty = shop.listed.get(code, 0) + added if "stockNum" not in row else int(row["stockNum"])
            good = qty >= 0
            if good:
                gateway.desk.set_stock(shop, code, qty, str(req.get("stockRfId") or "") or None)
        message = "" if good else "sku不存在或库存数不正确"
        results.append(
            {"data": row.get("skuId"), "success": good, "storeId": row.get("storeId", 0), "message": message}
        )
    fine = bool(results) and all(row["success"] for row in results)
    return {"returnType": {"success": fine, "obj": {"updateStockResult": results}}}, fine


def set_stock_old(gateway: JdGateway, shop: Shop, params: Params) -> Result:
    """jingdong.stock.write.updateSkuStock: one SKU, absolute."""
    listing = shop.listing(str(params.get("skuId", "")))
    if listing is None or int(params.get("stockNum", -1)) < 0:
        return {"success": False}, False
    gateway.desk.set_stock(shop, listing.sku.code, int(params["stockNum"]), None)
    return {"success": True}, True


def stock(gateway: JdGateway, shop: Shop, params: Params) -> Result:
    """jingdong.ware.stock.sku.query: quantities on sale of the named SKUs."""
    wanted = str(params.get("skuIds") or params.get("skuId") or "").split(",")
    found = [listing for sku in wanted if (listing := shop.listing(sku))]
    rows = [{"skuId": kept.sku_id, "stockNum": shop.listed.get(kept.sku.code, 0), "storeId": 0} for kept in found]
    return {"returnType": {"success": True, "obj": rows}}, False


METHODS: dict[str, Callable[[JdGateway, Shop, Params], Result]] = {
    "jingdong.pop.order.enSearch": search,
    "jingdong.pop.order.search": search,
    "jingdong.pop.order.enGet": get,
    "jingdong.pop.order.get": get,
    "jingdong.pop.afs.soa.refundapply.queryPageList": applications,
    "jingdong.asc.serviceAndRefund.view": services,
    "jingdong.pop.order.shipment": shipment,
    "jingdong.get.vender.all.delivery.company": companies,
    "jingdong.ware.stock.sku.set": set_stock,
    "jingdong.ware.stock.sku.query": stock,
    "jingdong.stock.write.updateSkuStock": set_stock_old,
}
