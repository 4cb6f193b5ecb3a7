"""Imports: counts that another tool confirms, twice with nothing new, and no wrong request ever writes anything."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.errors import BadRequest, NotAllowed
from core.mapping.document import KIND
from core.mapping.starter import install_starters
from core.people.actor import SYSTEM, person
from core.people.vault import Vault, open_vault
from core.services import imports
from core.services.imports import ImportReport, import_file
from core.settings import Settings
from core.store import Store, documents, open_store


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


def text(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8-sig")


def asked(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as cursor:
        return cursor.execute(sql).fetchall()


def sizes(store: Store) -> dict[str, int]:
    """The number of rows of every table."""
    names = [row[0] for row in asked(store, "SELECT table_name FROM duckdb_tables() WHERE database_name = 'danliu'")]
    return {name: asked(store, f"SELECT count(*) FROM {name}")[0][0] for name in names}


def counts(report: ImportReport) -> tuple[int, int, int, int, int, int, int]:
    return (
        report.rows,
        report.orders,
        report.lines,
        report.inserted,
        report.updated,
        report.unchanged,
        report.rejected,
    )


def frame(path: Path) -> pd.DataFrame:
    """The file as pandas reads it: all text, headers stripped."""
    found = pd.read_excel(path, dtype=str) if path.suffix == ".xlsx" else pd.read_csv(path, dtype=str)
    found.columns = [str(name).strip() for name in found.columns]
    return found


def fen(column: "pd.Series[Any]") -> int:
    return int(sum(Decimal(value) for value in column.dropna()) * 100)


@pytest.mark.shared
def test_the_tmall_report_comes_in_whole_and_a_second_time_nothing_is_new(
    store: Store, vault: Vault, shared: Path
) -> None:
    path = shared / "data" / "tmall_order_report.csv"
    known = frame(path)
    before = sizes(store)
    dry = import_file(SYSTEM, store, vault, path, shop="旗舰店", channel="taobao", dry_run=True)
    assert sizes(store) == before
    first = import_file(SYSTEM, store, vault, path, shop="旗舰店", channel="taobao")
    assert counts(dry) == counts(first) == (2288, 2288, 0, 2288, 0, 0, 0)
    after = sizes(store)
    assert counts(import_file(SYSTEM, store, vault, path, shop="旗舰店", channel="taobao")) == (
        2288,
        2288,
        0,
        0,
        0,
        2288,
        0,
    )
    assert {name for name, size in sizes(store).items() if size != after[name]} == {"audit"}
    paid = int(known["订单付款时间"].notna().sum())
    assert asked(store, "SELECT status, count(*) FROM orders GROUP BY status ORDER BY status") == [
        ("PAID", paid),
        ("UNPAID", 2288 - paid),
    ]
    assert asked(store, "SELECT sum(paid_fen), count(DISTINCT province) FROM orders") == [
        (fen(known["买家实际支付金额"]), 29)
    ]
    assert asked(store, "SELECT count(*) FROM orders WHERE status = 'UNPAID' AND paid_fen <> 0") == [(0,)]
    first_row = known.iloc[0]
    assert asked(
        store,
        "SELECT paid_fen, province, strftime(paid_at, '%Y-%m-%d %H:%M:%S') FROM orders "
        f"WHERE platform_no = '{first_row['订单编号']}'",
    ) == [(2100, "青海", "2020-02-15 07:21:27")]


@pytest.mark.shared
def test_the_taobao_sub_orders_become_orders_with_lines_and_the_sum_of_their_amounts(
    store: Store, vault: Vault, shared: Path
) -> None:
    path = shared / "data" / "platform_raw" / "taobao_ExportOrderList_suborder_2024_71rows.xlsx"
    known = frame(path)
    orders = known.groupby("主订单编号")["买家实际支付金额"].apply(fen).to_dict()
    assert (len(known), len(orders)) == (71, 58)
    first = import_file(SYSTEM, store, vault, path, shop="a", channel="taobao")
    again = import_file(SYSTEM, store, vault, path, shop="a", channel="taobao")
    assert counts(first) == (71, 58, 71, 58, 0, 0, 0)
    assert counts(again) == (71, 58, 71, 0, 0, 58, 0)
    assert dict(asked(store, "SELECT platform_no, paid_fen FROM orders")) == orders
    assert set(asked(store, "SELECT line_no FROM order_lines")) == {(number,) for number in known["子订单编号"]}
    assert asked(store, "SELECT sum(line_paid_fen), sum(qty) FROM order_lines") == [(sum(orders.values()), 71)]
    assert asked(store, "SELECT status, count(*) FROM orders GROUP BY status ORDER BY 1") == [
        ("PAID", 57),
        ("SHIPPED", 1),
    ]
    assert asked(store, "SELECT tracking_no, courier FROM orders WHERE status = 'SHIPPED'") == [
        ("YT7453212178128", "圆通速递")
    ]
    assert asked(store, "SELECT count(line_refund_status) FROM order_lines") == [(0,)]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("orders_file", "items_file", "channel", "key", "statuses"),
    [
        (
            "oms_jd_order.csv",
            "oms_jd_order_item.csv",
            "jd",
            "order_id",
            {"COMPLETED": 14, "PAID": 13, "SHIPPED": 13, "CANCELLED": 8, "UNPAID": 2},
        ),
        (
            "oms_dou_order.csv",
            "oms_dou_order_item.csv",
            "doudian",
            "parent_order_id",
            {"CANCELLED": 20, "COMPLETED": 9, "PAID": 1},
        ),
    ],
)
def test_a_file_of_orders_and_a_file_of_their_items_meet_in_the_pool(
    store: Store,
    vault: Vault,
    shared: Path,
    orders_file: str,
    items_file: str,
    channel: str,
    key: str,
    statuses: dict[str, int],
) -> None:
    folder = shared / "data" / "platform_raw"
    orders, items = frame(folder / orders_file), frame(folder / items_file)

    def take(name: str) -> ImportReport:
        return import_file(SYSTEM, store, vault, folder / name, shop="a", channel=channel)

    with pytest.raises(BadRequest):
        take(items_file)  # items alone say nothing of a status
    assert sizes(store)["shops"] == 0
    assert counts(take(orders_file)) == (len(orders), len(orders), 0, len(orders), 0, 0, 0)
    named = items[key].nunique()
    assert counts(take(items_file)) == (len(items), named, len(items), 0, named, 0, 0)
    for name in (items_file, orders_file, items_file):
        report = take(name)
        assert (report.inserted, report.updated) == (0, 0)
    assert dict(asked(store, "SELECT status, count(*) FROM orders GROUP BY status")) == statuses
    assert asked(store, "SELECT count(*) FROM order_lines") == [(len(items),)]
    quantity = "item_total" if channel == "jd" else "item_num"
    assert asked(store, "SELECT sum(qty) FROM order_lines") == [(int(items[quantity].astype(int).sum()),)]
    paid = fen(orders["order_payment"]) if channel == "jd" else int(orders["pay_amount"].astype(int).sum())
    assert asked(store, "SELECT sum(paid_fen) FROM orders") == [(paid,)]


@pytest.mark.shared
def test_olist_comes_as_orders_then_items_then_payments(store: Store, vault: Vault, shared: Path) -> None:
    folder = shared / "data" / "olist"
    names = ["olist_orders_dataset.csv", "olist_order_items_dataset.csv", "olist_order_payments_dataset.csv"]
    orders, items, payments = (frame(folder / name) for name in names)
    for name in (*names, *names):
        report = import_file(SYSTEM, store, vault, folder / name, shop="olist", channel="other")
        assert report.rejected == 0
    assert (report.inserted, report.updated) == (0, 0)
    found = dict(asked(store, "SELECT platform_status, count(*) FROM orders GROUP BY 1"))
    assert found == orders["order_status"].value_counts().to_dict()
    assert dict(asked(store, "SELECT status, count(*) FROM orders GROUP BY 1")) == {
        "COMPLETED": 1557,
        "SHIPPED": 320,
        "CANCELLED": 384,
        "PAID": 208,
        "UNPAID": 2,
    }
    assert asked(store, "SELECT count(*), count(DISTINCT order_key) FROM order_lines") == [
        (len(items), items["order_id"].nunique())
    ]
    assert asked(store, "SELECT sum(paid_fen) FROM orders") == [(fen(payments["payment_value"]),)]
    early = pd.to_datetime(orders["order_delivered_carrier_date"]) < pd.to_datetime(orders["order_approved_at"])
    assert asked(store, "SELECT count(*) FROM orders WHERE shipped_at < paid_at") == [(int(early.sum()),)] == [(20,)]


@pytest.mark.shared
def test_online_retail_keeps_every_row_and_knows_its_cancellations(store: Store, vault: Vault, shared: Path) -> None:
    path = shared / "data" / "online_retail.parquet"
    known = pd.read_parquet(path)
    first = import_file(SYSTEM, store, vault, path, shop="uk", channel="offline")
    assert counts(first) == (42481, 2025, 42481, 2025, 0, 0, 0)
    assert counts(import_file(SYSTEM, store, vault, path, shop="uk", channel="offline"))[3:5] == (0, 0)
    assert dict(asked(store, "SELECT status, count(*) FROM orders GROUP BY 1")) == {"COMPLETED": 1699, "CANCELLED": 326}
    assert asked(store, "SELECT sum(qty), count(*) FROM order_lines") == [(int(known["Quantity"].sum()), 42481)]
    value = round(
        sum(Decimal(str(p)) * 100 * int(q) for p, q in zip(known["UnitPrice"], known["Quantity"], strict=True))
    )
    assert asked(store, "SELECT sum(unit_price_fen * qty) FROM order_lines") == [(value,)]
    assert asked(store, "SELECT DISTINCT currency FROM orders") == [("GBP",)]
    assert asked(store, "SELECT buyer_id FROM orders WHERE platform_no = '536365'") == [("17850",)]


HEADER = "订单编号,订单状态,订单付款时间,买家实际支付金额"


def test_rows_that_cannot_be_orders_are_rejected_with_their_row_and_reason(store: Store, vault: Vault) -> None:
    raw = text(
        HEADER,
        "100000000001,交易成功,2024-05-01 10:00:00,10.00",
        ",交易成功,2024-05-01 10:00:00,11.00",
        "3.82111E+18,交易成功,2024-05-01 10:00:00,12.00",
        "100000000004,交易成功,2024-05-01 10:00:00",
        "100000000005,飞走了,2024-05-01 10:00:00,14.00",
        "100000000006,交易成功,昨天,15.00",
        "100000000007,交易成功,2024-05-01 10:00:00,16.005",
        "总计,,,78.00",
    )
    report = import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel="taobao")
    assert counts(report) == (7, 1, 0, 1, 0, 0, 6)
    assert [(one.row, one.field, one.value) for one in report.rejects] == [
        (3, "platform_no", ""),
        (4, "platform_no", "3.82111E+18"),
        (5, "", "100000000004,交易成功,2024-05-01 10:00:00"),
        (6, "status", "飞走了"),
        (7, "paid_at", "昨天"),
        (8, "paid_fen", "16.005"),
    ]
    assert all(one.reason for one in report.rejects)
    again = import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel="taobao")
    assert counts(again) == (7, 1, 0, 0, 0, 1, 6)


def test_a_refund_text_in_the_status_sets_the_refund_and_leaves_the_status(store: Store, vault: Vault) -> None:
    raw = text(
        "订单号,订单状态,订单成交时间,支付时间,用户实付金额(元),商品数量(件),商家编码-规格维度",
        "240501-123456789012345\t,未发货，退款成功,,2024-05-01 10:00:00,12.50,1,A",
        "240502-123456789012346\t,已发货，待收货,2024-05-02 11:00:00,2024-05-02 11:00:01,5,2,B",
        "240503-123456789012347\t,已取消,,,0,1,C",
    )
    import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel="pinduoduo")
    assert asked(
        store,
        "SELECT platform_no, status, refund_status, strftime(ordered_at, '%Y-%m-%d %H:%M'), paid_fen FROM orders ORDER BY 1",
    ) == [
        ("240501-123456789012345", "PAID", "退款成功", "2024-04-30 16:00", 1250),
        ("240502-123456789012346", "SHIPPED", None, "2024-05-02 03:00", 500),
        ("240503-123456789012347", "CANCELLED", None, "2024-05-02 16:00", 0),
    ]


def test_items_joined_in_one_row_are_split_when_their_counts_agree(store: Store, vault: Vault) -> None:
    raw = text(
        "主订单编号,订单状态,支付完成时间,商家编码,选购商品,商品数量,订单应付金额",
        "\t6917926768823643751,已发货,2024-05-01 10:00:00,A;B,上衣;裤子,1;2,30.00",
        "\t6917926768823643752,已发货,2024-05-01 10:00:00,C,帽子,1,9.00",
        "\t6917926768823643753,已发货,2024-05-01 10:00:00,A;B;C,上衣;裤子,1;2,40.00",
        "\t6917926768823643754,已发货,2024-05-01 10:00:00,A;B,上衣,3,50.00",
    )
    report = import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel="doudian")
    assert counts(report) == (4, 2, 3, 2, 0, 0, 2)
    assert [(one.row, one.field) for one in report.rejects] == [(4, "sku"), (5, "sku")]
    assert asked(store, "SELECT platform_no, line_no, sku, title, qty FROM order_lines ORDER BY 1, 2") == [
        ("6917926768823643751", "1", "A", "上衣", 1),
        ("6917926768823643751", "2", "B", "裤子", 2),
        ("6917926768823643752", "1", "C", "帽子", 1),
    ]
    assert asked(store, "SELECT sum(paid_fen) FROM orders") == [(3900,)]
    assert counts(import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel="doudian"))[3:5] == (0, 0)


def test_scattered_rows_of_one_order_come_together_and_totals_count_once(store: Store, vault: Vault) -> None:
    raw = text(
        "订单号,订单状态,付款确认时间,货号,订购数量,京东价,应付金额",
        "296709353576,完成,2024-06-07 09:36:27,a,1,10.00,25.00",
        "296709353577,等待出库,2024-06-07 09:36:27,b,1,7.00,7.00",
        "296709353576,完成,2024-06-07 09:36:27,c,3,5.00,25.00",
        "296709353577,等待出库,2024-06-07 09:36:27,d,2,0.00,7.00",
    )
    report = import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel="jd")
    assert counts(report) == (4, 2, 4, 2, 0, 0, 0)
    assert asked(store, "SELECT platform_no, status, paid_fen, line_count, unit_count FROM orders ORDER BY 1") == [
        ("296709353576", "COMPLETED", 2500, 2, 4),
        ("296709353577", "PAID", 700, 2, 3),
    ]


def test_a_later_file_with_new_words_of_the_same_header_needs_no_hand(store: Store, vault: Vault) -> None:
    one = text(HEADER, "100000000001,交易成功,2024-05-01 10:00:00,10.00")
    two = text(HEADER, "100000000002,仓库配货中,2024/5/1 10:00,11.00")
    import_file(SYSTEM, store, vault, one, name="a.csv", shop="a", channel="taobao")
    report = import_file(SYSTEM, store, vault, two, name="b.csv", shop="a", channel="taobao")
    assert counts(report) == (1, 1, 0, 1, 0, 0, 0)
    assert [document.version for document in documents.history(store, KIND, report.mapping)] == [2, 1]


def test_a_mapping_changed_by_hand_is_the_one_that_is_used(store: Store, vault: Vault) -> None:
    raw = text(HEADER, "100000000001,交易成功,2024-05-01 10:00:00,10.00")
    name = import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel="taobao").mapping
    made = documents.published(store, KIND, name)
    assert made is not None
    body = {**made.body, "fields": [f for f in made.body["fields"] if f["target"] != "paid_fen"]}
    draft = documents.save_draft(store, KIND, name, body, author="amy")
    documents.publish(store, KIND, name, draft.version)
    report = import_file(SYSTEM, store, vault, raw, name="a.csv", shop="b", channel="taobao")
    assert report.mapping == name
    assert asked(store, "SELECT paid_fen FROM orders WHERE shop = 'b'") == [(None,)]


def test_a_draft_for_the_header_is_never_used_nor_overwritten(store: Store, vault: Vault) -> None:
    raw = text(HEADER, "100000000001,交易成功,2024-05-01 10:00:00,10.00")
    dry = import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel="taobao", dry_run=True)
    documents.save_draft(store, KIND, dry.mapping, {"name": dry.mapping}, author="amy")
    with pytest.raises(BadRequest, match=dry.mapping):
        import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel="taobao")


def test_payloads_in_a_json_file_use_the_channels_own_mapping(store: Store, vault: Vault, shared: Path) -> None:
    install_starters(store)
    path = shared / "data" / "api_fixtures" / "taobao_trades_sold_get_sandbox.json"
    report = import_file(SYSTEM, store, vault, path, shop="a", channel="taobao")
    assert report.mapping == "taobao.orders"
    assert counts(report) == (1, 1, 1, 1, 0, 0, 0)
    named = import_file(SYSTEM, store, vault, path, shop="a", channel="taobao", mapping="taobao.orders")
    assert counts(named) == (1, 1, 1, 0, 0, 1, 0)
    assert asked(store, "SELECT platform_no, paid_fen, status FROM orders") == [("194145147111084", 51000, "PAID")]


def test_nested_records_without_a_mapping_get_one(store: Store, vault: Vault) -> None:
    good = {
        "orderNo": "A1000001",
        "state": "paid",
        "payTime": 1714898447,
        "payAmount": 1990,
        "items": [{"sku": "a", "qty": 2}],
    }
    lines = [json.dumps(good), "{broken", json.dumps({**good, "orderNo": None}), json.dumps({**good, "orderNo": "A2"})]
    report = import_file(
        SYSTEM, store, vault, "\n".join(lines).encode(), name="a.ndjson", shop="a", channel="mini_program"
    )
    assert counts(report) == (4, 2, 2, 2, 0, 0, 2)
    assert [one.row for one in report.rejects] == [2, 3]
    assert asked(store, "SELECT platform_no, status, paid_fen FROM orders ORDER BY 1") == [
        ("A1000001", "PAID", 1990),
        ("A2", "PAID", 1990),
    ]


@pytest.mark.parametrize(
    ("raw", "channel", "mapping"),
    [
        (text(HEADER, "1001,交易成功,2024-05-01 10:00:00,1.00"), "tmall", "auto"),
        (text(HEADER, "1001,交易成功,2024-05-01 10:00:00,1.00"), "taobao", "nowhere"),
        (text(HEADER, "1001,交易成功,2024-05-01 10:00:00,1.00"), "taobao", "taobao.orders"),
        (text(HEADER), "taobao", "auto"),
        (text("运单号码,应付金额", "SF1000001,12.00"), "taobao", "auto"),
        (text("订单编号,实付金额", "10000001,12.00"), "taobao", "auto"),
        (b"", "taobao", "auto"),
    ],
)
def test_a_wrong_request_names_the_next_step_and_writes_nothing(
    store: Store, vault: Vault, raw: bytes, channel: str, mapping: str
) -> None:
    install_starters(store)
    before = sizes(store)
    with pytest.raises(BadRequest) as refused:
        import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel=channel, mapping=mapping)
    assert refused.value.exit_status == 2
    assert refused.value.message
    assert refused.value.hint
    assert sizes(store) == before


@pytest.mark.parametrize("shop", ["", "  ", "x" * 61, "a\nb"])
def test_a_shop_needs_a_name(store: Store, vault: Vault, shop: str) -> None:
    raw = text(HEADER, "1001,交易成功,2024-05-01 10:00:00,1.00")
    with pytest.raises(BadRequest):
        import_file(SYSTEM, store, vault, raw, name="a.csv", shop=shop, channel="taobao")


def test_who_may_not_run_channels_imports_nothing_and_is_noted(store: Store, vault: Vault) -> None:
    raw = text(HEADER, "1001,交易成功,2024-05-01 10:00:00,1.00")
    with pytest.raises(NotAllowed):
        import_file(person("eve", "cs"), store, vault, raw, name="a.csv", shop="a", channel="taobao")
    assert asked(store, "SELECT count(*) FROM orders") == [(0,)]
    assert asked(store, "SELECT actor, outcome FROM audit") == [("eve", "denied")]


def test_an_import_by_a_person_is_audited(store: Store, vault: Vault) -> None:
    raw = text(HEADER, "1001,交易成功,2024-05-01 10:00:00,1.00")
    import_file(person("amy", "lead"), store, vault, raw, name="a.csv", shop="新店", channel="taobao")
    assert asked(store, "SELECT actor, action, subject FROM audit") == [("amy", "orders.import", "taobao/新店")]
    assert asked(store, "SELECT shop, connector, state FROM shops") == [("新店", "", "active")]


def test_a_failure_in_the_middle_leaves_nothing_half_written(
    store: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "PART", 2)
    calls = 0
    whole = imports.take_in

    def breaking(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError("the disk is full")
        return whole(*given, **named)

    monkeypatch.setattr(imports, "take_in", breaking)
    raw = text(HEADER, *(f"10000000{n},交易成功,2024-05-01 10:00:00,1.00" for n in range(7)))
    before = sizes(store)
    with pytest.raises(OSError, match="full"):
        import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel="taobao")
    assert sizes(store) == before


def test_many_parts_count_as_one(store: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "PART", 3)
    raw = text(HEADER, *(f"10000000{n},交易成功,2024-05-01 10:00:00,1.0{n}" for n in range(8)))
    assert counts(import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel="taobao")) == (
        8,
        8,
        0,
        8,
        0,
        0,
        0,
    )
    assert asked(store, "SELECT sum(paid_fen) FROM orders") == [(828,)]


_ROW = st.tuples(st.integers(1, 6), st.sampled_from(["a", "b", "c"]), st.integers(1, 9), st.integers(0, 99_999))


@hypothesis_settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_ROW, min_size=1, max_size=15), st.booleans())
def test_rows_are_those_of_accepted_orders_plus_the_rejected(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str, int, int]], broken: bool
) -> None:
    folder = tmp_path_factory.mktemp("law")
    settings = Settings(store_url=f"duckdb:{folder / 's.duckdb'}", key_file=folder / "k", demo=False)
    store, vault = open_store(settings), open_vault(settings)
    try:
        lines = [f"20000000{n},交易成功,2024-05-01 10:00:00,{sku},{qty},{cent / 100:.2f}" for n, sku, qty, cent in rows]
        if broken:
            lines.append(",交易成功,2024-05-01 10:00:00,a,1,1.00")
        raw = text("订单编号,订单状态,付款时间,商家编码,数量,商品实付金额", *lines)
        for again in (False, True):
            report = import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel="taobao")
            assert report.rows == len(lines)
            assert report.rejected == int(broken)
            assert report.orders == report.inserted + report.updated + report.unchanged == len({n for n, *_r in rows})
            assert report.inserted == (0 if again else report.orders)
        assert asked(store, "SELECT sum(line_paid_fen), count(*) FROM order_lines") == [
            (sum(cent for *_x, cent in rows), len(rows))
        ]
    finally:
        store.close()


def test_a_files_times_are_read_in_the_zone_of_the_settings(settings: Settings) -> None:
    store = open_store(replace(settings, zone="Europe/London"))
    try:
        raw = text(HEADER, "100000000001,交易成功,2024-01-01 10:00:00,10.00")
        import_file(SYSTEM, store, open_vault(settings), raw, name="a.csv", shop="a", channel="taobao")
        assert asked(store, "SELECT epoch(paid_at)::BIGINT FROM orders") == [(1704103200,)]  # 10:00 UTC in winter
    finally:
        store.close()
