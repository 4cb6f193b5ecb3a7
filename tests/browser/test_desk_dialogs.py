"""The review desk's dialogs and the board's moves as a person uses them: by mouse, by finger, by keys."""

import re
from typing import Any

import pytest

from tests.browser.conftest import Site
from tests.browser.test_review_desk import LISTEN, question

pytestmark = pytest.mark.browser

UNDO = ".st-key-review_undo_bar"


def more(page: Any, key: str, act: str) -> Any:
    """Open a dialog from a card's menu."""
    page.locator(f".st-key-review_{key}").get_by_text("更多").click()
    page.locator(f".st-key-{act}_{key} button").click()
    form = page.locator("[data-testid=stDialog] section")
    form.wait_for()
    page.get_by_test_id("stPopoverBody").wait_for(state="hidden")  # or it lies over the dialog's buttons on a phone
    return form


def fill(form: Any, key: str, text: str) -> None:
    box = form.locator(f".st-key-{key} input")
    box.fill(text)
    box.press("Tab")


def heard(page: Any, words: str) -> None:
    page.wait_for_function(f"() => window.said.includes('{words}')")


def test_address_rejection_and_its_undo_by_dialog(visit: Any, site: Site) -> None:
    key = question(visit, site)
    page = visit("review?reason=person")
    page.evaluate(LISTEN)
    form = more(page, key, "address")
    save = form.locator(".st-key-fix_do button")
    assert save.is_disabled()
    fill(form, "fix_recipient", "张三")
    form.locator(".st-key-fix_do button:enabled").click()
    heard(page, "地址已修改")
    page.locator(f".st-key-reject_{key} button:enabled").click()
    form = page.locator("[data-testid=stDialog] section")
    assert form.locator(".st-key-reject_do button").is_disabled()  # not without a reason
    fill(form, "reject_why", "买家不要了")
    form.locator(".st-key-reject_do button:enabled").click()
    page.locator(UNDO).get_by_text("已驳回 1 单").wait_for()
    page.locator(f".st-key-review_{key}").wait_for(state="detached")
    page.locator(".st-key-review_undo button").click()
    heard(page, "已撤销 1 单")
    page.locator(f".st-key-release_{key} button:enabled").wait_for()


def test_a_refund_is_overridden_with_a_reason_and_many_are_decided_at_once_on_a_phone(visit: Any, site: Site) -> None:
    page = visit("review?reason=refund_open", phone=True)
    cards = page.locator("[class*='st-key-release_']")
    cards.first.wait_for()
    key = re.findall(r"st-key-release_(\d+)", cards.first.get_attribute("class") or "")[0]
    form = more(page, key, "override")
    go = form.locator(".st-key-override_do button")
    fill(form, "override_why", "好")
    assert go.is_disabled()  # a reason has at least four letters
    assert form.bounding_box()["width"] <= 390
    fill(form, "override_why", "买家电话确认仍要发货")
    form.locator(".st-key-override_do button:enabled").tap()
    page.locator(UNDO).get_by_text("1 单继续流转").wait_for()
    keys = [question(visit, site), question(visit, site)]
    page = visit("review?reason=person")
    for each in keys:
        page.locator(f"[class*='st-key-pick_{each}_'] label").click()
    page.locator(".st-key-review_bulk button").get_by_text("2").wait_for()
    page.locator(".st-key-review_bulk button").click()
    form = page.locator("[data-testid=stDialog] section")
    form.get_by_text("将处理 2 单").wait_for()
    assert form.locator("li").count() == 2  # the sample
    assert form.locator(".st-key-bulk_reject button").is_disabled()
    form.locator(".st-key-bulk_release button:enabled").click()
    page.locator(UNDO).get_by_text("已放行 2 单").wait_for()


def _card(page: Any, stage: str) -> Any:
    found = page.locator(f".col[data-stage='{stage}'] .card[data-moves='1']").first
    found.wait_for()
    return found


def _middle(found: Any) -> tuple[float, float]:
    box = found.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + 12


def _drag(page: Any, card: Any, stage: str) -> None:
    page.mouse.move(*_middle(card))
    page.mouse.down()
    x, y = _middle(page.locator(f".col[data-stage='{stage}']"))
    page.mouse.move(x - 20, y + 20, steps=4)
    page.locator(f".col[data-stage='{stage}']").wait_for()
    page.mouse.move(x, y + 20, steps=2)
    page.mouse.up()


def test_cards_move_where_the_lifecycle_leads_by_mouse_and_by_keys_and_nowhere_else(visit: Any) -> None:
    page = visit("board")
    page.evaluate(LISTEN)
    stages = page.locator(".col").evaluate_all("all => all.map(col => col.dataset.stage)")
    assert len(stages) == 6
    card = _card(page, stages[2])
    key = card.get_attribute("data-key")
    _drag(page, card, stages[-1])
    heard(page, "订单不能从当前状态移至")
    page.locator(f".col[data-stage='{stages[2]}'] [data-key='{key}']").wait_for()
    _drag(page, page.locator(f".col[data-stage='{stages[2]}'] [data-key='{key}']"), stages[1])
    heard(page, "已移至")
    moved = page.locator(f".col[data-stage='{stages[1]}'] [data-key='{key}']")
    moved.wait_for()
    page.evaluate("window.said = ''")
    menu = moved.locator("select")
    menu.focus()
    menu.select_option(index=1)  # what the arrow keys do
    heard(page, "已移至")


def test_an_order_leaves_from_the_warehouse_a_person_chooses(visit: Any, site: Site) -> None:
    key = site.held.pop()
    page = visit("review?reason=person")
    page.evaluate(LISTEN)
    form = more(page, key, "warehouse")
    form.locator(".st-key-other_do button:enabled").click()
    heard(page, "发货")
    page.locator(f".st-key-review_{key}").get_by_text("已锁库存").wait_for()  # reserved there, still held


def test_a_limit_by_amount_is_set_by_form(visit: Any) -> None:
    page = visit("review?part=limits")
    page.evaluate(LISTEN)
    page.locator("[class*='st-key-limit_free_'] label").click()
    amount = page.locator("[class*='st-key-limit_amount_'] input")
    amount.fill("300")
    amount.press("Tab")
    page.locator(".st-key-limit_save button:enabled").click()
    heard(page, "已保存")
    page.get_by_text("放行上限 ¥300.00").wait_for()
    page.locator("[class*='st-key-limit_free_'] label").click()  # as it was, for the other walks
    amount.wait_for(state="detached")
    page.locator(".st-key-limit_save button:enabled").click()
    page.get_by_text("放行上限 ¥300.00").wait_for(state="detached")


def test_a_finger_moves_cards_on_a_tablet_and_the_menu_does_on_a_phone(visit: Any) -> None:
    page = visit("board", tablet=True)
    page.evaluate(LISTEN)
    stages = page.locator(".col").evaluate_all("all => all.map(col => col.dataset.stage)")
    card = _card(page, stages[2])
    (x, y), (to, _y) = _middle(card), _middle(page.locator(f".col[data-stage='{stages[1]}']"))
    line = page.context.new_cdp_session(page)
    line.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in range(1, 9):
        there = {"x": x + (to - x) * part / 8, "y": y + 4}
        line.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [there]})
    line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    heard(page, "已移至")
    page = visit("board", phone=True)
    page.evaluate(LISTEN)
    page.get_by_text("仓库拣货", exact=True).first.tap()
    menu = page.locator(".card[data-moves='1'] select").first
    menu.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    menu.select_option(index=1)
    heard(page, "已移至")
