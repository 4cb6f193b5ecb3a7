"""The demonstration is switched off by one click. Named to come last of the walks: the others live on its orders."""

from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_the_demonstration_is_switched_off_and_takes_its_shops_with_it(visit: Any) -> None:
    page = visit("channels")
    page.locator(".st-key-run_taobao_taobao-1 button").wait_for()
    page.locator(".st-key-end_demo button").click()
    page.get_by_role("dialog").get_by_text("删除演示数据").click()
    page.locator(".st-key-demo_banner").wait_for(state="detached")
    page.locator(".st-key-run_taobao_taobao-1 button").wait_for(state="detached")
    page.goto("/orders?channel=taobao")
    page.get_by_text("没有符合条件的订单").or_(page.get_by_text("还没有订单")).first.wait_for()
