"""The lifecycle board as a page: it opens for those who may, a move is decided in Python and refused with the reason."""

import pytest

from core.settings import Settings
from core.store import Store, holds
from core.ui.board import lifecycle_board
from tests.flow_orders import Shop
from tests.payloads import one


@pytest.fixture
def shop(store: Store, settings: Settings) -> Shop:
    return Shop(store, settings)


def test_the_board_opens_with_and_without_orders(open_page, shop: Shop) -> None:
    assert not open_page("board", language="en").exception
    shop.orders("1", "2")
    page = open_page("board", language="zh", channel="other")
    assert not page.exception and not page.error
    assert page.header[0].value == "订单生命周期看板"


def test_css_and_js_are_texts_and_not_taken_for_paths() -> None:
    for name in ("lifecycle_board.css", "lifecycle_board.js"):
        assert "\n" in (lifecycle_board.ASSETS / name).read_text(encoding="utf-8").strip()


def test_a_held_order_opens_too(open_page, shop: Shop) -> None:
    shop.orders("1")
    with shop.store.write() as cursor:
        holds.add(cursor, [shop.key("1")], "person", actor="x")
    assert not open_page("board", role="warehouse", rights="board.view").exception
    assert one(shop.store, "SELECT status FROM orders") == "PAID"
