"""Robots that tell people: DingTalk, WeCom and Feishu groups by their web hooks and signatures, and a mail box.

Sources: open.dingtalk.com custom robot (timestamp in ms, HMAC-SHA256 in the query, 20 messages a minute),
developer.work.weixin.qq.com group robot (no signature, 2048 bytes of text, 20 a minute), open.feishu.cn custom bot
(timestamp in s, key = timestamp + newline + secret over an empty text, in the body, 100 a minute).
"""

import base64
import hashlib
import hmac
import json
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import quote_plus

from core import clock
from core.channels.base import Setting
from core.channels.http import Answer, Http, Request, Throttle
from core.errors import BadSetup, NeedsPerson, TryAgain
from core.i18n import N_

KINDS: dict[str, str] = {
    "dingtalk": N_("DingTalk robot"), "wecom": N_("WeCom robot"), "feishu": N_("Feishu robot"), "email": N_("E-mail"),
}  # fmt: skip
_HOOK = Setting("url", N_("Web hook"), "secret", help=N_("The address the group robot shows."))
_SIGN = Setting("secret", N_("Signing secret"), "secret", required=False)
SETTINGS: dict[str, tuple[Setting, ...]] = {
    "dingtalk": (_HOOK, _SIGN),
    "wecom": (_HOOK,),
    "feishu": (_HOOK, _SIGN),
    "email": (
        Setting("host", N_("Mail server")),
        Setting("port", N_("Port"), "integer", default="465"),
        Setting("account", N_("Account"), required=False),
        Setting("password", N_("Password"), "secret", required=False),
        Setting("sender", N_("Sender")),
        Setting("to", N_("Recipients"), help=N_("Several with commas.")),
    ),
}
LONGEST = {"dingtalk": 18_000, "wecom": 2_048, "feishu": 18_000, "email": 100_000}
"""Bytes of text that the other side takes."""
_TOO_OFTEN = {"dingtalk": (130101, 410100), "wecom": (45009,), "feishu": (9499, 11232)}
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Note:
    """One message to people. `link`: where to look; it is never cut off."""

    title: str
    text: str
    link: str = ""


def send(kind: str, values: Mapping[str, str], note: Note) -> str:
    """Send it; returns the other side's word. TryAgain when it came too often, NeedsPerson when it was refused."""
    if kind == "email":
        return _mail(values, note)
    if kind not in KINDS:
        raise BadSetup(N_("There is no robot of the kind {kind}."), N_("Choose one of the list."), kind=kind)
    http = Http(Throttle(5.0), attempts=1)
    http.hide([values.get("url", ""), values.get("secret", "")])
    try:
        return http.exchange(lambda: request(kind, values, note), lambda answer: _read(kind, answer))
    finally:
        http.close()


def request(kind: str, values: Mapping[str, str], note: Note) -> Request:
    """The signed request of a group robot."""
    url, secret = str(values.get("url") or ""), str(values.get("secret") or "")
    if not url.startswith(("https://", "http://")):
        raise BadSetup(N_("The robot has no web hook."), N_("Paste the address the group robot shows."))
    link = f"\n{note.link}" if note.link else ""
    text = shortened(f"{note.title}\n{note.text}".strip(), LONGEST[kind] - len(link.encode())) + link
    seconds = clock.now().timestamp()
    body: dict[str, object]
    if kind == "dingtalk":
        body = {"msgtype": "text", "text": {"content": text}}
        if secret:
            stamp = str(round(seconds * 1000))
            url += f"{'&' if '?' in url else '?'}timestamp={stamp}&sign={quote_plus(dingtalk_sign(stamp, secret))}"
    elif kind == "wecom":
        body = {"msgtype": "text", "text": {"content": text}}
    else:
        body = {"msg_type": "text", "content": {"text": text}}
        if secret:
            stamp = str(int(seconds))
            body = {"timestamp": stamp, "sign": feishu_sign(stamp, secret), **body}
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return Request(url, headers=headers, body=json.dumps(body, ensure_ascii=False))


def dingtalk_sign(timestamp_ms: str, secret: str) -> str:
    """base64 of HMAC-SHA256(secret, timestamp, newline, secret); goes URL-encoded into the query."""
    digest = hmac.new(secret.encode(), f"{timestamp_ms}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def feishu_sign(timestamp: str, secret: str) -> str:
    """base64 of HMAC-SHA256 with timestamp, newline, secret as the key, over nothing."""
    digest = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def shortened(text: str, longest: int) -> str:
    """The text in at most so many bytes of UTF-8, cut between letters."""
    raw = text.encode()
    return text if len(raw) <= longest else raw[: longest - 3].decode(errors="ignore") + "…"


def _read(kind: str, answer: Answer) -> str:
    said = answer.object()
    code = int(said.get("errcode", said.get("code", said.get("StatusCode", 0))) or 0)
    words = str(said.get("errmsg") or said.get("msg") or said.get("StatusMessage") or "")
    if code in _TOO_OFTEN[kind]:
        raise TryAgain(
            N_("The robot was told too often: {words}"),
            after_seconds=600.0 if kind == "dingtalk" else 60.0,
            words=words,
        )
    if code:
        raise NeedsPerson(
            N_("The robot refused the message: {words} ({code})"),
            N_("Check its web hook and secret."),
            words=words,
            code=code,
        )
    return words or "ok"


def _mail(values: Mapping[str, str], note: Note) -> str:
    message = EmailMessage()
    message["Subject"] = " ".join(note.title.split())[:200]
    message["From"], message["To"] = values["sender"], values["to"]
    message.set_content(f"{note.text}\n\n{note.link}\n" if note.link else note.text)
    port = int(values.get("port") or 465)
    try:
        if port == 465:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                values["host"], port, timeout=_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(values["host"], port, timeout=_SECONDS)
        with server:
            if port == 587:
                server.starttls(context=ssl.create_default_context())
            if values.get("account"):
                server.login(values["account"], values.get("password", ""))
            server.send_message(message)
    except smtplib.SMTPAuthenticationError as error:
        raise NeedsPerson(N_("The mail server refused the account."), N_("Check account and password.")) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise NeedsPerson(N_("The mail server refused the recipients."), N_("Check the addresses.")) from error
    except OSError as error:
        raise TryAgain(N_("The mail server does not answer: {cause}"), cause=str(error)) from error
    return "sent"
