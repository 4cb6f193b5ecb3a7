"""Scan to answer at the packing desk, in a real Chromium before a real server: `python -m benchmarks.scan_to_answer`.

Milliseconds from a code's Enter to the answer that stands on the page, by kind of scan, as the page measures them itself;
beside them the milliseconds of the same scans as bare calls of the service in this process: their ratio is what page,
line and browser add. Between two scans the packer's hand takes a moment (`--pause`; two a second are a fast packer): without
it a slip is scanned while the flow is still busy with the parcel before.
"""

import argparse
import json
import os
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from playwright.sync_api import Page, sync_playwright

from benchmarks.serving import Server, serve
from core.people import logins, passwords
from core.services import packing
from core.settings import Settings
from core.store import Store, accounts, open_store
from tests.packers import DISPATCHING, LI, Room

WANTED = 150  # milliseconds
ACCOUNT, PASSWORD = "bench", "bench-pass-2026!"
KINDS = ("slip", "piece", "piece", "last_piece", "weight", "waybill")
_ANSWERED = (
    "before => { const w = [...document.querySelectorAll('*')].map(e => e.shadowRoot?.querySelector('.wrap') ?? null)"
    ".find(Boolean) ?? document.querySelector('.wrap'); return w && (w.dataset.ack ?? '') !== before }"
)


def codes(number: str, slip: str) -> list[tuple[str, str]]:
    """(kind, what is scanned) of one parcel from its slip to its waybill."""
    return list(zip(KINDS, (slip, "6901234567892", "A", "B", "1.21", f"YT{number}"), strict=True))


def prepare(folder: Path, orders: int) -> tuple[list[tuple[str, str]], dict[str, list[float]]]:
    """A store with one packer and that many orders at their slips; those for the page, and bare calls on the rest."""
    settings = Settings(store_url=f"duckdb:{folder / 'made.duckdb'}", key_file=folder / "key")
    store = open_store(settings)
    numbers = [f"261123{place:05d}" for place in range(2 * orders)]
    room = Room(store, settings, *numbers, flow=DISPATCHING)
    with store.write() as cursor:
        accounts.add(cursor, ACCOUNT, ACCOUNT, "warehouse", passwords.hashed(PASSWORD), must_change=False)
    slips = [(number, room.slip(number)) for number in numbers]
    bare = _bare(store, slips[orders:])
    store.close()
    return slips[:orders], bare


def _bare(store: Store, slips: list[tuple[str, str]]) -> dict[str, list[float]]:
    told: dict[str, list[float]] = {}
    for number, slip in slips:
        mine, kind = "", ""
        for step, code in codes(number, slip):
            begun = time.perf_counter()
            desk = packing.scan(LI, store, code, packing_id=mine)
            told.setdefault(step, []).append((time.perf_counter() - begun) * 1_000)
            mine, kind = desk.packing.packing_id if desk.packing else "", desk.answer.kind
        assert kind == "packed", kind
    return told


def scan(page: Page, code: str) -> float:
    """As a hand scanner does: signs and Enter. Milliseconds to the answer."""
    wrap = page.locator(".wrap")
    before = wrap.get_attribute("data-ack") or ""
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_function(_ANSWERED, arg=before, timeout=30_000)
    return float(wrap.get_attribute("data-ms") or 0)


def walk(
    server: Server, page: Page, slips: list[tuple[str, str]], pause: float
) -> tuple[dict[str, list[float]], float]:
    """Milliseconds by kind over these orders but the first, and the server's processor milliseconds a scan."""
    page.goto(f"{server.url}/packing")
    page.locator(".wrap input").wait_for()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    told: dict[str, list[float]] = {}
    for kind_code in codes(*slips[0]):
        scan(page, kind_code[1])
    time.sleep(3.0)  # the process still imports what other pages need
    cpu = server.cpu_seconds()
    for number, slip in slips[1:]:
        for kind, code in codes(number, slip):
            time.sleep(pause)
            told.setdefault(kind, []).append(scan(page, code))
    return told, (server.cpu_seconds() - cpu) * 1_000 / ((len(slips) - 1) * len(KINDS))


def summary(told: dict[str, list[float]]) -> dict[str, Any]:
    """Median and best of each kind, and median and p95 of all."""
    every = sorted(value for values in told.values() for value in values)
    kinds = {kind: {"median": round(median(values)), "best": round(min(values))} for kind, values in told.items()}
    return {"median": round(median(every)), "p95": round(every[int(len(every) * 0.95)]), "by_kind": kinds}


def main() -> None:
    """Prepare, serve, scan, print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=20)
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between an answer and the next scan")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="danliu-desk-") as name:
        folder = Path(name)
        slips, bare = prepare(folder, arguments.orders)
        with serve(folder, []) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=arguments.chromium, args=["--no-sandbox"])
            context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
            cookie = server.log_in().cookies[logins.COOKIE]
            context.add_cookies([{"name": logins.COOKIE, "value": str(cookie), "url": server.url}])
            told, cpu = walk(server, context.new_page(), slips, arguments.pause)
            browser.close()
    page, service = summary(told), summary(bare)
    print(
        json.dumps(
            {
                "wanted_ms": WANTED, "load": os.getloadavg()[0], "duckdb": duckdb.__version__, "page": page,
                "service": service, "ratio_of_medians": round(page["median"] / max(service["median"], 1), 1),
                "server_cpu_ms_per_scan": round(cpu, 1),
            },
            indent=1,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
