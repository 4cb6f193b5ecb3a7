"""After sales: cases follow refunds, goods come back once, what is sent again walks the flow and no platform is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.channels import deliver
from core.channels.outgoing import dispatch
from core.errors import BadRequest, NotAllowed, Stale
from core.flow.after_sales import follow
from core.model import refunds
from core.model.after_sales import ENDS, KINDS, STATES, after_refund, next_states
from core.people.actor import person
from core.people.vault import open_vault
from core.services import after_sales as service
from core.settings import Settings
from core.store import Store, dispatching, ledger, stock_free, warehouses
from core.store.after_sales import Case
from core.store.warehouses import Warehouse
from tests.factories import granted
from tests.flow_orders import STRAIGHT, Shop, publish_flow
from tests.stock.rooms import rows

LEAD, CS, ANALYST = (person(name, name) for name in ("lead", "cs", "analyst"))
WAREHOUSE = granted("warehouse", "warehouse", "after_sales.view", "after_sales.receive")


@pytest.fixture
def shop(store: Store, settings: Settings) -> Shop:
    made = Shop(store, settings)
    with store.write() as cursor:
        warehouses.save_warehouses(cursor, [Warehouse("W1", "One", "浙江", "嘉兴")])
    return made


def ship(shop: Shop, *numbers: str) -> None:
    shop.orders(*numbers)
    with shop.store.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'SHIPPED', courier = 'SF', tracking_no = 'SF' || platform_no")


def refund_type(shop: Shop, kind: str) -> None:
    with shop.store.write() as cursor:
        cursor.execute("UPDATE refunds SET refund_type = ?", [kind])


def cases(store: Store) -> list[tuple]:
    return rows(store, "SELECT platform_no, kind, state FROM after_sales_cases ORDER BY opened_at, platform_no")


def only(store: Store) -> Case:
    ((case,), _total) = next(
        found for part in ("ours", "under_way", "ended") if (found := service.listing(LEAD, store, part))[1]
    )
    return case


def test_a_refund_opens_its_case_once_and_its_next_words_move_it(shop: Shop) -> None:
    store = shop.store
    ship(shop, "N1", "N2")
    shop.refund("N1")
    assert follow(store, None)[0] == {"opened": 1, "moved": 0, "settled": 0}
    assert follow(store, None)[0] == {"opened": 0, "moved": 0, "settled": 0}
    assert cases(store) == [("N1", "REFUND_ONLY", "requested")]
    shop.refund("N1", "SUCCESS", minute=5)
    assert follow(store, None)[0]["moved"] == 1
    assert cases(store) == [("N1", "REFUND_ONLY", "done")]
    assert rows(store, "SELECT what, to_state FROM after_sales_events ORDER BY happened_at, what") == [
        ("opened", "requested"), ("platform", "done"),
    ]  # fmt: skip


def test_goods_that_come_back_lie_on_the_shelf_once_and_damaged_ones_do_not(shop: Shop) -> None:
    store = shop.store
    ship(shop, "N1")
    shop.refund("N1")
    refund_type(shop, "RETURN_REFUND")
    follow(store, None)
    case = only(store)
    line, second = service.detail(LEAD, store, case.case_id).lines

    def free() -> int:
        with store.read() as cursor:
            return stock_free.of_skus(cursor, [line.sku])[line.sku]

    before = free()
    service.agree(CS, store, case.case_id)
    with pytest.raises(BadRequest):
        service.receive(WAREHOUSE, store, case.case_id, "W1", {line.line_no: (line.qty + 1, 0)})
    with pytest.raises(BadRequest):
        service.receive(WAREHOUSE, store, case.case_id, "W1", {})
    service.receive(WAREHOUSE, store, case.case_id, "W1", {line.line_no: (line.qty, 0)})
    assert second.qty == 2  # not among what came back
    assert free() == before + line.qty
    with pytest.raises(Stale):
        service.receive(WAREHOUSE, store, case.case_id, "W1", {line.line_no: (line.qty, 0)})
    assert cases(store) == [("N1", "RETURN_REFUND", "received")]
    shop.refund("N1", "SUCCESS", minute=5)  # the platform pays once the goods are here
    follow(store, None)
    assert cases(store) == [("N1", "RETURN_REFUND", "done")]
    assert rows(store, "SELECT kind, qty, reason FROM stock_movements WHERE source LIKE 'return:%'") == [
        ("receipt", line.qty, "returned")
    ]


def test_damaged_pieces_are_in_the_ledger_and_off_it(shop: Shop) -> None:
    store = shop.store
    ship(shop, "N1")
    shop.refund("N1", "SUCCESS")
    refund_type(shop, "RETURN_REFUND")
    follow(store, None)
    case = only(store)
    assert (case.state, case.paid_back_at is not None) == ("returning", True)  # money back, goods not here
    _first, line = service.detail(LEAD, store, case.case_id).lines
    service.receive(WAREHOUSE, store, case.case_id, "W1", {line.line_no: (0, line.qty)}, "broken")
    assert only(store).state == "done"
    assert rows(store, "SELECT kind, qty, reason FROM stock_movements WHERE source LIKE 'return:%' ORDER BY kind") == [
        ("adjustment", line.qty, "damaged"), ("receipt", line.qty, "returned"),
    ]  # fmt: skip
    with store.read() as cursor:
        assert ledger.balances(cursor, line.sku)[0].on_hand == 1_000_000
    assert rows(store, "SELECT event FROM order_events WHERE event = 'goods_returned'") == [("goods_returned",)]


def test_what_is_sent_again_is_an_order_in_the_flow_that_no_platform_is_told_of(shop: Shop, settings: Settings) -> None:
    store = shop.store
    publish_flow(store, STRAIGHT)
    ship(shop, "N1")
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'COMPLETED'")
    key = shop.key("N1")
    case = service.open_case(CS, store, key, "RESEND", {"N1-1": 1}, "one was missing")
    with pytest.raises(BadRequest):
        service.send_again(CS, store, case.case_id, [("NO-SUCH", 1)])
    new, number = service.send_again(CS, store, case.case_id, [("A", 1)])
    assert number == "N1-R1"
    with pytest.raises(Stale):
        service.send_again(CS, store, case.case_id, [("A", 1)])
    assert shop.where()["N1-R1"] == "stock"  # past risk and promotions
    shop.drain()
    assert (shop.slips()["N1-R1"], shop.statuses()["N1-R1"]) == (1, "PICKING")
    assert rows(store, "SELECT paid_fen, unit_count, seller_note FROM orders WHERE order_key = ?", [new]) == [
        (0, 1, "N1")
    ]
    count = "SELECT count(*) FROM order_persons WHERE order_key = ?"
    assert rows(store, count, [new]) == rows(store, count, [key])
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'SHIPPED', tracking_no = 'SF77' WHERE order_key = ?", [new])
    assert follow(store, None)[0]["settled"] == 1
    assert only(store).state == "done"
    sending = deliver.Sending(store, open_vault(settings), settings)
    with store.read() as cursor:
        assert [parcel.platform_no for parcel in dispatching.parcels(cursor, [new])] == ["N1-R1"]
    assert sending.is_ours(new) and not sending.is_ours(key)


def test_a_dispatch_of_our_own_order_tells_nobody(shop: Shop, settings: Settings) -> None:
    store = shop.store
    ship(shop, "N1")
    case = service.open_case(CS, store, shop.key("N1"), "RESEND", {"N1-1": 1}, "missing")
    new, number = service.send_again(CS, store, case.case_id, [("A", 1)])
    from core.store import outbox
    from core.store.outbox import Message

    with store.write() as cursor:
        body = {"order_key": new, "courier": "SF", "tracking_no": "SF77"}
        outbox.put(cursor, [Message("dispatch", "other", "s", number, "k", body)])
    assert deliver.deliver(store, open_vault(settings), settings) == {"done": 1}
    assert rows(store, "SELECT state, answer FROM outbox") == [("done", dispatch.NOBODY)]
    assert rows(store, "SELECT count(*) FROM order_events WHERE event = 'dispatch_confirmed'") == [(0,)]


def test_a_confirmed_fault_and_its_cost_count_once(shop: Shop) -> None:
    store = shop.store
    ship(shop, "N1")
    case = service.open_case(CS, store, shop.key("N1"), "EXCHANGE", {"N1-1": 1}, "wrong colour")
    service.confirm_fault(CS, store, case.case_id, "wrong_item", "red, not blue", cost_fen=1200)
    service.confirm_fault(CS, store, case.case_id, "wrong_item", "red, not blue", cost_fen=1200)
    assert rows(store, "SELECT kind FROM dispatch_faults") == [("wrong_item",)]
    assert rows(store, "SELECT cause, loss_fen FROM losses") == [("mis_ship", 1200)]
    with pytest.raises(BadRequest):
        service.confirm_fault(CS, store, case.case_id, "rain", cost_fen=1)


def test_a_case_by_hand_needs_goods_that_left_and_pieces_that_were_there(shop: Shop) -> None:
    store = shop.store
    shop.orders("N1")
    key = shop.key("N1")
    for kind, pieces, reason in (
        ("EXCHANGE", {"N1-1": 1}, "x"), ("REFUND_ONLY", {"N1-1": 99}, "x"), ("REFUND_ONLY", {}, "x"), ("REFUND_ONLY", {"N1-1": 1}, " "),
    ):  # fmt: skip
        with pytest.raises(BadRequest):
            service.open_case(CS, store, key, kind, pieces, reason)
    service.open_case(CS, store, key, "REFUND_ONLY", {"N1-1": 1}, "changed their mind")
    assert cases(store) == [("N1", "REFUND_ONLY", "requested")]


def test_each_role_does_its_part_and_no_more(shop: Shop) -> None:
    store = shop.store
    ship(shop, "N1")
    case = service.open_case(CS, store, shop.key("N1"), "RETURN_REFUND", {"N1-1": 1}, "too small")
    for denied in (
        lambda: service.agree(WAREHOUSE, store, case.case_id),
        lambda: service.receive(CS, store, case.case_id, "W1", {"N1-1": (1, 0)}),
        lambda: service.confirm_fault(WAREHOUSE, store, case.case_id, "missing"),
        lambda: service.note(ANALYST, store, case.case_id, "x"),
    ):
        with pytest.raises(NotAllowed):
            denied()
    service.take(CS, store, case.case_id)
    with pytest.raises(Stale):
        service.take(LEAD, store, case.case_id)
    service.refuse(CS, store, case.case_id, "worn")
    service.agree(LEAD, store, case.case_id, "goodwill")
    service.coming_back(CS, store, case.case_id, "SF", "SF123456")
    service.close(CS, store, case.case_id, "the buyer keeps it")
    with pytest.raises(Stale):
        service.agree(CS, store, case.case_id)
    story = service.detail(CS, store, case.case_id).story
    assert [step.what for step in reversed(story)] == ["opened", "taken", "refused", "agreed", "returning", "closed"]


@given(
    kind=st.sampled_from(list(KINDS)), left=st.booleans(),
    words=st.lists(st.sampled_from(list(refunds.STATES)), max_size=8), start=st.sampled_from(list(STATES)),
)  # fmt: skip
def test_no_word_of_a_platform_undoes_what_is_over_or_was_received(
    kind: str, left: bool, words: list[str], start: str
) -> None:
    state = start
    for said in words:
        after = after_refund(kind, state, said, left=left)
        assert after in STATES
        if state in ENDS:
            assert after == state
        if state in ("received", "resending"):
            assert after in (state, "done", "resending")
        state = after


def test_every_state_of_every_kind_leads_to_an_end() -> None:
    for kind in KINDS:
        seen, open_ = set(), ["requested"]
        while open_:
            state = open_.pop()
            if state not in seen:
                seen.add(state)
                open_ += next_states(kind, state)
        assert set(ENDS) <= seen
        assert all(next_states(kind, state) for state in seen - set(ENDS))
