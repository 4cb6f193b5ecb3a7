"""The review desk over a real store: evidence, limits by role and amount, undo, two people at once, refunds let go."""

from datetime import timedelta

import pytest

from core import clock
from core.errors import BadRequest, NotAllowed, Stale
from core.flow import gate
from core.people.actor import person
from core.services import review, review_changes, review_limits
from core.settings import Settings
from core.store import Store, holds, refund_gate
from tests.flow_orders import STRAIGHT, Shop, flow, publish_flow
from tests.payloads import one, opened, rows

LEAD, CS, ADMIN = person("lena", "lead"), person("carl", "cs"), person("ada", "admin")


@pytest.fixture
def shop(store: Store, settings: Settings) -> Shop:
    publish_flow(store, STRAIGHT)
    return Shop(store, settings)


def held(shop: Shop, *numbers: str, reason: str = "risk_review", **rest: object) -> list[int]:
    shop.orders(*numbers, **rest)
    keys = [shop.key(no) for no in numbers]
    with shop.store.write() as cursor:
        holds.add(cursor, keys, reason, actor="system", why="burst")
    return keys


def test_the_queue_tells_the_reason_the_evidence_and_since_when(shop: Shop) -> None:
    keys = held(shop, "1", "2")
    found = review.queue(LEAD, shop.store)
    assert found.total == 2 and found.counts == {"": 2, "risk_review": 2}
    assert {item.order_key for item in found.items} == set(keys)
    assert [(t.reason, t.why, t.actor) for t in found.items[0].told] == [("risk_review", "burst", "system")]
    assert found.items[0].held_since is not None and found.items[0].why_not == ""


def test_a_release_lets_the_order_walk_on_and_is_learned(shop: Shop) -> None:
    keys = held(shop, "1")
    shop.drain()
    assert shop.slips() == {}
    assert review.release(LEAD, shop.store, keys, "known customer").orders == tuple(keys)
    shop.drain()
    assert shop.slips() == {"1": 1}
    assert rows(shop.store, "SELECT label, labelled_by FROM labels") == [("normal", "lena")]


def test_the_second_of_two_hears_that_it_was_done_and_by_whom(shop: Shop) -> None:
    keys = held(shop, "1")
    review.release(LEAD, shop.store, keys)
    with pytest.raises(Stale, match="lena"):
        review.release(ADMIN, shop.store, keys)
    assert rows(shop.store, "SELECT count(*) FROM review_acts") == [(1,)]


def test_an_order_over_the_roles_amount_is_left_to_the_lead(shop: Shop) -> None:
    keys = held(shop, "1", paid="600.00")
    assert review.queue(CS, shop.store).items[0].why_not == review_limits.WHY_NOT["over_amount"]
    with pytest.raises(NotAllowed):
        review.release(CS, shop.store, keys)
    review_limits.set_limit(ADMIN, shop.store, "cs", 70_000)
    assert review.release(CS, shop.store, keys).orders == tuple(keys)


def test_over_limit_orders_are_the_leads(shop: Shop) -> None:
    keys = held(shop, "1", reason="over_limit")
    with pytest.raises(NotAllowed):
        review.release(CS, shop.store, keys)
    assert review.release(LEAD, shop.store, keys).orders == tuple(keys)


def test_a_bulk_release_shows_count_and_sample_and_leaves_out_what_may_not_go(shop: Shop) -> None:
    review_limits.set_limit(ADMIN, shop.store, "cs", 50_000)
    small, big = held(shop, "1", "2"), held(shop, "3", paid="900.00")
    count, sample, left = review.preview(CS, shop.store, [*small, *big])
    assert count == 2 and len(sample) == 2 and left == {review_limits.WHY_NOT["over_amount"]: 1}
    done = review.release(CS, shop.store, [*small, *big])
    assert done.orders == tuple(small) and list(done.left) == big


def test_a_rejection_keeps_the_order_held_and_takes_it_out_of_the_queue(shop: Shop) -> None:
    keys = held(shop, "1")
    review.reject(LEAD, shop.store, keys, "stolen card")
    assert review.queue(LEAD, shop.store).total == 0
    assert one(shop.store, "SELECT held FROM orders") is True
    shop.drain()
    assert shop.slips() == {}


def test_a_release_is_taken_back_within_a_minute(shop: Shop) -> None:
    keys = held(shop, "1")
    done = review.release(LEAD, shop.store, keys)
    assert review.undo(LEAD, shop.store, done.act_id) == 1
    assert one(shop.store, "SELECT held_reasons FROM orders") == '["risk_review"]'
    assert rows(shop.store, "SELECT * FROM labels") == []
    shop.drain()
    assert shop.slips() == {}
    with pytest.raises(Stale):
        review.undo(LEAD, shop.store, done.act_id)


def test_after_a_minute_nothing_is_taken_back(shop: Shop) -> None:
    done = review.release(LEAD, shop.store, held(shop, "1"))
    with clock.frozen(clock.now() + timedelta(seconds=61)), pytest.raises(Stale):
        review.undo(LEAD, shop.store, done.act_id)


def test_a_refund_is_not_released_but_overridden_by_name_and_reason(shop: Shop) -> None:
    shop.orders("1")
    shop.refund("1")
    shop.drain()
    key = shop.key("1")
    with pytest.raises(NotAllowed):
        review.release(LEAD, shop.store, [key])
    with pytest.raises(BadRequest):
        review.override_refund(LEAD, shop.store, [key], "all", " ")
    with pytest.raises(NotAllowed):
        review.override_refund(CS, shop.store, [key], "all", "buyer wants it after all")
    review.override_refund(LEAD, shop.store, [key], "all", "buyer wants it after all")
    shop.drain()
    assert shop.slips() == {"1": 1}
    assert rows(shop.store, "SELECT account, reason FROM refund_overrides") == [("lena", "buyer wants it after all")]


def test_a_later_refund_stops_an_overridden_order_again(shop: Shop) -> None:
    shop.orders("1")
    shop.refund("1")
    review.override_refund(LEAD, shop.store, [shop.key("1")], "all", "agreed by phone")
    shop.refund("1", minute=5, refund_no="R2")
    shop.drain()
    assert shop.slips() == {} and one(shop.store, "SELECT held_reasons FROM orders") == '["refund_open"]'


def test_an_override_that_is_taken_back_stops_the_order(shop: Shop) -> None:
    shop.orders("1")
    shop.refund("1")
    shop.drain()
    done = review.override_refund(LEAD, shop.store, [shop.key("1")], "all", "agreed by phone")
    review.undo(LEAD, shop.store, done.act_id)
    shop.drain()
    assert shop.slips() == {}


APPROVE = flow(
    [("in", "trigger", {}), ("ok", "approval", {"role": "lead", "minutes": 60, "then": "refuse"}), ("stock", "reserve", {}),
     ("slip", "pick_list", {}), ("end", "archive", {})],
    [("in", "next", "ok"), ("ok", "approved", "stock"), ("stock", "reserved", "slip"), ("slip", "next", "end")],
)  # fmt: skip


def test_an_approval_waits_for_its_role_and_goes_on_when_given(store: Store, settings: Settings) -> None:
    publish_flow(store, APPROVE)
    shop = Shop(store, settings)
    shop.orders("1")
    shop.drain()
    assert shop.where() == {"1": "ok"}
    with pytest.raises(NotAllowed):
        review.release(CS, store, [shop.key("1")])
    review.release(LEAD, store, [shop.key("1")])
    shop.drain()
    assert shop.slips() == {"1": 1}
    assert rows(store, "SELECT state, account FROM approvals") == [("approved", "lena")]


def test_an_approval_that_nobody_gives_in_time_ends_as_it_is_set(store: Store, settings: Settings) -> None:
    publish_flow(store, APPROVE)
    shop = Shop(store, settings)
    shop.orders("1")
    shop.drain()
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        shop.drain()
    assert shop.ends() == {"1": "refused"} and shop.slips() == {}


def test_a_corrected_address_replaces_all_three_forms(shop: Shop) -> None:
    shop.orders("1", name="王小明", phone="13800138000", province="浙江省", city="杭州市", address="文一西路 1 号")
    key = shop.key("1")
    before = one(shop.store, "SELECT phone_key FROM orders")
    review_changes.change_address(CS, shop.store, shop.vault, key, {"phone": "13911112222", "address": "学院路 5 号"})
    found = rows(shop.store, "SELECT phone, address, phone_last4, recipient, phone_key <> ? FROM orders", before)
    assert found == [("139****2222", "学院路***", "2222", "王**", True)]
    person_data = opened(shop.store, shop.vault, "1")
    assert (person_data["recipient"], person_data["phone"], person_data["address"]) == (
        "王小明",
        "13911112222",
        "学院路 5 号",
    )


def test_a_question_to_another_team_holds_the_order(shop: Shop) -> None:
    shop.orders("1")
    review_changes.ask(CS, shop.store, shop.key("1"), "warehouse", "Is the box big enough?")
    assert one(shop.store, "SELECT held_reasons FROM orders") == '["person"]'
    assert one(shop.store, "SELECT team FROM tickets") == "warehouse"


def test_the_rest_of_an_order_gets_a_new_slip_without_the_refunded_line(shop: Shop) -> None:
    shop.orders("1")
    shop.drain()
    with shop.store.write() as cursor:
        shop.refund("1")
        cursor.execute("UPDATE refunds SET line_no = '1-2'")
    review.override_refund(LEAD, shop.store, [shop.key("1")], "rest", "the buyer keeps the other piece")
    found = rows(shop.store, "SELECT state, body FROM slips ORDER BY state")
    assert [(state, "1-2" in body, "1-1" in body) for state, body in found] == [
        ("made", False, True),
        ("voided", True, True),
    ]


def test_what_the_platform_tells_when_asked_stands_above_older_documents(shop: Shop) -> None:
    shop.orders("1")
    shop.refund("1", "CLOSED")
    key = shop.key("1")
    with shop.store.write() as cursor:
        gate.hold_said(cursor, {key: "REQUESTED"})
    shop.drain()
    assert shop.slips() == {} and one(shop.store, "SELECT held_reasons FROM orders") == '["refund_open"]'
    with shop.store.write() as cursor:
        assert refund_gate.forget_word(cursor, [key], clock.now()) == [key]
    shop.drain()
    assert shop.slips() == {"1": 1} and one(shop.store, "SELECT refund_status FROM orders") == "CLOSED"


def test_the_second_hears_it_too_where_a_refund_still_holds_the_order(shop: Shop) -> None:
    keys = held(shop, "1", reason="person")
    shop.refund("1")
    shop.drain()
    review.release(LEAD, shop.store, keys)
    with pytest.raises(Stale, match="lena"):
        review.release(ADMIN, shop.store, keys)
    with clock.frozen(clock.now() + timedelta(minutes=6)), pytest.raises(NotAllowed):
        review.release(ADMIN, shop.store, keys)
