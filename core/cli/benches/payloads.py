"""Believable payloads in the shape of Taobao's order list, as many as wanted. Deterministic by seed."""

import json
from datetime import datetime, timedelta
from random import Random

_PLACES = (
    ("浙江省", "杭州市", "余杭区", "文一西路"),
    ("广东省", "广州市", "天河区", "体育东路"),
    ("上海", "上海市", "浦东新区", "世纪大道"),
    ("四川省", "成都市", "武侯区", "科华北路"),
    ("北京", "北京市", "朝阳区", "建国路"),
)
_GOODS = (("KZ-2201", "秋冬加绒卫衣 男", 12900), ("WZ-01", "纯棉中筒袜 5双装", 1990), ("BW-3", "保温杯 500ml", 5990))
_COLOURS = ("BLK", "GRY", "WHT", "RED")
_SURNAMES, _NAMES = "张王李赵刘陈杨黄", ("伟", "娜", "秀英", "建国", "子涵")
_START = datetime(2026, 11, 1)  # noqa: DTZ001 - the platform writes local times


def taobao_orders(count: int, *, seed: int = 1, first: int = 0) -> list[str]:
    """`count` JSON texts of paid orders with one to four lines, people unmasked (the dearest case for hashing)."""
    random = Random(seed)
    return [json.dumps(_order(random, first + number), ensure_ascii=False) for number in range(count)]


def _order(random: Random, number: int) -> dict[str, object]:
    tid = 2381045600000000000 + number * 10
    lines = [_line(random, tid + place) for place in range(random.choice((1, 1, 1, 2, 2, 3, 4)))]
    total = sum(fen for _line_of, fen in lines)
    made = _START + timedelta(seconds=number * 7 % 2_000_000)
    province, city, district, street = random.choice(_PLACES)
    return {
        "tid": tid,
        "tid_str": str(tid),
        "status": "WAIT_SELLER_SEND_GOODS",
        "type": "fixed",
        "payment": _yuan(total),
        "total_fee": _yuan(total + 500),
        "post_fee": "0.00",
        "discount_fee": "5.00",
        "adjust_fee": "0.00",
        "received_payment": "0.00",
        "num": len(lines),
        "created": f"{made:%Y-%m-%d %H:%M:%S}",
        "pay_time": f"{made + timedelta(seconds=29):%Y-%m-%d %H:%M:%S}",
        "modified": f"{made + timedelta(seconds=30):%Y-%m-%d %H:%M:%S}",
        "buyer_nick": f"nick{random.randrange(400_000)}",
        "buyer_open_uid": f"AAH{random.randrange(400_000):012d}",
        "seller_nick": "demo旗舰店",
        "has_buyer_message": False,
        "seller_flag": 0,
        "shipping_type": "express",
        "receiver_name": random.choice(_SURNAMES) + random.choice(_NAMES),
        "receiver_mobile": f"138{random.randrange(10**8):08d}",
        "receiver_phone": "",
        "receiver_state": province,
        "receiver_city": city,
        "receiver_district": district,
        "receiver_town": "仓前街道",
        "receiver_address": f"{street}{random.randrange(1, 999)}号{random.randrange(1, 20)}幢{random.randrange(101, 2999)}室",
        "receiver_zip": "311121",
        "oaid": f"1demo{random.randrange(10**12)}==",
        "orders": {"order": [line for line, _fen in lines]},
    }


def _line(random: Random, oid: int) -> tuple[dict[str, object], int]:
    code, title, price = random.choice(_GOODS)
    colour, qty = random.choice(_COLOURS), random.choice((1, 1, 1, 2))
    paid = price * qty
    return {
        "oid": oid,
        "oid_str": str(oid),
        "num_iid": 678901234567 + price,
        "sku_id": str(5012345678901 + price),
        "outer_iid": code,
        "outer_sku_id": f"{code}-{colour}",
        "title": title,
        "sku_properties_name": f"颜色分类:{colour};尺码:L",
        "num": qty,
        "price": _yuan(price),
        "total_fee": _yuan(paid),
        "payment": _yuan(paid),
        "discount_fee": "0.00",
        "adjust_fee": "0.00",
        "divide_order_fee": _yuan(paid),
        "part_mjz_discount": "0.00",
        "status": "WAIT_SELLER_SEND_GOODS",
        "refund_status": "NO_REFUND",
        "cid": 50000671,
        "pic_path": "https://img.alicdn.com/bao/uploaded/demo1.jpg",
        "seller_type": "B",
        "store_code": "",
    }, paid


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
