"""The real process on a free port: healthy, gated, usable after the login, gone without a trace on SIGTERM."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import sleep

import httpx2
import pytest

from core.settings import ROOT, load
from core.store import open_store

UPGRADE = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass
class Running:
    process: subprocess.Popen[str]
    address: str
    config: Path
    log: Path


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = tmp_path / "config.toml"
    config.write_text(
        f'[app]\ndemo = false\nport = {port}\n[store]\nurl = "duckdb:{tmp_path / "store.duckdb"}"\n'
        f'[secrets]\nkey_file = "{tmp_path / "secret.key"}"\n'
    )
    log = tmp_path / "log"
    command = [sys.executable, "-m", "core", "serve", "--config", str(config), "--address", "127.0.0.1"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMLIT_", "DANLIU_"))}
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=errors, text=True
        )
    found = Running(process, f"http://127.0.0.1:{port}", config, log)
    try:
        until_healthy(found)
        yield found
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(30)


def until_healthy(found: Running) -> None:
    for _time in range(600):
        if found.process.poll() is not None:
            break
        try:
            if httpx2.get(f"{found.address}/healthz").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        sleep(0.1)
    raise AssertionError(found.log.read_text())


def handshake(address: str, cookie: str = "") -> int:
    """The status of a websocket handshake."""
    host, _colon, port = address.removeprefix("http://").partition(":")
    lines = [f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {address}\r\n"]
    lines += [f"{name}: {value}\r\n" for name, value in UPGRADE.items()]
    lines += [f"Cookie: {cookie}\r\n"] if cookie else []
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall("".join([*lines, "\r\n"]).encode())
        return int(connection.recv(64).split()[1])


def test_the_process_serves_gates_and_ends_cleanly(running: Running) -> None:
    browser = httpx2.Client(base_url=running.address, headers={"accept": "text/html"})
    assert browser.get("/healthz").json() == {
        "status": "ok",
        "store": "ok",
        "scheduler": "running",
        "version": "0.1.0",
    }
    assert browser.get("/orders").headers["location"] == "/login?next=%2Forders"
    assert handshake(running.address) == 403
    assert browser.post("/hooks/jd/nobody", content=b"{}").status_code == 404

    token = re.search(r'name="form" value="(\w+)"', browser.get("/login").text)
    assert token is not None
    person = {"account": "boss", "display_name": "x", "password": "correct horse", "again": "correct horse"}
    answer = browser.post("/auth/setup", data={"form": token[1], **person})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")

    page = browser.get("/orders")
    assert page.status_code == 200 and "boot.js" in page.text and '<html lang="zh-CN"' in page.text
    cookie = f"danliu_login={browser.cookies['danliu_login']}"
    assert handshake(running.address, cookie) == 101
    assert browser.post("/api/orders", json={"startRow": 0, "endRow": 10}).json() == {"rows": [], "total": 0}
    assert 'danliu_info{version="0.1.0"} 1' in browser.get("/metrics").text
    browser.get("/auth/logout")
    assert handshake(running.address, cookie) == 403
    browser.close()

    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(60) in (0, -signal.SIGTERM)
    lines = [json.loads(line) for line in running.log.read_text().splitlines()]
    assert [line["message"] for line in lines if line["logger"] == "core.web.process"][-2:] == ["started", "stopped"]
    assert [line for line in lines if line["level"] == "error"] == []
    open_store(load(running.config)).close()


def test_a_second_process_on_the_same_store_says_why_it_cannot(running: Running) -> None:
    command = [sys.executable, "-m", "core", "accounts", "list", "--json", "--config", str(running.config)]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert json.loads(second.stdout)["error"] == "try_again"
