"""Believable orders in bulk, by SQL alone: for benchmarks and tests. Not the sandbox's shop life, and not the intake."""

from collections.abc import Callable
from datetime import datetime, timedelta

from core import clock
from core.store.store import Cursor, Store

SHOPS = (
    ("taobao", "tm-flagship"),
    ("taobao", "tb-outlet"),
    ("jd", "jd-main"),
    ("doudian", "dy-live"),
    ("pinduoduo", "pdd-shop"),
    ("wechat", "wx-store"),
)
PROVINCES = ("浙江", "江苏", "上海", "广东", "北京", "四川", "湖北", "山东", "河南", "福建")
SURNAMES = ("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴")
PRODUCTS = ("便携榨汁杯", "保温杯 500ml", "收纳盒三件套", "儿童雨衣", "蓝牙耳机", "羊毛围巾", "挂烫机", "坚果礼盒")


def _array(words: tuple[str, ...]) -> str:
    return "[" + ", ".join("'" + word.replace("'", "''") + "'" for word in words) + "]"


def fill(
    store: Store,
    pads: tuple[bytes, bytes],
    seal: Callable[[str], str],
    orders: int,
    *,
    days: int = 30,
    until: datetime | None = None,
    first: int = 0,
) -> None:
    """Insert `orders` orders with lines, refunds, events and sealed-looking person rows, spread evenly over `days`.

    Deterministic in number and shape: order i has i % 6 as its shop, 1-3 lines, every 40th an open refund, every 50th
    is held. `pads` and `seal` are those of the vault. Its phone is 138 and eight digits of i, its platform_no 2600000000000000 + i.
    i begins after `first`: a store is filled in parts without the same order twice.
    """
    end = until or clock.now()
    with store.write() as cursor:
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE made AS " + _ORDERS, [end, timedelta(days=days) / orders, orders, first]
        )
        _insert_orders(cursor, pads, seal)
        cursor.execute(_LINES)
        cursor.execute(_REFUNDS)
        cursor.execute(_EVENTS)
        cursor.execute(
            "INSERT INTO shops BY NAME SELECT channel, shop, shop AS title, channel AS connector, 'active' AS state, "
            "60 AS interval_seconds, false AS demo FROM (SELECT DISTINCT channel, shop FROM made)"
        )
        cursor.execute("DROP TABLE made")


_ORDERS = f"""
SELECT i, s[1] AS channel, s[2] AS shop, (2600000000000000 + i)::VARCHAR AS platform_no,
  (md5_number_lower(s[1] || chr(31) || s[2] || chr(31) || (2600000000000000 + i)::VARCHAR) >> 1)::BIGINT AS order_key,
  paid, age, CASE WHEN i % 20 = 7 THEN 'CANCELLED' WHEN i % 33 = 1 THEN 'UNPAID'
    WHEN age < 0.5 THEN 'PAID' WHEN age < 0.8 THEN 'STOCK_LOCKED' WHEN age < 1 THEN 'PICKING'
    WHEN age < 1.2 THEN 'LOGISTICS_ASSIGNED' WHEN age < 1.4 THEN 'PACKED' WHEN age < 8 THEN 'SHIPPED'
    ELSE 'COMPLETED' END AS status,
  2000 + (i * 7919) % 48000 AS paid_fen, 1 + i % 3 AS line_count,
  '138' || lpad((i % 100000000)::VARCHAR, 8, '0') AS phone,
  {_array(SURNAMES)}[1 + i % 10] || '小' || chr((19968 + i % 200)::INTEGER) AS recipient,
  {_array(PROVINCES)}[1 + (i * 31) % 10] AS province
FROM (SELECT i + $4::BIGINT AS i, $1::TIMESTAMPTZ - ($2::INTERVAL * ($3::BIGINT - i)) AS paid,
        epoch($2::INTERVAL * ($3::BIGINT - i)) / 86400 AS age,
        [{", ".join(f"['{channel}', '{shop}']" for channel, shop in SHOPS)}][1 + ((i + $4::BIGINT) % 6)::INTEGER] AS s
      FROM range(1, $3::BIGINT + 1) t(i))
"""


def _insert_orders(cursor: Cursor, pads: tuple[bytes, bytes], seal: Callable[[str], str]) -> None:
    inner, outer = pads
    keyed = "sha256($1::BLOB || unhex(sha256($2::BLOB || encode({}))))"
    cursor.execute(
        f"""
INSERT INTO orders BY NAME SELECT order_key, channel, shop, platform_no, status, status AS platform_status,
  paid - INTERVAL 3 MINUTE AS ordered_at, CASE WHEN status = 'UNPAID' THEN NULL ELSE paid END AS paid_at,
  paid + INTERVAL 48 HOUR AS ship_by, paid AS platform_updated_at, paid_fen, paid_fen + 500 AS goods_fen,
  500 AS discount_fen, 0 AS shipping_fen, 'CNY' AS currency, 'buyer_' || (i % 400000) AS buyer_id,
  left(recipient, 1) || '**' AS buyer_name, left(recipient, 1) || '**' AS recipient,
  left(phone, 3) || '****' || right(phone, 4) AS phone, province, province || '市' AS city, '一区' AS district,
  '文**' AS address, CASE WHEN i % 25 = 0 THEN '请尽快发货' END AS buyer_note,
  CASE WHEN age > 1.2 THEN 'ZTO' END AS courier,
  CASE WHEN age > 1.2 THEN 'ZT' || (73000000000 + i)::VARCHAR END AS tracking_no,
  CASE WHEN age > 0.8 THEN ['WH-JX', 'WH-SZ', 'WH-WH'][1 + i % 3] END AS warehouse, i % 60 = 0 AS is_presale,
  'mk' || (i % 500000) AS merge_key, CASE WHEN i % 40 = 0 THEN 'REQUESTED' END AS refund_status,
  {keyed.format("phone")} AS phone_key, {keyed.format("recipient")} AS recipient_key, right(phone, 4) AS phone_last4,
  i % 50 = 0 AND status NOT IN ('SHIPPED', 'COMPLETED', 'CANCELLED') AS held,
  CASE WHEN i % 50 = 0 AND status NOT IN ('SHIPPED', 'COMPLETED', 'CANCELLED')
    THEN '["platform_hold"]' END AS held_reasons,
  line_count, line_count * (1 + i % 2) AS unit_count, md5(platform_no) AS digest, channel || '.orders' AS mapping,
  1 AS mapping_version, paid AS pool_at, paid AS changed_at
FROM made ORDER BY i""",
        [outer, inner],
    )
    people = cursor.execute("SELECT order_key, recipient, phone FROM made ORDER BY i LIMIT 500").fetchall()
    cursor.executemany(
        "INSERT INTO order_persons VALUES (?, ?)",
        [
            [key, seal(f'{{"recipient": "{name}", "phone": "{phone}", "address": "文一西路 {n} 号"}}')]
            for n, (key, name, phone) in enumerate(people)
        ],
    )


_LINES = f"""
INSERT INTO order_lines BY NAME SELECT order_key, channel, shop, platform_no, platform_no || '-' || n AS line_no,
  'SKU-' || lpad(((i * 13 + n * 7) % 800)::VARCHAR, 4, '0') AS sku,
  {_array(PRODUCTS)}[1 + ((i + n) % 8)::INTEGER] AS title,
  '默认' AS spec, 1 + i % 2 AS qty, paid_fen // line_count // (1 + i % 2) AS unit_price_fen,
  paid_fen // line_count AS line_paid_fen, n = 3 AND i % 9 = 0 AS is_gift, 300 AS weight_g,
  paid AS pool_at
FROM made, LATERAL (SELECT unnest(range(1, line_count + 1)) AS n)"""

_REFUNDS = """
INSERT INTO refunds BY NAME SELECT order_key, channel, shop, platform_no, 'R' || platform_no AS refund_no,
  'REFUND_ONLY' AS refund_type, 'REQUESTED' AS refund_status, paid_fen AS refund_fen,
  paid + INTERVAL 2 HOUR AS refund_requested_at, paid + INTERVAL 2 HOUR AS refund_updated_at, '不想要了' AS reason,
  md5(platform_no) AS digest, paid AS pool_at, paid AS changed_at
FROM made WHERE i % 40 = 0"""

_EVENTS = """
INSERT INTO order_events BY NAME SELECT order_key, channel, shop, platform_no, 'order_received' AS event,
  paid AS happened_at, 'system' AS actor, 'pull' AS reason, '{}' AS detail FROM made"""
