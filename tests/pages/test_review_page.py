"""The review desk as a page: evidence, one-click decisions, undo, bulk with a sample, limits by role."""

import pytest
from streamlit.testing.v1 import AppTest

from core.flow import intercept
from core.people.actor import person
from core.services import board, intercepts, review, review_limits
from core.settings import Settings
from core.store import Store, holds
from tests.flow_orders import Shop
from tests.payloads import one, rows


@pytest.fixture
def shop(store: Store, settings: Settings) -> Shop:
    return Shop(store, settings)


def held(shop: Shop, *numbers: str, reason: str = "risk_review", **rest: object) -> list[int]:
    shop.orders(*numbers, **rest)
    keys = [shop.key(no) for no in numbers]
    with shop.store.write() as cursor:
        holds.add(cursor, keys, reason, actor="system", why="burst")
    return keys


def said(page: AppTest) -> str:
    return "\n".join([*(m.value for m in page.markdown), *(c.value for c in page.caption)])


def keys(page: AppTest) -> set[str]:
    return {b.key for b in page.button if b.key}


def still_held(store: Store, key: int) -> bool:
    return one(store, f"SELECT held FROM orders WHERE order_key = {key}")


def test_an_empty_desk_says_so(open_page) -> None:
    page = open_page("review", language="en")
    assert not page.exception
    assert "Nothing waits for a person." in said(page)


def test_a_card_tells_why_and_one_click_releases_and_one_takes_it_back(open_page, shop: Shop) -> None:
    (key,) = held(shop, "1")
    page = open_page("review", language="en")
    assert not page.exception
    assert "For review by risk rules" in said(page) and "burst" in said(page)
    page.button(key=f"release_{key}").click().run()
    assert not still_held(shop.store, key) and "Released 1 orders" in said(page)
    page.button(key="review_undo").click().run()
    assert not page.exception and still_held(shop.store, key)


def test_the_second_of_two_persons_sees_it_gone_and_nothing_is_done_twice(open_page, shop: Shop) -> None:
    (key,) = held(shop, "1")
    page = open_page("review", language="en")
    review.release(person("lena", "lead"), shop.store, [key])
    page.button(key=f"release_{key}").click().run()
    assert not page.error and not page.exception and f"release_{key}" not in keys(page)
    assert rows(shop.store, "SELECT count(*) FROM review_acts") == [(1,)]


def test_what_the_role_may_not_release_is_shown_disabled_with_who_may(open_page, shop: Shop) -> None:
    (key,) = held(shop, "1", reason="over_limit")
    page = open_page("review", role="cs", language="en")
    assert page.button(key=f"release_{key}").disabled
    assert "Only a lead may decide this" in said(page)


def test_bulk_tells_the_number_and_a_sample_before_it_acts(open_page, shop: Shop) -> None:
    listed = held(shop, "1", "2", "3")
    page = open_page("review", language="en", reason="risk_review")
    page.button(key="review_bulk").click().run()
    assert "**3 orders** would be decided." in said(page)
    assert all(still_held(shop.store, key) for key in listed)
    assert "bulk_release" in keys(page) and page.button(key="bulk_reject").disabled  # a rejection needs a reason


def test_the_address_narrows_the_queue_by_reason_shop_and_amount(open_page, shop: Shop) -> None:
    (small,) = held(shop, "1", paid="10.00")
    (large,) = held(shop, "2", paid="900.00", reason="person")
    assert f"release_{large}" in keys(open_page("review", least="50000")) - {f"release_{small}"}
    assert f"release_{large}" not in keys(open_page("review", reason="risk_review"))
    assert f"release_{small}" not in keys(open_page("review", shop="other/elsewhere"))
    assert f"release_{small}" in keys(open_page("review", shop="other/s", most="1000", reason="nonsense"))


def test_an_administrator_sets_the_amount_up_to_which_a_role_releases(open_page, store: Store) -> None:
    page = open_page("review", language="en", part="limits")
    page.selectbox(key="limit_role").select("cs").run()
    page.number_input(key="limit_amount_cs").set_value(800.0).run()
    page.button(key="limit_save").click().run()
    assert not page.exception and not page.error
    assert review_limits.of_role(store, "cs") == 80_000
    assert "limit_save" not in keys(open_page("review", role="cs", part="limits"))


def test_who_may_not_see_the_desk_does_not_get_it(open_page) -> None:
    page = open_page("review", role="warehouse", language="en")
    assert "Waiting" not in said(page)


def test_a_parcel_to_be_stopped_is_called_about_and_taken_back(open_page, shop: Shop) -> None:
    shop.orders("1", waybill="SF1")
    lead = person("lena", "lead")
    for to in ("STOCK_LOCKED", "PICKING", "LOGISTICS_ASSIGNED", "PACKED", "SHIPPED"):
        board.move(lead, shop.store, [shop.key("1")], to, "Asia/Shanghai")
    empty = open_page("review", language="en", part="refunds")
    assert not empty.exception and "No parcel is to be stopped." in said(empty)
    shop.refund("1")
    intercept.look(shop.store, None)
    page = open_page("review", language="en", part="refunds")
    assert not page.exception
    name = next(each for each in keys(page) if each.startswith("call_")).removeprefix("call_")
    page.button(key=f"call_{name}").click().run()
    assert {"call_do"} <= keys(page)  # the runner draws dialogs and does not act in them: Chromium does
    intercepts.call(lead, shop.store, name, "promised", "depot 7")
    page = open_page("review", language="en", part="refunds")
    assert "They stop it" in said(page) and "depot 7" in said(page)
    page.button(key=f"caught_{name}").click().run()
    assert not page.exception and "closing_do" in keys(page)
