"""Refunds after packing: one task each, the calls recorded, and what became of the parcel moves order and stock."""

import pytest

from core.errors import BadRequest, NotAllowed, Stale
from core.flow import intercept
from core.people.actor import person
from core.services import board, intercepts, review
from core.services.intercepts import Task
from core.settings import Settings
from core.store import Store
from tests.flow_orders import STRAIGHT, Shop, publish_flow
from tests.payloads import rows

LEAD, CS, WAREHOUSE = person("lena", "lead"), person("carl", "cs"), person("wei", "warehouse")
ZONE = "Asia/Shanghai"


@pytest.fixture
def shop(store: Store, settings: Settings) -> Shop:
    publish_flow(store, STRAIGHT)
    return Shop(store, settings)


def packed(shop: Shop, no: str = "1", *, shipped: bool = False) -> None:
    shop.orders(no, waybill=f"SF{no}")
    shop.drain()
    for to in ("LOGISTICS_ASSIGNED", "PACKED", *(("SHIPPED",) if shipped else ())):
        board.move(LEAD, shop.store, [shop.key(no)], to, ZONE)


def look(shop: Shop) -> list[Task]:
    intercept.look(shop.store, None)
    return intercepts.listing(CS, shop.store)[0]


def movements(shop: Shop) -> list[tuple[str, str, int]]:
    return rows(
        shop.store, "SELECT kind, sku, qty FROM stock_movements WHERE kind IN ('shipped', 'receipt') ORDER BY 1, 2"
    )


def test_a_refund_before_packing_makes_no_task_and_one_after_it_makes_one(shop: Shop) -> None:
    shop.orders("1")
    shop.drain()
    shop.refund("1")
    assert look(shop) == []
    packed(shop, "2")
    shop.refund("2")
    (task,) = look(shop)
    found = task.intercept
    assert (found.platform_no, found.state, found.tracking_no, found.owner, task.status) == (
        "2",
        "open",
        "SF2",
        "",
        "PACKED",
    )
    assert task.stands and found.packed_at is not None and found.whole
    assert [each.intercept.intercept_id for each in look(shop)] == [found.intercept_id]


def test_calls_are_kept_with_who_when_and_the_answer(shop: Shop) -> None:
    packed(shop, shipped=True)
    shop.refund("1")
    found = look(shop)[0].intercept
    intercepts.take(CS, shop.store, found.intercept_id)
    with pytest.raises(Stale, match="carl"):
        intercepts.take(LEAD, shop.store, found.intercept_id)
    with pytest.raises(BadRequest):
        intercepts.call(CS, shop.store, found.intercept_id, "perhaps")
    with pytest.raises(NotAllowed):
        intercepts.call(WAREHOUSE, shop.store, found.intercept_id, "promised")
    intercepts.call(CS, shop.store, found.intercept_id, "unreached", "engaged")
    intercepts.call(CS, shop.store, found.intercept_id, "promised", "sent back tomorrow")
    (task,) = look(shop)
    assert (task.intercept.state, task.intercept.owner) == ("called", "carl")
    assert [(c.account, c.answer, c.note) for c in task.calls] == [
        ("carl", "promised", "sent back tomorrow"), ("carl", "unreached", "engaged"),
    ]  # fmt: skip


def test_a_caught_parcel_on_the_road_is_over_and_its_pieces_are_back_once(shop: Shop) -> None:
    packed(shop, shipped=True)
    shop.refund("1")
    found = look(shop)[0].intercept
    intercepts.caught(LEAD, shop.store, found.intercept_id, "back on shelf 3")
    assert shop.statuses() == {"1": "CANCELLED"}
    assert movements(shop) == [("receipt", "A", 1), ("receipt", "B", 2), ("shipped", "A", 1), ("shipped", "B", 2)]
    with pytest.raises(Stale, match="lena"):
        intercepts.caught(CS, shop.store, found.intercept_id)
    assert look(shop) == [] and intercepts.listing(CS, shop.store, closed=True)[1] == 1


def test_a_packed_order_taken_off_the_shelf_gives_back_slip_and_pieces(shop: Shop) -> None:
    packed(shop)
    shop.refund("1", "SUCCESS")
    found = look(shop)[0].intercept
    with pytest.raises(BadRequest):
        intercepts.missed(LEAD, shop.store, found.intercept_id)
    intercepts.caught(LEAD, shop.store, found.intercept_id)
    shop.drain()
    assert shop.statuses() == {"1": "CANCELLED"} and shop.slips() == {}
    assert rows(shop.store, "SELECT DISTINCT state FROM reservations") == [("released",)] and movements(shop) == []
    assert rows(shop.store, "SELECT held FROM orders") == [(False,)]


def test_a_parcel_that_reached_the_buyer_is_after_sales(shop: Shop) -> None:
    packed(shop, shipped=True)
    shop.refund("1")
    intercepts.missed(CS, shop.store, look(shop)[0].intercept.intercept_id, "signed for at noon")
    assert shop.statuses() == {"1": "SHIPPED"} and look(shop) == []
    assert rows(shop.store, "SELECT kind, team, state FROM tickets") == [("refund", "cs", "open")]


def test_a_withdrawn_refund_calls_the_task_off_unless_somebody_has_called(shop: Shop) -> None:
    for no in ("1", "2"):
        packed(shop, no, shipped=True)
        shop.refund(no)
    tasks = {task.intercept.platform_no: task.intercept for task in look(shop)}
    intercepts.call(CS, shop.store, tasks["2"].intercept_id, "promised")
    for no in ("1", "2"):
        shop.refund(no, "CLOSED", minute=5)
    (task,) = look(shop)
    assert task.intercept.platform_no == "2" and not task.stands
    assert intercepts.listing(CS, shop.store, closed=True)[0][0].intercept.state == "off"


def test_an_order_let_go_in_spite_of_its_refund_needs_no_task(shop: Shop) -> None:
    packed(shop)
    shop.refund("1")
    assert len(look(shop)) == 1
    review.override_refund(LEAD, shop.store, [shop.key("1")], "all", "the buyer keeps it")
    assert look(shop) == []
    board.move(LEAD, shop.store, [shop.key("1")], "SHIPPED", ZONE)
    assert look(shop) == []


def test_a_delivered_order_and_a_return_are_not_stopped(shop: Shop) -> None:
    packed(shop, shipped=True)
    packed(shop, "2", shipped=True)
    for no in ("1", "2"):
        shop.refund(no)
    with shop.store.write() as cursor:
        cursor.execute("UPDATE refunds SET refund_type = 'RETURN_REFUND' WHERE platform_no = '1'")
        cursor.execute(
            "INSERT INTO order_events SELECT order_key, channel, shop, platform_no, 'order_delivered', now(), 'courier', '', '{}' "
            "FROM orders WHERE platform_no = '2'"
        )
    assert look(shop) == []


def test_only_the_refunded_lines_of_a_part_come_back_to_the_shelf(shop: Shop) -> None:
    packed(shop, shipped=True)
    shop.refund("1")
    with shop.store.write() as cursor:
        cursor.execute("UPDATE refunds SET line_no = '1-2'")
    intercepts.caught(LEAD, shop.store, look(shop)[0].intercept.intercept_id, "send the rest again")
    assert shop.statuses() == {"1": "SHIPPED"}
    assert [row for row in movements(shop) if row[0] == "receipt"] == [("receipt", "B", 2)]
    assert rows(shop.store, "SELECT team FROM tickets") == [("warehouse",)]
