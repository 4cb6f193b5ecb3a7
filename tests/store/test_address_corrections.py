"""A corrected address stays, whatever comes in later; what the platform says otherwise waits for a person's choice."""

import json

import pytest

from core.errors import Stale
from core.people.actor import person
from core.services import review, review_changes
from core.settings import Settings
from core.store import Store
from tests.flow_orders import Shop
from tests.payloads import one, opened, rows

LEAD = person("lena", "lead")
WAS = {"name": "王小明", "phone": "13800138000", "province": "浙江省", "city": "杭州市", "address": "文一西路 1 号"}


@pytest.fixture
def shop(store: Store, settings: Settings) -> Shop:
    made = Shop(store, settings)
    made.orders("1", "2", **WAS)
    review_changes.change_address(LEAD, store, made.vault, made.key("1"), {"address": "学院路 5 号"})
    return made


def address(shop: Shop, no: str = "1") -> str:
    return opened(shop.store, shop.vault, no)["address"]


def test_a_later_payload_that_says_the_same_as_before_leaves_the_correction_in_peace(shop: Shop) -> None:
    shop.orders("1", "2", minute=5, note="leave it at the door", **WAS)
    assert address(shop) == "学院路 5 号" and address(shop, "2") == "文一西路 1 号"
    assert rows(shop.store, "SELECT buyer_note, held, address FROM orders ORDER BY platform_no") == [
        ("leave it at the door", False, "学院路***"), ("leave it at the door", False, "文一西路***"),
    ]  # fmt: skip
    assert review_changes.conflict_of(LEAD, shop.store, shop.key("1")) is None


def test_another_address_of_the_platform_is_a_conflict_that_holds_the_order(shop: Shop) -> None:
    shop.orders("1", "2", minute=5, **{**WAS, "address": "莫干山路 9 号"})
    assert address(shop) == "学院路 5 号" and address(shop, "2") == "莫干山路 9 号"
    assert one(shop.store, "SELECT held_reasons FROM orders WHERE platform_no = '1'") == '["bad_address"]'
    events = rows(shop.store, "SELECT event FROM order_events WHERE event IN ('address_conflict', 'held') ORDER BY 1")
    assert events == [("address_conflict",), ("held",)]
    found = review_changes.conflict_of(LEAD, shop.store, shop.key("1"))
    assert found is not None and found.said["address"] == "莫干山路***" and found.account == "lena"


def test_the_same_conflict_said_twice_is_one(shop: Shop) -> None:
    for minute in (5, 6):
        shop.orders("1", minute=minute, **{**WAS, "address": "莫干山路 9 号"})
    assert one(shop.store, "SELECT count(*) FROM order_events WHERE event = 'address_conflict'") == 1


def test_the_correction_is_kept_and_the_platforms_word_does_not_ask_again(shop: Shop) -> None:
    shop.orders("1", minute=5, **{**WAS, "address": "莫干山路 9 号"})
    review_changes.choose_address(LEAD, shop.store, shop.vault, shop.key("1"), "ours")
    shop.orders("1", minute=6, note="x", **{**WAS, "address": "莫干山路 9 号"})
    assert (
        address(shop) == "学院路 5 号" and one(shop.store, "SELECT held FROM orders WHERE platform_no = '1'") is False
    )
    with pytest.raises(Stale):
        review_changes.choose_address(LEAD, shop.store, shop.vault, shop.key("1"), "platform")


def test_the_platforms_address_is_taken_and_counts_from_then_on(shop: Shop) -> None:
    shop.orders("1", minute=5, **{**WAS, "address": "莫干山路 9 号", "city": "湖州市"})
    review_changes.choose_address(LEAD, shop.store, shop.vault, shop.key("1"), "platform")
    assert (
        address(shop) == "莫干山路 9 号"
        and one(shop.store, "SELECT city FROM orders WHERE platform_no = '1'") == "湖州市"
    )
    shop.orders("1", minute=6, **{**WAS, "address": "环城北路 2 号"})
    assert (
        address(shop) == "环城北路 2 号" and one(shop.store, "SELECT held FROM orders WHERE platform_no = '1'") is False
    )


def test_a_release_keeps_the_correction(shop: Shop) -> None:
    shop.orders("1", minute=5, **{**WAS, "phone": "13911112222"})
    review.release(LEAD, shop.store, [shop.key("1")])
    assert review_changes.conflict_of(LEAD, shop.store, shop.key("1")) is None
    assert opened(shop.store, shop.vault, "1")["phone"] == "13800138000"


def test_what_both_say_alike_is_no_conflict(shop: Shop) -> None:
    shop.orders("1", minute=5, **{**WAS, "address": "学院路 5 号"})
    assert one(shop.store, "SELECT held FROM orders WHERE platform_no = '1'") is False


def test_the_conflict_is_kept_sealed_and_masked(shop: Shop) -> None:
    shop.orders("1", minute=5, **{**WAS, "address": "莫干山路 9 号"})
    told, cipher = rows(shop.store, "SELECT told, cipher FROM address_corrections")[0]
    assert "莫干山路 9" not in told + cipher
    assert json.loads(shop.vault.open_text(cipher))["address"] == "莫干山路 9 号"
