"""A real Chromium before one real process: an empty store beside a running sandbox, set up by the first-run form.

Playwright keeps an event loop in the thread of the tests, so it lives no longer than this package.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx2
import pytest

from core.people.actor import SYSTEM
from core.services import review
from core.settings import ROOT, Settings
from core.store import open_store

PASSWORD = "four words of mine"
PATIENCE = 60_000  # ms; on an idle machine each wait takes a twentieth of it
PHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
# Streamlit asks for its health beside every page's address before it asks at the root.
_PROBES = ("/_stcore/health", "/_stcore/host-config")


@dataclass
class Site:
    """The running product. `seen` is what the first set-up showed, `state` the administrator's cookies, `held` orders
    that wait at the review desk for a person, whatever the sandbox's refunds do at this time of the day."""

    address: str
    sandbox: str
    held: list[str]
    seen: dict[str, str] = field(default_factory=dict)
    state: Any = None


def _missing(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """A browser of Debian; a visible skip where it is not installed, a failure in CI."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("playwright is not installed")
        return
    if program is None:
        _missing("Chromium is not installed")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The product on a free port with a store of its own, filled by a sandbox, and its first administrator."""
    place = tmp_path_factory.mktemp("site")
    port, pretend = _free(12_000), _free(20_000)
    config = place / "config.toml"
    config.write_text(
        f'[app]\ndemo = false\nport = {port}\n[store]\nurl = "duckdb:{place / "store.duckdb"}"\n'
        f'[secrets]\nkey_file = "{place / "secret.key"}"\n[pull]\ninterval_seconds = 10\n'
    )
    found = Site(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{pretend}", [])
    # Few ask for a refund before their parcel leaves: two orders a minute leave about six at the desk.
    life = ["--port", str(pretend), "--rate", "2", "--days", "1", "--seed", "7"]
    with _running(place / "sandbox.log", f"{found.sandbox}/sandbox/shops", "sandbox", *life):
        _core("demo", "--sandbox", found.sandbox, "--config", str(config))
        _core("sync", "--config", str(config))
        found.held.extend(_hold(place))
        with _running(
            place / "log", f"{found.address}/healthz", "serve", "--config", str(config), "--address", "127.0.0.1"
        ):
            _set_up(chromium, found)
            yield found


@pytest.fixture
def visit(chromium: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """`visit("orders", phone=True, dark=True)`: the page in a fresh window of the administrator, when it has come to
    rest. At the end no window may have written an error to its console.
    """
    windows: list[Any] = []
    errors: list[str] = []

    def open_page(path: str, *, phone: bool = False, dark: bool = False, tablet: bool = False) -> Any:
        window = chromium.new_context(
            base_url=site.address,
            storage_state=site.state,
            viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
            is_mobile=phone,
            has_touch=phone or tablet,
            user_agent=PHONE if phone else None,
            color_scheme="dark" if dark else "light",
            locale="zh-CN",
        )
        windows.append(window)
        window.set_default_timeout(PATIENCE)
        page = window.new_page()
        page.on("console", lambda said: errors.append(_said(said)) if said.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"/{path}")
        at_rest(page)
        return page

    yield open_page
    for window in windows:
        window.close()
    assert [text for text in errors if not any(probe in text for probe in _PROBES)] == []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A walk that a busy machine broke off is tried once more; the summary counts it, so that it is seen."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.flaky(reruns=1))


def at_rest(page: Any) -> None:
    """Wait until the page's run has ended and something stands on it."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE)
    page.wait_for_selector("[data-testid=stMain] [data-testid=stElementContainer]", state="attached", timeout=PATIENCE)


def _hold(place: Path) -> list[str]:
    """Hold ten orders by hand, before the flow takes them; their keys."""
    with closing(open_store(Settings(store_url=f"duckdb:{place / 'store.duckdb'}"))) as store:
        with store.read() as cursor:
            found = cursor.execute(
                "SELECT order_key FROM orders WHERE status = 'PAID' AND "
                "order_key NOT IN (SELECT order_key FROM refunds) ORDER BY order_key LIMIT 10"
            ).fetchall()
        keys = [key for (key,) in found]
        assert review.hold(SYSTEM, store, keys, "照片不清楚") == 10
    return [str(key) for key in keys]


def _said(message: Any) -> str:
    return f"{message.text} {message.location.get('url', '')}"


def _set_up(chromium: Any, found: Site) -> None:
    """As a new user does: open the address, fill the form in, be in."""
    window = chromium.new_context(base_url=found.address, locale="zh-CN")
    window.set_default_timeout(PATIENCE)
    page = window.new_page()
    page.goto("/")
    found.seen["asked"] = page.inner_text("body")
    page.fill("[name=display_name]", "王店长")
    for name in ("password", "again"):
        page.fill(f"[name={name}]", PASSWORD)
    page.click("button[type=submit]")
    at_rest(page)
    found.seen["address"] = page.url
    found.state = window.storage_state()
    window.close()


def _free(least: int) -> int:
    """A free port with a free one above it, where the sandbox's printer goes. Below those that the system gives to
    connections at will: it may take a while until a process on a busy machine listens."""
    for port in range(least + os.getpid() % 300 * 20, 32_000, 2):
        try:
            with socket.socket() as one, socket.socket() as next_one:
                one.bind(("127.0.0.1", port))
                next_one.bind(("127.0.0.1", port + 1))
        except OSError:
            continue
        return port
    raise AssertionError("no port is free")


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("STREAMLIT_", "DANLIU_"))}


def _core(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "core", *arguments], cwd=ROOT, env=_environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def _running(log: Path, address: str, *arguments: str) -> Iterator[None]:
    """A command of the product as a process, from its first good answer until the end of the block."""
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "core", *arguments], cwd=ROOT, env=_environment(), stdout=output, stderr=output
        )
    try:
        _until_good(process, address, log)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_good(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = monotonic() + 180
    while monotonic() < until and process.poll() is None:
        try:
            if httpx2.get(address).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        sleep(0.1)
    raise AssertionError(log.read_text())
