"""Supervisors at the review desk in Chromium: a question holds an order, a phone releases it, two at once release once."""

from typing import Any

import pytest

from tests.browser.conftest import Site, at_rest

pytestmark = pytest.mark.browser

# A toast stays for seconds; what it said is kept.
LISTEN = """() => { window.said = ''; new MutationObserver(() => document.querySelectorAll('[data-testid=stToast]')
.forEach(toast => { window.said += toast.innerText; })).observe(document.body, { childList: true, subtree: true }); }"""
RELEASED = "document.body.innerText.includes('已放行 1 单')"
TOO_LATE = "window.said.includes('已经处理过了')"


def question(visit: Any, site: Site) -> str:
    """Ask another team about an order that a person holds; its key."""
    key = site.held.pop()
    page = visit("review?reason=person")
    page.locator(f".st-key-review_{key}").get_by_text("更多").click()
    page.locator(f".st-key-ask_{key} button").click()
    form = page.get_by_role("dialog")
    box = form.locator(".st-key-ask_question textarea")
    box.fill("箱子够大吗？")
    box.press("Tab")
    form.locator(".st-key-ask_do button:enabled").click()
    form.wait_for(state="hidden")
    return key


def test_a_supervisor_releases_on_a_phone_and_takes_it_back_within_the_minute(visit: Any, site: Site) -> None:
    key = question(visit, site)
    page = visit("review?reason=person", phone=True)
    card = page.locator(f".st-key-review_{key}")
    card.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    button = page.locator(f".st-key-release_{key} button")
    assert button.bounding_box()["height"] >= 32
    button.tap()
    page.locator(".st-key-review_undo_bar").get_by_text("已放行 1 单").wait_for()
    card.wait_for(state="detached")
    page.locator(".st-key-review_undo button").tap()
    page.locator(f".st-key-release_{key} button:enabled").wait_for()


def test_two_supervisors_who_press_at_once_release_once_and_the_second_sees_it(visit: Any, site: Site) -> None:
    key = question(visit, site)
    first, second = visit("review?reason=person"), visit("review?reason=person", phone=True)
    for page in (first, second):
        page.locator(f".st-key-release_{key} button:enabled").wait_for()
        page.evaluate(LISTEN)
    for page in (first, second):
        page.locator(f".st-key-release_{key} button").dispatch_event("click")
    for page in (first, second):
        page.wait_for_function(f"() => {RELEASED} || {TOO_LATE}")
    assert sorted(page.evaluate(f"() => [{RELEASED}, {TOO_LATE}]") for page in (first, second)) == [
        [False, True],
        [True, False],
    ]
    for page in (first, second):
        at_rest(page)
        page.locator(f".st-key-release_{key}").wait_for(state="detached")
