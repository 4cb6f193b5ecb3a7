"""The seed's groups in Chromium, as accounts made by the form: each does its work and nothing else, by page, by address
and by route; an ended login and a changed role bite at the next action."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.browser.conftest import PASSWORD, PATIENCE, PHONE, Site, at_rest

pytestmark = pytest.mark.browser

GROUPS = {"desk-01": ("客服", "阿芳"), "store-01": ("仓库", "老周"), "boss-02": ("管理员", "副店长")}
CLOSED = ("people", "rules", "mapping", "channels", "secrets", "audit", "backups", "privacy")
Enter = Callable[..., Any]


@dataclass(frozen=True)
class House:
    """The site with the groups' accounts: `own` enters as one of them, `boss` is the administrator's page."""

    enter: Enter
    boss: Any


@pytest.fixture(scope="module")
def house(chromium: Any, site: Site) -> Iterator[House]:
    """Accounts made by the form of the page Accounts; each has chosen a password of its own at the first login."""
    windows: list[Any] = []

    def fresh(state: Any = None, *, phone: bool = False) -> Any:
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        window = chromium.new_context(
            base_url=site.address, storage_state=state, viewport=size, locale="zh-CN",
            is_mobile=phone, has_touch=phone, user_agent=PHONE if phone else None,
        )  # fmt: skip
        windows.append(window)
        window.set_default_timeout(PATIENCE)
        return window.new_page()

    def enter(account: str, *, phone: bool = False) -> Any:
        page = fresh(phone=phone)
        page.goto("/login")
        _log_in(page, account, PASSWORD)
        at_rest(page)
        return page

    boss = fresh(site.state)
    boss.goto("/people")
    at_rest(boss)
    for account, (role, name) in GROUPS.items():
        page = fresh()
        page.goto("/login")
        first = _add(boss, account, name, role)
        _log_in(page, account, first)
        _choose(page, first)
        page.context.close()
    yield House(enter, boss)
    for window in windows:
        window.close()


def _add(boss: Any, account: str, name: str, role: str) -> str:
    """Add a person by the form; the temporary password that it shows once."""
    boss.locator(".st-key-add_account button").click()
    form = boss.get_by_role("dialog")
    form.locator(".st-key-new_account input").fill(account)
    form.locator(".st-key-new_name input").fill(name)
    form.locator(".st-key-new_role input").click()
    boss.get_by_role("option", name=role, exact=True).click()
    form.locator(".st-key-new_add button:enabled").click()
    shown = form.locator("[data-testid=stCode]")
    shown.wait_for()
    found = re.search(r"密码: (\S+)", shown.inner_text())
    assert found
    form.locator(".st-key-handed_over button").click()
    form.wait_for(state="hidden")
    return found[1]


def _log_in(page: Any, account: str, password: str) -> None:
    page.fill("[name=account]", account)
    page.fill("[name=password]", password)
    page.click("button[type=submit]")


def _choose(page: Any, first: str) -> None:
    """The temporary password opens nothing but the form for an own one."""
    page.locator("[name=again]").wait_for()
    page.goto("/orders")
    assert page.url.split("?")[0].endswith("/login/password")
    page.fill("[name=old]", first)
    for name in ("password", "again"):
        page.fill(f"[name={name}]", PASSWORD)
    page.click("button[type=submit]")
    at_rest(page)


def _menu(page: Any) -> set[str]:
    """The pages that the menu leads to, by their addresses; each section is opened for it."""
    found: set[str] = set()
    for section in page.locator("[data-testid=stTopNavSection]").all():
        section.click()
        page.locator("[data-testid=stTopNavDropdownLink]").first.wait_for()
        links = page.evaluate("() => [...document.querySelectorAll('a[href]')].map(a => new URL(a.href).pathname)")
        found |= {link.strip("/") for link in links}
        page.keyboard.press("Escape")
    return found


def _call(page: Any, path: str, body: Any = None) -> int:
    """The status of a route's answer to a call from the page itself, cookies and origin included."""
    return page.evaluate(
        """async ([path, body]) => (await fetch(path, body === null ? {redirect: 'manual'} : {
            method: 'POST', redirect: 'manual', body, headers: {'content-type': 'application/json'}})).status""",
        [path, None if body is None else json.dumps(body)],
    )


def _go(page: Any, path: str) -> str:
    page.goto(f"/{path}")
    at_rest(page)
    return page.inner_text("body")


def _finds_closed(page: Any, names: Sequence[str]) -> None:
    """The address of a closed page says so and leads to the person's own first page, not to the page."""
    for name in names:
        page.goto(f"/{name}")
        page.get_by_text("页面不存在或无权访问").wait_for()


def test_customer_service_answers_on_the_phone_and_reaches_nothing_else(house: House) -> None:
    page = house.enter("desk-01", phone=True)
    answer = page.evaluate(
        """async () => (await (await fetch('/api/orders', {method: 'POST', body: JSON.stringify({endRow: 1, view: {}}),
            headers: {'content-type': 'application/json'}})).json()).rows[0]"""
    )
    _go(page, f"lookup?lookup_text={answer['platform_no']}")
    card = page.locator(f".st-key-answer_{answer['order_key']}")
    card.get_by_text("承诺发货时间").wait_for()
    assert card.locator("[data-testid=stCode]").inner_text().startswith("亲，您好！")
    card.locator(f".st-key-ticket_{answer['order_key']} button").click()
    form = page.get_by_role("dialog")
    form.locator(".st-key-ticket_note textarea").fill("买家收到的颜色不对")
    form.locator(".st-key-ticket_open button").click()
    form.wait_for(state="hidden")
    _finds_closed(page, CLOSED[:4])
    assert _call(page, "/api/orders", {"endRow": 1, "view": {}}) == 200
    assert _call(page, "/oauth/authorise/jd/jd-1") == 403


def test_the_warehouse_sees_its_lists_and_no_order(house: House) -> None:
    page = house.enter("store-01")
    assert page.locator("h2", has_text="拣货").is_visible()
    assert {"picking", "packing", "help"} <= _menu(page)
    assert not _menu(page) & {"orders", "lookup", "overview", "board", *CLOSED}
    _finds_closed(page, CLOSED[4:])
    assert page.locator("h2", has_text="拣货").is_visible()
    assert _call(page, "/api/orders", {"endRow": 1, "view": {}}) == 403


def test_rules_are_edited_by_administrators_and_only_shown_to_a_lead(house: House) -> None:
    page = house.enter("boss-02")
    _go(page, "rules")
    assert set(CLOSED) <= _menu(page) | {"rules"}
    page.locator("[data-testid=stMain] h2").first.wait_for()
    page.locator(".st-key-rules_new button").wait_for()
    _change_role(house.boss, "boss-02", "运营主管")
    page.reload()
    at_rest(page)
    page.locator("[data-testid=stMain] h2").first.wait_for()
    assert page.locator(".st-key-rules_new").count() == 0
    assert not _menu(page) & {"people", "secrets", "audit"}


def _change_role(boss: Any, account: str, role: str) -> None:
    boss.goto("/people")
    at_rest(boss)
    boss.locator(f".st-key-act_{account} button").click()
    boss.get_by_role("option", name="修改").or_(boss.get_by_role("menuitem", name="修改")).first.click()
    form = boss.get_by_role("dialog")
    form.locator(".st-key-change_role input").click()
    boss.get_by_role("option", name=role, exact=True).click()
    form.get_by_text("下一次操作").wait_for()
    form.locator(".st-key-change_save button").click()
    form.wait_for(state="hidden")


def test_an_ended_login_is_out_at_its_next_click(house: House) -> None:
    page = house.enter("desk-01")
    _go(page, "help")  # no part of it refreshes by itself
    house.boss.goto("/people?part=sessions")
    at_rest(house.boss)
    rows = house.boss.locator("[class*=st-key-login_]", has_text="阿芳")
    rows.first.wait_for()
    while rows.count():
        short = (rows.first.get_attribute("class") or "").split("st-key-login_")[1].split()[0]
        house.boss.locator(f".st-key-end_{short} button").click()
        house.boss.locator(f".st-key-login_{short}").wait_for(state="detached")
    page.locator(".st-key-language_switch").get_by_text("EN", exact=True).click()
    page.get_by_text("Your login has ended").or_(page.get_by_text("登录已失效")).first.wait_for()
    assert _call(page, "/api/orders", {"endRow": 1, "view": {}}) == 401
    page.goto("/orders")
    assert "/login" in page.url
