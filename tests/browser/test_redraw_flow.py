"""An operator redraws the flow: a branch "amount > 2000 → approval" by mouse and form, published without a restart."""

from typing import Any

import pytest

from tests.browser.conftest import at_rest

pytestmark = pytest.mark.browser


def drop(page: Any, station: str, x: int, y: int) -> None:
    """From the palette onto the drawing."""
    item = page.locator(".palette .item", has_text=station).first
    item.drag_to(page.locator(".canvas"), target_position={"x": x, "y": y})
    page.locator(".react-flow__node.selected", has_text=station).wait_for()
    at_rest(page)


def join(page: Any, start: str, outcome: str, end: str) -> None:
    """A line from a way out to a station; drawn again where the picture moved under the hand."""
    near = page.locator(f'.react-flow__node[data-id="{end}"] .target.connectingto')
    page.locator(".react-flow__controls-fitview").click()  # a line held at the edge has moved the picture along
    for _attempt in range(5):
        (x, y), (to_x, to_y) = places(page, start, outcome, end)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 12, y + 4, steps=4)
        page.mouse.move(to_x, to_y, steps=12)
        page.wait_for_timeout(600)
        if near.is_visible():
            break
        page.mouse.move(x, y, steps=4)
        page.mouse.up()
        page.wait_for_timeout(600)
    near.wait_for(timeout=5_000)
    page.mouse.up()
    page.locator(f'.react-flow__edge[data-id="{start}\x1f{outcome}"]').wait_for(state="attached")
    at_rest(page)


def places(page: Any, start: str, outcome: str, end: str) -> list[tuple[float, float]]:
    """Where the way out and the station's entrance are, once neither moves any more."""
    before: list[tuple[float, float]] = []
    for _look in range(20):
        points = []
        for selector in (f'[data-id="{start}"] .source[data-handleid="{outcome}"]', f'[data-id="{end}"] .target'):
            box = page.locator(f".react-flow__node{selector}").bounding_box()
            points.append((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
        if points == before:
            break
        before = points
        page.wait_for_timeout(300)
    return before


def choose(form: Any, place: int, text: str) -> None:
    """One entry of a list."""
    box = form.locator("[data-testid=stSelectbox] input").nth(place)
    box.click()
    box.fill(text)
    form.page.get_by_role("option", name=text, exact=True).first.click()
    at_rest(form.page)


def test_a_branch_to_an_approval_is_drawn_published_and_live(visit: Any) -> None:
    page = visit("flow")
    page.locator(".react-flow__node[data-id=limit]").wait_for()
    at_rest(page)
    drop(page, "条件分支", 560, 60)
    drop(page, "审批", 560, 430)
    join(page, "limit", "within", "branch_1")
    page.locator('.react-flow__node[data-id="branch_1"] .head').click()
    page.get_by_role("button", name="添加分支").click()
    page.get_by_role("button", name="添加条件").click()
    page.get_by_text("订单字段", exact=True).click()
    form = page.locator('[class*="st-key-box_station"]').first
    form.locator("[data-testid=stSelectbox]").nth(2).wait_for()
    choose(form, 1, "实付金额")
    choose(form, 2, "大于")
    amount = form.locator("[data-testid=stNumberInput] input").first
    amount.fill("2000")
    amount.press("Enter")
    form.get_by_text("2,000.00 元").wait_for()
    page.locator('.react-flow__node[data-id="branch_1"]', has_text="分支 1").wait_for()
    join(page, "branch_1", "branch_1", "approval_1")
    join(page, "branch_1", "otherwise", "scheduled")
    join(page, "approval_1", "approved", "scheduled")
    page.locator(".st-key-flow_publish_open button").click()
    asked = page.get_by_role("dialog")
    asked.get_by_text("新增节点: 条件分支、审批").wait_for()
    asked.locator(".st-key-flow_publish button").click()
    page.locator(".st-key-flow_head").get_by_text("v2 生效中").wait_for()
    again = visit("flow?part=versions")
    again.locator(".react-flow__node.card, .card.mark-added").nth(1).wait_for()
    assert again.locator(".card.mark-added").count() == 2
