"""The board over a real store: exact counts, cards with next steps, moves as far as the lifecycle and refunds allow."""

import pytest

from core.errors import BadRequest, NotAllowed
from core.people.actor import person
from core.services import board
from core.settings import Settings
from core.store import Store, holds, outbox
from tests.flow_orders import Shop
from tests.payloads import one, rows

LEAD, CS = person("lena", "lead"), person("carl", "cs")
ZONE = "Asia/Shanghai"


@pytest.fixture
def shop(store: Store, settings: Settings) -> Shop:
    return Shop(store, settings)


def test_the_six_stages_count_every_order_on_its_way_once(shop: Shop) -> None:
    shop.orders("1", "2", "3")
    shop.orders("4", state="done")
    shop.orders("5", state="new")
    shop.orders("6", state="closed")
    board.move(LEAD, shop.store, [shop.key("2")], "STOCK_LOCKED", ZONE)
    with shop.store.write() as cursor:
        holds.add(cursor, [shop.key("3")], "person", actor="x")
    found = board.columns(LEAD, shop.store)
    assert [(c.stage, c.orders, c.held) for c in found] == [
        ("payment", 2, 1), ("stock", 1, 0), ("picking", 0, 0), ("logistics", 0, 0), ("outbound", 0, 0), ("after_sales", 1, 0),
    ]  # fmt: skip
    assert all(sum(c.bands.values()) == c.orders for c in found)


def test_cards_come_in_pages_with_the_exact_number_and_their_next_steps(shop: Shop) -> None:
    shop.orders(*(str(n) for n in range(5)))
    cards, total = board.cards(LEAD, shop.store, "payment", limit=2)
    assert total == 5 and len(cards) == 2 and cards[0].next == ("STOCK_LOCKED",)
    assert board.cards(CS, shop.store, "payment")[0][0].next == ()


def test_a_move_to_picking_makes_the_one_slip_and_back_voids_it(shop: Shop) -> None:
    shop.orders("1")
    key = [shop.key("1")]
    board.move(LEAD, shop.store, key, "STOCK_LOCKED", ZONE)
    board.move(LEAD, shop.store, key, "PICKING", ZONE)
    assert shop.slips() == {"1": 1}
    board.move(LEAD, shop.store, key, "STOCK_LOCKED", ZONE)
    assert shop.slips() == {} and shop.statuses() == {"1": "STOCK_LOCKED"}
    board.move(LEAD, shop.store, key, "PAID", ZONE)
    assert rows(shop.store, "SELECT DISTINCT state FROM reservations") == [("released",)]


def test_what_the_lifecycle_does_not_allow_is_refused_and_changes_nothing(shop: Shop) -> None:
    shop.orders("1")
    for to in ("PICKING", "PACKED", "SHIPPED", "COMPLETED", "CANCELLED"):
        with pytest.raises(BadRequest):
            board.move(LEAD, shop.store, [shop.key("1")], to, ZONE)
    with pytest.raises(NotAllowed):
        board.move(CS, shop.store, [shop.key("1")], "STOCK_LOCKED", ZONE)
    assert shop.statuses() == {"1": "PAID"} and one(shop.store, "SELECT count(*) FROM slips") == 0


def test_a_refunded_order_is_not_moved_towards_the_door(shop: Shop) -> None:
    shop.orders("1")
    key = [shop.key("1")]
    board.move(LEAD, shop.store, key, "STOCK_LOCKED", ZONE)
    shop.refund("1")
    with pytest.raises(BadRequest):
        board.move(LEAD, shop.store, key, "PICKING", ZONE)
    assert shop.slips() == {}


def test_a_held_order_takes_no_stock_but_one_that_lacks_pieces_may_be_tried_again(shop: Shop) -> None:
    shop.orders("1", "2")
    held, short = shop.key("1"), shop.key("2")
    with shop.store.write() as cursor:
        holds.add(cursor, [held], "person", actor="x")
        holds.add(cursor, [short], "no_stock", actor="x")
    steps = {card.order_key: card.next for card in board.cards(LEAD, shop.store, "payment")[0]}
    assert steps == {held: (), short: ("STOCK_LOCKED",)}
    with pytest.raises(BadRequest, match="挂起"):
        board.move(LEAD, shop.store, [held], "STOCK_LOCKED", ZONE)
    board.move(LEAD, shop.store, [short], "STOCK_LOCKED", ZONE)
    assert rows(shop.store, "SELECT DISTINCT order_key, state FROM reservations") == [(short, "active")]
    assert shop.statuses() == {"1": "PAID", "2": "STOCK_LOCKED"}


def test_a_refund_asked_for_takes_no_stock_and_a_packed_order_keeps_its_slip(shop: Shop) -> None:
    shop.orders("1", "2")
    shop.refund("1")
    with pytest.raises(BadRequest, match="退款拦住"):
        board.move(LEAD, shop.store, [shop.key("1")], "STOCK_LOCKED", ZONE)
    for to in ("STOCK_LOCKED", "PICKING", "LOGISTICS_ASSIGNED"):
        board.move(LEAD, shop.store, [shop.key("2")], to, ZONE)
    with pytest.raises(BadRequest):
        board.move(LEAD, shop.store, [shop.key("2")], "STOCK_LOCKED", ZONE)
    assert shop.slips() == {"2": 1} and shop.statuses() == {"1": "PAID", "2": "LOGISTICS_ASSIGNED"}


def test_shops_of_one_code_on_two_channels_are_told_apart(shop: Shop) -> None:
    shop.orders("1", "2")
    with shop.store.write() as cursor:
        cursor.execute("UPDATE orders SET channel = 'offline' WHERE platform_no = '2'")
    found = board.cards(LEAD, shop.store, "payment", shops=["other/s"])[0]
    assert [card.row["platform_no"] for card in found] == ["1"]
    assert board.columns(LEAD, shop.store, shops=["offline/s"])[0].orders == 1


def test_an_order_taken_out_by_hand_is_told_to_its_platform_once(shop: Shop) -> None:
    shop.orders("1")
    key = shop.key("1")
    with shop.store.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'PACKED', courier = 'SF', tracking_no = 'SF1234567890'")
    board.move(LEAD, shop.store, [key], "SHIPPED", ZONE)
    (message,) = outbox.listing(shop.store, "dispatch")
    assert (message.subject, message.body["tracking_no"], message.body["courier"]) == ("1", "SF1234567890", "SF")
