"""The sandbox as a running thing: one HTTP server with five gateways and the surroundings, and a printer beside it."""

import asyncio
import gc
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from core import clock as product_clock
from core.channels.sandbox.consent import Consent
from core.channels.sandbox.doudian import DoudianGateway
from core.channels.sandbox.faults import Faults
from core.channels.sandbox.gate import Answer, Call, Desk, Limits, Refusal, Tokens
from core.channels.sandbox.jd import JdGateway
from core.channels.sandbox.pinduoduo import PinduoduoGateway
from core.channels.sandbox.printer import Printer
from core.channels.sandbox.surroundings import Surroundings
from core.channels.sandbox.taobao import TaobaoGateway
from core.channels.sandbox.texts import second
from core.channels.sandbox.truth import Diary
from core.channels.sandbox.wechat import WechatGateway
from core.channels.sandbox.world import World
from core.channels.sandbox.xml import xml

_BROKEN = (
    b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
)

# The real platforms' own paths work at the root too, for clients that let only the host be changed.
ROOTS = {
    "taobao": ("/router/rest", "/token"),
    "jd": ("/routerjson", "/oauth2/{call}"),
    "doudian": ("/order/{call}", "/afterSale/{call}", "/sku/{call}", "/token/{call}"),
    "pinduoduo": ("/api/router",),
    "wechat": ("/channels/{call:path}", "/cgi-bin/{call}", "/wxa/{call:path}"),
}


class Sandbox:
    """The pretend platforms. `rate` is orders a minute over all shops, `days` the past made at once.

    `clock` gives the instant of the shop life and of the platforms (default: the product's); a test may move it on.
    `port` 0 takes a free one; the printer listens on the port after it.
    """

    def __init__(
        self,
        seed: int = 1,
        rate: float = 2.0,
        days: int = 1,
        faults: Iterable[str] = (),
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        clock: Callable[[], datetime] = product_clock.now,
        hang_seconds: float = 30.0,
    ) -> None:
        self.host, self.port = host, port
        self._clock = clock
        self.faults = Faults(faults, seed, hang_seconds)
        now = self.now()
        self.world = World(seed, rate, days, now, self.faults.skews())
        with _no_collection():
            self.world.advance(now)
        self.diary = Diary()
        self.tokens = Tokens(seed, self.faults)
        for shop in self.world.shops.values():
            self.tokens.open(shop, now)
        desk = Desk(self.world, self.tokens, Limits(), self.faults, self.diary, self.now)
        self.gateways: dict[str, Any] = {
            "taobao": TaobaoGateway(desk),
            "jd": JdGateway(desk),
            "doudian": DoudianGateway(desk),
            "pinduoduo": PinduoduoGateway(desk),
            "wechat": WechatGateway(desk),
        }
        self.consent = Consent(self.world, self.tokens, self.now)
        self.printer = Printer(self.diary, self.world, self.now)
        self.surroundings = Surroundings(self)
        self._skews = {shop.channel: shop.skew for shop in self.world.shops.values()}
        self._lock = threading.RLock()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def now(self) -> int:
        """The present instant, epoch seconds."""
        return second(self._clock())

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def truth(self) -> dict[str, Any]:
        """What `GET /sandbox/truth` answers."""
        with self._lock:
            self.world.advance(self.now())
            return orjson.loads(orjson.dumps(self.surroundings.truth()))

    def shops(self) -> dict[str, Any]:
        """What `GET /sandbox/shops` answers."""
        return self.surroundings.shops()

    def app(self) -> Starlette:
        """The HTTP application."""
        routes = [Route("/sandbox/{call:path}", self._surroundings, methods=["GET", "POST"]), *self.consent.routes()]
        for channel in self.gateways:
            serve = self._gateway(channel)
            places = (f"/{channel}/{{call:path}}", *ROOTS[channel])
            routes.extend(Route(place, serve, methods=["GET", "POST"]) for place in places)
        return Starlette(routes=routes, middleware=[Middleware(_WholeAddress)])

    async def _surroundings(self, request: Request) -> Response:
        call = await _call(request, self.now())
        with self._lock:
            self.world.advance(self.now())
            status, body = self.surroundings.answer(call)
        return Response(orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS), status, media_type="application/json")

    def _gateway(self, channel: str) -> Callable[[Request], Any]:
        gateway = self.gateways[channel]

        async def serve(request: Request) -> Response:
            call = await _call(request, self.now() + self._skews.get(channel, 0))
            if wait := self.faults.delay():
                await asyncio.sleep(wait)
            trouble = self.faults.before_call()
            if trouble == "server_errors":
                return Response(_BROKEN, 502, media_type="text/html")
            with self._lock:
                self.world.advance(self.now())
                answer = _try(gateway, call, limited=trouble == "rate_limit")
            return await self._send(request, channel, call, answer)

        return serve

    async def _send(self, request: Request, channel: str, call: Call, answer: Answer) -> Response:
        wanted = {**call.query, **call.form}.get("format", "xml")
        if channel == "taobao" and wanted != "json" and "router" in call.path:
            body, kind = xml(answer.body), "text/xml"
        else:
            body, kind = orjson.dumps(answer.body), "application/json"
        after = self.faults.after_call(answer.wrote)
        if after == "timeout_after_success":
            await self._hang(request)
            return Response(b"<html><body><h1>504 Gateway Time-out</h1></body></html>", 504, media_type="text/html")
        if after == "bad_json":
            body = body[: len(body) * 2 // 3]
        return Response(body, answer.status, media_type=f"{kind};charset=utf-8")

    async def _hang(self, request: Request) -> None:
        """Hold the answer back until the client has given up or the time is over."""
        waited = 0.0
        while waited < self.faults.hang_seconds and not await request.is_disconnected():
            await asyncio.sleep(0.05)
            waited += 0.05

    def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until stopped; returns after `stop` or an interrupt. `ready` is called once it listens.

        Raises OSError when the port, or the printer's after it, is taken.
        """
        asyncio.run(self._serve(ready))

    async def _listen(self) -> tuple[socket.socket, asyncio.Server]:
        """The HTTP port and the printer's after it; a free pair where none was asked for."""
        for attempt in range(20):
            bound = socket.create_server((self.host, self.port))
            # Without it each answer waits 40 ms for an acknowledgement: asyncio sets it only on sockets of its own making.
            bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                number = bound.getsockname()[1]
                return bound, await self.printer.open(self.host, number + 1)
            except (OSError, OverflowError):
                bound.close()
                if self.port or attempt == 19:
                    raise
        raise AssertionError("unreachable")

    async def _serve(self, ready: Callable[[], None]) -> None:
        bound, printer = await self._listen()
        self.port = bound.getsockname()[1]
        config = uvicorn.Config(self.app(), log_level="warning", access_log=False, lifespan="off", backlog=512)
        self._server = uvicorn.Server(config)
        ready()
        try:
            await self._server.serve(sockets=[bound])
        finally:
            printer.close()
            await printer.wait_closed()

    def start(self) -> "Sandbox":
        """Serve in a thread of its own; returns once it listens."""
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: self.serve(ready.set), name="sandbox", daemon=True)
        self._thread.start()
        if not ready.wait(10):
            raise RuntimeError("the sandbox did not start")
        return self

    def stop(self) -> None:
        """Stop serving and wait for the end."""
        if self._server:
            self._server.should_exit = True
        if self._thread:
            self._thread.join(10)

    def __enter__(self) -> "Sandbox":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Millions of young objects that all stay: looking through them for garbage would take most of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _WholeAddress:
    """Some clients (jd-sdk) write the whole address into the request line, as to a proxy: only its path counts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("http://"):
            scope = {**scope, "path": f"/{scope['path'].split('/', 3)[-1]}"}
        await self._app(scope, receive, send)


async def _call(request: Request, now: int) -> Call:
    body = await request.body()
    form: dict[str, str] = {}
    if "form" in request.headers.get("content-type", ""):
        form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    first, _, rest = request.url.path.removeprefix("/").partition("/")
    path = f"/{rest}" if first in ("sandbox", *ROOTS) else request.url.path
    return Call(path, dict(request.query_params), form, body, now, request.method, dict(request.headers))


def _try(gateway: Any, call: Call, *, limited: bool) -> Answer:
    try:
        if limited:
            raise gateway.limited()
        return gateway.answer(call)
    except Refusal as refused:
        return Answer(refused.body, refused.status)
    except (ValueError, KeyError, TypeError, AttributeError):  # a value of the wrong shape anywhere in the call
        refused = gateway.unreadable()
        return Answer(refused.body, refused.status)
