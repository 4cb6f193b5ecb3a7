"""Couriers' tracking, as kuaidi100 and kdniao answer it, for the parcels that really left the pretend shops."""

from typing import Any

import orjson

from core.channels import signatures
from core.channels.sandbox.orders import Order, State
from core.channels.sandbox.texts import local
from core.channels.sandbox.world import World

CUSTOMER, KEY = "SANDBOXCUSTOMER", "sandboxkey"
KDNIAO_ID, KDNIAO_KEY = "1000001", "sandbox-kdniao"
HOUR = 3600
# (hours after leaving, kuaidi100 status code, its word, kdniao state, what the courier says)
_ROAD = (
    (2, "1", "揽收", "1", "【{origin}】已揽收"),
    (10, "0", "在途", "2", "快件已发往【{city}转运中心】"),
    (34, "0", "在途", "2", "快件已到达【{city}转运中心】"),
    (46, "5", "派件", "2", "【{district}营业部】派件中"),
    (54, "3", "签收", "3", "已签收，签收人：本人"),
)


def _find(world: World, tracking_no: str) -> Order | None:
    for shop in world.shops.values():
        for order in shop.orders.values():
            if order.tracking_no == tracking_no:
                return order
    return None


def _traces(order: Order, now: int) -> list[tuple[int, str, str, str, str]]:
    """(instant, code, word, kdniao state, text), the oldest first, up to now; a finished order is signed for."""
    left = order.shipped_at or order.modified
    home = order.buyer.home
    found = []
    for hours, code, word, state, text in _ROAD:
        at = left + hours * HOUR + order.number % 3600
        if order.state is State.DONE:
            at = min(at, order.finished_at)
        if at <= now:
            words = text.format(origin="嘉兴公司", city=home.city, district=home.district)
            found.append((at, code, word, state, words))
    return found


def kuaidi100(world: World, form: dict[str, str], now: int) -> dict[str, Any]:
    """poll/query.do: newest first; a wrong signature is 503, an unknown parcel 500."""
    text = form.get("param", "")
    expected = signatures.kuaidi100(text, KEY, CUSTOMER)
    if form.get("customer") != CUSTOMER or not signatures.same(form.get("sign", ""), expected):
        return {"result": False, "returnCode": "503", "message": "验证签名失败"}
    try:
        param = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {"result": False, "returnCode": "400", "message": "提交的数据不完整，或者贵公司没授权"}
    order = _find(world, str(param.get("num", "")))
    traces = _traces(order, now) if order else []
    if order is None or not traces:
        return {"result": False, "returnCode": "500", "message": "查询无结果，请隔段时间再查"}
    if param.get("com") in ("shunfeng", "zhongtong") and not str(param.get("phone", "")):
        return {"result": False, "returnCode": "408", "message": "验证码错误，请填写收、寄件人手机号"}
    rows = [
        {"time": local(at), "ftime": local(at), "context": words, "status": word, "statusCode": code, "location": ""}
        for at, code, word, _, words in reversed(traces)
    ]
    state = traces[-1][1]
    head = {
        "message": "ok",
        "state": state,
        "status": "200",
        "condition": "F00",
        "ischeck": "1" if state == "3" else "0",
    }
    return {**head, "com": param.get("com"), "nu": param.get("num"), "data": rows}


def subscribe(form: dict[str, str]) -> dict[str, Any]:
    """poll: a subscription is accepted when it is complete; this sandbox calls nobody back."""
    try:
        param = orjson.loads(form.get("param", ""))
    except orjson.JSONDecodeError:
        param = {}
    if param.get("key") != KEY:
        return {"result": False, "returnCode": "600", "message": "您不是合法的订阅者（即授权Key出错）"}
    if not param.get("company") or not param.get("number"):
        return {"result": False, "returnCode": "701", "message": "拒绝订阅的快递公司"}
    return {"result": True, "returnCode": "200", "message": "提交成功"}


def kdniao(world: World, form: dict[str, str], now: int) -> dict[str, Any]:
    """EbusinessOrderHandle, RequestType 1002: oldest first."""
    text = form.get("RequestData", "")
    head = {"EBusinessID": form.get("EBusinessID", ""), "Success": False, "Reason": "", "Traces": []}
    if form.get("EBusinessID") != KDNIAO_ID or form.get("RequestType") not in ("1002", "8001"):
        return {**head, "Reason": "非法参数"}
    if not signatures.same(form.get("DataSign", ""), signatures.kdniao(text, KDNIAO_KEY)):
        return {**head, "Reason": "数据验证不通过"}
    asked = orjson.loads(text)
    order = _find(world, str(asked.get("LogisticCode", "")))
    traces = _traces(order, now) if order else []
    known = {"ShipperCode": asked.get("ShipperCode"), "LogisticCode": asked.get("LogisticCode"), "OrderCode": ""}
    if not traces:
        return {**head, **known, "Success": True, "State": "0", "Reason": "暂无轨迹信息"}
    rows = [{"AcceptTime": local(at), "AcceptStation": words, "Remark": ""} for at, _, _, _, words in traces]
    return {**head, **known, "Success": True, "State": traces[-1][3], "Reason": None, "Traces": rows}
