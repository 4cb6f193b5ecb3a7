"""N people looking at the overview or the live board (`--page live`), each page refreshing itself every 5 s:
`python -m benchmarks.load_overview`.

Every session is a websocket that speaks Streamlit's own protocol, as a browser does: the first run of the page, then the
refreshes it asks for. A browser asks by a clock of its own (`setInterval` from the message that told it to), whether the
last answer came soon or late; so does this client, and it measures from the moment at which the clock struck to the last
message of the refresh. A client that paused after each answer would gather all sessions behind one slow answer and keep
them in one flock, which no browser does. A refresh that brings an error or draws nothing ends the measurement.
The client runs on the same machine: its work is part of the load.
"""

import argparse
import asyncio
import json
import os
import time
from collections.abc import Coroutine
from pathlib import Path
from statistics import quantiles
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.serving import Server, serving
from core.people import logins

_DONE = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


class Session:
    """One browser tab on a page that refreshes itself."""

    def __init__(self, server: Server, cookie: str, page: str = "overview") -> None:
        self.server, self.cookie, self.page = server, cookie, page
        self.first_seconds = 0.0
        self.seconds: list[float] = []
        self.bytes: list[int] = []
        self._cached: list[str] = []
        self.drawn = 0
        self._page = ""

    async def watch(self, begin_after: float, until: float) -> None:
        """Open the page, then refresh it as it wishes until the moment (monotonic seconds)."""
        await asyncio.sleep(begin_after)
        address = self.server.url.replace("http", "ws", 1) + "/_stcore/stream"
        headers = {"Cookie": f"{logins.COOKIE}={self.cookie}", "Origin": self.server.url}
        spoken = [Subprotocol("streamlit")]
        async with connect(
            address, additional_headers=headers, subprotocols=spoken, max_size=None, proxy=None, open_timeout=60
        ) as socket:
            begun = time.monotonic()
            await socket.send(self._ask(""))
            fragment, pause, strikes = await self._first(socket)
            self.first_seconds = time.monotonic() - begun
            while (strikes := strikes + pause) < until:
                await asyncio.sleep(strikes - time.monotonic())
                await socket.send(self._ask(fragment))
                self.bytes.append(await self._finished(socket))
                self.seconds.append(time.monotonic() - strikes)

    def _ask(self, fragment: str) -> bytes:
        message = BackMsg()
        state = message.rerun_script
        state.page_name = "" if fragment else self.page
        state.page_script_hash = self._page
        state.cached_message_hashes.extend(self._cached)
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        state.context_info.timezone, state.context_info.locale = "Asia/Shanghai", "zh-CN"
        state.context_info.url = f"{self.server.url}/{self.page}"
        return message.SerializeToString()

    async def _first(self, socket: ClientConnection) -> tuple[str, float, float]:
        """The whole first run: the fragment that refreshes itself, how often it wants to, and since when."""
        fragment, pause, since = "", 0.0, 0.0
        while True:
            message = await self._next(socket)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._page = message.new_session.page_script_hash
            elif kind == "auto_rerun":
                fragment, pause, since = message.auto_rerun.fragment_id, message.auto_rerun.interval, time.monotonic()
            elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                if not fragment:
                    raise RuntimeError(f"{self.page} does not refresh itself: is it the page that came?")
                return fragment, pause, since

    async def _finished(self, socket: ClientConnection) -> int:
        """Read up to the end of the refresh; returns the bytes received."""
        size = drawn = 0
        while True:
            message = await self._next(socket)
            size += message.ByteSize()
            kind = message.WhichOneof("type")
            if kind == "delta":
                drawn += 1
                if message.delta.new_element.WhichOneof("type") == "exception":
                    raise RuntimeError(f"a refresh failed: {message.delta.new_element.exception.message}")
            elif kind == "script_finished" and message.script_finished == _DONE:
                if not drawn:
                    raise RuntimeError("a refresh drew nothing")
                self.drawn = drawn
                return size

    async def _next(self, socket: ClientConnection) -> ForwardMsg:
        async with asyncio.timeout(60):
            data = await socket.recv()
        message = ForwardMsg()
        message.ParseFromString(data if isinstance(data, bytes) else data.encode())
        if message.metadata.cacheable and message.hash:
            self._cached.append(message.hash)
        return message


async def load(server: Server, sessions: int, seconds: float, page: str = "overview") -> dict[str, Any]:
    """Watch with so many sessions, their beginnings spread over 5 s; the figures."""
    cookie = str(server.log_in().cookies[logins.COOKIE])
    watchers = [Session(server, cookie, page) for _n in range(sessions)]
    began = time.monotonic()
    until = began + seconds
    work: list[Coroutine[Any, Any, None]] = [
        each.watch(5.0 * place / sessions, until) for place, each in enumerate(watchers)
    ]
    before = server.cpu_seconds()
    await asyncio.gather(*work)
    used = server.cpu_seconds() - before
    times = [value for each in watchers for value in each.seconds]
    cuts = quantiles(times, n=100)
    return {
        "page": page,
        "sessions": sessions,
        "refreshes": len(times),
        "load": round(os.getloadavg()[0], 1),
        "refresh_p50_ms": round(cuts[49] * 1000, 1),
        "refresh_p95_ms": round(cuts[94] * 1000, 1),
        "refresh_p99_ms": round(cuts[98] * 1000, 1),
        "first_run_p95_ms": round(quantiles([each.first_seconds for each in watchers], n=20)[18] * 1000, 1),
        "server_cpu_share": round(used / (time.monotonic() - began), 3),
        "server_cpu_ms_per_refresh": round(used / len(times) * 1000, 1),
        "messages_per_refresh": max(each.drawn for each in watchers),
        "kb_per_refresh": round(sum(size for each in watchers for size in each.bytes) / len(times) / 1024, 1),
    }


def search(server: Server, orders: int) -> dict[str, float]:
    """The pool's grid over HTTP, every kind of search and a sort, as a person between two looks; milliseconds."""
    session, half, times = server.log_in(), orders // 2, []
    texts = (
        "",
        str(2600000000000000 + half),
        f"138{half:08d}",
        f"{half % 10000:04d}",
        "SKU-0500",
        "王**",
        f"mk{half % 500000}",
    )
    for text in texts * 8:
        wanted = {"startRow": 0, "endRow": 100, "sortModel": [], "view": {"q": text}}
        begun = time.perf_counter()
        session.post(f"{server.url}/api/orders", json=wanted).raise_for_status()
        times.append((time.perf_counter() - begun) * 1000)
    cuts = quantiles(times, n=20)
    return {"p50_ms": round(cuts[9], 1), "p95_ms": round(cuts[18], 1)}


def main() -> None:
    """Serve, load, print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--page", choices=("overview", "live"), default="overview")
    parser.add_argument("--sessions", type=int, nargs="+", default=[50])
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--settle", type=float, default=60.0, help="wait for the first pulls to come to their end")
    parser.add_argument("--quiet", action="store_true", help="without shops that are pulled meanwhile")
    parser.add_argument("--cache", type=Path, default=None, help="keep the made store here for later runs")
    arguments = parser.parse_args()
    with serving(arguments.orders, pulling=not arguments.quiet, cache=arguments.cache) as server:
        result: dict[str, Any] = {"orders": arguments.orders, "healthy_seconds": round(server.healthy_seconds, 2)}
        result["cpus"], result["load_before"] = os.cpu_count(), round(os.getloadavg()[0], 1)
        time.sleep(arguments.settle)
        result["memory_after_first_pulls_mb"] = server.memory_mb()
        before = server.cpu_seconds()
        time.sleep(10)
        result["server_cpu_share_without_sessions"] = round((server.cpu_seconds() - before) / 10, 3)
        result["runs"] = [asyncio.run(load(server, n, arguments.seconds, arguments.page)) for n in arguments.sessions]
        result["grid"] = search(server, arguments.orders)
        result["memory_mb"], result["load_after"] = server.memory_mb(), round(os.getloadavg()[0], 1)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
