"""Couriers' tracking, as kuaidi100 and kdniao answer it, for the parcels that really left the pretend shops."""

from dataclasses import dataclass
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
_BACK = (
    *_ROAD[:4],
    (50, "2", "疑难", "4", "收件人拒收，快件将退回"),
    (62, "6", "退回", "4", "快件正在退回【{origin}】"),
    (96, "4", "退签", "4", "退件已签收，签收人：【{origin}】仓库"),
)


def _find(world: World, tracking_no: str) -> Order | None:
    for shop in world.shops.values():
        for order in shop.orders.values():
            if order.tracking_no == tracking_no:
                return order
    return None


def _road(order: Order) -> tuple[tuple[int, str, str, str, str], ...]:
    """What the parcel will meet: one of fifty gets stuck on the way, one of fifty is refused and comes back."""
    if order.state is State.DONE:
        return _ROAD
    return {7: _ROAD[:2], 13: _BACK}.get(order.number % 50, _ROAD)


def _traces(order: Order, now: int) -> list[tuple[int, str, str, str, str]]:
    """(instant, code, word, kdniao state, text), the oldest first, up to now; a finished order is signed for."""
    left = order.shipped_at or order.modified
    home = order.buyer.home
    found = []
    for hours, code, word, state, text in _road(order):
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
    state = traces[-1][1]
    head = {
        "message": "ok",
        "state": state,
        "status": "200",
        "condition": "F00",
        "ischeck": "1" if state == "3" else "0",
    }
    return {**head, "com": param.get("com"), "nu": param.get("num"), "data": _rows(traces)}


def subscribe(pushes: "Pushes", form: dict[str, str]) -> dict[str, Any]:
    """poll: a complete subscription is accepted, the same once only; its changes are pushed to its callback."""
    try:
        param = orjson.loads(form.get("param", ""))
    except orjson.JSONDecodeError:
        param = {}
    if param.get("key") != KEY:
        return {"result": False, "returnCode": "600", "message": "您不是合法的订阅者（即授权Key出错）"}
    if not param.get("company") or not param.get("number"):
        return {"result": False, "returnCode": "701", "message": "拒绝订阅的快递公司"}
    wishes = param.get("parameters") or {}
    made = Subscription(
        "kuaidi100",
        str(param["company"]),
        str(param["number"]),
        str(wishes.get("callbackurl", "")),
        str(wishes.get("salt", "")),
    )
    if not pushes.add(made):
        return {"result": False, "returnCode": "501", "message": "重复订阅"}
    return {"result": True, "returnCode": "200", "message": "提交成功"}


@dataclass(frozen=True, slots=True)
class Subscription:
    """A waybill whose changes somebody wants pushed."""

    service: str
    company: str
    number: str
    callback: str
    salt: str


class Pushes:
    """Subscriptions, and how many lines of each story have been pushed."""

    def __init__(self) -> None:
        self._told: dict[Subscription, int] = {}

    def add(self, wanted: Subscription) -> bool:
        """Remember it; False when it is known."""
        if wanted in self._told:
            return False
        self._told[wanted] = 0
        return True

    def due(self, world: World, now: int, *, all_again: bool = False) -> list[tuple[str, dict[str, str]]]:
        """(address, form) of what is to be pushed now: stories with new lines, or every one `all_again`."""
        found = []
        for each, told in self._told.items():
            order = _find(world, each.number)
            traces = _traces(order, now) if order else []
            if each.callback and traces and (all_again or len(traces) > told):
                found.append((each.callback, _pushed(each, traces)))
                self._told[each] = len(traces)
        return found


def _pushed(wanted: Subscription, traces: list[tuple[int, str, str, str, str]]) -> dict[str, str]:
    if wanted.service == "kdniao":
        text = orjson.dumps({"EBusinessID": KDNIAO_ID, "Count": "1", "PushTime": local(traces[-1][0]), "Data": [
            {"EBusinessID": KDNIAO_ID, "ShipperCode": wanted.company, "LogisticCode": wanted.number, "Success": True,
             "State": traces[-1][3], "Traces": _kdniao_rows(traces)}]}).decode()  # fmt: skip
        return {"RequestData": text, "RequestType": "101", "DataSign": signatures.kdniao(text, KDNIAO_KEY)}
    state = traces[-1][1]
    result = {
        "message": "ok", "state": state, "status": "200", "condition": "F00", "ischeck": "1" if state == "3" else "0",
        "com": wanted.company, "nu": wanted.number, "data": _rows(traces),
    }  # fmt: skip
    text = orjson.dumps(
        {"status": "shutdown" if state in "34" else "polling", "message": "", "lastResult": result}
    ).decode()
    return {"param": text, "sign": signatures.kuaidi100_push(text, wanted.salt)}


def _rows(traces: list[tuple[int, str, str, str, str]]) -> list[dict[str, str]]:
    """Kuaidi100's lines, the newest first."""
    return [
        {"time": local(at), "ftime": local(at), "context": words, "status": word, "statusCode": code, "location": ""}
        for at, code, word, _, words in reversed(traces)
    ]


def _kdniao_rows(traces: list[tuple[int, str, str, str, str]]) -> list[dict[str, str]]:
    return [{"AcceptTime": local(at), "AcceptStation": words, "Remark": ""} for at, _, _, _, words in traces]


def kdniao(world: World, form: dict[str, str], now: int, pushes: "Pushes", callback: str = "") -> dict[str, Any]:
    """EbusinessOrderHandle, RequestType 1002: oldest first; 1008 subscribes. The real service takes the receiving address in
    its console; here it stands in the query of the address (`?callback=`)."""
    text = form.get("RequestData", "")
    head = {"EBusinessID": form.get("EBusinessID", ""), "Success": False, "Reason": "", "Traces": []}
    if form.get("EBusinessID") != KDNIAO_ID or form.get("RequestType") not in ("1002", "8001", "1008", "8008"):
        return {**head, "Reason": "非法参数"}
    if not signatures.same(form.get("DataSign", ""), signatures.kdniao(text, KDNIAO_KEY)):
        return {**head, "Reason": "数据验证不通过"}
    asked = orjson.loads(text)
    if form["RequestType"] in ("1008", "8008"):
        pushes.add(Subscription("kdniao", str(asked.get("ShipperCode")), str(asked.get("LogisticCode")), callback, ""))
        return {**head, "Success": True, "LogisticCode": asked.get("LogisticCode"), "UpdateTime": local(now)}
    order = _find(world, str(asked.get("LogisticCode", "")))
    traces = _traces(order, now) if order else []
    known = {"ShipperCode": asked.get("ShipperCode"), "LogisticCode": asked.get("LogisticCode"), "OrderCode": ""}
    if not traces:
        return {**head, **known, "Success": True, "State": "0", "Reason": "暂无轨迹信息"}
    return {**head, **known, "Success": True, "State": traces[-1][3], "Reason": None, "Traces": _kdniao_rows(traces)}
