"""The laws that hold in every sound store, whatever has happened to it: each law is a question whose answer must be empty.

`broken(store)` answers law -> the first rows that break it. Nothing here knows of a particular story.
"""

from typing import Any

from core.model.lifecycle import BY_NAME
from core.stock.settle import settle
from core.store import Store, checkup, demand, stock_free

SHOWN = 5
_TWICE = "SELECT {0}, count(*) FROM {1} WHERE {2} GROUP BY ALL HAVING count(*) > 1"

LAWS = {
    # Each thing once by its key.
    "an order is there twice": _TWICE.format("channel, shop, platform_no", "orders", "true"),
    "an order's key is there twice": _TWICE.format("order_key", "orders", "true"),
    "a line is there twice": _TWICE.format("order_key, line_no", "order_lines", "true"),
    "a refund is there twice": _TWICE.format("channel, shop, refund_no, coalesce(line_no, '')", "refunds", "true"),
    "a message is there twice": _TWICE.format("kind, channel, shop, key", "outbox", "true"),
    "a message's id is there twice": _TWICE.format("outbox_id", "outbox", "true"),
    "a print job is there twice": _TWICE.format("job_key", "print_jobs", "true"),
    "an order has two slips": _TWICE.format("order_key", "slips", "state = 'made'"),
    "a slip's number is there twice": _TWICE.format("slip_no", "slips", "true"),
    "an order stands twice in a flow": _TWICE.format("order_key, parcel, flow", "flow_tokens", "true"),
    "an order ended twice in a flow": _TWICE.format("order_key, parcel, flow", "flow_ends", "true"),
    "a promise is there twice": _TWICE.format("order_key, line_no, sku, warehouse", "reservations", "true"),
    "a piece was booked twice": _TWICE.format("kind, source, warehouse, sku", "stock_movements", "kind = 'shipped'"),
    "a platform was told twice": _TWICE.format("order_key", "order_events", "event = 'dispatch_confirmed'"),
    "an order left the house twice": _TWICE.format("order_key", "packings", "state = 'packed' AND parcel_no IS NULL"),
    "a waybill is on two parcels": "SELECT tracking_no, count(DISTINCT merged) FROM (SELECT p.tracking_no, "
    "coalesce(m.lead_key, p.order_key) AS merged FROM packings p LEFT JOIN merged_orders m ON m.order_key = p.order_key "
    "AND m.undone_at IS NULL WHERE p.state = 'packed') GROUP BY 1 HAVING count(DISTINCT merged) > 1",
    # What hangs together.
    "an order stands in a flow and is through it": "SELECT order_key, parcel FROM flow_tokens t SEMI JOIN flow_ends e "
    "USING (order_key, parcel, flow)",
    "a token has no order": "SELECT order_key FROM flow_tokens ANTI JOIN orders USING (order_key)",
    "a hold without a reason": "SELECT platform_no, held, held_reasons FROM orders "
    "WHERE coalesce(held, false) <> (coalesce(held_reasons, '[]') NOT IN ('[]', ''))",
    "a slip in vain": "SELECT o.platform_no FROM slips s JOIN orders o USING (order_key) "
    "WHERE s.state = 'made' AND o.status = 'CANCELLED'",
    "a print job without its message": "SELECT job_key FROM print_jobs j WHERE NOT EXISTS "
    "(SELECT 1 FROM outbox o WHERE o.kind = 'print' AND o.key = j.job_key)",
    "told without having been sent": "SELECT e.platform_no FROM order_events e WHERE e.event = 'dispatch_confirmed' AND NOT EXISTS "
    "(SELECT 1 FROM outbox o WHERE o.kind = 'dispatch' AND o.state = 'done' AND o.subject = e.platform_no)",
    "sent without having been told": "SELECT o.subject FROM outbox o WHERE o.kind = 'dispatch' AND o.state = 'done' "
    "AND o.answer <> 'nobody to tell' AND NOT EXISTS (SELECT 1 FROM order_events e "
    "WHERE e.event = 'dispatch_confirmed' AND e.platform_no = o.subject)",
    "printed without a word": "SELECT s.slip_no FROM slips s JOIN print_jobs j ON j.state = 'printed' "
    "AND j.document = 'pick_list' AND contains(j.slips, '\"' || s.slip_no || '\"') WHERE s.state = 'made' AND s.printed_at IS NULL "
    "AND EXISTS (SELECT 1 FROM outbox o WHERE o.kind = 'print' AND o.key = j.job_key AND o.state = 'done')",
    # Pieces.
    "a level below nothing": "SELECT warehouse, sku, on_hand FROM stock_levels WHERE on_hand < 0",
    "more promised than there is": f"SELECT sku, free FROM ({stock_free.per_sku()}) WHERE free < 0",
    "more promised in a place than lies there": f"SELECT warehouse, sku, free FROM ({stock_free.per_place()}) WHERE free < 0",
    "a promise to an order that needs nothing": "SELECT o.platform_no, o.status FROM reservations r JOIN orders o USING (order_key) "
    f"WHERE r.state = 'active' AND o.status NOT IN ({demand.OPEN}) GROUP BY ALL",
    "promises that are not what the order needs": "WITH open AS (SELECT order_key FROM orders WHERE status IN "
    "('STOCK_LOCKED', 'PICKING', 'LOGISTICS_ASSIGNED', 'PACKED')), need AS (SELECT order_key, sku, sum(qty) AS qty FROM "
    f"({demand.needs('open')}) GROUP BY ALL), have AS (SELECT order_key, sku, sum(qty) AS qty FROM reservations SEMI JOIN open "
    "USING (order_key) WHERE state = 'active' GROUP BY ALL) SELECT coalesce(n.order_key, h.order_key), coalesce(n.sku, h.sku), "
    "n.qty, h.qty FROM need n FULL JOIN have h ON h.order_key = n.order_key AND h.sku = n.sku "
    "WHERE n.qty IS DISTINCT FROM h.qty",
    "taken but not booked": "SELECT r.order_key, r.line_no, r.sku FROM reservations r WHERE r.state = 'consumed' AND NOT EXISTS "
    "(SELECT 1 FROM stock_movements m WHERE m.kind = 'shipped' AND m.sku = r.sku "
    "AND m.source = 'order:' || r.order_key || '/' || r.line_no)",
    "booked but not taken": "SELECT m.source, m.sku FROM stock_movements m WHERE m.kind = 'shipped' AND m.warehouse <> '' "
    "AND starts_with(m.source, 'order:') AND NOT EXISTS (SELECT 1 FROM reservations r WHERE r.state = 'consumed' "
    "AND r.sku = m.sku AND r.warehouse = m.warehouse AND r.qty = m.qty "
    "AND m.source = 'order:' || r.order_key || '/' || r.line_no)",
}


def broken(store: Store) -> dict[str, list[Any]]:
    """Law -> the first rows that break it; nothing for a sound store. What the stock's job would do at once is done first."""
    for _round in range(20):
        if not settle(store).touched:
            break
    found: dict[str, list[Any]] = {}
    with store.read() as cursor:
        for law, question in LAWS.items():
            rows = cursor.execute(f"SELECT * FROM ({question}) LIMIT {SHOWN}").fetchall()
            if rows:
                found[law] = rows
        unknown = cursor.execute("SELECT DISTINCT status FROM orders").fetchall()
    strange = [row[0] for row in unknown if row[0] not in BY_NAME]
    if strange:
        found["a status nobody knows"] = strange
    seen = checkup.find(store)
    for name in ("double_orders", "lines_astray", "wrong_line_counts", "negative_money"):
        if getattr(seen, name):
            found[f"check-up: {name}"] = [getattr(seen, name)]
    return found
