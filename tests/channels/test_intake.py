"""What comes of a batch: the pool, its events, the raw payloads, the rejects, the cursor."""

import copy
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from core.channels.intake import Batch, Intake, retry_rejects, take_in
from core.channels.remap import remap
from core.errors import BadSetup
from core.people.vault import Vault, open_vault
from core.settings import Settings
from core.store import Store, cursors, holds, raw, rejects
from tests.payloads import ORDERS, at, one, opened, order, pool, publish, refund, rows


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


@pytest.fixture
def take(store: Store, vault: Vault):
    publish(store)

    def run(*bodies: str, entity: str = "orders", **rest: Any) -> Intake:
        dry_run = rest.pop("dry_run", False)
        return take_in(store, vault, Batch("other", "s", entity, "pull", bodies, **rest), dry_run=dry_run)

    return run


def counts(done: Intake) -> tuple[int, ...]:
    return (done.rows, done.orders, done.lines, done.inserted, done.updated, done.unchanged, done.rejected)


def test_a_new_order_lies_in_the_pool_with_its_lines_and_its_event(take, store: Store) -> None:
    assert counts(take(order("1"), order("2", state="stop"))) == (2, 2, 4, 2, 0, 0, 0)
    assert rows(
        store, "SELECT platform_no, status, held, held_reasons, line_count, unit_count, tags FROM orders ORDER BY 1"
    ) == [
        ("1", "PAID", False, "[]", 2, 3, "[]"),
        ("2", "PAID", True, '["platform_hold"]', 2, 3, "[]"),
    ]
    assert one(store, "SELECT platform_updated_at FROM orders WHERE platform_no = '1'") == datetime(
        2026, 11, 22, 2, tzinfo=UTC
    )
    assert one(store, "SELECT currency FROM orders LIMIT 1") == "CNY"
    assert rows(store, "SELECT event, actor, reason, detail FROM order_events WHERE platform_no = '1'") == [
        ("order_received", "platform", "pull", '{"status":"PAID"}')
    ]
    key = "(md5_number_lower('other' || chr(31) || 's' || chr(31) || platform_no) >> 1)::BIGINT"
    assert one(store, f"SELECT bool_and(order_key = {key}) FROM orders")
    assert one(store, f"SELECT bool_and(order_key = {key}) FROM order_lines")


def test_the_same_payloads_again_change_nothing_and_store_nothing(take, store: Store) -> None:
    take(order("1"), order("2"))
    before = pool(store)
    assert counts(take(order("1"), order("2"))) == (2, 2, 4, 0, 0, 2, 0)
    assert counts(take(order("1"), order("1"), order("2"))) == (3, 2, 4, 0, 0, 2, 0)
    assert pool(store) == before
    assert one(store, "SELECT count(*) FROM raw_payloads") == 2
    assert one(store, "SELECT count(*) FROM raw_batches") == 1
    assert one(store, "SELECT count(*) FROM order_events") == 2


def test_a_newer_payload_changes_the_order_and_says_what_in_one_event(take, store: Store) -> None:
    take(order("1", 0, waybill="W1"))
    assert counts(take(order("1", 5, state="sent", note="fast"))) == (1, 1, 2, 0, 1, 0, 0)
    assert rows(store, "SELECT status, buyer_note, tracking_no FROM orders") == [("SHIPPED", "fast", "W1")]
    assert json.loads(one(store, "SELECT detail FROM order_events WHERE event = 'order_changed'")) == {
        "platform_status": ["paid", "sent"],
        "buyer_note": [None, "fast"],
        "status": ["PAID", "SHIPPED"],
    }


def test_a_late_payload_never_overwrites_a_newer_one(take, store: Store) -> None:
    take(order("1", 5, state="sent"))
    before = pool(store)
    assert counts(take(order("1", 0))) == (1, 1, 2, 0, 0, 1, 0)
    assert pool(store) == before
    assert one(store, "SELECT count(*) FROM raw_payloads") == 2


def test_of_one_order_in_a_batch_the_newest_wins_then_the_last(take, store: Store) -> None:
    done = take(
        order("1", 5, note="new"), order("1", 0, note="old"), order("2", 0, note="first"), order("2", 0, note="last")
    )
    assert counts(done) == (4, 2, 4, 2, 0, 0, 0)
    assert rows(store, "SELECT buyer_note FROM orders ORDER BY platform_no") == [("new",), ("last",)]
    assert one(store, "SELECT count(*) FROM order_lines") == 4
    assert one(store, "SELECT count(*) FROM raw_payloads") == 4


def test_of_equally_new_payloads_the_later_arrival_wins(take, store: Store) -> None:
    take(order("1", 0, note="a"))
    assert take(order("1", 0, note="b")).updated == 1
    assert one(store, "SELECT buyer_note FROM orders") == "b"


def test_our_progress_is_not_undone_but_a_cancellation_counts(take, store: Store) -> None:
    take(order("1", 0))
    with store.write() as cursor:
        cursor.execute("UPDATE orders SET status = 'PICKING', warehouse = 'HZ', tags = '[\"vip\"]', slip_at = now()")
    take(order("1", 1, note="x", depot="SH"))
    assert rows(store, "SELECT status, warehouse, tags, slip_at IS NULL FROM orders") == [
        ("PICKING", "HZ", '["vip"]', False)
    ]
    take(order("1", 2, state="closed"))
    assert one(store, "SELECT status FROM orders") == "CANCELLED"


def test_keep_leaves_the_status_and_is_paid_for_a_new_order(take, store: Store) -> None:
    take(order("1", 0, state="sent"), order("2", 0, state="part"))
    take(order("1", 1, state="part"))
    assert rows(store, "SELECT status, platform_status FROM orders ORDER BY platform_no") == [
        ("SHIPPED", "part"),
        ("PAID", "part"),
    ]


def test_the_platforms_hold_comes_and_goes_without_touching_ours(take, store: Store) -> None:
    take(order("1", 0))
    with store.write() as cursor:
        holds.add(
            cursor, [row[0] for row in cursor.execute("SELECT order_key FROM orders").fetchall()], "person", actor="me"
        )
    take(order("1", 1, state="stop"))
    assert rows(store, "SELECT held, held_reasons FROM orders") == [(True, '["person","platform_hold"]')]
    take(order("1", 2, state="paid"))
    assert rows(store, "SELECT held, held_reasons FROM orders") == [(True, '["person"]')]


def test_lines_are_replaced_as_a_set_when_they_differ(take, store: Store) -> None:
    take(order("1", 0), order("2", 0))
    lines = [{"id": "1-2", "sku": "B", "qty": 2}, {"id": "1-3", "sku": "C", "qty": 5}]
    take(order("1", 1, lines=lines))
    assert rows(store, "SELECT platform_no, line_no, sku, qty FROM order_lines ORDER BY 1, 2") == [
        ("1", "1-2", "B", 2), ("1", "1-3", "C", 5), ("2", "2-1", "A", 1), ("2", "2-2", "B", 2),
    ]  # fmt: skip
    assert rows(store, "SELECT line_count, unit_count FROM orders ORDER BY platform_no") == [(2, 7), (2, 3)]
    detail = json.loads(one(store, "SELECT detail FROM order_events WHERE event = 'order_changed'"))
    assert detail == {"lines": ["A ×1, B ×2", "B ×2, C ×5"]}


def test_what_was_paid_is_apportioned_where_no_line_says_it(take, store: Store) -> None:
    lines = [{"id": str(n), "sku": "A", "qty": 1, "price": "1.00"} for n in range(3)]
    free = [{"id": "9", "sku": "A", "qty": 1}, {"id": "8", "sku": "B", "qty": 3}]
    said = [{"id": "5", "sku": "A", "qty": 1, "paid": "4.00"}, {"id": "6", "sku": "G", "qty": 1}]
    take(
        order("1", paid="10.00", post="0.01", lines=lines), order("2", paid="1.00", lines=free), order("3", lines=said)
    )
    assert rows(store, "SELECT platform_no, line_no, line_paid_fen FROM order_lines ORDER BY 1, 2") == [
        ("1", "0", 333), ("1", "1", 333), ("1", "2", 333), ("2", "8", 75), ("2", "9", 25), ("3", "5", 400), ("3", "6", None),
    ]  # fmt: skip


def test_a_line_without_a_number_gets_its_position_and_a_repeated_number_counts_once(take, store: Store) -> None:
    lines = [{"sku": "A", "qty": 1}, {"id": "x", "sku": "B", "qty": 1}, {"id": "x", "sku": "C", "qty": 1}, None]
    take(order("1", lines=lines))
    assert rows(store, "SELECT line_no, sku FROM order_lines ORDER BY line_no") == [("1", "A"), ("x", "C")]


def test_person_data_lies_in_three_forms(take, store: Store, vault: Vault) -> None:
    person = {
        "name": "张三丰",
        "phone": "+86 138-0000-1234",
        "province": "浙江省",
        "city": "杭州",
        "address": "文一西路 969 号",
    }
    take(
        order("1", **person),
        order("2", **(person | {"phone": "１３８００００１２３４"})),
        order("3", phone="*******8000", name="张**"),
    )
    shown = rows(
        store, "SELECT recipient, phone, phone_last4, province, city, address FROM orders ORDER BY platform_no"
    )
    assert shown[0] == ("张**", "138****1234", "1234", "浙江", "杭州市", "文一西路***")
    assert shown[2] == ("张**", "*******8000", "8000", None, None, None)
    keys = rows(store, "SELECT phone_key, recipient_key, address_key FROM orders ORDER BY platform_no")
    assert keys[0][:2] == (vault.keyed("13800001234"), vault.keyed("张三丰"))
    assert keys[0] == keys[1]
    assert keys[2] == (None, None, None)
    assert opened(store, vault, "1") == {
        "recipient": "张三丰", "phone": "13800001234", "address": "文一西路 969 号",
    }  # fmt: skip


def test_events_show_person_data_masked_only(take, store: Store) -> None:
    take(order("1", 0, name="张三", phone="13800001234"))
    take(order("1", 1, name="李四", phone="13900005678"))
    text = one(store, "SELECT detail FROM order_events WHERE event = 'order_changed'")
    assert json.loads(text) == {"recipient": ["张**", "李**"], "phone": ["138****1234", "139****5678"]}


def test_the_originals_follow_a_change(take, store: Store, vault: Vault) -> None:
    take(order("1", 0, phone="13800001234"), order("2", 0, phone="13800009999"))
    take(order("1", 1, phone="13900005678"))
    assert opened(store, vault, "1")["phone"] == "13900005678"
    assert opened(store, vault, "2")["phone"] == "13800009999"
    assert one(store, "SELECT count(*) FROM order_persons") == 2


def test_no_plain_person_data_is_in_the_file(take, store: Store, settings: Settings, vault: Vault) -> None:
    take(order("1", name="欧阳锋", phone="13812345678"))
    store.close()
    content = b"".join(path.read_bytes() for path in settings.key_file.parent.glob("store.duckdb*"))
    assert "欧阳锋".encode() not in content
    assert b"13812345678" not in content


def test_one_bad_field_keeps_its_order_out_and_no_other(take, store: Store) -> None:
    done = take(order("1"), order("2", paid="1.005"), "{bad", "null", order("3", state="???", phone="x"))
    assert counts(done) == (5, 1, 2, 1, 0, 0, 4)
    assert [(r.row, r.field, r.value, r.reason, r.external_no) for r in done.rejects] == [
        (2, "paid_fen", "1.005", "no amount in yuan with at most two decimals", "2"),
        (3, "", "", "not readable as JSON", ""),
        (4, "platform_no", "", "a required value is missing", ""),
        (4, "status", "", "a required value is missing", ""),
        (5, "status", "???", "unknown status word", "3"),
    ]
    assert one(store, "SELECT count(*) FROM raw_payloads") == 5
    assert len(rejects.listing(store)) == 5


def test_a_bad_line_names_its_order(take, store: Store) -> None:
    done = take(order("1", lines=[{"id": "1", "qty": "many"}]), order("2"))
    assert [(r.row, r.field, r.value, r.external_no) for r in done.rejects] == [(1, "qty", "many", "1")]
    assert rows(store, "SELECT platform_no FROM orders") == [("2",)]
    assert one(store, "SELECT count(*) FROM order_lines") == 2


def test_a_reject_that_comes_again_waits_once(take, store: Store) -> None:
    take(order("1", paid="x"), "{bad")
    again = take(order("1", paid="x"), "{bad")
    assert (again.rejected, again.rows) == (2, 2)
    assert len(rejects.listing(store)) == 2
    assert one(store, "SELECT count(*) FROM raw_payloads") == 2


def test_a_mended_mapping_takes_the_rejects_in(take, store: Store, vault: Vault) -> None:
    take(order("1", state="odd"), order("2", paid="x"))
    ids = rejects.waiting_ids(store)
    mended = copy.deepcopy(ORDERS)
    mended["statuses"]["odd"] = {"status": "PAID"}
    publish(store, mended)
    done = retry_rejects(store, vault, ids)
    assert (done.inserted, done.rejected) == (1, 1)
    assert rows(store, "SELECT platform_no FROM orders") == [("1",)]
    assert [(r.external_no, r.state) for r in rejects.listing(store)] == [("2", "waiting")]
    assert one(store, "SELECT count(*) FROM raw_payloads") == 2
    assert retry_rejects(store, vault, ids).rows == 1


def test_an_unreadable_number_is_known_after_the_retry(take, store: Store, vault: Vault) -> None:
    take(json.dumps({"id": "77", "state": "paid", "modified": at(0)}))
    mended = copy.deepcopy(ORDERS)
    mended["fields"][0]["from"] = ["no", "id"]
    publish(store, mended)
    assert retry_rejects(store, vault, rejects.waiting_ids(store)).inserted == 1
    key = one(store, "SELECT order_key FROM orders")
    assert json.loads(raw.latest(store, vault.open, key) or "")["id"] == "77"


def test_a_newer_good_payload_settles_the_old_reject(take, store: Store) -> None:
    take(order("1", 5, paid="x"), order("2", 5, paid="x"))
    take(order("1", 6), order("2", 4))
    assert [r.external_no for r in rejects.listing(store)] == ["2"]
    assert [(r.external_no, r.settled_by) for r in rejects.listing(store, state="settled")] == [("1", "intake")]


def test_a_refund_is_kept_in_step_with_its_order(take, store: Store) -> None:
    take(order("1"))
    take(refund("1", "R1", 1), entity="refunds")
    assert one(store, "SELECT refund_status FROM orders") == "OPEN"
    take(refund("1", "R1", 3, "SUCCESS"), refund("1", "R2", 2, "OPEN"), entity="refunds")
    assert one(store, "SELECT refund_status FROM orders") == "SUCCESS"
    late = take(refund("1", "R1", 2, "CLOSED"), entity="refunds")
    assert (late.inserted, late.updated, late.unchanged) == (0, 0, 1)
    assert rows(store, "SELECT refund_no, refund_status, refund_fen FROM refunds ORDER BY 1") == [
        ("R1", "SUCCESS", 500),
        ("R2", "OPEN", 500),
    ]
    told = rows(store, "SELECT event, detail FROM order_events WHERE event LIKE 'refund%' ORDER BY happened_at, detail")
    assert [(event, json.loads(detail)["refund_status"]) for event, detail in told] == [
        ("refund_received", [None, "OPEN"]),
        ("refund_changed", ["OPEN", "SUCCESS"]),
        ("refund_received", [None, "OPEN"]),
    ]


def test_a_refund_may_come_before_its_order(take, store: Store) -> None:
    assert take(refund("1", "R1", 1), entity="refunds").inserted == 1
    take(order("1"))
    assert one(store, "SELECT o.refund_status FROM orders o JOIN refunds r ON r.order_key = o.order_key") == "OPEN"
    assert take(refund("1", "R1", 1), entity="refunds").unchanged == 1
    take(order("1", 9, note="x"))
    assert one(store, "SELECT refund_status FROM orders") == "OPEN"


def test_the_cursor_is_stored_with_the_batch(take, store: Store) -> None:
    take(order("1"), cursor="2026-11-22T10:00:00+08:00")
    assert cursors.get(store, "other", "s", "orders") == datetime(2026, 11, 22, 2, tzinfo=UTC)
    take(cursor="2026-11-22T11:00:00+08:00")
    assert cursors.get(store, "other", "s", "orders") == datetime(2026, 11, 22, 3, tzinfo=UTC)


def test_a_dry_run_reports_the_same_and_writes_nothing(take, store: Store) -> None:
    bodies: Sequence[str] = (order("1"), order("2", paid="x"), order("1", 3, note="n"))
    tried = take(*bodies, dry_run=True, cursor="2026-11-22T10:00:00+08:00")
    tables = ("orders", "order_lines", "order_events", "raw_payloads", "raw_batches", "rejects", "cursors")
    assert [one(store, f"SELECT count(*) FROM {table}") for table in tables] == [0] * len(tables)
    done = take(*bodies)
    assert counts(tried) == counts(done)
    assert tried.rejects == done.rejects


def test_two_shops_may_have_the_same_number(store: Store, vault: Vault) -> None:
    publish(store)
    for shop in ("s", "t"):
        assert take_in(store, vault, Batch("other", shop, "orders", "pull", [order("1")])).inserted == 1
    assert one(store, "SELECT count(DISTINCT order_key) FROM orders") == 2


def test_a_text_no_encoding_can_hold_loses_no_batch(take, store: Store) -> None:
    done = take(
        order("1"),
        '{"no":"2","state":"paid","note":"\ud800"}',
        '{"no":"3","state":"pa\x00id"}',
        order("4", note="a\x00b"),
    )
    assert (done.inserted, done.rejected) == (3, 1)
    assert one(store, "SELECT count(*) FROM raw_payloads") == 4


def test_a_missing_mapping_or_the_wrong_one_is_said_before_anything_is_written(
    take, store: Store, vault: Vault
) -> None:
    with pytest.raises(BadSetup):
        take_in(store, vault, Batch("jd", "s", "orders", "pull", [order("1")]))
    with pytest.raises(BadSetup):
        take(order("1"), mapping="other.refunds")
    assert one(store, "SELECT count(*) FROM raw_batches") == 0


def test_a_shops_own_mapping_wins_over_the_channels(take, store: Store) -> None:
    own = copy.deepcopy(ORDERS) | {"name": "other.orders.s"}
    own["fields"][0]["from"] = ["other_no", "no"]
    publish(store, own)
    assert take(order("1", other_no="X")).mapping == "other.orders.s"
    assert one(store, "SELECT platform_no FROM orders") == "X"


def test_own_fields_are_filled(store: Store, vault: Vault) -> None:
    with store.write() as cursor:
        cursor.execute("ALTER TABLE orders ADD COLUMN x_score BIGINT")
        cursor.execute("ALTER TABLE orders ADD COLUMN x_team VARCHAR")
        cursor.execute("ALTER TABLE order_lines ADD COLUMN x_lot VARCHAR")
        for name, kind, level, default in (
            ("x_score", "integer", "order", None),
            ("x_team", "text", "order", "A"),
            ("x_lot", "text", "line", None),
        ):
            cursor.execute(
                "INSERT INTO own_fields (name, kind, level, label_zh, label_en, choices, default_value, retired, place) "
                "VALUES (?, ?, ?, ?, ?, '[]', ?, false, 1)",
                [name, kind, level, name, name, default],
            )
    body = copy.deepcopy(ORDERS)
    body["fields"] += [
        {"target": "x_score", "from": ["score"], "convert": [{"do": "integer"}]},
        {"target": "x_lot", "level": "line", "from": ["lot"]},
    ]
    publish(store, body)
    first = order("1", 0, score=7, lines=[{"id": "1", "sku": "A", "qty": 1, "lot": "L1"}])
    assert take_in(store, vault, Batch("other", "s", "orders", "pull", [first])).inserted == 1
    assert rows(store, "SELECT x_score, x_team FROM orders") == [(7, "A")]
    changed = order("1", 1, score=8, lines=[{"id": "1", "sku": "A", "qty": 1, "lot": "L2"}])
    assert take_in(store, vault, Batch("other", "s", "orders", "pull", [changed])).updated == 1
    assert rows(store, "SELECT x_score, x_team FROM orders") == [(8, "A")]
    assert one(store, "SELECT x_lot FROM order_lines") == "L2"


def test_history_is_mapped_anew_from_what_came_in(take, store: Store, vault: Vault) -> None:
    take(order("1", 0, state="paid", extra="old"), order("2", 0, extra="two"))
    take(order("1", 5, extra="new"))
    take(order("1", 2, extra="late"))
    mended = copy.deepcopy(ORDERS)
    mended["fields"].append({"target": "seller_note", "from": ["extra"]})
    publish(store, mended)
    shares: list[float] = []
    done = remap(store, vault, "other", "s", "orders", progress=shares.append)
    assert (done.orders, done.updated, shares) == (2, 2, [1.0])
    assert rows(store, "SELECT platform_no, seller_note FROM orders ORDER BY 1") == [("1", "new"), ("2", "two")]
    assert one(store, "SELECT count(*) FROM raw_payloads") == 4
    assert one(store, "SELECT count(*) FROM order_events WHERE event = 'order_remapped'") == 2
    assert remap(store, vault, "other", "s", "orders").updated == 0


def test_file_rows_are_grouped_orders(store: Store, vault: Vault) -> None:
    body = copy.deepcopy(ORDERS)
    del body["lines"]
    body |= {"name": "other.file", "source": "rows", "granularity": "line"}
    publish(store, body)
    keys = {"no": "1", "state": "paid", "paid": "30.00", "modified": at(0)}
    bodies = [
        json.dumps({"rows": [
            keys | {"id": "a", "sku": "A", "qty": "1", "note": "", "_row": 2},
            keys | {"id": "b", "sku": "B", "qty": "2", "note": "gift", "_row": 3},
        ]}),
        json.dumps({"rows": [
            keys | {"no": "2", "id": "c", "sku": "A", "qty": "x", "_row": 4},
            keys | {"no": "2", "id": "d", "sku": "A", "qty": "1", "_row": 5},
        ]}),
        json.dumps({"rows": []}),
    ]  # fmt: skip
    batch = Batch("other", "s", "orders", "file", bodies, "other.file")
    done = take_in(store, vault, batch)
    assert (done.rows, done.orders, done.lines, done.rejected) == (5, 1, 2, 3)
    assert [(r.row, r.field, r.value) for r in done.rejects][:2] == [(3, "", ""), (4, "qty", "x")]
    assert rows(store, "SELECT platform_no, buyer_note, line_count FROM orders") == [("1", "gift", 2)]
    moved = [text.replace('"_row": 2', '"_row": 12').replace('"_row": 3', '"_row": 13') for text in bodies]
    again = take_in(store, vault, Batch("other", "s", "orders", "file", moved, "other.file"))
    assert (again.rows, again.orders, again.lines, again.inserted, again.updated, again.unchanged) == (5, 1, 2, 0, 0, 1)
    assert len(rejects.listing(store)) == 2


def test_an_order_over_two_parts_of_a_large_batch_is_one_order(
    take, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.channels.intake.PART", 3)
    done = take(*(order(str(n % 4), n) for n in range(10)))
    assert done.rows == 10
    assert one(store, "SELECT count(*) FROM orders") == 4
    assert rows(store, "SELECT platform_updated_at FROM orders WHERE platform_no = '1'") == [
        (datetime(2026, 11, 22, 2, 9, tzinfo=UTC),)
    ]
    bad = take(*(order(f"n{n}", 0) for n in range(4)), "{")
    assert [r.row for r in bad.rejects] == [5]
