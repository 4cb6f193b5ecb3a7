"""What a new user does on the first day, in Chromium: watch orders arrive, connect a shop, import, map, find."""

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.browser.conftest import Site, at_rest

pytestmark = pytest.mark.browser

SHEET = (
    "订单号,下单时间,付款时间,实付金额(元),收件人姓名,收货手机,留言给仓库\n"
    "Q2026112300001,2026-11-23 09:01:02,2026-11-23 09:02:03,128.50,周一,13911112222,易碎\n"
    "Q2026112300002,2026-11-23 09:05:06,2026-11-23 09:06:07,66.00,吴二,13733334444,\n"
)
FOUND = ".st-key-orders_head"


def test_after_the_first_set_up_orders_arrive_by_themselves(site: Site, visit: Any) -> None:
    assert "首次设置" in site.seen["asked"]
    assert site.seen["address"] == f"{site.address}/"
    page = visit("")
    assert page.get_by_text("演示数据").first.is_visible()
    waiting = page.locator(".st-key-figures")
    page.wait_for_function("() => /待发货\\s+[1-9]/.test(document.querySelector('.st-key-figures')?.innerText || '')")
    assert re.search(r"今日实付\s+¥[\d,]+\.\d\d", waiting.inner_text())
    board = page.locator(".st-key-status_board canvas").first
    board.wait_for()
    # The number of the paid ones, below the head and one status; a layer that scrolls lies over the canvas.
    board.click(position={"x": 190, "y": 32 * 2 + 16 + 4}, force=True)
    page.wait_for_url("**/orders?status=PAID")
    assert re.match(r"[1-9][\d,]* 单", page.locator(FOUND).inner_text())


def test_a_shop_is_connected_and_the_platforms_own_words_are_shown(site: Site, visit: Any) -> None:
    shops = httpx2.get(f"{site.sandbox}/sandbox/shops").json()["shops"]
    keys = next(shop for shop in shops if shop["channel"] == "jd")
    page = visit("channels")
    page.locator(".st-key-connect_shop button").click()
    form = page.get_by_role("dialog")
    form.locator(".st-key-new_channel input").click()
    page.get_by_role("option", name="京东").click()
    form.locator(".st-key-new_shop input").fill("jd-second")
    form.get_by_text("更多设置").click()
    for name in ("app_key", "access_token"):
        form.locator(f".st-key-new_jd__{name} input").fill(keys[name])
    form.locator(".st-key-new_jd__gateway input").fill(keys["gateway"])
    secret = form.locator(".st-key-new_jd__app_secret input")
    secret.fill("not the secret")
    secret.press("Tab")  # out of the field, and not to the eye beside it, where what was typed would be forgotten
    form.locator(".st-key-test_new button").click()
    form.get_by_text("无效签名").wait_for()
    secret.fill(keys["app_secret"])
    secret.press("Tab")
    form.locator(".st-key-test_new button").click()
    form.get_by_text("orderTotal=").wait_for()
    form.locator(".st-key-save_new button").click()
    form.wait_for(state="hidden")
    page.locator(".st-key-run_jd_jd-second button").wait_for()


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sheets") / "九月导出.csv"
    path.write_text(SHEET, encoding="gb18030")
    return path


def test_a_file_is_imported_found_by_phone_and_its_mapping_drawn_by_dragging(sheet: Path, visit: Any) -> None:
    page = visit("channels?part=import")
    page.locator(".st-key-import_channel input").click()
    page.get_by_role("option", name="线下").click()
    shop = page.locator("[class*=st-key-import_shop_offline] input")
    shop.fill("门店")
    shop.press("Enter")
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(sheet)
    page.locator(".st-key-import_go button:enabled").click()
    page.locator(".st-key-import_map button").wait_for()
    page.locator("[data-testid=stMetric]").nth(6).wait_for()
    figures = page.locator("[data-testid=stMetric]").all_inner_texts()
    assert [re.sub(r"\s+", " ", text) for text in figures[:4]] == ["行数 2", "订单 2", "订单行 0", "新增 2"]

    _drag_the_note(page)
    page = visit("orders")
    for asked, how in (("13911112222", "手机号"), ("2222", "尾号"), ("Q2026112300002", "平台单号")):
        _find(page, asked, how)


def _drag_the_note(page: Any) -> None:
    page.locator(".st-key-import_map button").click()
    source = page.locator(".source .row", has_text="留言给仓库")
    target = page.locator('.target .row[data-id="order|seller_note"]')
    target.wait_for()
    assert "on" not in (target.get_attribute("class") or "").split()
    target.scroll_into_view_if_needed()
    source.scroll_into_view_if_needed()
    begin, end = source.bounding_box(), target.bounding_box()
    page.mouse.move(begin["x"] + 40, begin["y"] + begin["height"] / 2)
    page.mouse.down()
    page.mouse.move(begin["x"] + 120, begin["y"] + begin["height"] / 2, steps=4)
    page.mouse.move(end["x"] + 40, end["y"] + end["height"] / 2, steps=8)
    page.mouse.up()
    page.wait_for_selector('.target .row.on[data-id="order|seller_note"]')
    page.locator(".chip[data-chip='order|seller_note']").first.wait_for()


def _find(page: Any, asked: str, how: str) -> None:
    box = page.locator(".st-key-f_q input")
    box.fill(asked)
    box.press("Enter")
    page.locator(FOUND).get_by_text(how).wait_for()
    assert re.match(r"[1-9]\d* 单", page.locator(FOUND).inner_text())
    assert f"q={asked}" in page.url


def test_a_field_is_mapped_by_a_finger(visit: Any) -> None:
    page = visit("mapping?channel=taobao&shop=taobao-1", phone=True)
    source = page.locator(".source .row:not(.on)").nth(3)
    target = page.locator('.target .row:not(.on)[data-id^="order|"]').first
    target.scroll_into_view_if_needed()
    source.scroll_into_view_if_needed()
    wanted = target.get_attribute("data-id")
    begin, end = source.locator(".port").bounding_box(), target.bounding_box()
    _draw_by_finger(page, _middle(begin), _middle(end))
    page.wait_for_selector(f'.target .row.on[data-id="{wanted}"]')
    page.locator(f".chip[data-chip='{wanted}']").first.wait_for()


def _middle(box: Any) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _draw_by_finger(page: Any, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """First across, then down, as a thumb goes."""
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": begin[0], "y": begin[1]}]})
    for step in range(1, 13):
        across, down = step / 12, max(0.0, (step - 3) / 9)
        at = {"x": begin[0] + (end[0] - begin[0]) * across, "y": begin[1] + (end[1] - begin[1]) * down}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_switched_language_reaches_every_word_and_comes_back(visit: Any) -> None:
    page = visit("orders")
    switch = page.locator(".st-key-language_switch")
    switch.get_by_text("EN", exact=True).click()
    page.get_by_text("More filters").wait_for()
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    at_rest(page)
    words = page.evaluate(
        """() => [...document.querySelectorAll('[aria-label], [placeholder], [title]')]
        .flatMap(e => ['aria-label', 'placeholder', 'title'].map(name => e.getAttribute(name) || ''))
        .filter(text => /[\\u4e00-\\u9fff]/.test(text))"""
    )
    assert words == []
    switch.get_by_text("中文", exact=True).click()
    page.get_by_text("更多筛选").wait_for()
    page.wait_for_function("() => document.documentElement.lang === 'zh-CN'")


@pytest.mark.parametrize("path", ["", "orders"], ids=["overview", "orders"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_phone_shows_the_page_without_scrolling_sideways(visit: Any, path: str, dark: bool) -> None:
    page = visit(path, phone=True, dark=dark)
    page.locator(".st-key-figures" if path == "" else FOUND).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    banner = page.locator(".st-key-demo_banner").bounding_box()
    assert banner["height"] <= 44  # one row
    shade = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    brightness = sum(int(part) for part in re.findall(r"\d+", shade)[:3])
    assert (brightness < 200) == dark


def test_the_grid_shows_orders_and_a_click_opens_one(visit: Any) -> None:
    page = visit("orders")
    grid = page.frame_locator("iframe[title*=AgGrid i]")
    number = grid.locator(".ag-pinned-left-cols-container .ag-row[row-index='0'] .dl-link", has_text=re.compile("."))
    number.wait_for()
    wanted = number.inner_text()
    number.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text(wanted, exact=True).first.wait_for()
    assert "order=" in page.url
