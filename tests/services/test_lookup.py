"""Look-up: any number leads to the order, its state in one word, late when the promise was missed."""

import pytest

from core.errors import NotAllowed
from core.people.actor import Actor, person
from core.people.vault import open_vault
from core.services import lookup
from core.store import courier_codes
from tests.factories import fill, granted

MEI = person("mei", "cs")


@pytest.fixture
def vault(settings, store):
    found = open_vault(settings)
    fill(store, found, 60, days=10)
    return found


def put(store, number, **values):
    sets = ", ".join(f"{name} = ?" for name in values)
    with store.write() as cursor:
        cursor.execute(f"UPDATE orders SET {sets} WHERE platform_no = ?", [*values.values(), number])


NUMBER = "2600000000000058"
CALM = {"held": False, "held_reasons": None, "ship_by": None}


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"status": "UNPAID"}, "unpaid"),
        ({"status": "PAID"}, "waiting"),
        ({"status": "PAID", "held": True, "held_reasons": '["risk_freeze"]'}, "checking"),
        ({"status": "PAID", "held": True, "held_reasons": '["gift_short"]'}, "stock_short"),
        ({"status": "STOCK_LOCKED"}, "preparing"),
        ({"status": "LOGISTICS_ASSIGNED"}, "preparing"),
        ({"status": "PACKED"}, "packed"),
        ({"status": "SHIPPED", "held": True, "held_reasons": '["person"]'}, "on_the_way"),
        ({"status": "COMPLETED"}, "delivered"),
        ({"status": "CANCELLED"}, "cancelled"),
    ],
)
def test_each_state_is_told_in_its_word(store, vault, values, state):
    put(store, NUMBER, **CALM | values)
    (answer,), total = lookup.find(MEI, store, vault, NUMBER)
    assert (answer.state, answer.late, total) == (state, False, 1)
    assert set(lookup.STATES) >= {answer.state}


@pytest.mark.parametrize(("word", "status", "state"), [
    ("WAIT_SELLER_AGREE", "PAID", "refund_asked"),
    ("SELLER_REFUSE_BUYER", "PAID", "waiting"),
    ("SUCCESS", "PAID", "refunded"),
    ("SUCCESS", "COMPLETED", "delivered"),
    ("something new", "PAID", "refund_asked"),
])  # fmt: skip
def test_a_refund_is_told_before_the_status(store, vault, word, status, state):
    put(store, NUMBER, **CALM | {"status": status, "channel": "taobao"})
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO refunds (order_key, channel, platform_no, refund_no, refund_status) "
            "SELECT order_key, channel, platform_no, 'r', ? FROM orders WHERE platform_no = ?",
            [word, NUMBER],
        )
    assert lookup.find(MEI, store, vault, NUMBER)[0][0].state == state


def test_a_missed_promise_is_late_until_it_has_left(store, vault):
    from datetime import timedelta

    from core import clock

    put(store, NUMBER, **CALM | {"status": "PICKING", "ship_by": clock.now() - timedelta(minutes=1)})
    assert lookup.find(MEI, store, vault, NUMBER)[0][0].late
    put(store, NUMBER, status="SHIPPED")
    assert not lookup.find(MEI, store, vault, NUMBER)[0][0].late


def test_phone_last_four_and_name_find_it_and_no_person_data_is_open(store, vault):
    for text in ("13800000058", "0058", NUMBER):
        answers, _total = lookup.find(MEI, store, vault, text)
        assert NUMBER in [each.order["platform_no"] for each in answers]
        assert "13800000058" not in str(answers)
    assert lookup.find(MEI, store, vault, " ") == ([], 0)
    answers, total = lookup.find(MEI, store, vault, "王**")
    assert len(answers) == min(total, lookup.MOST) and total >= 6


def test_amounts_are_absent_for_who_may_not_see_them_and_strangers_see_nothing(store, vault):
    (answer,), _total = lookup.find(granted("wang", "warehouse", "orders.view", "tickets.use"), store, vault, NUMBER)
    assert not [name for name in answer.order if name.endswith("_fen")]
    with pytest.raises(NotAllowed):
        lookup.find(Actor("x", "none", frozenset()), store, vault, NUMBER)


@pytest.mark.parametrize(("code", "called"), [("ZTO", "中通"), ("MULE", "MULE"), (None, "")])
def test_a_courier_is_called_as_people_call_it(store, vault, code, called):
    with store.write() as cursor:
        courier_codes.save(cursor, [courier_codes.Courier("ZTO", "中通")])
    put(store, NUMBER, **CALM, status="SHIPPED", courier=code)
    (answer,), _total = lookup.find(MEI, store, vault, NUMBER)
    assert answer.courier == called
