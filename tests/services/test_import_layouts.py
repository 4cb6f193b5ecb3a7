"""Exports as the platforms' seller centres write them: real header rows, invented orders, every quirk of the values."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from core.people.actor import SYSTEM
from core.people.vault import open_vault
from core.services.imports import import_file
from core.settings import Settings
from core.store import Store

ROWS: dict[str, list[dict[str, str]]] = {
    "taobao_ExportOrderList_2018": [
        {
            "订单编号": '="35153131473293579"',
            "买家应付货款": "1,100.00",
            "买家应付邮费": "5.00",
            "总金额": "1105.00",
            "买家实际支付金额": "1105.00",
            "订单状态": "卖家已发货，等待买家确认",
            "收货人姓名": "张三",
            "收货地址 ": "浙江省 杭州市 西湖区 文一路1号",
            "联系电话 ": "'",
            "联系手机": "'13900001111",
            "订单创建时间": "2018-09-01 10:00:00",
            "订单付款时间 ": "2018-09-01 10:01:00",
            "宝贝标题 ": "衣服，裤子",
            "物流单号 ": "No:YT123456",
            "退款金额": "0.00",
        },
        {
            "订单编号": '="35153131473293580"',
            "买家实际支付金额": "0",
            "订单状态": "交易关闭",
            "订单创建时间": "2018-09-01 10:00:00",
        },
    ],
    "jd_pop_order_2016": [
        {
            "订单号": "42123456790",
            "订购数量": "2",
            "京东价": "1999",
            "应付金额": "3998",
            "订单状态": "等待出库",
            "下单时间": "2016-05-01 10:00:00",
            "付款确认时间": "2016-05-01 10:01:00",
            "客户地址": "北京朝阳区三环到四环之间",
            "联系电话": "1******6198",
            "货号": "A-2",
        },
        {
            "订单号": "42123456790",
            "订购数量": "1",
            "京东价": "0",
            "应付金额": "3998",
            "订单状态": "等待出库",
            "货号": "A-3",
        },
    ],
    "douyin_order_2026": [
        {
            "主订单编号": "\t6917926768823643751",
            "子订单编号": "\t6917926768823643752",
            "选购商品": "\t连衣裙",
            "商品数量": "1",
            "商家编码": "K1",
            "商品单价": "1,059.90",
            "订单应付金额": "54.90",
            "运费": "0",
            "收件人": "##密文1",
            "收件人手机号": "$$密文2",
            "省": "内蒙古自治区",
            "市": "呼和浩特市",
            "详细地址": "##密文3",
            "订单提交时间": "2026-01-02 10:00:00",
            "支付完成时间": "2026-01-02 10:00:10",
            "订单状态": "已发货",
            "售后状态": "退款成功",
        }
    ],
    "pdd_order_full_2023": [
        {
            "商品": "杯子\t",
            "订单号": "231215-123456789012345\t",
            "订单状态": "未发货，退款成功",
            "商品数量(件)": "2",
            "支付时间": "2023-12-15 10:00:08\t",
            "订单成交时间": "\t",
            "商家编码-规格维度": "SKU-1",
            "售后状态": "退款成功",
            "商品总价(元)": "39.98",
            "邮费(元)": "0",
            "用户实付金额(元)": "36.98",
            "商家实收金额(元)": "37.98",
            "省": "****",
            "市": "****",
        }
    ],
    "weixin_shop_order_2026": [
        {
            "订单号": "3712345678901234567",
            "订单状态": "待发货",
            "订单下单时间": "2026-02-01 10:00:00",
            "支付时间": "2026-02-01 10:00:05",
            "省": "上海市",
            "市": "市辖区",
            "收件人手机": "138****0000",
            "商品总价": "30",
            "订单实际支付金额": "28.5",
            "SKU编码(自定义)": code,
            "商品数量": count,
            "商品价格(单件)": "10",
            "商品实际价格(总共)": paid,
        }
        for code, count, paid in (("T1", "1", "9.5"), ("T2", "2", "19"))
    ],
}
EXPECTED: dict[str, tuple[str, list[tuple[Any, ...]], list[tuple[Any, ...]]]] = {
    "taobao_ExportOrderList_2018": (
        "taobao",
        [
            ("35153131473293579", "SHIPPED", None, 110500, "139****1111", "浙江", "杭州市", "YT123456"),
            ("35153131473293580", "CANCELLED", None, 0, None, None, None, None),
        ],
        [],
    ),
    "jd_pop_order_2016": (
        "jd",
        [("42123456790", "PAID", None, 399800, "1******6198", "北京", None, None)],
        [("1", "A-2", 2, 199900), ("2", "A-3", 1, 0)],
    ),
    "douyin_order_2026": (
        "doudian",
        [("6917926768823643751", "SHIPPED", None, 5490, "***", "内蒙古", "呼和浩特市", None)],
        [("6917926768823643752", "K1", 1, 105990)],
    ),
    "pdd_order_full_2023": (
        "pinduoduo",
        [("231215-123456789012345", "PAID", "退款成功", 3698, None, None, None, None)],
        [("1", "SKU-1", 2, None)],
    ),
    "weixin_shop_order_2026": (
        "wechat",
        [("3712345678901234567", "PAID", None, 2850, "138****0000", "上海", "上海市", None)],
        [("1", "T1", 1, 1000), ("2", "T2", 2, 1000)],
    ),
}


@pytest.mark.shared
@pytest.mark.parametrize("layout", ROWS)
def test_an_export_with_all_its_quirks_gives_exactly_its_orders(
    store: Store, settings: Settings, shared: Path, layout: str
) -> None:
    columns = json.loads((shared / "data" / "platform_headers.json").read_text(encoding="utf-8"))[layout]["cols"]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(ROWS[layout])
    encoding = "gb18030" if layout.startswith("taobao") else "utf-8-sig"
    channel, orders, lines = EXPECTED[layout]
    vault, raw = open_vault(settings), out.getvalue().encode(encoding)
    report = import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel=channel)
    assert (report.rows, report.orders, report.lines) == (len(ROWS[layout]), len(orders), len(lines))
    assert report.rejects == ()
    with store.read() as cursor:
        assert (
            cursor.execute(
                "SELECT platform_no, status, refund_status, paid_fen, phone, province, city, tracking_no FROM orders ORDER BY 1"
            ).fetchall()
            == orders
        )
        sql = "SELECT line_no, sku, qty, unit_price_fen FROM order_lines ORDER BY line_no"
        assert cursor.execute(sql).fetchall() == lines
    again = import_file(SYSTEM, store, vault, raw, name="a.csv", shop="a", channel=channel)
    assert (again.inserted, again.updated, again.unchanged) == (0, 0, len(orders))
