"""Stock levels and outbound records, mapped and merged as sets."""

import json
from datetime import UTC, datetime

import pytest

from core.channels.levels import take_levels
from core.errors import BadSetup
from core.settings import ROOT
from core.store import documents, rejects, stock_levels
from core.store.runs import Counts
from core.store.shops import Shop

ZONE = "Asia/Shanghai"
WMS = Shop("wms", "main", "main", "wms_mysql", {})


@pytest.fixture(autouse=True)
def _published(store):
    for name in ("wms.stock", "wms.outbound"):
        body = json.loads((ROOT / f"data/mappings/{name}.json").read_text(encoding="utf-8"))
        draft = documents.save_draft(store, "mapping", name, body, author="test")
        documents.publish(store, "mapping", name, draft.version)


def take(store, entity, *rows):
    bodies = [json.dumps(row, ensure_ascii=False) for row in rows]
    return take_levels(store, WMS, entity, bodies, None, ZONE)


def add_order(store, key, channel, shop, number, status="PAID"):
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO orders (order_key, channel, shop, platform_no, status) VALUES (?, ?, ?, ?, ?)",
            [key, channel, shop, number, status],
        )


def orders(store):
    with store.read() as cursor:
        return cursor.execute(
            "SELECT order_key, status, courier, tracking_no, warehouse, shipped_at FROM orders ORDER BY order_key"
        ).fetchall()


def test_stock_levels_come_in_by_the_starter_mapping_and_bad_rows_wait(store):
    counts = take(
        store,
        "stock",
        {"wh": "嘉兴仓", "sku_code": "A", "qty": 12, "changed": "2026-11-20 12:00:00"},
        {"wh": "嘉兴仓", "sku_code": "B", "qty": "many", "changed": "2026-11-20 12:00:00"},
    )
    assert counts == Counts(2, 1, 0, 0, 1)
    (level,) = stock_levels.listing(store)
    assert (level.warehouse, level.sku, level.on_hand, level.as_of) == (
        "嘉兴仓", "A", 12, datetime(2026, 11, 20, 4, tzinfo=UTC),
    )  # fmt: skip
    (reject,) = rejects.listing(store)
    assert (reject.entity, reject.field, reject.value, reject.row_no) == ("stock", "on_hand", "many", 2)
    assert take(store, "stock", {"wh": "嘉兴仓", "sku_code": "B", "qty": 3, "changed": "2026-11-20 12:01:00"}).inserted
    assert rejects.listing(store) == []


PARCEL = {"order_no": "1001", "mail_no": "731", "express": "中通", "wh": "嘉兴仓", "out_time": "2026-11-20 15:00:00"}


def test_an_outbound_record_ships_its_order_once(store):
    add_order(store, 1, "jd", "one", "1001")
    add_order(store, 2, "jd", "one", "1002")
    assert take(store, "outbound", PARCEL) == Counts(1, 1)
    shipped = (1, "SHIPPED", "ZTO", "731", "嘉兴仓", datetime(2026, 11, 20, 7, tzinfo=UTC))
    assert orders(store) == [shipped, (2, "PAID", None, None, None, None)]
    assert take(store, "outbound", PARCEL) == Counts(1, 0, 0, 1)
    with store.read() as cursor:
        events = cursor.execute("SELECT order_key, event, actor, detail FROM order_events").fetchall()
    assert [(key, event, actor) for key, event, actor, _detail in events] == [(1, "order_shipped", "wms")]
    assert json.loads(events[0][3])["tracking_no"] == "731"


def test_a_record_that_comes_before_its_order_finds_it_at_the_next_pull(store):
    take(store, "outbound", PARCEL)
    add_order(store, 1, "jd", "one", "1001")
    take(store, "outbound", PARCEL)
    assert orders(store)[0][1] == "SHIPPED"


def test_a_number_that_two_shops_have_needs_the_shop(store):
    add_order(store, 1, "jd", "one", "1001")
    add_order(store, 2, "doudian", "two", "1001")
    take(store, "outbound", PARCEL)
    assert [row[1] for row in orders(store)] == ["PAID", "PAID"]
    take(store, "outbound", {**PARCEL, "shop": "two"})
    assert [row[1] for row in orders(store)] == ["PAID", "SHIPPED"]


def test_a_cancelled_order_stays_cancelled_and_a_completed_one_completed(store):
    add_order(store, 1, "jd", "one", "1001", "CANCELLED")
    add_order(store, 2, "jd", "one", "1002", "COMPLETED")
    take(store, "outbound", PARCEL, {**PARCEL, "order_no": "1002", "mail_no": "732"})
    assert [(row[1], row[3]) for row in orders(store)] == [("CANCELLED", "731"), ("COMPLETED", "732")]


def test_two_parcels_of_one_order_are_both_kept(store):
    add_order(store, 1, "jd", "one", "1001")
    take(store, "outbound", PARCEL, {**PARCEL, "mail_no": "732", "out_time": "2026-11-20 16:00:00"})
    assert orders(store)[0][3] == "731"
    with store.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM outbound_records WHERE matched").fetchall() == [(2,)]


def test_without_a_mapping_for_the_entity_nothing_is_written(store):
    with pytest.raises(BadSetup):
        take_levels(store, WMS, "stock", ["{}"], "wms.outbound", ZONE)
    with pytest.raises(BadSetup):
        take_levels(store, WMS, "stock", ["{}"], "nowhere", ZONE)
