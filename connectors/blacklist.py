"""A third party's blacklist over REST, built by form: who is asked, what is sent, how the answer is read.

No free documented public service is known; the generic shape is this project's own, the other preset is shaped like
Alibaba JAQ's spam-registration check (TOP method `alibaba.security.jaq.spamregisterprevention.result.fetch.new`:
final_decision 0 accept, 1 reject, 2 review). Only http and https are spoken; redirects are never followed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from core import clock
from core.channels import signatures
from core.channels.base import Answer, Check, Http, Request, Setting, Word
from core.channels.credentials import KINDS, Credentials
from core.channels.paging import at
from core.errors import BadSetup, DanliuError
from core.i18n import N_

SAID_LIMIT = 600  # characters of the other side's words that are shown
TOP = "top"
PHONES = ("sha256", "md5", "plain")
_OF_QUESTION = {"send_order": "order_no", "send_phone": "phone", "send_buyer": "buyer_id", "send_ip": "ip"}
_FALSE = ("", "false", "0", "none", "no")

SETTINGS = (
    Setting("address", N_("Address of the service"), "url", help="https://risk.example/check"),
    Setting("auth", N_("Signing in"), "choice", default="none", choices=(*(k for k in KINDS if k != "hmac"), TOP)),
    Setting("auth_name", N_("Name of the header or parameter"), required=False),
    Setting("app_key", N_("Key or user"), required=False),
    Setting("app_secret", N_("Secret, token or password"), "secret", required=False),
    Setting("body_as", N_("Sent as"), "choice", default="json", choices=("json", "form", "query")),
    Setting("send_phone", N_("Send the phone as"), required=False, help=N_("Empty: it is not sent.")),
    Setting("phone_form", N_("The phone in the form"), "choice", default="sha256", choices=PHONES),
    Setting("send_buyer", N_("Send the buyer's id as"), required=False, help=N_("Empty: it is not sent.")),
    Setting("send_ip", N_("Send the IP address as"), required=False, help=N_("Empty: it is not sent.")),
    Setting("send_order", N_("Send the order number as"), required=False, help=N_("Empty: it is not sent.")),
    Setting("fixed", N_("Fixed parameters (JSON)"), "json", required=False),
    Setting("ok_path", N_("Path to the answer's code"), required=False),
    Setting("ok_value", N_("The code when all is well"), required=False, default="0"),
    Setting("hit_path", N_("Path to “is listed”, if there is one"), required=False),
    Setting("level_path", N_("Path to the decision"), help=N_("A dotted path such as data.level.")),
    Setting("freeze_values", N_("Decisions that freeze (with commas)"), required=False, default="reject"),
    Setting("review_values", N_("Decisions for review (with commas)"), required=False, default="review"),
    Setting("reason_path", N_("Path to the reason"), required=False),
    Setting("score_path", N_("Path to the score"), required=False),
)
_JAQ = "alibaba_security_jaq_spamregisterprevention_result_fetch_new_response.result.data"
PRESETS: dict[str, dict[str, str]] = {
    "generic": {
        "auth": "bearer", "body_as": "json", "send_phone": "phone_hash", "phone_form": "sha256", "send_buyer": "buyer_id",
        "send_ip": "ip", "send_order": "order_no", "ok_path": "code", "ok_value": "0", "hit_path": "hit",
        "level_path": "level", "freeze_values": "reject", "review_values": "review", "reason_path": "reasons",
        "score_path": "score",
    },
    "jaq": {
        "address": "https://gw.api.taobao.com/router/rest", "auth": TOP, "body_as": "form", "send_phone": "phone_number",
        "phone_form": "plain", "send_buyer": "user_id", "send_ip": "ip", "send_order": "",
        "fixed": json.dumps({
            "method": "alibaba.security.jaq.spamregisterprevention.result.fetch.new", "v": "2.0", "format": "json",
            "sign_method": "md5", "context": "Trade", "source": "3", "protocol_version": "1.0",
        }),
        "ok_path": "", "hit_path": "", "level_path": f"{_JAQ}.final_decision", "freeze_values": "1", "review_values": "2",
        "reason_path": f"{_JAQ}.final_desc", "score_path": f"{_JAQ}.final_score",
    },
}  # fmt: skip
PRESET_TITLES = {"generic": N_("Generic service"), "jaq": N_("Shaped like Alibaba JAQ")}


@dataclass(frozen=True, slots=True)
class Question:
    """One order as the service may hear of it; "" for what is not known. The phone is as the buyer wrote it."""

    order_no: str = ""
    phone: str = ""
    buyer_id: str = ""
    ip: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the service said: level `freeze`, `review` or "" (not listed), its reason and score."""

    level: str
    reason: str = ""
    score: float | None = None


class Blacklist:
    """The service of one set of settings. Safe for threads."""

    def __init__(self, values: Mapping[str, str], http: Http) -> None:
        """`values` hold opened secrets. Raises BadSetup naming the setting that could never work."""
        self._values = {s.name: str(values.get(s.name) or ("" if s.name in values else s.default)) for s in SETTINGS}
        for setting in SETTINGS:
            if setting.required and not self._values[setting.name]:
                raise BadSetup(
                    N_("{setting} is empty."), N_("Fill it in on the Risk page."), setting=_name_of(setting.name)
                )
        parts = urlsplit(self._values["address"])
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise BadSetup(
                N_("{setting} is no http or https address."),
                N_("Write it as https://host/path, keys into their own settings."),
                setting=_name_of("address"),
            )
        self._fixed = _object(self._values["fixed"])
        self._credentials: Credentials | None = None
        if self._values["auth"] == TOP:
            if not self._values["app_key"] or not self._values["app_secret"]:
                raise BadSetup(
                    N_("{setting} is empty."), N_("Fill it in on the Risk page."), setting=_name_of("app_secret")
                )
        else:
            self._credentials = Credentials(
                self._values["auth"], self._values["auth_name"], self._values["app_key"], self._values["app_secret"]
            )
            self._credentials.check()
        if not any(self._values[name] for name in _OF_QUESTION if name != "send_order"):
            raise BadSetup(N_("Nothing of an order would be sent."), N_("Name the phone, the buyer or the IP address."))
        self.http = http
        http.hide([self._values["app_secret"]])

    @property
    def sends_phone(self) -> bool:
        """Whether the originals of phones are needed."""
        return bool(self._values["send_phone"])

    def asked(self, question: Question) -> dict[str, str]:
        """What would be sent of the question under the service's names."""
        known = {**{name: getattr(question, name) for name in _OF_QUESTION.values()}, "phone": self._phone(question)}
        return {
            self._values[setting]: known[name]
            for setting, name in _OF_QUESTION.items()
            if self._values[setting] and known[name]
        }

    def answerable(self, question: Question) -> bool:
        """Whether the order has anything by which the service could know it."""
        names = {self._values["send_order"]}
        return bool(self.asked(question).keys() - names)

    def ask(self, question: Question) -> Verdict:
        """The service's word. Raises DanliuError where there is none: refused, ill, late or unreadable."""
        return self.http.exchange(lambda: self._request(question), self._read)

    def test(self, question: Question) -> Check:
        """Ask once and tell the answer in the service's own words; never raises for a refusal."""
        heard: list[str] = []

        def read(answer: Answer) -> Verdict:
            heard.append(f"HTTP {answer.status} {answer.text.strip()}")
            return self._read(answer)

        try:
            verdict = self.http.exchange(lambda: self._request(question), read)
        except DanliuError as error:
            said = self.http.masked(heard[-1])[:SAID_LIMIT] if heard else ""
            return Check(False, said, str(error))
        return Check(True, self.http.masked(heard[-1])[:SAID_LIMIT], verdict.level)

    def _phone(self, question: Question) -> str:
        form = self._values["phone_form"]
        if not question.phone or form == "plain":
            return question.phone
        digest = hashlib.new(form, question.phone.encode(), usedforsecurity=False).hexdigest()
        return f"sha256:{digest}" if form == "sha256" else digest

    def _request(self, question: Question) -> Request:
        params = {**self._fixed, **self.asked(question)}
        if self._credentials is None:
            params |= {
                "app_key": self._values["app_key"],
                "timestamp": clock.now().astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S"),
            }
            params["sign"] = signatures.taobao_sign(params, self._values["app_secret"]) or ""
        url, how = self._values["address"], self._values["body_as"]
        if how == "query":
            request = Request(url, "GET", params=params, headers={"Accept": "application/json"})
        elif how == "form":
            kind = "application/x-www-form-urlencoded;charset=utf-8"
            request = Request(url, form=params, headers={"Content-Type": kind})
        else:
            body = json.dumps(params, ensure_ascii=False, separators=(",", ":"))
            request = Request(url, body=body, headers={"Content-Type": "application/json"})
        return self._credentials.signed(request) if self._credentials else request

    def _read(self, answer: Answer) -> Verdict:
        if answer.status >= 300:
            raise self._refused(f"HTTP {answer.status} {answer.text}")
        value = answer.json()
        path = self._values["ok_path"]
        if path and _text(at(value, path)) != self._values["ok_value"]:
            raise self._refused(answer.text)
        listed = self._values["hit_path"]
        if listed and at(value, listed) is not None and _text(at(value, listed)).lower() in _FALSE:
            return Verdict("", score=self._score(value))
        decision = at(value, self._values["level_path"])
        if decision is None:
            raise self._refused(answer.text)
        return Verdict(self._level(_text(decision)), self._reason(value), self._score(value))

    def _level(self, decision: str) -> str:
        for level in ("freeze", "review"):
            if decision in [word.strip() for word in self._values[f"{level}_values"].split(",") if word.strip()]:
                return level
        return ""

    def _reason(self, value: Any) -> str:
        found = at(value, self._values["reason_path"]) if self._values["reason_path"] else None
        return ", ".join(map(_text, found)) if isinstance(found, list) else _text(found)

    def _score(self, value: Any) -> float | None:
        found = at(value, self._values["score_path"]) if self._values["score_path"] else None
        try:
            return float(str(found))
        except ValueError:
            return None

    def _refused(self, said: str) -> BadSetup:
        return BadSetup(
            N_("The blacklist service refuses, or its answer cannot be read: {said}"),
            N_("Look at the address, the key and the paths."),
            said=self.http.masked(said.strip())[:SAID_LIMIT],
        )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _object(text: str) -> dict[str, str]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise BadSetup(N_("The fixed parameters are no JSON object."), N_('Write {{"name": "value"}}.'))
    return {str(name): item if isinstance(item, str) else json.dumps(item) for name, item in value.items()}


def _name_of(setting: str) -> Word:
    return Word(next(s.label for s in SETTINGS if s.name == setting))
