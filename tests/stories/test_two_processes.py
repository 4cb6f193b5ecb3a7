"""Given two serving processes on one PostgreSQL, when the one that runs the jobs is killed with -9 while orders flow, then
the other takes over within 15 seconds, the pool is the sandbox's truth, and every order has its slip once.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from core.channels.sandbox import Sandbox
from core.people import logins
from core.services import accounts
from core.settings import ROOT, load
from core.store import Store, open_store
from tests.postgres import Postgres

pytestmark = pytest.mark.postgres
TAKE_OVER = 15  # seconds


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _serving(config: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A process of its own group on a port of its own."""
    port = _free_port()
    words = [
        sys.executable,
        "-m",
        "core",
        "serve",
        "--config",
        str(config),
        "--port",
        str(port),
        "--address",
        "127.0.0.1",
    ]
    with config.with_name(f"{port}.log").open("wb") as log:
        process = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _answer(url: str, cookie: str = "", body: Any = None) -> tuple[int, Any]:
    headers = {
        "Cookie": f"{logins.COOKIE}={cookie}",
        "Content-Type": "application/json",
        "Origin": url[: url.index("/", 8)],
    }
    asked = Request(url, headers=headers, data=None if body is None else json.dumps(body).encode())
    try:
        with urlopen(asked, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except HTTPError as error:
        return error.code, {"said": error.read().decode()}
    except (URLError, ConnectionError, TimeoutError):
        return 0, {}


def _until(true: Callable[[], object], seconds: float, what: str) -> float:
    """Seconds until it was true."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, what
        time.sleep(0.1)
    return time.monotonic() - began


def _count(store: Store, query: str) -> int:
    with store.read() as cursor:
        row = cursor.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def test_another_process_takes_over_from_one_that_was_killed_and_nothing_is_done_twice(
    postgres: Postgres, tmp_path: Path, assert_pool_is_truth: Callable[[Store, dict[str, Any]], None]
) -> None:
    database = postgres.fresh()
    config = tmp_path / "config.toml"
    config.write_text(
        f'[app]\ndemo = false\n[store]\nurl = "{postgres.url(database)}"\n[secrets]\nkey_file = "{tmp_path / "key"}"\n[pull]\ninterval_seconds = 5\n',
        "utf-8",
    )
    with Sandbox(11, rate=0, days=1) as sandbox:
        words = [sys.executable, "-m", "core", "demo", "--sandbox", sandbox.url, "--config", str(config)]
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True, timeout=120)
        with _serving(config) as (first, at_first):
            _until(
                lambda: _answer(at_first + "/healthz")[1].get("scheduler") == "running", 60, "the first runs the jobs"
            )
            with _serving(config) as (_second, at_second):
                _until(lambda: _answer(at_second + "/healthz")[1].get("scheduler") == "standby", 60, "the other waits")
                store = open_store(load(str(config)))
                token = _log_in(store)
                _until(lambda: _count(store, "SELECT count(*) FROM slips") > 20, 60, "orders flow")
                os.kill(first.pid, signal.SIGKILL)
                seconds = _until(
                    lambda: _answer(at_second + "/healthz")[1].get("scheduler") == "running", 30, "the other takes over"
                )
                print(json.dumps({"take_over_seconds": round(seconds, 1)}))  # noqa: T201 - what `make test-postgres` shows
                assert seconds <= TAKE_OVER
                page = {"startRow": 0, "endRow": 5, "sortModel": [], "filterModel": {}}
                status, told = _answer(at_second + "/api/orders", token, page)
                assert status == 200 and told["total"] > 20, f"a login counts in every process: {told}"
                truth = sandbox.truth()
                refunds = sum(len(order["refunds"]) for order in truth["orders"])
                for table, wanted in (("orders", len(truth["orders"])), ("refunds", refunds)):
                    _until(
                        lambda t=table, w=wanted: _count(store, f"SELECT count(*) FROM {t}") == w, 60, "all are pulled"
                    )
                _until(lambda: _is_calm(store), 60, "the flow comes to rest")
                assert_pool_is_truth(store, _gone_further(store, truth))
                _check_once(store)
                store.close()


def _log_in(store: Store) -> str:
    accounts.create_first(store, "lena", "Lena", "a long word 7 for lena")
    return logins.log_in(store, "lena", "a long word 7 for lena", address="127.0.0.1", agent="story")


def _is_calm(store: Store) -> bool:
    before = _count(store, "SELECT commits FROM store_writes")
    time.sleep(1.5)
    ready = "SELECT count(*) FROM flow_tokens WHERE state = 'ready'"
    return _count(store, ready) == 0 and _count(store, "SELECT commits FROM store_writes") - before < 12


def _gone_further(store: Store, truth: dict[str, Any]) -> dict[str, Any]:
    """The truth, with orders that are paid there as far as our own flow has brought them: the platform hears of it later."""
    with store.read() as cursor:
        ours = dict(cursor.execute("SELECT (channel, shop, platform_no), status FROM orders").fetchall())
    inside = ("STOCK_LOCKED", "LOGISTICS_ASSIGNED", "PICKING")
    for order in truth["orders"]:
        status = ours[order["channel"], order["shop"], order["platform_no"]]
        if order["status"] == "PAID" and status in inside:
            order["status"] = status
    return truth


def _check_once(store: Store) -> None:
    """One slip an order and one event for it; nothing reserved twice; each walked once."""
    for what, query in {
        "slips": "SELECT order_key FROM slips WHERE state = 'made' GROUP BY 1 HAVING count(*) > 1",
        "slip events": "SELECT order_key FROM order_events WHERE event = 'slip_made' GROUP BY 1 HAVING count(*) > 1",
        "reservations": "SELECT order_key, line_no, sku FROM reservations WHERE state = 'active' GROUP BY ALL HAVING count(*) > 1",
        "tokens": "SELECT order_key, flow, parcel FROM flow_tokens GROUP BY ALL HAVING count(*) > 1",
        "locks": "SELECT order_key FROM order_events WHERE event = 'stock_reserved' GROUP BY 1 HAVING count(*) > 1",
    }.items():
        assert _count(store, f"SELECT count(*) FROM ({query})") == 0, f"{what} twice"
    slips, events = "SELECT count(*) FROM slips", "SELECT count(*) FROM order_events WHERE event = 'slip_made'"
    assert _count(store, slips) == _count(store, events) > 0
