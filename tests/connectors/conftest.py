"""A real HTTP server on this machine that answers as a platform would, and keeps what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from core.channels import signatures
from core.channels.base import Connector
from core.channels.http import Http, Throttle
from core.channels.registry import connectors

SAMPLES = Path(__file__).parent / "samples"
SECRETS: dict[str, dict[str, str]] = {
    "taobao": {"app_key": "12345678", "app_secret": "helloworld", "access_token": "tok-tb"},
    "jd": {"app_key": "APPKEY-JD", "app_secret": "secret-jd", "access_token": "tok-jd"},
    "doudian": {
        "app_key": "3409409348479354011",
        "app_secret": "00000000-1111-2222-3333-444444444444",
        "access_token": "tok-dd",
    },
    "pinduoduo": {"app_key": "cid0001", "app_secret": "secret-pdd", "access_token": "tok-pdd"},
    "wechat": {"app_key": "wxdemo0123456789", "app_secret": "demo-secret", "access_token": "ACCESS_TOKEN"},
}
GATEWAYS = {
    "taobao": "/taobao/router/rest",
    "jd": "/jd/routerjson",
    "doudian": "/doudian",
    "pinduoduo": "/pinduoduo/api/router",
    "wechat": "/wechat",
}


@dataclass
class Asked:
    """One request as it arrived."""

    verb: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    body: str
    headers: dict[str, str]

    @property
    def method(self) -> str:
        """The platform's name of the call, whichever way the platform carries it."""
        return self.form.get("method") or self.form.get("type") or self.path.split("/", 2)[-1]

    @property
    def params(self) -> dict[str, Any]:
        """The business parameters of platforms that send JSON."""
        return json.loads(self.form.get("360buy_param_json") or self.body or "{}")


Reply = tuple[int, str] | dict[str, Any] | None


@dataclass
class Platform:
    """The pretend platform: `answer` gives the reply to each request; None hangs up without one."""

    address: str
    answer: Callable[[Asked], Reply] = lambda _asked: {}
    asked: list[Asked] = field(default_factory=list)
    sent_headers: dict[str, str] = field(default_factory=dict)

    def methods(self) -> list[str]:
        return [asked.method for asked in self.asked]


@pytest.fixture
def platform() -> Iterator[Platform]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            split = urlsplit(self.path)
            is_form = "urlencoded" in (self.headers.get("Content-Type") or "")
            asked = Asked(
                self.command,
                split.path,
                dict(parse_qsl(split.query, keep_blank_values=True)),
                dict(parse_qsl(raw, keep_blank_values=True)) if is_form else {},
                "" if is_form else raw,
                dict(self.headers),
            )
            house.asked.append(asked)
            reply = house.answer(asked)
            if reply is None:
                self.close_connection = True
                return
            status, text = reply if isinstance(reply, tuple) else (200, json.dumps(reply, ensure_ascii=False))
            data = text.encode()
            self.send_response_only(status)
            for name, value in house.sent_headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST  # noqa: N815 - the name http.server wants

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    house = Platform(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield house
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def connect(platform: Platform) -> Iterator[Callable[..., Connector]]:
    """Make a connector against the pretend platform; it never really sleeps."""
    made: list[Http] = []

    def make(channel: str, **values: str) -> Connector:
        http = Http(Throttle(1e6, sleep=lambda _s: None), sleep=lambda _s: None, timeout=(1.0, 1.0))
        made.append(http)
        given = {**SECRETS[channel], "gateway": platform.address + GATEWAYS[channel], **values}
        return connectors()[channel]("demo", given, http)

    yield make
    for http in made:
        http.close()


@pytest.fixture
def sample() -> Callable[[str], dict[str, Any]]:
    """A sample of the platforms' messages by its path."""
    return lambda name: json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def _signed(channel: str, asked: Asked) -> bool:
    secret = SECRETS[channel]["app_secret"]
    if channel == "taobao":
        return signatures.taobao_sign(asked.form, secret) == asked.form.get("sign")
    if channel == "jd":
        return signatures.jd_md5(asked.form, secret) == asked.form.get("sign")
    if channel == "pinduoduo":
        return signatures.pinduoduo_md5(asked.form, secret) == asked.form.get("sign")
    if channel == "doudian":
        q = asked.query
        if asked.body != signatures.doudian_param_json(json.loads(asked.body)):
            return False
        return signatures.doudian(q["app_key"], q["method"], asked.body, q["timestamp"], secret) == q["sign"]
    return asked.path.startswith("/wechat/cgi-bin/") or bool(asked.query.get("access_token"))


@pytest.fixture
def signed() -> Callable[[str, Asked], bool]:
    """Whether a request carries the signature its platform wants."""
    return _signed
