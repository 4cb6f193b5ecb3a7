"""Suggest: headers never seen find their fields; an amount that is not plainly one thing stays unmapped."""

import csv
import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.mapping.document import parse
from core.mapping.headers import MONEY
from core.mapping.readers import read_table
from core.mapping.suggest import suggest_for
from core.mapping.suggest_document import to_document
from core.mapping.suggestion import Suggestion
from core.model.fields import Catalogue, Field, Kind, Level


def csv_bytes(header: list[str], rows: list[list[str]] | None = None, encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows or [])
    return out.getvalue().encode(encoding)


def suggested(raw: bytes, channel: str = "", name: str = "a.csv") -> Suggestion:
    return suggest_for(read_table(raw, name), channel, Catalogue())


def pairs(found: Suggestion) -> dict[str, str]:
    return {one.target: one.source for one in found.fields}


def dos(found: Suggestion, target: str) -> list[str]:
    one = found.find(target)
    assert one is not None
    return [step["do"] for step in one.convert]


TAOBAO_LIST = {
    "platform_no": "订单编号",
    "status": "订单状态",
    "platform_status": "订单状态",
    "ordered_at": "订单创建时间",
    "paid_at": "订单付款时间",
    "paid_fen": "买家实际支付金额",
    "goods_fen": "买家应付货款",
    "shipping_fen": "买家应付邮费",
    "buyer_name": "买家会员名",
    "recipient": "收货人姓名",
    "phone": "联系手机",
    "address": "收货地址",
    "buyer_note": "买家留言",
    "seller_note": "订单备注",
    "courier": "物流公司",
    "tracking_no": "物流单号",
}
BY_HAND: dict[str, tuple[str, dict[str, str]]] = {
    "taobao_ExportOrderList_2016": ("order", TAOBAO_LIST),
    "taobao_ExportOrderList_2018": ("order", TAOBAO_LIST | {"finished_at": "确认收货时间"}),
    "taobao_suborder_2024": (
        "line",
        {
            "platform_no": "主订单编号",
            "status": "订单状态",
            "platform_status": "订单状态",
            "ordered_at": "订单创建时间",
            "paid_at": "订单付款时间",
            "shipped_at": "发货时间",
            "paid_fen": "买家实际支付金额",
            "goods_fen": "买家应付货款",
            "buyer_note": "主订单买家留言",
            "seller_note": "商家备注",
            "courier": "物流公司",
            "tracking_no": "物流单号",
            "line_no": "子订单编号",
            "sku": "商家编码",
            "title": "标题",
            "spec": "商品属性",
            "qty": "购买数量",
            "unit_price_fen": "价格",
            "line_paid_fen": "买家实际支付金额",
            "line_refund_status": "退款状态",
            "spu": "商品id",
        },
    ),
    "jd_pop_order_2016": (
        "line",
        {
            "platform_no": "订单号",
            "status": "订单状态",
            "platform_status": "订单状态",
            "ordered_at": "下单时间",
            "paid_at": "付款确认时间",
            "finished_at": "订单完成时间",
            "paid_fen": "应付金额",
            "shipping_fen": "运费金额",
            "buyer_name": "下单帐号",
            "recipient": "客户姓名",
            "phone": "联系电话",
            "address": "客户地址",
            "buyer_note": "订单备注",
            "seller_note": "商家备注",
            "flag": "商家备注等级（等级1-5为由高到低）",
            "sku": "货号",
            "title": "商品名称",
            "qty": "订购数量",
            "unit_price_fen": "京东价",
            "spu": "商品ID",
        },
    ),
    "douyin_order_2026": (
        "line",
        {
            "platform_no": "主订单编号",
            "status": "订单状态",
            "platform_status": "订单状态",
            "ordered_at": "订单提交时间",
            "paid_at": "支付完成时间",
            "ship_by": "承诺发货时间",
            "deliver_on": "预约送达时间",
            "shipped_at": "发货时间",
            "finished_at": "订单完成时间",
            "paid_fen": "订单应付金额",
            "discount_fen": "优惠总金额",
            "shipping_fen": "运费",
            "recipient": "收件人",
            "phone": "收件人手机号",
            "province": "省",
            "city": "市",
            "district": "区",
            "address": "详细地址",
            "buyer_note": "买家留言",
            "seller_note": "商家备注",
            "flag": "旗帜颜色",
            "warehouse": "仓库名称",
            "line_no": "子订单编号",
            "sku": "商家编码",
            "barcode": "商品69码",
            "title": "选购商品",
            "spec": "商品规格",
            "qty": "商品数量",
            "unit_price_fen": "商品单价",
            "line_refund_status": "售后状态",
            "spu": "商品ID",
        },
    ),
    "pdd_order_full_2023": (
        "line",
        {
            "platform_no": "订单号",
            "status": "订单状态",
            "platform_status": "订单状态",
            "ordered_at": "订单成交时间",
            "paid_at": "支付时间",
            "ship_by": "承诺发货时间",
            "deliver_on": "预约配送时间",
            "shipped_at": "发货时间",
            "finished_at": "确认收货时间",
            "paid_fen": "用户实付金额(元)",
            "goods_fen": "商品总价(元)",
            "shipping_fen": "邮费(元)",
            "province": "省",
            "city": "市",
            "district": "区",
            "buyer_note": "买家留言",
            "seller_note": "商家备注",
            "courier": "快递公司",
            "tracking_no": "快递单号",
            "warehouse": "仓库名称",
            "refund_status": "售后状态",
            "sku": "商家编码-规格维度",
            "title": "商品",
            "spec": "商品规格",
            "qty": "商品数量(件)",
            "spu": "商品id",
        },
    ),
    "weixin_shop_order_2026": (
        "line",
        {
            "platform_no": "订单号",
            "status": "订单状态",
            "platform_status": "订单状态",
            "ordered_at": "订单下单时间",
            "paid_at": "支付时间",
            "shipped_at": "订单发货时间",
            "finished_at": "订单确认收货时间",
            "paid_fen": "订单实际支付金额",
            "goods_fen": "商品总价",
            "shipping_fen": "订单运费",
            "recipient": "收件人姓名",
            "phone": "收件人手机",
            "province": "省",
            "city": "市",
            "district": "区",
            "address": "收件人地址",
            "buyer_note": "买家备注",
            "seller_note": "商家备注",
            "flag": "打标颜色",
            "courier": "物流公司",
            "tracking_no": "快递单号",
            "is_presale": "是否预售",
            "refund_status": "商品售后",
            "sku": "SKU编码(自定义)",
            "title": "商品名称",
            "spec": "商品属性",
            "qty": "商品数量",
            "unit_price_fen": "商品价格(单件)",
            "line_paid_fen": "商品实际价格(总共)",
            "spu": "商品编码(平台)",
        },
    ),
    "wms_outbound_detail_68col": (
        "line",
        {
            "platform_no": "原始单号",
            "paid_at": "支付时间",
            "shipped_at": "发货时间",
            "buyer_name": "客户网名",
            "recipient": "收件人",
            "phone": "收件人手机号",
            "province": "省",
            "city": "市",
            "district": "区",
            "address": "收件人地址",
            "buyer_note": "买家留言",
            "seller_note": "客服备注",
            "courier": "物流公司",
            "tracking_no": "物流编号",
            "warehouse": "仓库",
            "sku": "商家编码",
            "barcode": "条形码",
            "title": "货品名称",
            "spec": "规格名称",
            "qty": "货品数量",
            "unit_price_fen": "成交价",
            "spu": "货品编号",
        },
    ),
    "wms_outbound_slip_12col": (
        "order",
        {
            "platform_no": "原始单号",
            "shipped_at": "发货时间",
            "recipient": "收件人",
            "address": "收件人地址",
            "seller_note": "客服备注",
            "courier": "物流公司",
            "tracking_no": "物流单号",
        },
    ),
    "yunda_bill_2021": ("order", {"province": "目的地省", "city": "目的地/市", "tracking_no": "运单编号"}),
    "sf_bill_2020": ("order", {"tracking_no": "运单号码"}),
}


@pytest.mark.shared
@pytest.mark.parametrize("layout", BY_HAND)
@pytest.mark.parametrize("shuffled", [False, True])
def test_every_real_header_row_gets_the_fields_worked_out_by_hand(shared: Path, layout: str, shuffled: bool) -> None:
    columns = json.loads((shared / "data" / "platform_headers.json").read_text(encoding="utf-8"))[layout]["cols"]
    if shuffled:
        random.Random(7).shuffle(columns)
    found = suggested(csv_bytes(columns, encoding="gb18030"))
    granularity, expected = BY_HAND[layout]
    assert pairs(found) == expected
    assert found.granularity == granularity
    assert set(found.unmapped) == {" ".join(column.split()) for column in columns} - set(expected.values()) - {
        further for one in found.fields for further in one.also
    }


REAL: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "tmall_order_report.csv": (
        "order",
        {
            "platform_no": ("订单编号", "clean"),
            "ordered_at": ("订单创建时间", "datetime"),
            "paid_at": ("订单付款时间", "datetime"),
            "paid_fen": ("买家实际支付金额", "yuan"),
            "province": ("收货地址", "province"),
        },
    ),
    "platform_raw/oms_jd_order.csv": (
        "order",
        {
            "platform_no": ("order_id", "clean"),
            "status": ("order_state", "status"),
            "platform_status": ("order_state", ""),
            "ordered_at": ("order_start_time", "datetime"),
            "paid_at": ("payment_confirm_time", "datetime"),
            "finished_at": ("order_end_time", "datetime"),
            "platform_updated_at": ("modified", "datetime"),
            "paid_fen": ("order_payment", "yuan"),
            "goods_fen": ("order_total_price", "yuan"),
            "discount_fen": ("seller_discount", "yuan"),
            "shipping_fen": ("freight_price", "yuan"),
            "buyer_name": ("pin", "trim"),
            "province": ("province", "province"),
            "city": ("city", "city"),
            "tracking_no": ("waybill", "clean"),
        },
    ),
    "platform_raw/oms_jd_order_item.csv": (
        "line",
        {
            "platform_no": ("order_id", "clean"),
            "sku": ("outer_sku_id", "clean"),
            "title": ("sku_name", "trim"),
            "qty": ("item_total", "integer"),
            "unit_price_fen": ("jd_price", "yuan"),
            "spu": ("ware_id", "clean"),
        },
    ),
    "platform_raw/oms_dou_order.csv": (
        "order",
        {
            "platform_no": ("order_id", "clean"),
            "status": ("order_status_desc", "status"),
            "platform_status": ("order_status_desc", ""),
            "ordered_at": ("create_time", "epoch_s"),
            "paid_at": ("pay_time", "epoch_s"),
            "ship_by": ("exp_ship_time", "epoch_s"),
            "shipped_at": ("ship_time", "epoch_s"),
            "finished_at": ("finish_time", "epoch_s"),
            "platform_updated_at": ("update_time", "epoch_s"),
            "paid_fen": ("pay_amount", "fen"),
            "discount_fen": ("promotion_amount", "fen"),
            "shipping_fen": ("post_amount", "fen"),
            "buyer_id": ("doudian_open_id", "clean"),
            "flag": ("seller_remark_stars", "trim"),
            "merge_key": ("open_address_id", "clean"),
        },
    ),
    "olist/olist_orders_dataset.csv": (
        "order",
        {
            "platform_no": ("order_id", "clean"),
            "status": ("order_status", "status"),
            "platform_status": ("order_status", ""),
            "ordered_at": ("order_purchase_timestamp", "datetime"),
            "paid_at": ("order_approved_at", "datetime"),
            "shipped_at": ("order_delivered_carrier_date", "datetime"),
            "finished_at": ("order_delivered_customer_date", "datetime"),
            "buyer_id": ("customer_id", "clean"),
        },
    ),
    "olist/olist_order_items_dataset.csv": (
        "line",
        {
            "platform_no": ("order_id", "clean"),
            "ship_by": ("shipping_limit_date", "datetime"),
            "shipping_fen": ("freight_value", "yuan"),
            "line_no": ("order_item_id", "clean"),
            "unit_price_fen": ("price", "yuan"),
            "spu": ("product_id", "clean"),
        },
    ),
    "online_retail.parquet": (
        "line",
        {
            "platform_no": ("InvoiceNo", "clean"),
            "ordered_at": ("InvoiceDate", "datetime"),
            "buyer_id": ("CustomerID", "clean"),
            "sku": ("StockCode", "clean"),
            "title": ("Description", "trim"),
            "qty": ("Quantity", "integer"),
            "unit_price_fen": ("UnitPrice", "yuan"),
        },
    ),
    "api_fixtures/taobao_trades_sold_get_sandbox.json": (
        "line",
        {
            "platform_no": ("tid", "clean"),
            "status": ("status", "status"),
            "platform_status": ("status", ""),
            "ordered_at": ("created", "datetime"),
            "paid_at": ("pay_time", "datetime"),
            "platform_updated_at": ("modified", "datetime"),
            "paid_fen": ("payment", "yuan"),
            "goods_fen": ("total_fee", "yuan"),
            "discount_fen": ("discount_fee", "yuan"),
            "shipping_fen": ("post_fee", "yuan"),
            "buyer_name": ("buyer_nick", "trim"),
            "recipient": ("receiver_name", "trim"),
            "phone": ("receiver_mobile", "phone"),
            "province": ("receiver_state", "province"),
            "city": ("receiver_city", "city"),
            "district": ("receiver_district", "trim"),
            "address": ("receiver_address", "trim"),
            "line_no": ("oid", "clean"),
            "title": ("title", "trim"),
            "qty": ("num", "integer"),
            "unit_price_fen": ("price", "yuan"),
            "line_refund_status": ("refund_status", "null_if"),
            "spu": ("num_iid", "clean"),
        },
    ),
}


@pytest.mark.shared
@pytest.mark.parametrize("file", REAL)
def test_real_values_confirm_the_header_and_choose_the_converter(shared: Path, file: str) -> None:
    found = suggest_for(read_table(shared / "data" / file), "", Catalogue())
    granularity, expected = REAL[file]
    assert {one.target: (one.source, "/".join(s["do"] for s in one.convert)) for one in found.fields} == expected
    assert found.granularity == granularity


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "lines", "expected"),
    [
        (
            "doudian_order_searchList_example.json",
            "sku_order_list",
            {"paid_fen": ("pay_amount", "fen"), "province": ("post_addr.province.name", "province"), "sku": ("code", "clean"), "line_no": ("order_id", "clean"), "spec": ("spec[*].value", "join")},
        ),
        (
            "pdd_order_list_get_skeleton.json",
            "item_list",
            {"paid_fen": ("pay_amount", "yuan"), "platform_no": ("order_sn", "clean"), "sku": ("outer_id", "clean"), "qty": ("goods_count", "integer")},
        ),
        (
            "jd_pop_order_search_skeleton.json",
            "itemInfoList",
            {"phone": ("consigneeInfo.mobile", "phone"), "recipient": ("consigneeInfo.fullname", "trim"), "sku": ("outerSkuId", "clean")},
        ),
    ],
)  # fmt: skip
def test_nested_payloads_get_dotted_paths(
    shared: Path, file: str, lines: str, expected: dict[str, tuple[str, str]]
) -> None:
    found = suggest_for(read_table(shared / "data" / "api_fixtures" / file), "", Catalogue())
    assert found.lines == lines
    shown = {one.target: (one.source, "/".join(s["do"] for s in one.convert)) for one in found.fields}
    assert {target: shown[target] for target in expected} == expected


@pytest.mark.shared
def test_a_refund_payload_is_told_from_an_order(shared: Path) -> None:
    found = suggest_for(
        read_table(shared / "data" / "api_fixtures" / "taobao_refunds_receive_get_sandbox.json"), "taobao", Catalogue()
    )
    assert found.entity == "refunds"
    assert pairs(found) == {
        "refund_no": "refund_id",
        "platform_no": "tid",
        "line_no": "oid",
        "refund_status": "status",
        "refund_fen": "refund_fee",
        "refund_requested_at": "created",
        "refund_updated_at": "modified",
        "reason": "reason",
    }


# Headers in words no export of ours uses.
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "网店订单号,买家昵称,下单日期,付款日期,实付总额（元）,商品总额(元),快递费,收货电话,收货省份,收货区县,商家货号,宝贝名称,颜色规格,购买件数,成交单价(元),快递企业,快递编号",
            "platform_no buyer_name ordered_at paid_at paid_fen goods_fen shipping_fen phone province district sku title spec qty unit_price_fen courier tracking_no",
        ),
        (
            "交易订单编号,子单编号,交易状态,实际付款,优惠合计,单品售价,收件人联系方式,收件人省,收件人详细地址,客户留言,卖家备忘,付款成功时间,订单生成时间,末次更新时间,件数,商家sku编码",
            "platform_no line_no status paid_fen discount_fen unit_price_fen phone province address buyer_note seller_note paid_at ordered_at platform_updated_at qty sku",
        ),
        (
            "Order Number,Order Date,Payment Date,Order Status,Amount Paid,Shipping Cost,Item SKU,Item Name,Qty Ordered,Unit Price,Ship To Name,Ship To Phone,Ship To City,Tracking Number,Carrier Name",
            "platform_no ordered_at paid_at status paid_fen shipping_fen sku title qty unit_price_fen recipient phone city tracking_no courier",
        ),
        (
            "orderSn,payAmountFen,skuCode,goodsQuantity,buyerPhone,payTimestamp,orderStatus,createdAt",
            "platform_no paid_fen sku qty phone paid_at status ordered_at",
        ),
    ],
)
def test_headers_in_other_words_find_their_fields(header: str, expected: str) -> None:
    names = header.split(",")
    found = {one.source: one.target for one in suggested(csv_bytes(names)).fields if one.target != "platform_status"}
    assert [found.get(" ".join(name.split())) for name in names] == expected.split()


@pytest.mark.parametrize(
    "column",
    [
        "金额", "总金额", "订单金额", "订单总价", "合计", "退款金额", "退款总额", "商家实收金额", "订单实际收款金额", "结算金额", "打款商家金额",
        "买家实际支付积分", "买家支付积分", "余额支付", "平台优惠", "商家优惠", "红包抵扣", "运费险", "手续费", "技术服务费", "延迟发货主动赔付金额",
        "支付优惠", "定金金额", "积分抵扣", "成本价", "吊牌价", "amount", "total", "order_amount", "received_payment", "balance_used",
        "refund_amount", "tax", "commission",
    ],
)  # fmt: skip
def test_a_doubtful_amount_is_never_taken_for_money_of_the_order(column: str) -> None:
    found = suggested(csv_bytes(["订单编号", "订单状态", column], [["100000000001", "交易成功", "12.50"]]))
    assert not [one.target for one in found.fields if one.target in MONEY]
    assert column in found.unmapped


def test_the_amount_paid_is_told_from_its_neighbours() -> None:
    header = ["订单编号", "总金额", "买家应付货款", "买家应付邮费", "买家实际支付金额", "退款金额", "应付金额"]
    found = suggested(csv_bytes(header, [["100000000001", "30.00", "25.00", "5.00", "28.50", "0.00", "30.00"]]))
    money = {one.target: one.source for one in found.fields if one.target in MONEY}
    assert money == {"paid_fen": "买家实际支付金额", "goods_fen": "买家应付货款", "shipping_fen": "买家应付邮费"}


def test_two_columns_that_claim_the_same_amount_leave_it_to_a_person() -> None:
    header = ["订单编号", "已付金额", "已支付金额"]
    found = suggested(csv_bytes(header, [["100000000001", "30.00", "25.00"]]))
    assert found.find("paid_fen") is None
    assert found.reasons


@pytest.mark.parametrize(
    ("header", "values", "converter"),
    [
        ("实付金额(元)", ["12", "30"], "yuan"),
        ("实付金额(分)", ["1200", "3000"], "fen"),
        ("实付金额", ["12.50", "30"], "yuan"),
        ("实付金额", ["1,212.50", "¥30元"], "yuan"),
        ("实付金额", ["12", "30"], "yuan"),
        ("实付金额", ["129900", "419900"], ""),
        ("pay_amount", ["129900", "419900"], ""),
        ("pay_amount_fen", ["129900", "419900"], "fen"),
        ("实付金额(分)", ["12.50", "30.00"], ""),
        ("实付金额", ["无", "没有"], ""),
        ("实付金额", ["-3.50", "-1.00"], ""),
    ],
)
def test_the_unit_is_proved_or_the_amount_stays_unmapped(header: str, values: list[str], converter: str) -> None:
    rows = [[f"10000000000{place}", "交易成功", value] for place, value in enumerate(values)]
    one = suggested(csv_bytes(["订单编号", "订单状态", header], rows)).find("paid_fen")
    assert (one.convert[-1]["do"] if one else "") == converter


def test_an_export_only_a_platform_writes_is_in_yuan_even_without_decimals() -> None:
    header = ["订单号", "订单状态", "京东价", "应付金额"]
    assert dos(suggested(csv_bytes(header, [["42123456790", "完成", "1999", "3998"]])), "paid_fen") == ["yuan"]


def test_an_address_that_begins_with_its_places_gives_them() -> None:
    spaced = suggested(csv_bytes(["订单编号", "收货地址"], [["1000000001", "浙江省 杭州市 西湖区 文一路1号"]]))
    assert {one.target for one in spaced.fields} == {"platform_no", "address", "province", "city", "district"}
    joined = suggested(csv_bytes(["订单编号", "收货地址"], [["1000000001", "北京朝阳区三环到四环之间"]]))
    assert {one.target for one in joined.fields} == {"platform_no", "address", "province"}


def test_the_channel_tells_the_unit_of_an_interface_without_decimals() -> None:
    rows = [["100000000001", "129900"], ["100000000002", "419900"]]
    assert dos(suggested(csv_bytes(["order_id", "pay_amount"], rows), "doudian"), "paid_fen") == ["fen"]
    with_time = [[*row, "1714898447"] for row in rows]
    assert dos(suggested(csv_bytes(["order_id", "pay_amount", "pay_time"], with_time)), "paid_fen") == ["fen"]


LINES = ["订单编号", "商家编码", "商品数量", "实付金额"]


def test_amounts_of_the_rows_are_summed_and_repeated_totals_are_not() -> None:
    own = suggested(csv_bytes(LINES, [["1001", "a", "1", "3.00"], ["1001", "b", "1", "4.00"]])).find("paid_fen")
    same = suggested(csv_bytes(LINES, [["1001", "a", "1", "7.00"], ["1001", "b", "1", "7.00"]])).find("paid_fen")
    assert own is not None and own.total
    assert same is not None and not same.total


def test_the_date_of_a_pinduoduo_order_falls_back_to_its_number() -> None:
    found = suggested(csv_bytes(["订单号", "订单状态", "订单成交时间"], [["231215-123456789012345", "已取消", ""]]))
    one = found.find("ordered_at")
    assert one is not None
    assert (one.source, one.also) == ("订单成交时间", ("订单号",))


@pytest.mark.parametrize(
    ("values", "pattern"),
    [
        (["2024/3/21 10:24", "2024/3/22 9:00"], "%Y/%m/%d %H:%M"),
        (["2024-03-21T10:24:20+08:00"], "%Y-%m-%dT%H:%M:%S%z"),
        (["2024年3月21日"], "%Y年%m月%d日"),
        (["25/03/2024 10:24", "01/04/2024 10:24"], "%d/%m/%Y %H:%M"),
        (["03/25/2024 10:24", "04/01/2024 10:24"], "%m/%d/%Y %H:%M"),
        (["02/03/2024 10:24", "04/01/2024 10:24"], None),
        (["2-Jun-06"], "%d-%b-%y"),
        (["昨天", "今天"], None),
    ],
)
def test_times_get_the_pattern_their_values_prove(values: list[str], pattern: str | None) -> None:
    rows = [[f"10000000000{place}", value] for place, value in enumerate(values)]
    one = suggested(csv_bytes(["订单编号", "付款时间"], rows)).find("paid_at")
    assert (one.convert[0]["pattern"] if one else None) == pattern


def test_unknown_headers_may_be_known_by_their_values_but_never_as_money() -> None:
    header = ["订单编号", "字段甲", "字段乙", "字段丙"]
    rows = [
        [f"10000000{n}", province, "1******6198", "12.50"]
        for n, province in enumerate(["浙江省", "上海", "内蒙", "广东省"])
    ]
    assert pairs(suggested(csv_bytes(header, rows))) == {
        "platform_no": "订单编号",
        "province": "字段甲",
        "phone": "字段乙",
    }


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2026-11-01 10:00:00", "2026-11-02 11:00:00", "2026-11-03 12:00:00"], "times"),
        (["1793498400", "1793584800", "1793671200"], "times"),
        (["12.50", "13.00", "99.90"], "nothing"),
        (["1250", "1300", "9990"], "nothing"),
        (["微信", "支付宝", "微信"], "nothing"),
        ([], "nothing"),
    ],
)
def test_a_header_that_says_neither_time_nor_amount_is_a_time_only_by_its_values(
    values: list[str], expected: str
) -> None:
    rows = [[f"10000000000{n}", value, value] for n, value in enumerate(values)]
    found = pairs(suggested(csv_bytes(["订单编号", "下单", "付款"], rows)))
    times = {"ordered_at": "下单", "paid_at": "付款"} if expected == "times" else {}
    assert found == {"platform_no": "订单编号"} | times


def test_an_operators_own_field_is_found_by_its_label() -> None:
    own = Field("x_batch", Kind.TEXT, Level.ORDER, "Batch", labels={"zh": "活动批次"})
    table = read_table(csv_bytes(["订单编号", "活动批次"], [["100000001", "a"]]))
    found = suggest_for(table, "", Catalogue().with_own([own], 1))
    assert pairs(found) == {"platform_no": "订单编号", "x_batch": "活动批次"}


def test_what_is_missing_is_named() -> None:
    assert suggested(csv_bytes(["运单号码", "应付金额"])).missing == [
        "platform_no",
        "status",
        "ordered_at",
        "paid_at",
        "paid_fen",
    ]


@pytest.mark.shared
@pytest.mark.parametrize("layout", [layout for layout in BY_HAND if "bill" not in layout and "slip" not in layout])
def test_every_suggestion_is_a_valid_document(shared: Path, layout: str) -> None:
    columns = json.loads((shared / "data" / "platform_headers.json").read_text(encoding="utf-8"))[layout]["cols"]
    table = read_table(csv_bytes(columns))
    body: dict[str, Any] = to_document(suggest_for(table, "taobao", Catalogue()), table, "file.taobao.x", "taobao")
    assert parse(body, Catalogue()).name == "file.taobao.x"


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.text("订单编号金额实付支商品退款总优惠运费状态时间买家(元)分 amountpaidorder_", min_size=1, max_size=10),
        min_size=1,
        max_size=12,
    )
)
def test_no_header_row_breaks_it_and_each_field_is_given_once(header: list[str]) -> None:
    found = suggested(csv_bytes(["订单编号", "订单状态", *header]))
    targets = [one.target for one in found.fields]
    assert len(targets) == len(set(targets))
