"""A real server on a store of a million orders, pulling from a pretend shop: what the measurements from outside need."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from core.people import logins
from core.people.vault import open_vault
from core.services import accounts
from core.settings import ROOT, Settings
from core.store import open_store, sample_pool

ACCOUNT, PASSWORD = "bench", "bench-pass-2026!"
ORDERS_PER_MINUTE = 120
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A serving process. `healthy_seconds`: from its start to the first 200 of /healthz."""

    url: str
    pid: int
    healthy_seconds: float

    def log_in(self) -> requests.Session:
        """A browser's session with the login's cookie."""
        session = requests.Session()
        session.trust_env = False
        form = {"account": ACCOUNT, "password": PASSWORD}
        session.get(f"{self.url}/login")
        hidden = _hidden(session.get(f"{self.url}/login").text)
        session.post(f"{self.url}/auth/login", data=form | hidden, allow_redirects=False)
        if logins.COOKIE not in session.cookies:
            raise RuntimeError("the benchmark could not log in")
        return session

    def memory_mb(self) -> dict[str, int]:
        """Resident memory now and at its highest, MB."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        found = {
            line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines if line.startswith(("VmHWM", "VmRSS"))
        }
        return {"rss": found["VmRSS"], "peak": found["VmHWM"]}

    def cpu_seconds(self) -> float:
        """Processor time used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _hidden(page: str) -> dict[str, str]:
    """The form's hidden fields."""
    found = {}
    for tag in page.split("<input")[1:]:
        attributes = dict(part.split('="', 1) for part in tag.split(">")[0].split('" ') if '="' in part)
        cleaned = {name.strip(): value.rstrip('"/ ') for name, value in attributes.items()}
        if cleaned.get("type") == "hidden":
            found[cleaned["name"]] = cleaned.get("value", "")
    return found


def prepare(folder: Path, orders: int) -> None:
    """A store of that many orders with one account, kept in the folder for later runs."""
    if (folder / f"{orders}.ready").exists():
        return
    settings = Settings(store_url=f"duckdb:{folder / 'made.duckdb'}", key_file=folder / "key", store_memory="2GB")
    store, vault = open_store(settings), open_vault(settings)
    sample_pool.fill(store, vault.pads, vault.seal_text, orders, days=365)
    accounts.create_first(store, ACCOUNT, "Bench", PASSWORD)
    store.close()
    (folder / f"{orders}.ready").touch()


@contextmanager
def serving(orders: int, *, pulling: bool = True, cache: Path | None = None) -> Iterator[Server]:
    """The server of `make run` on a throw-away store of that many orders, its shops pulled every few seconds."""
    with TemporaryDirectory(prefix="danliu-serving-") as name:
        folder = Path(name)
        made = cache or folder
        made.mkdir(parents=True, exist_ok=True)
        prepare(made, orders)
        if made != folder:
            for file in ("made.duckdb", "key"):
                shutil.copy(made / file, folder / file)
        with ExitStack() as stack:
            shops: list[dict[str, Any]] = []
            if pulling:
                port = _free_port()
                stack.enter_context(_core("sandbox", "--port", str(port), "--rate", str(ORDERS_PER_MINUTE)))
                shops = _answer(f"http://127.0.0.1:{port}/sandbox/shops").json()["shops"]
            yield stack.enter_context(serve(folder, shops))


@contextmanager
def serve(folder: Path, shops: list[dict[str, Any]]) -> Iterator[Server]:
    """The server of `make run` on the folder's `made.duckdb`."""
    port = _free_port()
    config = _config(folder, port, shops)
    begun = time.perf_counter()
    with _core("serve", "--config", str(config), "--address", "127.0.0.1") as child:
        _answer(f"http://127.0.0.1:{port}/healthz")
        yield Server(f"http://127.0.0.1:{port}", child.pid, time.perf_counter() - begun)


@contextmanager
def _core(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    quiet = subprocess.DEVNULL
    child = subprocess.Popen(
        [sys.executable, "-m", "core", *arguments], cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet
    )
    try:
        yield child
    finally:
        child.terminate()
        child.wait(20)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _config(folder: Path, port: int, shops: list[dict[str, Any]]) -> Path:
    usual = Settings()
    lines = ["[app]", "demo = false", f"port = {port}", "[store]", f'url = "duckdb:{folder / "made.duckdb"}"']
    lines += [f'memory = "{usual.store_memory}"', f"threads = {usual.store_threads}"]
    lines += ["[secrets]", f'key_file = "{folder / "key"}"']
    for shop in shops:
        values = {**shop, "first_days": "1.05"}
        lines += ["[[shops]]", *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items())]
    path = folder / "config.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _answer(url: str) -> requests.Response:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            reply = requests.get(url, timeout=5)
        except requests.RequestException:
            time.sleep(0.05)
            continue
        if reply.ok:
            return reply
        time.sleep(0.05)
    raise RuntimeError(f"{url} did not answer")
