"""A warehouse account packs ten orders with a hand scanner, which types like a keyboard; and can do nothing else."""

import shutil
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image, ImageDraw

from core.people import passwords
from core.settings import Settings
from core.store import Store, accounts, open_store, warehouses
from core.store.warehouses import Warehouse
from core.warehouse import code128
from tests.browser.conftest import _FLAGS, PASSWORD, PATIENCE, PHONE, _free, _running, at_rest
from tests.packers import DISPATCHING, Room
from tests.payloads import rows

pytestmark = pytest.mark.browser
NUMBERS = [f"26112300{n:02d}" for n in range(1, 13)]


def _filled(place: Path) -> tuple[Settings, dict[str, str]]:
    """A store with twelve orders at their slips, and two accounts; order -> slip."""
    settings = Settings(store_url=f"duckdb:{place / 'store.duckdb'}", key_file=place / "secret.key", demo=False)
    store = open_store(settings)
    room = Room(store, settings, *NUMBERS, flow=DISPATCHING)
    with store.write() as cursor:
        for account, role in (("boss", "admin"), ("li", "warehouse")):
            accounts.add(cursor, account, account, role, passwords.hashed(PASSWORD), must_change=False)
        warehouses.save_warehouses(cursor, [Warehouse("W1", "杭州仓")])
        cursor.execute(
            "UPDATE orders SET held = true, held_reasons = '[\"risk_freeze\"]' WHERE platform_no = ?", [NUMBERS[-1]]
        )
    slips = {number: room.slip(number) for number in NUMBERS}
    store.close()
    return settings, slips


def _config(place: Path, port: int) -> Path:
    config = place / "config.toml"
    config.write_text(
        f'[app]\ndemo = false\nport = {port}\n[store]\nurl = "duckdb:{place / "store.duckdb"}"\n'
        f'[secrets]\nkey_file = "{place / "secret.key"}"\n[backup]\nfolder = "{place / "backups"}"\n'
    )
    return config


def _log_in(page: Any, account: str) -> None:
    page.goto("/login")
    page.fill("[name=account]", account)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    at_rest(page)


class Desk:
    """The packing desk in a window, worked by keys alone."""

    def __init__(self, page: Any) -> None:
        self.page = page
        page.goto("/packing")
        at_rest(page)
        page.locator(".wrap input").wait_for()
        self.milliseconds: list[int] = []

    def scan(self, code: str, tone: str) -> str:
        """As a hand scanner does: signs and Enter, wherever the focus is. Returns the answer's words."""
        wrap = self.page.locator(".wrap")
        before = wrap.get_attribute("data-ack") or ""
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            "before => { const w = [...document.querySelectorAll('*')].map(e => e.shadowRoot?.querySelector('.wrap') ?? null)"
            ".find(Boolean) ?? document.querySelector('.wrap'); return w && (w.dataset.ack ?? '') !== before }",
            arg=before, timeout=PATIENCE,
        )  # fmt: skip
        self.milliseconds.append(int(wrap.get_attribute("data-ms") or 0))
        said = self.page.locator(".banner").inner_text()
        assert tone in (self.page.locator(".banner").get_attribute("class") or ""), f"{code}: {said}"
        return said


def test_a_warehouse_account_packs_ten_orders_by_scanning_and_nothing_else(chromium: Any, tmp_path: Path) -> None:
    settings, slips = _filled(tmp_path)
    port = _free(15_000)
    address = f"http://127.0.0.1:{port}"
    serve = ("serve", "--config", str(_config(tmp_path, port)), "--address", "127.0.0.1")
    with _running(tmp_path / "log", f"{address}/healthz", *serve):
        window = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900}, locale="zh-CN")
        window.set_default_timeout(PATIENCE)
        page = window.new_page()
        _log_in(page, "li")
        desk = Desk(page)
        for place, number in enumerate(NUMBERS[:10]):
            desk.scan(slips[number], "good")
            if place == 0:
                assert "拿错商品" in desk.scan("X", "bad")
                assert "未知条码" in desk.scan("00000000", "bad")
                page.locator("h2, h1").first.click()  # the focus goes astray; the scanner still types into the field
            desk.scan("6901234567892", "good")
            desk.scan("A", "good")
            assert "多拿了" in desk.scan("2*B", "bad") if place == 1 else True
            desk.scan("B", "done")
            if place == 2:
                page.reload()
                at_rest(page)
                page.locator(".wrap input").wait_for()
            assert "重量异常" in desk.scan("900", "stop") if place == 3 else True
            desk.scan("1.21", "done")
            assert number in desk.scan(f"YT{number}", "done")
        assert "已冻结" in desk.scan(slips[NUMBERS[-1]], "stop")
        page.goto("/packing?part=packed")
        at_rest(page)
        _refused(page, window, address)
        window.close()
        _by_camera(chromium, address, slips[NUMBERS[10]], tmp_path / "camera.y4m")
    store = open_store(settings)
    try:
        _check(store)
    finally:
        store.close()


def _refused(page: Any, window: Any, address: str) -> None:
    """What a warehouse account must not reach: neither in the menu nor by its address."""
    text = page.locator("[data-testid=stHeader]").inner_text()
    for hidden in ("审计", "账号", "渠道", "映射", "订单", "库存", "看板"):
        assert hidden not in text
    cookies = {cookie["name"]: cookie["value"] for cookie in window.cookies()}
    answer = httpx2.get(f"{address}/metrics", cookies=cookies)
    assert answer.status_code in (200, 401, 403)
    asked = httpx2.post(f"{address}/api/orders", cookies=cookies, json={"endRow": 9, "view": {}})
    assert asked.status_code == 403
    page.goto("/picking?part=printers")
    at_rest(page)
    assert page.get_by_role("button", name="添加打印机").count() == 0


def _by_camera(chromium: Any, address: str, slip: str, film: Path) -> None:
    """A phone whose camera sees the slip's bar code: the shipped decoder reads it, and the order opens."""
    _film(film, slip)
    flags = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    browser = chromium.browser_type.launch(executable_path=program, args=[*_FLAGS, *flags])
    try:
        window = browser.new_context(base_url=address, viewport={"width": 390, "height": 844}, user_agent=PHONE,
                                     locale="zh-CN", permissions=["camera"])  # fmt: skip
        window.set_default_timeout(PATIENCE)
        page = window.new_page()
        _log_in(page, "li")
        Desk(page)
        page.locator(".camera").click()
        page.locator(".banner.good").wait_for()
        assert NUMBERS[10] in page.locator(".banner").inner_text()
    finally:
        browser.close()


def _film(file: Path, text: str) -> None:
    """Two seconds of a bar code on grey."""
    picture = Image.new("L", (640, 480), 200)
    pen, bars = ImageDraw.Draw(picture), code128.widths(text)
    x = (640 - 3 * sum(bars)) // 2
    pen.rectangle((x - 40, 150, 640 - x + 40, 330), fill=255)
    for place, bar in enumerate(bars):
        if place % 2 == 0:
            pen.rectangle((x, 160, x + bar * 3 - 1, 320), fill=0)
        x += bar * 3
    frame = b"FRAME\n" + picture.tobytes() + bytes([128]) * (640 * 480 // 2)
    file.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + frame * 20)


def _check(store: Store) -> None:
    done = rows(store, "SELECT platform_no, status, tracking_no FROM orders ORDER BY platform_no")
    assert [(no, status in ("PACKED", "SHIPPED"), waybill) for no, status, waybill in done[:10]] == [
        (number, True, f"YT{number}") for number in NUMBERS[:10]
    ]
    assert [status for _no, status, _waybill in done[10:]] == ["PICKING", "PICKING"]
    assert rows(store, "SELECT count(*), count(DISTINCT order_key), min(weight_g), any_value(account) FROM packings WHERE state = 'packed'") == [(10, 10, 1_210, "li")]  # fmt: skip
    assert (
        rows(store, "SELECT subject, count(*) FROM outbox WHERE kind = 'dispatch' GROUP BY 1 HAVING count(*) > 1") == []
    )
