"""Merges staged refunds into the pool and keeps the orders' `refund_status` in step with their newest refund.

A refund is known by (channel, shop, refund_no); the newer `refund_updated_at` wins. One that comes before its order is
kept, and found by the order when that comes.
"""

from core.store.merge import Merge, Merged, newest_only, quoted
from core.store.store import Cursor

RECEIVED, CHANGED = "refund_received", "refund_changed"
_TEXTS = ("line_no", "refund_type", "refund_status", "reason")
_OTHERS = {"refund_fen": "BIGINT", "refund_requested_at": "TIMESTAMPTZ", "refund_updated_at": "TIMESTAMPTZ"}


def merge_refunds(cursor: Cursor, merge: Merge) -> Merged:
    """Merge `staged` into `refunds`; leaves `fates` as `merge_orders` does."""
    newest_only(cursor, "refund_no")
    filled = [name for name in merge.columns if name in (*_TEXTS, *_OTHERS) or name.startswith("x_")]
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE present AS SELECT r.* FROM refunds r JOIN staged s ON s.refund_no = r.refund_no "
        "WHERE r.channel = ? AND r.shop = ?",
        [merge.channel, merge.shop],
    )
    same = "" if merge.again else "WHEN p.digest = d.digest THEN 'old' "
    differ = " OR ".join(
        [*(f'p."{name}" IS DISTINCT FROM s."{name}"' for name in filled), "p.platform_no <> s.platform_no"]
    )
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE fates AS SELECT s.place, s.order_key, s.refund_no, d.digest, "
        f"CASE WHEN p.refund_no IS NULL THEN 'new' {same}"
        "WHEN p.refund_updated_at IS NOT NULL AND (s.platform_updated_at IS NULL "
        f"OR s.platform_updated_at < p.refund_updated_at) THEN 'old' WHEN {differ} THEN 'changed' ELSE 'same' END AS fate "
        "FROM staged s JOIN intake_digests d ON d.place = s.place LEFT JOIN present p ON p.refund_no = s.refund_no"
    )
    _events(cursor, merge)
    who = {"channel": merge.channel, "shop": merge.shop, "now": merge.now}
    cursor.execute(
        f"INSERT INTO refunds (order_key, channel, shop, platform_no, refund_no, {quoted(filled)}, digest, pool_at, changed_at) "
        f"SELECT s.order_key, $channel, $shop, s.platform_no, s.refund_no, {quoted(filled, 's.')}, f.digest, "
        "$now, $now FROM staged s JOIN fates f ON f.place = s.place AND f.fate = 'new'",
        who,
    )
    sets = ", ".join(f'"{name}" = s."{name}"' for name in filled)
    cursor.execute(
        f"UPDATE refunds SET {sets}, order_key = s.order_key, platform_no = s.platform_no, digest = f.digest, changed_at = "
        "CASE WHEN f.fate = 'changed' THEN $now ELSE refunds.changed_at END FROM staged s JOIN fates f ON f.place = s.place "
        "AND f.fate IN ('changed', 'same') WHERE refunds.refund_no = s.refund_no AND refunds.channel = $channel "
        "AND refunds.shop = $shop",
        who,
    )
    _tell_orders(cursor, merge)
    counts = dict(cursor.execute("SELECT fate, count(*) FROM fates GROUP BY fate").fetchall())
    return Merged(counts.get("new", 0), counts.get("changed", 0), counts.get("same", 0) + counts.get("old", 0), 0)


def _events(cursor: Cursor, merge: Merge) -> None:
    status = "s.refund_status" if "refund_status" in merge.columns else "NULL::VARCHAR"
    fen = "s.refund_fen" if "refund_fen" in merge.columns else "NULL::BIGINT"
    cursor.execute(
        "INSERT INTO order_events (order_key, channel, shop, platform_no, event, happened_at, actor, reason, detail) "
        "SELECT s.order_key, $channel, $shop, s.platform_no, CASE WHEN f.fate = 'new' THEN $received ELSE $changed END, "
        "$now, 'platform', $origin, to_json(struct_pack(refund_no := s.refund_no, "
        f"refund_status := [p.refund_status, {status}], refund_fen := [p.refund_fen, {fen}]))::VARCHAR "
        "FROM staged s JOIN fates f ON f.place = s.place AND f.fate IN ('new', 'changed') "
        "LEFT JOIN present p ON p.refund_no = s.refund_no",
        {
            "channel": merge.channel,
            "shop": merge.shop,
            "received": RECEIVED,
            "changed": CHANGED,
            "now": merge.now,
            "origin": merge.origin,
        },
    )


def _tell_orders(cursor: Cursor, merge: Merge) -> None:
    cursor.execute(
        "UPDATE orders SET refund_status = r.word, changed_at = $now FROM (SELECT order_key, platform_no, arg_max("
        "refund_status, (coalesce(refund_updated_at, '-infinity'::TIMESTAMPTZ), refund_no)) AS word FROM refunds "
        "WHERE order_key IN (SELECT order_key FROM fates WHERE fate IN ('new', 'changed')) GROUP BY order_key, platform_no"
        ") r WHERE orders.order_key = r.order_key AND orders.platform_no = r.platform_no "
        "AND orders.refund_status IS DISTINCT FROM r.word",
        {"now": merge.now},
    )
