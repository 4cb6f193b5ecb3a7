"""A store as a year of trade leaves it: orders with their times, events, decisions, tickets and what is open just now.

Made by SQL alone, a million orders a commit; the same number makes the same store. Only what figures and boards read is
filled. Shares: 12 % touched by a person, 3 % held, 2 % frozen by risk, 1 % with a ticket, 0.4 % with a fault.
"""

from datetime import datetime, timedelta
from pathlib import Path

from core import clock
from core.settings import Settings
from core.store import Cursor, Store, open_store

PER_COMMIT = 1_000_000


def settings_of(folder: Path, orders: int) -> Settings:
    """The settings of the store of that many orders, with the product's own limits of memory and threads."""
    return Settings(store_url=f"duckdb:{folder / f'live-{orders}.duckdb'}", key_file=folder / "key")


def made(folder: Path, orders: int, days: int = 365) -> Store:
    """The store, made if it is not there yet; its year ends at the end of the present business hour."""
    folder.mkdir(parents=True, exist_ok=True)
    ready = folder / f"live-{orders}.ready"
    if not ready.exists():
        roomy = Settings(store_url=settings_of(folder, orders).store_url, key_file=folder / "key", store_memory="3GB")
        store = open_store(roomy)
        _fill(store, orders, days, clock.now())
        store.close()
        ready.touch()
    return open_store(settings_of(folder, orders))


def _fill(store: Store, orders: int, days: int, end: datetime) -> None:
    step = timedelta(days=days) / orders
    for first in range(0, orders, PER_COMMIT):
        with store.write() as cursor:
            values = [end, step.total_seconds() * 1_000_000, first, min(orders, first + PER_COMMIT), orders]
            cursor.execute("CREATE OR REPLACE TEMP TABLE made AS " + _MADE, values)
            for statement in (_ORDERS, *_EVENTS, *_DECISIONS, *_REST):
                cursor.execute(statement)
            cursor.execute("DROP TABLE made")
    with store.write() as cursor:
        _around(cursor)


def _around(cursor: Cursor) -> None:
    """What stands beside the orders: messages, waits for stock."""
    cursor.execute(
        "INSERT INTO outbox BY NAME SELECT md5(i::VARCHAR) AS outbox_id, ['dispatch', 'stock_push', 'print'][1 + i % 3] AS kind, "
        "'taobao' AS channel, 'tm' AS shop, i::VARCHAR AS subject, i::VARCHAR AS key, '{}' AS body, "
        "CASE WHEN i % 500 = 0 THEN 'dead' WHEN i % 100 = 0 THEN 'waiting' ELSE 'done' END AS state, 1 AS attempts, "
        "now() + INTERVAL 1 DAY AS next_at, now() - to_minutes(i % 300) AS created_at, now() AS changed_at FROM range(200000) t(i)"
    )
    cursor.execute(
        "INSERT INTO stock_waits SELECT order_key, 'SKU-' || (order_key % 40), 2, paid_at FROM orders "
        "WHERE contains(coalesce(held_reasons, ''), 'no_stock')"
    )


_MADE = """
SELECT i, (hash(i) >> 1)::BIGINT AS order_key, 'N' || i AS platform_no,
  ['taobao', 'jd', 'doudian', 'pinduoduo', 'wechat'][1 + i % 5] AS channel, 's' || (i % 8) AS shop,
  $1::TIMESTAMPTZ - to_microseconds(($2 * ($5 - i))::BIGINT) AS paid, $2 * ($5 - i) / 86400e6 AS age,
  i % 25 = 7 AS cancelled, hash(i, 1) % 10000 AS luck, hash(i, 2) % 10000 AS chance
FROM range($3, $4) t(i)"""

_ORDERS = """
INSERT INTO orders BY NAME SELECT order_key, channel, shop, platform_no,
  CASE WHEN cancelled THEN 'CANCELLED' WHEN age < 0.02 THEN 'PAID' WHEN age < 0.04 THEN 'STOCK_LOCKED'
    WHEN luck < 150 AND age < 4 THEN 'PAID' WHEN age < 0.3 THEN 'PICKING' WHEN age < 0.5 THEN 'LOGISTICS_ASSIGNED'
    WHEN age < 0.7 THEN 'PACKED' WHEN age < 8 THEN 'SHIPPED' ELSE 'COMPLETED' END AS status,
  paid - INTERVAL 2 MINUTE AS ordered_at, paid AS paid_at, paid + INTERVAL 48 HOUR AS ship_by,
  CASE WHEN age >= 0.04 AND NOT cancelled AND NOT (luck < 150 AND age < 4)
    THEN paid + to_milliseconds((60000 + chance * (CASE WHEN luck < 1500 THEN 2000 ELSE 150 END))::BIGINT) END AS slip_at,
  CASE WHEN age >= 0.7 AND NOT cancelled AND NOT (luck < 150 AND age < 4)
    THEN paid + to_milliseconds((3600000 + chance * 4000)::BIGINT) END AS shipped_at,
  2000 + (i * 7919) % 48000 AS paid_fen, i % 60 = 0 AS is_presale, 1 + i % 3 AS line_count, 1 + i % 4 AS unit_count,
  luck < 150 AND age < 4 AND NOT cancelled AS held,
  CASE WHEN luck < 150 AND age < 4 AND NOT cancelled THEN CASE WHEN luck < 50 THEN '["no_stock"]' WHEN luck < 100
    THEN '["risk_freeze"]' ELSE '["refund_open","person"]' END ELSE '[]' END AS held_reasons,
  ['WH-JX', 'WH-SZ', 'WH-WH'][1 + i % 3] AS warehouse, paid AS pool_at, paid AS changed_at
FROM made"""

_ONE = "INSERT INTO order_events BY NAME SELECT order_key, channel, shop, platform_no, {} FROM made WHERE {}"
_EVENTS = (
    _ONE.format("'order_received' AS event, paid AS happened_at, 'system' AS actor, 'pull' AS reason", "true"),
    _ONE.format("'status_changed' AS event, paid + INTERVAL 1 MINUTE AS happened_at, 'system' AS actor, 'STOCK_LOCKED' AS reason", "age >= 0.02"),
    _ONE.format("'slip_made' AS event, paid + INTERVAL 9 MINUTE AS happened_at, 'system' AS actor", "age >= 0.04 AND NOT cancelled"),
    _ONE.format("'order_shipped' AS event, paid + INTERVAL 90 MINUTE AS happened_at, 'wms' AS actor", "age >= 0.7 AND NOT cancelled"),
    _ONE.format("'held' AS event, paid + INTERVAL 2 MINUTE AS happened_at, 'system' AS actor, CASE WHEN luck < 50 THEN 'no_stock' ELSE 'risk_freeze' END AS reason", "luck < 300"),
    _ONE.format("'released' AS event, paid + INTERVAL 20 MINUTE AS happened_at, 'mei' AS actor, 'risk_freeze' AS reason", "luck < 1200 AND age > 0.1"),
    _ONE.format("'warehouse_changed' AS event, paid + INTERVAL 21 MINUTE AS happened_at, 'mei' AS actor", "luck < 100 AND age > 0.1"),
)  # fmt: skip

_DECIDED = (
    "INSERT INTO decisions BY NAME SELECT order_key, channel, shop, platform_no, '{}' AS kind, 'live' AS mode, {} AS outcome, "
    "paid AS decided_at FROM made WHERE NOT cancelled"
)
_DECISIONS = (
    _DECIDED.format("risk", "CASE WHEN luck < 200 THEN 'freeze' ELSE 'allow' END"),
    _DECIDED.format("routing", "'WH-JX'"),
    "INSERT INTO labels BY NAME SELECT order_key, CASE WHEN luck < 60 THEN 'fraud' ELSE 'normal' END AS label, "
    "paid + INTERVAL 30 MINUTE AS labelled_at FROM made WHERE luck < 190 AND age > 0.1 AND NOT cancelled",
)
_REST = (
    "INSERT INTO reservations BY NAME SELECT order_key, 'a' AS line_no, 'SKU-' || (i % 800) AS sku, 'WH-JX' AS warehouse, "
    "1 AS qty, CASE WHEN age < 0.7 THEN 'active' ELSE 'consumed' END AS state, paid AS reserved_at, paid AS changed_at "
    "FROM made WHERE NOT cancelled AND luck >= 50",
    "INSERT INTO refunds BY NAME SELECT order_key, channel, shop, platform_no, 'R' || i AS refund_no, "
    "'REQUESTED' AS refund_status, paid AS refund_requested_at FROM made WHERE i % 40 = 0",
    "INSERT INTO tickets BY NAME SELECT platform_no AS ticket_id, order_key, "
    "CASE WHEN luck % 5 = 0 THEN 'order_progress' ELSE 'other' END AS kind, (luck % 10 = 0)::INTEGER AS handovers, "
    "'closed' AS state, paid + INTERVAL 5 HOUR AS opened_at FROM made WHERE chance < 100",
    "INSERT INTO dispatch_faults BY NAME SELECT order_key, ['wrong_item', 'missing', 'wrong_address'][1 + i % 3] AS kind, "
    "paid + INTERVAL 3 DAY AS found_at FROM made WHERE chance < 40 AND age > 4 AND NOT cancelled",
    "INSERT INTO losses BY NAME SELECT order_key, ['mis_ship', 'fine', 'reverse_freight'][1 + i % 3] AS cause, "
    "1500 AS loss_fen, paid + INTERVAL 4 DAY AS happened_at FROM made WHERE chance < 50 AND age > 5",
    "INSERT INTO flow_tokens BY NAME SELECT order_key, '' AS parcel, 'orders' AS flow, 1 AS version, "
    "CASE WHEN luck < 150 THEN 'review' ELSE 'pick_list' END AS node, 'resting' AS state, paid AS entered_at, "
    "paid AS arrived_at, paid AS pool_at, paid AS changed_at FROM made WHERE age < 0.04 OR (luck < 150 AND age < 4)",
)
