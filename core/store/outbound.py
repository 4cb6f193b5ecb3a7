"""What left the warehouse, as it said it; and the orders of the pool that learn from it that they are shipped."""

from core import clock
from core.model.lifecycle import after_platform_sql
from core.store.store import Cursor

_KEY = " AND ".join(f"k.{name} = n.{name}" for name in ("source_channel", "source_shop", "platform_no", "tracking_no"))
_NEWS = ("shop", "courier", "warehouse", "weight_g", "shipped_at")


def merge(cursor: Cursor, incoming: str, channel: str, shop: str) -> tuple[int, int, int]:
    """Merge a relation with the columns of the outbound catalogue; returns (inserted, updated, unchanged)."""
    changed = " OR ".join(f"k.{name} IS DISTINCT FROM n.{name}" for name in _NEWS)
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE outbound_news AS SELECT n.*, k.platform_no IS NOT NULL AS known, "
        f"k.platform_no IS NOT NULL AND ({changed}) AS changed FROM ("
        "SELECT platform_no, tracking_no, shop, courier, warehouse, weight_g, shipped_at, ? AS source_channel, "
        f"? AS source_shop FROM {incoming} "
        "QUALIFY row_number() OVER (PARTITION BY platform_no, tracking_no ORDER BY shipped_at DESC NULLS LAST) = 1"
        f") AS n LEFT JOIN outbound_records AS k ON {_KEY}",
        [channel, shop],
    )
    sets = ", ".join(f"{name} = n.{name}" for name in _NEWS)
    cursor.execute(
        f"MERGE INTO outbound_records AS k USING outbound_news AS n ON {_KEY} "
        f"WHEN MATCHED AND ({changed}) THEN UPDATE SET {sets}, matched = false, changed_at = ? "
        "WHEN NOT MATCHED THEN INSERT (platform_no, tracking_no, shop, courier, warehouse, weight_g, shipped_at, "
        "source_channel, source_shop, matched, changed_at) VALUES (n.platform_no, n.tracking_no, n.shop, n.courier, "
        "n.warehouse, n.weight_g, n.shipped_at, n.source_channel, n.source_shop, false, ?)",
        [clock.now(), clock.now()],
    )
    row = cursor.execute(
        "SELECT count(*) FILTER (WHERE NOT known), count(*) FILTER (WHERE changed), "
        "count(*) FILTER (WHERE known AND NOT changed) FROM outbound_news"
    ).fetchone()
    return (int(row[0]), int(row[1]), int(row[2])) if row else (0, 0, 0)


def match_orders(cursor: Cursor) -> int:
    """Let the orders of unmatched records know courier, waybill and dispatch; returns how many orders changed.

    A record without a shop belongs to an order only when one shop alone has that number. Of several parcels the order
    shows the first; each stays in outbound_records. A cancelled order stays cancelled.
    """
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE outbound_matched AS SELECT o.order_key, o.channel, o.shop, o.platform_no, "
        f"o.status AS before, {after_platform_sql('o.status', chr(39) + 'SHIPPED' + chr(39))} AS after, "
        "r.courier, r.tracking_no, r.warehouse, r.shipped_at, r.source_channel, r.source_shop "
        "FROM outbound_records AS r JOIN orders AS o ON o.platform_no = r.platform_no "
        "AND (r.shop IS NULL OR r.shop = o.shop) WHERE NOT r.matched "
        "QUALIFY count(*) OVER (PARTITION BY r.source_channel, r.source_shop, r.platform_no, r.tracking_no) = 1"
    )
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE outbound_orders AS SELECT * FROM outbound_matched "
        "QUALIFY row_number() OVER (PARTITION BY order_key ORDER BY shipped_at, tracking_no) = 1"
    )
    now = clock.now()
    cursor.execute(
        "UPDATE orders SET courier = coalesce(m.courier, orders.courier), "
        "tracking_no = m.tracking_no, warehouse = coalesce(m.warehouse, orders.warehouse), "
        "shipped_at = coalesce(orders.shipped_at, m.shipped_at), status = m.after, changed_at = ? "
        "FROM outbound_orders AS m WHERE orders.order_key = m.order_key AND orders.channel = m.channel "
        "AND orders.shop = m.shop AND orders.platform_no = m.platform_no",
        [now],
    )
    cursor.execute(
        "INSERT INTO order_events SELECT order_key, channel, shop, platform_no, 'order_shipped', "
        "coalesce(shipped_at, ?), 'wms', '', to_json({'courier': courier, 'tracking_no': tracking_no, "
        "'warehouse': warehouse, 'from': before, 'to': after})::VARCHAR FROM outbound_matched",
        [now],
    )
    cursor.execute(
        "UPDATE outbound_records SET matched = true FROM outbound_matched AS m "
        "WHERE outbound_records.source_channel = m.source_channel AND outbound_records.source_shop = m.source_shop "
        "AND outbound_records.platform_no = m.platform_no AND outbound_records.tracking_no = m.tracking_no"
    )
    row = cursor.execute("SELECT count(*) FROM outbound_orders").fetchone()
    return int(row[0]) if row else 0
