"""The outbox in people's hands: refused dispatches come back to a person, are retried, mended or left, and nothing overtakes."""

from datetime import timedelta

import pytest

from core import clock
from core.channels import deliver
from core.channels.outgoing import dispatch
from core.errors import BadRequest, NotAllowed, Stale, TryAgain
from core.people.actor import person
from core.people.vault import open_vault
from core.services import outbox as calls
from core.services import review
from core.settings import Settings
from core.store import Store, courier_codes, dispatch_refusals, outbox, outbox_desk
from core.store.courier_codes import Courier
from core.store.outbox import Fate, Message
from core.store.outbox_desk import Narrowed
from tests.stock.rooms import NOON, rows

LEAD, CS = person("lena", "lead"), person("cara", "cs")


def order(store: Store, key: int, status: str = "SHIPPED") -> None:
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO orders (order_key, channel, shop, platform_no, status, courier, tracking_no, held, held_reasons, "
            "paid_at, paid_fen, pool_at, changed_at) VALUES (?, 'jd', 's', ?, ?, 'SF', 'SF100000', false, '[]', ?, 100, ?, ?)",
            [key, f"N{key}", status, NOON, NOON, NOON],
        )


def put(store: Store, key: int, *waybills: str) -> None:
    with store.write() as cursor:
        outbox.put(
            cursor,
            [
                Message("dispatch", "jd", "s", f"N{key}", f"{key}-{number}",
                        {"order_key": key, "courier": "SF", "tracking_no": number})
                for number in waybills
            ],
        )  # fmt: skip


def refuse(store: Store, words: str = "订单已经关闭，不能发货", *, courier: bool = False) -> list[str]:
    taken = outbox.claim(store, 99)
    with store.write() as cursor:
        outbox.settle(
            cursor, [Fate(row.outbox_id, outbox.DEAD, error=words, error_code="needs_person") for row in taken]
        )
        dispatch.refused(cursor, [(row, words, dispatch.UNKNOWN_COURIER if courier else "") for row in taken])
    return [row.outbox_id for row in taken]


def held(store: Store) -> list[tuple]:
    return rows(store, "SELECT platform_no, held_reasons FROM orders WHERE held ORDER BY 1")


def test_a_later_call_of_an_order_waits_for_the_earlier_one(store: Store) -> None:
    order(store, 1)
    order(store, 2)
    put(store, 1, "SF000001", "SF000002", "SF000003")
    put(store, 2, "SF000009")
    assert [row.key for row in outbox.claim(store, 9)] == ["1-SF000001", "2-SF000009"]
    assert outbox.claim(store, 9) == []  # under way
    with store.write() as cursor:
        first, other = outbox_desk.page(store, Narrowed("claimed"), limit=9)[0]
        outbox.settle(cursor, [Fate(first.outbox_id, outbox.DEAD), Fate(other.outbox_id, outbox.DONE)])
    assert outbox.claim(store, 9) == []  # refused: a person first
    assert calls.ignore(LEAD, store, [first.outbox_id], "by hand") == 1
    assert [row.key for row in outbox.claim(store, 9)] == ["1-SF000002"]


def test_a_figure_that_was_overtaken_while_it_was_under_way_is_not_sent_late(store: Store) -> None:
    def figure(key: str) -> None:
        with store.write() as cursor:
            outbox.put(cursor, [Message("stock_push", "jd", "s", "A", key)], supersede=True)

    figure("old")
    (old,) = outbox.claim(store, 9)
    figure("new")
    assert outbox.claim(store, 9) == []  # the old one may still arrive
    with store.write() as cursor:
        outbox.settle(cursor, [Fate(old.outbox_id, outbox.WAITING, next_at=clock.now())])
    assert [row.key for row in outbox.claim(store, 9)] == ["new"]


def test_a_refused_dispatch_is_at_the_review_desk_with_the_platforms_words(store: Store) -> None:
    order(store, 1)
    order(store, 2)
    put(store, 1, "SF000001")
    refuse(store)
    put(store, 2, "SF000002")
    refuse(store, "物流公司不存在", courier=True)
    found = {
        item.row["platform_no"]: (item.reasons, item.told[0].why, item.why_not)
        for item in review.queue(LEAD, store).items
    }
    assert found == {
        "N1": (("dispatch_refused",), "订单已经关闭，不能发货", ""),
        "N2": (("courier_unknown",), "物流公司不存在", ""),
    }


def test_what_the_desk_lets_go_is_sent_again(store: Store) -> None:
    order(store, 1)
    order(store, 2)
    put(store, 1, "SF000001")
    put(store, 2, "SF000002")
    first, _second = refuse(store)
    review.release(LEAD, store, [1], "asked the platform")
    with store.read() as cursor:
        assert dispatch_refusals.released(cursor) == [first]


def test_retry_and_ignore_end_the_hold_and_are_audited(store: Store) -> None:
    for key in (1, 2):
        order(store, key)
        put(store, key, f"SF00000{key}")
    first, second = refuse(store)
    assert calls.retry(LEAD, store, [first]) == 1
    with pytest.raises(Stale):
        calls.retry(LEAD, store, [first])
    with pytest.raises(BadRequest):
        calls.ignore(LEAD, store, [second], " ")
    assert held(store) == [("N2", '["dispatch_refused"]')]
    assert calls.ignore(LEAD, store, [second], "shipped by hand") == 1
    assert held(store) == []
    assert rows(store, "SELECT state, settled_by, why FROM outbox ORDER BY subject") == [
        ("waiting", "lena", None), ("ignored", "lena", "shipped by hand"),
    ]  # fmt: skip
    assert rows(store, "SELECT action FROM audit WHERE action LIKE 'outbox.%' ORDER BY happened_at") == [
        ("outbox.retry",), ("outbox.ignore",),
    ]  # fmt: skip


def test_a_mended_dispatch_keeps_its_key_and_the_order_follows(store: Store) -> None:
    order(store, 1)
    put(store, 1, "SF000001")
    (dead,) = refuse(store)
    with pytest.raises(BadRequest):
        calls.mend_dispatch(LEAD, store, dead, courier="ZTO", tracking_no="?")
    row = calls.mend_dispatch(LEAD, store, dead, courier="ZTO", tracking_no="ZT9000001", code="1499", why="typo")
    assert (row.state, row.key, row.body["code"], row.attempts) == ("waiting", "1-SF000001", "1499", 0)
    assert rows(store, "SELECT courier, tracking_no, held FROM orders") == [("ZTO", "ZT9000001", False)]
    assert rows(store, "SELECT count(*) FROM order_events WHERE event = 'waybill_changed'") == [(1,)]
    with pytest.raises(Stale):
        calls.mend_dispatch(LEAD, store, dead, courier="ZTO", tracking_no="ZT9000001")


def test_all_refused_of_a_filter_are_retried_at_once(store: Store) -> None:
    for key in (1, 2, 3):
        order(store, key)
        put(store, key, f"SF00000{key}")
    refuse(store)
    assert calls.retry_all(LEAD, store, Narrowed("dead", text="N2")) == 1
    assert calls.retry_all(LEAD, store, Narrowed("dead", shop="jd/s")) == 2


def test_customer_service_sees_and_settles_nothing(store: Store) -> None:
    order(store, 1)
    put(store, 1, "SF000001")
    (dead,) = refuse(store)
    assert calls.page(CS, store, Narrowed("dead"))[1] == 1
    for refused in (
        lambda: calls.retry(CS, store, [dead]),
        lambda: calls.ignore(CS, store, [dead], "x"),
        lambda: calls.mend_dispatch(CS, store, dead, courier="SF", tracking_no="SF000001"),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert rows(store, "SELECT state FROM outbox") == [("dead",)]


def test_the_operators_code_comes_before_the_connectors_and_a_missing_one_is_said(
    store: Store, settings: Settings
) -> None:
    class Shop:
        couriers = {"SF": "467"}  # noqa: RUF012

    sending = deliver.Sending(store, open_vault(settings), settings, {("jd", "s"): Shop()})  # type: ignore[dict-item]
    order(store, 1)
    put(store, 1, "SF000001")
    (row,) = outbox.claim(store, 1)
    assert dispatch.code_of(sending, row) == "467"
    row.body["courier"] = "DBL"
    with pytest.raises(dispatch.CourierUnknown) as told:
        dispatch.code_of(sending, row)
    assert (told.value.code, "DBL" in told.value.message) == ("courier_unknown", True)
    with store.write() as cursor:
        courier_codes.save(cursor, [Courier("DBL", "德邦"), Courier("SF", "顺丰速运")])
        courier_codes.save_codes(cursor, {("DBL", "jd"): "3046", ("SF", "jd"): "9999"})
    sending = deliver.Sending(store, open_vault(settings), settings, {("jd", "s"): Shop()})  # type: ignore[dict-item]
    assert dispatch.code_of(sending, row) == "3046"
    row.body["courier"] = "顺丰速运"  # as a WMS writes it
    assert dispatch.code_of(sending, row) == "9999"
    row.body["courier"] = "467"  # the platform's own code is taken as it is
    assert dispatch.code_of(sending, row) == "467"


def test_one_broken_message_does_not_stop_its_lane_but_a_sick_platform_does(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sick: set[str] = {"N2"}
    asked: list[str] = []

    class Fake:
        KIND = "fake"

        @staticmethod
        def send(sending, row):
            asked.append(row.subject)
            if row.subject in sick:
                raise TryAgain("ill")
            return "ok"

        @staticmethod
        def sent(cursor, sent_rows):
            del cursor, sent_rows

    monkeypatch.setattr(deliver, "kinds", lambda: {"fake": Fake})
    with store.write() as cursor:
        outbox.put(cursor, [Message("fake", "jd", "s", f"N{n}", str(n)) for n in range(8)])
    vault = open_vault(settings)
    assert deliver.deliver(store, vault, settings) == {"done": 7, "waiting": 1}
    with store.write() as cursor:
        cursor.execute("DELETE FROM outbox")
        outbox.put(cursor, [Message("fake", "jd", "s", f"N{n}", str(n)) for n in range(8)])
    sick |= {f"N{n}" for n in range(8)}
    asked.clear()
    assert deliver.deliver(store, vault, settings) == {"waiting": 8}
    assert len(asked) == deliver.TROUBLES  # the others were not even tried, and count no attempt
    assert rows(store, "SELECT sum(attempts)::INTEGER FROM outbox") == [(deliver.TROUBLES,)]
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        assert outbox.is_due(store)
