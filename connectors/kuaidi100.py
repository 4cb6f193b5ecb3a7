"""Kuaidi100 快递100: query, subscription and callback of one waybill. No shop connector: the registry passes over it.

Facts: `poll/query.do` and `poll` as the official Java demo has them; the sign is UPPER(MD5(param + key + customer)), that of
a callback UPPER(MD5(param + salt)). A waybill is asked for at most every 30 minutes (a lock otherwise).
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from core.channels import signatures
from core.channels.base import Answer, Request, Setting
from core.channels.http import Http
from core.errors import BadRequest, BadSetup, NeedsPerson, TryAgain
from core.i18n import N_
from core.model.parcels import (
    COLLECTED,
    DELIVERED,
    DELIVERING,
    IN_TRANSIT,
    PROBLEM,
    RETURNED,
    RETURNING,
    WAITING,
    Asked,
    Scan,
    Track,
)

KIND = "kuaidi100"
TITLE = N_("Kuaidi100")
LEAST_PAUSE = timedelta(minutes=30)
SETTINGS = (
    Setting("customer", N_("Customer code")),
    Setting("key", N_("Authorisation key"), "secret"),
    Setting(
        "salt", N_("Salt of the callback"), "secret", required=False, help=N_("Any text of your own; it signs pushes.")
    ),
    Setting("query_url", N_("Address of the query"), "url", default="https://poll.kuaidi100.com/poll/query.do"),
    Setting("subscribe_url", N_("Address of the subscription"), "url", default="https://poll.kuaidi100.com/poll"),
)
COURIERS = {
    "SF": "shunfeng", "ZTO": "zhongtong", "YTO": "yuantong", "YUNDA": "yunda", "STO": "shentong", "JD": "jd", "EMS": "ems",
}  # fmt: skip
_CHINA = timezone(timedelta(hours=8))
_STATES = {
    "0": IN_TRANSIT, "1": COLLECTED, "2": PROBLEM, "3": DELIVERED, "4": RETURNED, "5": DELIVERING, "6": RETURNING,
    "7": IN_TRANSIT, "10": IN_TRANSIT, "11": IN_TRANSIT, "12": IN_TRANSIT, "13": PROBLEM, "14": RETURNING,
    "101": WAITING, "102": WAITING, "103": COLLECTED, "1001": IN_TRANSIT, "1002": IN_TRANSIT, "301": DELIVERED,
    "302": DELIVERED, "303": DELIVERED, "304": DELIVERED, "401": RETURNED, "501": DELIVERING,
}  # fmt: skip


def query(values: Mapping[str, str], http: Http, asked: Asked) -> Track:
    """Ask for one waybill. BadSetup for a refused signature, NeedsPerson with the service's words; an unknown waybill
    has no scans yet."""
    param = _json(
        {
            "com": asked.company,
            "num": asked.tracking_no,
            "phone": asked.phone_tail,
            "resultv2": "4",
            "show": "0",
            "order": "desc",
        }
    )
    sign = signatures.kuaidi100(param, values["key"], values["customer"])
    form = {"customer": values["customer"], "sign": sign, "param": param}
    said = http.exchange(lambda: Request(values["query_url"], form=form), Answer.object)
    if said.get("status") == "200" and isinstance(said.get("data"), list):
        return _track(said)
    code = str(said.get("returnCode") or said.get("status") or "")
    if code in ("500", "201"):  # nothing known yet
        return Track(asked.tracking_no, WAITING)
    raise _refusal(code, str(said.get("message") or ""))


def subscribe(values: Mapping[str, str], http: Http, asked: Asked, callback: str) -> None:
    """Have changes of the waybill pushed to the address. Subscribing twice (501) does no harm."""
    parameters = {"callbackurl": callback, "salt": values.get("salt", ""), "resultv2": "4", "phone": asked.phone_tail}
    param = _json(
        {"company": asked.company, "number": asked.tracking_no, "key": values["key"], "parameters": parameters}
    )
    said = http.exchange(
        lambda: Request(values["subscribe_url"], form={"schema": "json", "param": param}), Answer.object
    )
    code = str(said.get("returnCode") or "")
    if code not in ("200", "501"):
        raise _refusal(code, str(said.get("message") or ""))


def read_push(values: Mapping[str, str], form: Mapping[str, str]) -> list[Track]:
    """The tracks of a callback. BadSetup for a signature that is not ours, BadRequest for an unreadable one."""
    param = form.get("param", "")
    salt = values.get("salt", "")  # without one anybody could make the signature
    if not salt or not signatures.same(form.get("sign", ""), signatures.kuaidi100_push(param, salt)):
        raise BadSetup(N_("The signature of the push is wrong."), N_("Compare the salt."))
    try:
        result = json.loads(param).get("lastResult") or {}
    except (ValueError, RecursionError, AttributeError) as error:
        raise BadRequest(N_("The push cannot be read.")) from error
    return [_track(result)] if isinstance(result, dict) and result.get("nu") else []


def push_answer(values: Mapping[str, str]) -> str:
    """What the service wants to hear; anything else is pushed again after 35 minutes."""
    del values
    return json.dumps({"result": True, "returnCode": "200", "message": "成功"}, ensure_ascii=False)


def _track(said: Mapping[str, Any]) -> Track:
    rows = [row for row in said.get("data") or () if isinstance(row, dict)]
    scans = [
        Scan(_instant(str(row.get("ftime") or row.get("time"))), str(row.get("context") or "")[:500],
             _state(str(row.get("statusCode") or "")), str(row.get("areaName") or row.get("location") or "")[:100])
        for row in rows
    ]  # fmt: skip
    scans.sort(key=lambda scan: scan.at)
    state = _state(str(said.get("state") or "")) or (scans[-1].state if scans else WAITING) or IN_TRANSIT
    if said.get("ischeck") == "1" and state not in (RETURNED, RETURNING):
        state = DELIVERED
    return Track(str(said.get("nu") or ""), state if scans else WAITING, tuple(scans))


def _state(code: str) -> str:
    return _STATES.get(code) or _STATES.get(code[:1], "") if code else ""


def _instant(text: str) -> datetime:
    return datetime.strptime(text[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA)


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _refusal(code: str, said: str) -> Exception:
    words: dict[str, Any] = {"said": said or "–", "code": code or "–"}
    if code in ("503", "600", "601", "502"):
        return BadSetup(N_("Kuaidi100 refuses the account: {said} ({code})"), N_("Compare customer and key."), **words)
    if code.startswith("5"):
        return TryAgain(N_("Kuaidi100 is in trouble: {said} ({code})"), **words)
    return NeedsPerson(N_("Kuaidi100 refuses: {said} ({code})"), N_("Look at courier, waybill and phone."), **words)
