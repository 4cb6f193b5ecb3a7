"""How soon a person sees orders, in a real Chromium on a million of them: `python -m benchmarks.first_page`.

Cold: the first visit of a new browser to a server that has just started. Warm: the same page opened again in that browser,
and the pool reached by a link of the overview. Measured to the first row of the grid that is painted.
"""

import argparse
import json
import os
import time
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks.serving import Server, serving
from core.people import logins

ROW = ".ag-center-cols-container .ag-row"
VISITS = 5


def _seconds(action: Any) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def _first_row(page: Page) -> None:
    page.frame_locator("iframe").first.locator(ROW).first.wait_for(state="visible", timeout=60_000)


def _opened(page: Page, url: str) -> None:
    page.goto(url, wait_until="commit")
    _first_row(page)


def visit(server: Server, context: BrowserContext) -> dict[str, float]:
    """Seconds of the cold visit and the medians of the warm ones."""
    page = context.new_page()
    found = {"cold": _seconds(lambda: _opened(page, f"{server.url}/orders"))}
    found["warm_median"] = median(_seconds(lambda: _opened(page, f"{server.url}/orders")) for _n in range(VISITS))
    within = []
    for _n in range(VISITS):
        page.goto(server.url)
        page.locator('a[data-testid="stPageLink-NavLink"]').first.wait_for()
        link = page.locator('a[data-testid="stPageLink-NavLink"][href*="orders"]').first
        within.append(_seconds(lambda link=link: (link.click(), _first_row(page))))
    found["from_the_overview_median"] = median(within)
    page.close()
    return {name: round(value, 2) for name, value in found.items()}


def main() -> None:
    """Serve, visit, print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--cache", type=Path, default=None, help="keep the made store here for later runs")
    arguments = parser.parse_args()
    with serving(arguments.orders, pulling=False, cache=arguments.cache) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        cookie = server.log_in().cookies[logins.COOKIE]
        context.add_cookies([{"name": logins.COOKIE, "value": str(cookie), "url": server.url}])
        result: dict[str, Any] = {"healthy_seconds": round(server.healthy_seconds, 2), "load": os.getloadavg()[0]}
        result |= {"first_row_seconds": visit(server, context), "memory_mb": server.memory_mb()}
        browser.close()
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
