"""The sentence every operator knows goes in by form, is tried on yesterday's orders, published, and the next order obeys."""

import os
from time import monotonic
from typing import Any

import pytest

from core.model.region import REGIONS
from tests.browser.conftest import at_rest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif("DANLIU_WALKS" not in os.environ, reason="waits for orders of the sandbox: make walks"),
]

NAME = "华东先发嘉兴"
SENTENCE = "华东地区优先发嘉兴仓（时效1.5天），若库存不足则转苏州仓（时效2天），顺丰价格高于8元时降级为中通"
WAIT = 240  # seconds for an order to the east; the sandbox sells two a minute


def choose(page: Any, key: str, *names: str) -> None:
    """Entries of a list, in order."""
    box = page.locator(f".st-key-{key} input").first
    for name in names:
        box.click()
        box.fill(name)
        page.get_by_role("option", name=name, exact=True).first.click()
        page.locator(f".st-key-{key}").get_by_text(name, exact=True).wait_for()
        at_rest(page)
    box.press("Escape")


def write(page: Any, key: str, text: str) -> None:
    box = page.locator(f".st-key-{key} input")
    box.fill(text)
    box.press("Enter")
    at_rest(page)


def fill_in(page: Any) -> None:
    """The sentence, field by field."""
    page.locator(".st-key-routing_new button").click()
    write(page, "routing1_name", NAME)
    page.locator(".st-key-routing1_rule_add button").click()
    choose(page, "routing1_r1_regions", "华东")
    choose(page, "routing1_r1_tiers", "嘉兴仓", "苏州仓")
    write(page, "routing1_r1_days_WH-JX", "1.5")
    write(page, "routing1_r1_days_WH-SZ", "2")
    choose(page, "routing1_couriers", "顺丰", "中通")
    write(page, "routing1_cap_SF", "8")


def publish(page: Any) -> None:
    page.locator(".st-key-routing_publish button").click()
    page.get_by_role("dialog").locator(".st-key-routing_publish_confirm button").click()
    page.get_by_role("dialog").wait_for(state="hidden")
    at_rest(page)


def routed_by(page: Any, policy: str) -> list[list[str]]:
    """The orders a policy routed: number, province, why, when, policy."""
    page.goto("/routing?part=reasons")
    at_rest(page)
    page.locator("[data-testid=stDataFrame] [role=row]").nth(1).wait_for(state="attached")
    rows = page.evaluate(
        "() => [...document.querySelectorAll('[data-testid=stDataFrame] [role=row]')]"
        ".map(row => [...row.querySelectorAll('[role=gridcell]')].map(cell => cell.textContent))"
    )
    return [row for row in rows if row and row[-1].startswith(policy)]


def test_the_sentence_is_entered_tried_published_and_obeyed(visit: Any) -> None:
    page = visit("routing")
    fill_in(page)
    page.locator(".st-key-routing_beside").get_by_text(SENTENCE).wait_for()
    page.locator(".st-key-routing1_try button").click()
    page.get_by_text("单去向改变").wait_for()
    publish(page)
    page.get_by_text(SENTENCE).first.wait_for()
    try:
        east: list[list[str]] = []
        until = monotonic() + WAIT
        while not east and monotonic() < until:
            page.wait_for_timeout(3_000)
            east = [row for row in routed_by(page, NAME) if REGIONS.get(row[-4]) == "华东"]
        for row in east:
            why = row[-3]
            assert why.startswith(("嘉兴仓", "苏州仓"))
            assert "顺丰" in why or "中通" in why
        assert east, "no order to the east came"
    finally:  # the walks after this one find the starter's policy in force
        page.goto("/routing")
        at_rest(page)
        page.locator("[class*=st-key-routing_change_] button").first.click()  # the one in force stands first
        page.locator(".st-key-routing1_mode").get_by_text("停用").click()
        at_rest(page)
        publish(page)
