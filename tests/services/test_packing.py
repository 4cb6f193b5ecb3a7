"""The packing desk by its answers: every wrong scan has its own, nothing wrong gets into a parcel, nothing is packed twice."""

import pytest

from core import clock
from core.channels.outgoing import dispatch
from core.errors import BadRequest, NotAllowed, NotFound
from core.model.lifecycle import STATUSES
from core.people.actor import Actor, person
from core.people.guard import seen_by
from core.services import packing, parcels
from core.services.packing import Rules
from core.settings import Settings
from core.store import Store, holds, outbox, parcel_tracks, refund_gate
from core.store.scope import Scope
from core.warehouse.answers import ANSWERS, answer
from tests.packers import DISPATCHING, LI, WANG, Room
from tests.payloads import rows

EAN = "6901234567892"


@pytest.fixture
def room(store: Store, settings: Settings) -> Room:
    return Room(store, settings, "1", "2", "3")


def test_an_order_is_packed_step_by_step_and_leaves(room: Room) -> None:
    assert room.kinds(room.slip(), EAN, "a", "B", "1200", "YT00000001") == [
        "opened", "counted", "counted", "all_in", "weighed", "packed",
    ]  # fmt: skip
    assert room.status() == "SHIPPED"
    (message,) = outbox.listing(room.store, "dispatch")
    assert message.body["tracking_no"] == "YT00000001" and message.body["courier"] == "YTO"
    events = [
        row[0]
        for row in rows(
            room.store, "SELECT event FROM order_events WHERE platform_no = '1' ORDER BY happened_at, event"
        )
    ]
    assert {"packing_started", "order_packed"} <= set(events)
    assert rows(room.store, "SELECT tracking_no, shipped_at IS NOT NULL FROM orders WHERE platform_no = '1'") == [
        ("YT00000001", True)
    ]
    assert rows(room.store, "SELECT count(*) FROM reservations WHERE state = 'active'") == [(4,)]


def test_an_order_in_a_flow_that_dispatches_is_left_to_the_flow(store: Store, settings: Settings) -> None:
    room = Room(store, settings, flow=DISPATCHING)
    assert room.kinds("1", "2*A", "B", "1.2", "YT00000001")[-1] == "packed"
    assert room.status() == "PACKED" and outbox.listing(store, "dispatch") == []
    room.shop.drain()
    assert room.status() == "SHIPPED" and len(outbox.listing(store, "dispatch")) == 1


def test_what_is_wrong_gets_its_own_answer_and_changes_nothing(room: Room) -> None:
    room.scan(room.slip(), "A")
    before = rows(room.store, "SELECT scanned FROM packings")
    assert room.kinds("X", "6900000000007", "9999999999999", "3*B", "2*A", room.slip("2"), "1200", "2") == [
        "wrong_item", "wrong_item", "unknown_code", "too_many", "too_many", "other_slip", "items_first", "other_slip",
    ]  # fmt: skip
    assert rows(room.store, "SELECT scanned FROM packings") == before
    assert room.kinds("A", "A", "B") == ["counted", "too_many", "all_in"]
    assert room.kinds("B", "YT00000001", "hello") == ["too_many", "weigh_first", "no_weight"]
    assert room.kinds("282.5kg", "250000 g") == ["too_heavy", "too_heavy"]


def test_an_unknown_slip_and_no_slip_yet_are_told_apart(room: Room) -> None:
    assert room.kinds("P000000-000000", "nothing") == ["no_order", "no_order"]
    room.put("2", "PAID")
    assert room.kinds("2") == ["not_ready"]


def test_a_frozen_a_refunded_and_a_cancelled_order_are_each_refused(room: Room) -> None:
    with room.store.write() as cursor:
        holds.add(cursor, [room.shop.key("1")], "person", actor="test")
    room.shop.refund("2")  # has just come in: no flow has seen it yet
    room.put("3", "CANCELLED")
    assert room.kinds("1", room.slip("2"), "3") == ["frozen", "refunded", "cancelled"]
    assert rows(room.store, "SELECT count(*) FROM packings") == [(0,)]


def test_an_order_frozen_while_it_is_packed_does_not_get_its_waybill(room: Room) -> None:
    room.scan("1", "2*A", "B", "1200")
    room.shop.refund("1")
    assert room.kinds("YT00000001") == ["refunded"]
    assert room.status() == "PICKING" and rows(
        room.store, "SELECT tracking_no FROM orders WHERE platform_no = '1'"
    ) == [(None,)]


def test_nothing_is_packed_twice(room: Room) -> None:
    room.scan("1", "2*A", "B", "1200", "YT00000001")
    room.put("1", "PACKED")
    assert room.kinds(room.slip(), "YT00000001") == ["already_packed", "already_packed"]
    room.put("1", "SHIPPED")
    assert room.kinds("1", by=WANG) == ["already_shipped"]
    assert len(outbox.listing(room.store, "dispatch")) == 1


def test_a_weight_that_is_off_waits_for_a_reason_and_is_audited(room: Room) -> None:
    desk = room.scan("1", "2*A", "B", "700")
    assert desk.answer.kind == "weight_off" and desk.parcel is not None and desk.parcel.expected_g == 1_200
    assert room.kinds("YT00000001") == ["weigh_first"]
    assert desk.packing is not None
    with pytest.raises(BadRequest):
        packing.accept_weight(LI, room.store, desk.packing.packing_id, " ")
    assert packing.accept_weight(LI, room.store, desk.packing.packing_id, "light box").answer.kind == "weight_accepted"
    assert room.kinds("YT00000001") == ["packed"]
    assert rows(room.store, "SELECT weight_g, expected_g, weight_why FROM packings") == [(700, 1_200, "light box")]
    assert rows(room.store, "SELECT count(*) FROM audit WHERE action = 'packing.weight'") == [(1,)]


def test_a_right_weight_mends_a_wrong_one(room: Room) -> None:
    assert room.kinds("1", "2*A", "B", "700", "1.21 kg", "YT00000001") == [
        "opened", "counted", "all_in", "weight_off", "weighed", "packed",
    ]  # fmt: skip


def test_one_waybill_is_never_on_two_orders(room: Room) -> None:
    room.scan("1", "2*A", "B", "1200", "YT00000001")
    assert room.kinds("2", "2*A", "B", "1200", "YT00000001", "YT00000002")[-2:] == ["waybill_used", "packed"]


def test_a_waybill_made_beforehand_must_be_the_one(room: Room) -> None:
    with room.store.write() as cursor:
        cursor.execute("UPDATE orders SET tracking_no = 'SF1234567' WHERE platform_no = '1'")
    assert room.kinds("1", "2*A", "B", "1200", "YT00000001", "SF1234567")[-2:] == ["waybill_wrong", "packed"]


def test_an_order_without_a_courier_asks_for_one(store: Store, settings: Settings) -> None:
    room = Room(store, settings, courier="")
    desk = room.scan("1", "2*A", "B", "1200", "ZT0000001")
    assert desk.answer.kind == "no_courier" and desk.packing is not None
    packing.choose_courier(LI, store, desk.packing.packing_id, "ZTO")
    assert room.kinds("ZT0000001") == ["packed"]
    assert rows(store, "SELECT courier FROM orders") == [("ZTO",)]


def test_progress_survives_a_reload_and_the_second_packer_is_told(room: Room) -> None:
    room.scan("1", "A")
    again = packing.present(LI, room.store)
    assert again is not None and again.parcel is not None and again.parcel.missing == 2
    assert packing.present(WANG, room.store) is None
    second = room.scan("1", by=WANG)
    assert (second.answer.kind, second.answer.values["who"]) == ("other_packer", "li")
    taken = packing.take_over(WANG, room.store, "1")
    assert taken.answer.kind == "resumed" and taken.parcel is not None and taken.parcel.missing == 2
    assert taken.packing is not None
    told = packing.scan(LI, room.store, "A", packing_id=taken.packing.packing_id)
    assert (told.answer.kind, told.answer.values["who"]) == ("taken_over", "wang")
    assert room.kinds("A", "B", by=WANG) == ["counted", "all_in"]


def test_a_parcel_put_aside_keeps_its_scans_for_whoever_is_next(room: Room) -> None:
    desk = room.scan("1", "A")
    assert desk.packing is not None
    assert packing.put_aside(LI, room.store, desk.packing.packing_id).answer.kind == "put_aside"
    next_one = room.scan("1", by=WANG)
    assert next_one.answer.kind == "resumed" and next_one.parcel is not None and next_one.parcel.missing == 2
    assert next_one.packing is not None
    fresh = packing.start_over(WANG, room.store, next_one.packing.packing_id)
    assert fresh.parcel is not None and fresh.parcel.missing == 3


def test_orders_merged_into_one_parcel_are_packed_together(room: Room) -> None:
    one, two = room.shop.key("1"), room.shop.key("2")
    with room.store.write() as cursor:
        cursor.execute("INSERT INTO merged_orders SELECT unnest(?), ?, now(), NULL", [[one, two], one])
    desk = room.scan("2")
    assert desk.parcel is not None and desk.parcel.pieces == 6
    assert room.kinds("4*A", "B", "B", "2300", "YT00000001")[-1] == "packed"
    assert (room.status("1"), room.status("2"), room.status("3")) == ("SHIPPED", "SHIPPED", "PICKING")
    assert len(outbox.listing(room.store, "dispatch")) == 2


def test_an_order_in_two_parcels_is_packed_when_both_are(room: Room) -> None:
    key = room.shop.key("1")
    with room.store.write() as cursor:
        cursor.execute(
            "INSERT INTO parcels (order_key, parcel_no, warehouse, courier) VALUES (?, 1, 'W1', 'YTO'), (?, 2, 'W2', 'ZTO')",
            [key, key],
        )
        cursor.execute("INSERT INTO parcel_lines VALUES (?, 1, '1'), (?, 2, '2')", [key, key])
    assert room.kinds("1", "B", "2*A", "700", "YT00000001") == [
        "opened",
        "wrong_item",
        "all_in",
        "weighed",
        "parcel_packed",
    ]
    assert room.status() == "LOGISTICS_ASSIGNED"
    assert room.kinds("1", "B", "600", "ZT00000001") == ["opened", "all_in", "weighed", "packed"]
    assert room.status() == "SHIPPED"
    assert rows(room.store, "SELECT courier, tracking_no FROM packings ORDER BY parcel_no") == [
        ("YTO", "YT00000001"),
        ("ZTO", "ZT00000001"),
    ]
    first, second = sorted((row.body for row in outbox.listing(room.store, "dispatch")), key=lambda body: body["place"])
    assert (first["tracking_no"], first["courier"], [line["line_no"] for line in first["lines"]]) == (
        "YT00000001", "YTO", ["1"],
    )  # fmt: skip
    assert first["others"] == [{"courier": "ZTO", "tracking_no": "ZT00000001"}]
    assert (second["tracking_no"], second["courier"], [line["line_no"] for line in second["lines"]]) == (
        "ZT00000001", "ZTO", ["2"],
    )  # fmt: skip


def test_the_parcel_says_whether_the_platform_knows_it(room: Room) -> None:
    test_an_order_in_two_parcels_is_packed_when_both_are(room)
    lead = person("lead", "lead")
    with room.store.write() as cursor:
        assert parcel_tracks.register(cursor, clock.now()) == 2
        cursor.execute(
            "UPDATE outbox SET state = 'done', answer = ? WHERE body LIKE '%ZT00000001%' AND body LIKE '%\"place\": 2%'",
            [dispatch.NOT_TOLD],
        )
    tracks = {parcel.tracking_no: parcel.track_id for parcel in parcels.listing(lead, room.store, "all")[0]}
    assert parcels.told(lead, room.store, tracks["YT00000001"]) == "尚未回传"
    assert parcels.told(lead, room.store, tracks["ZT00000001"]).startswith("未回传")


def test_without_the_scale_the_waybill_follows_at_once(room: Room) -> None:
    packing.keep_rules(person("lena", "lead"), room.store, Rules(weigh=False))
    assert room.kinds("1", "2*A", "B", "YT00000001")[-2:] == ["to_waybill", "packed"]
    with pytest.raises(BadRequest):
        packing.keep_rules(person("lena", "lead"), room.store, Rules(tolerance_percent=90))
    with pytest.raises(NotAllowed):
        packing.keep_rules(LI, room.store, Rules(weigh=False))


def test_goods_of_unknown_weight_are_weighed_without_comparing(room: Room) -> None:
    with room.store.write() as cursor:
        cursor.execute("UPDATE products SET weight_g = NULL WHERE sku = 'B'")
    assert room.kinds("1", "2*A", "B", "4321", "YT00000001")[-2:] == ["weight_unchecked", "packed"]


def test_a_line_refunded_since_is_not_asked_for(room: Room) -> None:
    with room.store.write() as cursor:
        cursor.execute(
            "INSERT INTO refunds (order_key, channel, shop, platform_no, refund_no, line_no, refund_status) "
            "SELECT order_key, channel, shop, platform_no, 'R1', '1', 'REQUESTED' FROM orders WHERE platform_no = '1'"
        )
        found = refund_gate.blocked(cursor, [room.shop.key("1")])
        (blocked,) = found.values()
        key = room.shop.key("1")
        refund_gate.override(cursor, [(key, blocked.basis)], refund_gate.REST, "rest goes", "lena", clock.now())
    assert set(blocked.lines) == {"1"}
    desk = room.scan("1")
    assert desk.parcel is not None and [item.sku for item in desk.parcel.items] == ["B"]


def test_every_scan_is_kept_with_its_answer(room: Room) -> None:
    room.scan("1", "A", "X")
    assert rows(room.store, "SELECT code, answer, account FROM packing_scans ORDER BY scanned_at") == [
        ("1", "opened", "li"), ("A", "counted", "li"), ("X", "wrong_item", "li"),
    ]  # fmt: skip


def test_the_desk_counts_its_day(room: Room) -> None:
    assert packing.today(LI, room.store, "Asia/Shanghai") == {"waiting": 3, "open": 0, "packed": 0, "stuck": 0}
    room.scan("1", "2*A", "B", "1200", "YT00000001")
    room.scan("2")
    assert packing.today(LI, room.store, "Asia/Shanghai") == {"waiting": 2, "open": 1, "packed": 1, "stuck": 0}
    (row,) = packing.packed(LI, room.store, "Asia/Shanghai")
    assert (row["platform_no"], row["tracking_no"], row["weight_g"], row["expected_g"]) == (
        "1",
        "YT00000001",
        1_200,
        1_200,
    )


def test_an_analyst_packs_nothing(room: Room) -> None:
    with pytest.raises(NotAllowed):
        packing.scan(person("anna", "analyst"), room.store, "1")


def test_every_answer_can_be_said_in_both_languages() -> None:
    from core.i18n import speaking

    values = dict.fromkeys(
        (
            "number",
            "pieces",
            "missing",
            "done",
            "qty",
            "title",
            "weight",
            "code",
            "who",
            "waybill",
            "status",
            "reasons",
            "expected",
            "parcel",
        ),
        "?",
    )
    for kind in ANSWERS:
        for language in ("zh", "en"):
            with speaking(language):
                said = answer(kind, **values)
                assert said.title and said.hint and said.tone
    with pytest.raises(ValueError, match="no answer"):
        answer("made up")
    assert len(STATUSES) == 10


def test_a_packer_of_one_warehouse_packs_only_its_parcel_and_of_other_shops_nothing(room: Room) -> None:
    key = room.shop.key("1")
    with room.store.write() as cursor:
        cursor.execute(
            "INSERT INTO parcels (order_key, parcel_no, warehouse, courier) VALUES (?, 1, 'W1', 'YTO'), (?, 2, 'W2', 'ZTO')",
            [key, key],
        )
        cursor.execute("INSERT INTO parcel_lines VALUES (?, 1, '1'), (?, 2, '2')", [key, key])
        cursor.execute("UPDATE orders SET warehouse = 'W1'")
        cursor.execute("UPDATE slips SET warehouse = 'W2' WHERE order_key = ?", [key])
    there = Actor("zhao", "own_w2", frozenset({"outbound.update"}), "zhao", "", Scope(warehouses=frozenset({"W2"})))
    store = seen_by(there, room.store)
    opened = packing.scan(there, store, "1", warehouse="W2")
    assert opened.packing is not None and opened.packing.warehouse == "W2" and opened.packing.parcel_no == 2
    kept = packing.present(there, store)
    assert kept is not None and kept.packing is not None and kept.packing.packing_id == opened.packing.packing_id
    assert packing.scan(there, store, "B", packing_id=opened.packing.packing_id).answer.kind == "all_in"
    assert packing.scan(there, store, "2", warehouse="W2").answer.kind == "no_order"
    theirs = room.scan("2").packing
    assert theirs is not None
    for act in (packing.put_aside, packing.start_over):
        with pytest.raises(NotFound):
            act(there, store, theirs.packing_id)
    with pytest.raises(NotFound):
        packing.scan(there, store, "A", packing_id=theirs.packing_id)


def test_a_piece_wakes_neither_flow_nor_jobs_but_the_finished_parcel_does(room: Room) -> None:
    desk = room.scan(room.slip())
    before = room.store.version
    assert room.kinds("A", "A", "00000000", "B", "1.21") == ["counted", "counted", "unknown_code", "all_in", "weighed"]
    assert room.store.version == before
    assert room.scan("YT0000001").answer.kind == "packed"
    assert room.store.version > before
    assert desk.packing is not None
