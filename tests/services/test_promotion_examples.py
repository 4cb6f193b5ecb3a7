import pytest

from core.errors import BadRequest
from core.people.actor import person
from core.services import promotion_examples, promotions
from core.store import Store
from tests.promotion_orders import BUY_3_GET_1, ZONE

ADMIN = person("admin", "admin")


def test_an_example_made_of_a_typed_order_expects_what_comes_out_and_fails_when_the_activity_changes(
    store: Store,
) -> None:
    made = promotion_examples.fresh(
        ADMIN, store, BUY_3_GET_1, [("CAT", 7, 5000)], platform="taobao", paid_at="2026-11-03T12:00:00"
    )
    assert made["expect"] == {
        "gifts": [{"promo": "b3g1", "sku": "GIFT", "qty": 2, "unit_price": 0}], "payable": 35000, "holds": [],
    }  # fmt: skip
    body = {**BUY_3_GET_1, "examples": [made]}
    assert promotions.check(ADMIN, store, body, zone=ZONE).failed == ()
    dearer = {**body, "buy": 4}
    assert promotions.check(ADMIN, store, dearer, zone=ZONE).failed == ("1: gifts",)
    found = promotion_examples.outcome(ADMIN, store, dearer, made["given"])
    assert promotion_examples.differs(made["expect"], found)
    renewed = {**dearer, "examples": [{**made, "expect": found}]}
    assert promotions.check(ADMIN, store, renewed, zone=ZONE).failed == ()


def test_an_example_without_lines_or_that_cannot_be_read_is_refused(store: Store) -> None:
    with pytest.raises(BadRequest):
        promotion_examples.fresh(ADMIN, store, BUY_3_GET_1, [], platform="taobao", paid_at="2026-11-03T12:00:00")
    with pytest.raises(BadRequest):
        promotion_examples.outcome(ADMIN, store, BUY_3_GET_1, {"order": {}})
