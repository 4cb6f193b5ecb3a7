"""Readers: every quirk of real exports becomes one plain table, or a refusal that says what to do."""

import io
import json
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadRequest
from core.mapping.readers import Table, read_table

PLAIN = "订单编号,买家实际支付金额,订单状态\n3821113838663633383,173.00,交易成功\n3821113838663633384,9.90,交易关闭\n"


def rows(table: Table) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key != "_row"} for row in table.rows.to_pylist()]


def numbers(table: Table) -> list[int]:
    return table.rows.column("_row").to_pylist()


def workbook(grid: list[list[Any]], title: str = "Sheet1") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in grid:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("gb18030", "gb18030"),
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_every_encoding_of_the_platforms_gives_the_same_table(encoding: str, named: str) -> None:
    table = read_table(PLAIN.encode(encoding), "orders.csv")
    assert table.encoding == named
    assert table.columns == ["订单编号", "买家实际支付金额", "订单状态"]
    assert rows(table)[0] == {"订单编号": "3821113838663633383", "买家实际支付金额": "173.00", "订单状态": "交易成功"}
    assert numbers(table) == [2, 3]


def test_utf8_that_was_encoded_twice_is_repaired() -> None:
    twice = "\ufeffID,Country,客户\n1,Côte d'Ivoire,张三\n".encode().decode("latin-1").encode()
    table = read_table(twice, "a.csv")
    assert table.columns == ["ID", "Country", "客户"]
    assert rows(table) == [{"ID": "1", "Country": "Côte d'Ivoire", "客户": "张三"}]


def test_western_text_is_not_taken_for_chinese() -> None:
    table = read_table("id,name,city\n1,Müller,Köln\n2,José,Málaga\n".encode("cp1252"), "a.csv")
    assert table.encoding == "cp1252"
    assert rows(table)[0]["name"] == "Müller"


def test_header_blanks_go_and_double_headers_become_unique() -> None:
    table = read_table("订单编号 ,收货地址 ,备注,备注,\n1000001,浙江,a,b,\n".encode(), "a.csv")
    assert table.columns == ["订单编号", "收货地址", "备注", "备注 (2)"]


def test_wrapped_ids_apostrophes_and_tabs_are_cleaned_and_stay_text() -> None:
    text = (
        "订单编号,手机,物流单号,姓名\n"
        '="35153131473293579",\'13900001111,"\t6917926768823643751",张三\t\n'
        '"=""35153131473293580""",13900002222,6917926768823643752\t,李四\n'
    )
    assert rows(read_table(text.encode("gb18030"), "a.csv")) == [
        {"订单编号": "35153131473293579", "手机": "13900001111", "物流单号": "6917926768823643751", "姓名": "张三"},
        {"订单编号": "35153131473293580", "手机": "13900002222", "物流单号": "6917926768823643752", "姓名": "李四"},
    ]


def test_a_title_row_above_a_second_header_below_and_totals_at_the_end_are_left_out() -> None:
    text = (
        "名称：推广\n"
        "导出时间：2024-05-01 10:00:00\n"
        "动账时间,订单号,动账金额\n"
        " , ,收入+支出\n"
        "2024-05-01 10:00:00,6917926768823643751,12.50\n"
        "2024-05-01 11:00:00,6917926768823643752,-3.00\n"
        "总计,,9.50\n"
    )
    table = read_table(text.encode("utf-8-sig"), "a.csv")
    assert table.header_row == 3
    assert numbers(table) == [5, 6]
    assert [row["动账金额"] for row in rows(table)] == ["12.50", "-3.00"]
    assert len(table.notes) == 2


def test_two_header_rows_of_a_workbook_become_one() -> None:
    grid = [
        ["订单信息", None, "收货信息", None, "金额"],
        ["订单编号", "订单状态", "收货人姓名", "联系电话", None],
        ["1000000001", "交易成功", "张三", "13900001111", "12.00"],
    ]
    table = read_table(workbook(grid), "a.xlsx")
    assert table.columns == ["订单编号", "订单状态", "收货人姓名", "联系电话", "金额"]
    assert numbers(table) == [3]


def test_rows_of_another_width_are_named_not_guessed() -> None:
    text = "订单编号,金额,备注\n1001,1.00,a\n1002,2.00\n1003,3.00,b,,\n\n1004,4.00,c,d\n1005,5.00,e\n"
    table = read_table(text.encode(), "a.csv")
    assert [row["订单编号"] for row in rows(table)] == ["1001", "1003", "1005"]
    assert numbers(table) == [2, 4, 7]
    assert [(problem.row, problem.column) for problem in table.problems] == [(3, ""), (6, "")]


def test_a_comma_after_every_data_row_does_not_shift_the_columns() -> None:
    table = read_table("订单编号,实付金额\n10001,1.00,\n10002,2.00,\n".encode(), "a.csv")
    assert [row["实付金额"] for row in rows(table)] == ["1.00", "2.00"]


def test_quoted_line_breaks_and_delimiters_stay_inside_their_cell() -> None:
    table = read_table('订单编号,买家留言\n10001,"请,快\n发货"\n10002,好\n'.encode(), "a.csv")
    assert [row["买家留言"] for row in rows(table)] == ["请,快\n发货", "好"]
    assert numbers(table) == [2, 3]


@pytest.mark.parametrize("delimiter", ["\t", ";", "|", ","])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = f"订单编号{delimiter}商品{delimiter}数量\n10001{delimiter}a b{delimiter}2\n10002{delimiter}c{delimiter}1\n"
    table = read_table(text.encode(), "a.txt")
    assert table.columns == ["订单编号", "商品", "数量"]
    assert table.count == 2


@pytest.mark.parametrize("written", ["3.82111E+18", "3821113838663630000"])
def test_ids_a_spreadsheet_has_rounded_are_named_and_emptied(written: str) -> None:
    text = f"订单编号,实付金额\n{written},1.00\n"
    table = read_table(text.encode(), "a.csv")
    assert rows(table)[0]["订单编号"] is None
    assert [(p.row, p.column, p.value) for p in table.problems] == [(2, "订单编号", written)]


def test_an_order_number_that_merely_ends_in_zeros_is_kept() -> None:
    text = "订单编号,实付金额\n" + "".join(f"38211138386636{n:05d},1.00\n" for n in range(0, 100))
    table = read_table(text.encode(), "a.csv")
    assert table.problems == ()
    assert rows(table)[0]["订单编号"] == "3821113838663600000"


def test_typed_cells_of_a_workbook_become_exact_texts() -> None:
    grid = [
        ["订单编号", "京东单号", "付款时间", "金额", "数量", "预售"],
        [
            "3821113838663633383",
            296709353576,
            datetime(2024, 3, 21, 10, 24, 29, tzinfo=UTC).replace(tzinfo=None),
            33.3,
            2,
            True,
        ],
        [
            3821113838663633383,
            296709353577,
            datetime(2024, 3, 21, tzinfo=UTC).replace(tzinfo=None),
            0.1 + 0.2,
            3.0,
            False,
        ],
    ]
    table = read_table(workbook(grid), "a.xlsx")
    assert rows(table) == [
        {
            "订单编号": "3821113838663633383",
            "京东单号": "296709353576",
            "付款时间": "2024-03-21 10:24:29",
            "金额": "33.3",
            "数量": "2",
            "预售": "true",
        },
        {
            "订单编号": None,
            "京东单号": "296709353577",
            "付款时间": "2024-03-21 00:00:00",
            "金额": "0.3",
            "数量": "3",
            "预售": "false",
        },
    ]
    assert [(p.row, p.column) for p in table.problems] == [(3, "订单编号")]


def test_the_sheet_that_looks_like_an_export_is_read() -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.append(["说明", "本表由系统导出"])
    second = book.create_sheet("订单")
    second.append(["订单编号", "订单状态", "实付款"])
    second.append(["10001", "交易成功", "1.00"])
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue(), "a.xlsx")
    assert table.sheet == "订单"
    assert read_table(out.getvalue(), "a.xlsx", sheet="Sheet").sheet == "Sheet"
    with pytest.raises(BadRequest, match="nothing"):
        read_table(out.getvalue(), "a.xlsx", sheet="nothing")


def test_a_protected_workbook_is_refused_with_the_way_out() -> None:
    locked = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 900
    )
    with pytest.raises(BadRequest) as refused:
        read_table(locked, "jd.xlsx")
    assert refused.value.exit_status == 2
    assert refused.value.hint


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"", "a.csv"),
        (b"\xef\xbb\xbf\r\n \r\n", "a.csv"),
        (bytes(range(256)) * 40, "a.csv"),
        (b"PK\x03\x04" + b"junk" * 40, "a.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "a.xls"),
        (b"PAR1junkPAR1", "a.parquet"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.xls"),
        (b"%PDF-1.7 ...", "a.csv"),
        (b'{"orders": [{"id": 1}', "a.json"),
        (b"[]", "a.json"),
        (b"1 2\n", "a.ndjson"),
        (b"1001,2.50,2024-05-01\n1002,3.50,2024-05-02\n", "a.csv"),
    ],
)
def test_what_is_no_table_is_refused_with_a_next_step(raw: bytes, name: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_table(raw, name)
    assert refused.value.message
    assert refused.value.hint


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"nowhere\.csv"):
        read_table(tmp_path / "nowhere.csv")


def test_a_header_alone_is_a_table_without_rows() -> None:
    table = read_table("订单编号,实付款,订单状态\n".encode(), "a.csv")
    assert table.columns == ["订单编号", "实付款", "订单状态"]
    assert table.count == 0


def test_json_finds_its_list_of_records() -> None:
    nested = {"code": 0, "data": {"total": 2, "list": [{"order_id": "1", "items": [{"sku": "a"}]}, {"order_id": "2"}]}}
    table = read_table(json.dumps(nested).encode(), "a.json")
    assert (table.list_path, table.count, table.nested) == ("data.list", 2, True)
    flat = read_table(json.dumps([{"订单号": "10001", "数量": 2, "预售": True, "备注": None}]).encode(), "a.json")
    assert rows(flat) == [{"订单号": "10001", "数量": "2", "预售": "true", "备注": None}]


def test_one_order_alone_is_one_record_not_its_lines() -> None:
    order = {"tid": 194145147111084, "orders": {"order": [{"oid": 1}, {"oid": 2}]}}
    table = read_table(json.dumps({"trade_fullinfo_get_response": {"trade": order}}).encode(), "a.json")
    assert table.count == 1
    assert table.payloads == [order]


def test_a_broken_line_of_ndjson_is_named_and_the_others_are_read() -> None:
    table = read_table(b'{"order_id": "1", "qty": 1}\n{broken\n\n[1]\n{"order_id": "2", "qty": 2}\n', "a.ndjson")
    assert numbers(table) == [1, 5]
    assert [problem.row for problem in table.problems] == [2, 4]


def test_parquet_columns_become_text() -> None:
    table = pa.table(
        {
            "InvoiceNo": ["536365"],
            "Quantity": pa.array([6], pa.int64()),
            "UnitPrice": pa.array([2.55], pa.float64()),
            "InvoiceDate": pa.array(
                [datetime(2010, 12, 1, 8, 26, tzinfo=UTC).replace(tzinfo=None)], pa.timestamp("us")
            ),
            "CustomerID": pa.array([17850.0], pa.float64()),
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    assert rows(read_table(out.getvalue(), "a.parquet")) == [
        {
            "InvoiceNo": "536365",
            "Quantity": "6",
            "UnitPrice": "2.55",
            "InvoiceDate": "2010-12-01 08:26:00",
            "CustomerID": "17850",
        }
    ]


def test_a_limited_reading_gives_the_first_rows() -> None:
    text = "订单编号,实付款\n" + "".join(f"{n},1.00\n" for n in range(10_001, 12_001))
    assert 90 <= read_table(text.encode(), "a.csv", limit=100).count <= 100


_CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Cf", "Zl", "Zp")), max_size=12).map(
    lambda text: "x" + text + "x"
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(10**17, 10**18 - 1), _CELL), min_size=1, max_size=20))
def test_no_row_and_no_digit_is_ever_lost(data: list[tuple[int, str]]) -> None:
    numbers_written = [str(number | 1) for number, _cell in data]  # odd: never taken for a rounded id
    lines = [
        f'{no},"{cell.replace(chr(34), chr(34) * 2)}"' for no, (_n, cell) in zip(numbers_written, data, strict=True)
    ]
    table = read_table(("订单编号,商品名称\n" + "\n".join(lines) + "\n").encode("utf-8-sig"), "a.csv")
    assert [row["订单编号"] for row in rows(table)] == numbers_written
    assert [row["商品名称"] for row in rows(table)] == [cell for _n, cell in data]


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_whatever_the_bytes_the_answer_is_a_table_or_a_refusal(raw: bytes) -> None:
    try:
        table = read_table(raw, "a.csv")
    except BadRequest:
        return
    assert table.columns


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "count", "columns"),
    [
        ("tmall_order_report.csv", 2288, 7),
        ("scms_supplier.csv", 3036, 33),
        ("online_retail.parquet", 42481, 8),
        ("platform_raw/taobao_ExportOrderList_suborder_2024_71rows.xlsx", 71, 29),
        ("platform_raw/oms_jd_order.csv", 50, 29),
        ("platform_raw/oms_jd_order_item.csv", 61, 10),
        ("platform_raw/oms_dou_order.csv", 30, 56),
        ("platform_raw/oms_dou_order_item.csv", 31, 49),
        ("olist/olist_orders_dataset.csv", 2471, 8),
        ("olist/olist_order_items_dataset.csv", 2525, 7),
        ("olist/olist_order_reviews_dataset.csv", 2501, 7),
    ],
)
def test_real_files_are_read_whole(shared: Path, file: str, count: int, columns: int) -> None:
    table = read_table(shared / "data" / file)
    assert (table.count, len(table.columns), table.problems) == (count, columns, ())


@pytest.mark.shared
def test_the_real_double_encoded_file_is_repaired(shared: Path) -> None:
    table = read_table(shared / "data" / "scms_supplier.csv")
    assert table.columns[0] == "ID"
    assert rows(table)[0]["Country"] == "Côte d'Ivoire"


def test_struct_sized_junk_is_refused() -> None:
    with pytest.raises(BadRequest):
        read_table(struct.pack("<200d", *[1.5] * 200), "a.csv")
