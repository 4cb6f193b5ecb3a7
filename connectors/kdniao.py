"""Kdniao 快递鸟: query (RequestType 1002), subscription (1008) and push of waybills. The registry passes over it.

Facts: DataSign = base64(hex(MD5(RequestData + AppKey))), in a query, a subscription and a push alike. State 0 none,
1 collected, 2 in transit, 3 signed, 4 problem; traces come oldest first.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from core import clock
from core.channels import signatures
from core.channels.base import Answer, Request, Setting
from core.channels.http import Http
from core.errors import BadRequest, BadSetup, NeedsPerson
from core.i18n import N_
from core.model.parcels import COLLECTED, DELIVERED, IN_TRANSIT, PROBLEM, WAITING, Asked, Scan, Track

KIND = "kdniao"
TITLE = N_("Kdniao")
LEAST_PAUSE = timedelta(minutes=30)
SETTINGS = (
    Setting("ebusiness_id", N_("E-business id")),
    Setting("app_key", N_("App key"), "secret"),
    Setting(
        "query_url",
        N_("Address of the query"),
        "url",
        default="https://api.kdniao.com/Ebusiness/EbusinessOrderHandle.aspx",
    ),
    Setting("subscribe_url", N_("Address of the subscription"), "url", default="https://api.kdniao.com/api/dist"),
)
COURIERS = {"SF": "SF", "ZTO": "ZTO", "YTO": "YTO", "YUNDA": "YD", "STO": "STO", "JD": "JD", "EMS": "EMS"}
_CHINA = timezone(timedelta(hours=8))
_STATES = {"0": WAITING, "1": COLLECTED, "2": IN_TRANSIT, "3": DELIVERED, "4": PROBLEM}


def query(values: Mapping[str, str], http: Http, asked: Asked) -> Track:
    """Ask for one waybill. BadSetup for a refused signature, NeedsPerson with the service's words."""
    said = _call(values, http, values["query_url"], "1002", _of(asked))
    return _track(said)


def subscribe(values: Mapping[str, str], http: Http, asked: Asked, callback: str) -> None:
    """Have changes of the waybill pushed. The receiving address is set in the service's own console."""
    del callback
    _call(values, http, values["subscribe_url"], "1008", _of(asked))


def read_push(values: Mapping[str, str], form: Mapping[str, str]) -> list[Track]:
    """The tracks of a push. BadSetup for a signature that is not ours, BadRequest for an unreadable one."""
    text = form.get("RequestData", "")
    if not signatures.same(form.get("DataSign", ""), signatures.kdniao(text, values["app_key"])):
        raise BadSetup(N_("The signature of the push is wrong."), N_("Compare the app key."))
    try:
        rows = json.loads(text).get("Data")
    except (ValueError, RecursionError, AttributeError) as error:
        raise BadRequest(N_("The push cannot be read.")) from error
    return [_track(row) for row in rows or () if isinstance(row, dict) and row.get("LogisticCode")]


def push_answer(values: Mapping[str, str]) -> str:
    """What the service wants to hear."""
    now = clock.now().astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S")
    return _json({"EBusinessID": values["ebusiness_id"], "UpdateTime": now, "Success": True, "Reason": ""})


def _of(asked: Asked) -> dict[str, str]:
    return {
        "OrderCode": asked.order_no, "ShipperCode": asked.company, "LogisticCode": asked.tracking_no,
        "CustomerName": asked.phone_tail,
    }  # fmt: skip


def _call(values: Mapping[str, str], http: Http, url: str, kind: str, data: Mapping[str, str]) -> dict[str, Any]:
    text = _json(data)
    form = {
        "RequestData": text, "EBusinessID": values["ebusiness_id"], "RequestType": kind,
        "DataSign": signatures.kdniao(text, values["app_key"]), "DataType": "2",
    }  # fmt: skip
    said = http.exchange(lambda: Request(url, form=form), Answer.object)
    if not said.get("Success"):
        words: dict[str, Any] = {"said": str(said.get("Reason") or "–")}
        if not said.get("LogisticCode"):  # the account itself is refused
            raise BadSetup(N_("Kdniao refuses the account: {said}"), N_("Compare e-business id and app key."), **words)
        raise NeedsPerson(N_("Kdniao refuses: {said}"), N_("Look at courier, waybill and phone."), **words)
    return said


def _track(said: Mapping[str, Any]) -> Track:
    scans = [
        Scan(
            _instant(str(row.get("AcceptTime"))),
            str(row.get("AcceptStation") or "")[:500],
            "",
            str(row.get("Remark") or "")[:100],
        )
        for row in said.get("Traces") or ()
        if isinstance(row, dict)
    ]
    scans.sort(key=lambda scan: scan.at)
    state = _STATES.get(str(said.get("State") or "0")[:1], IN_TRANSIT)
    return Track(str(said.get("LogisticCode") or ""), state if scans else WAITING, tuple(scans))


def _instant(text: str) -> datetime:
    return datetime.strptime(text[:19].replace("/", "-"), "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
