"""What a newer payload changes in an order of the pool, and the events that say so: one a changed order."""

from core.store import address_corrections, order_lines
from core.store.merge import Merge, updates
from core.store.store import Cursor

RECEIVED, CHANGED, REMAPPED = "order_received", "order_changed", "order_remapped"
# Columns that change without a word: hashes, and the platform's clock (it moves with every touch).
_SILENT = frozenset(
    ("phone_key", "recipient_key", "buyer_name_key", "address_key", "phone_last4", "platform_updated_at")
)
_SHOWN_BY_OTHERS = frozenset(("held",))  # said by held_reasons


def apply(cursor: Cursor, merge: Merge, *, corrected: bool) -> dict[str, int]:
    """Write newer payloads over the orders they belong to; returns the fates' counts, `apply` told apart.

    `corrected`: some of them are in `corrected`; their addresses stay as a person wrote them.
    """
    found = updates(merge)
    if corrected:
        found = address_corrections.keeping(found)
    columns = ", ".join(f'{sql} AS "n_{name}"' for name, sql in found.items())
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE applied AS SELECT p.*, f.digest AS new_digest, {columns} FROM present p "
        "JOIN fates f ON f.order_key = p.order_key AND f.fate = 'apply' JOIN staged s ON s.place = f.place"
    )
    differ = " OR ".join(f'"{name}" IS DISTINCT FROM "n_{name}"' for name in found)
    order_lines.differing(cursor, merge)
    conflicts = address_corrections.compare(cursor, merge) if corrected else []
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE touched AS SELECT order_key FROM applied WHERE {differ} "
        "UNION SELECT order_key FROM lines_differ"
    )
    cursor.execute(
        "UPDATE fates SET fate = CASE WHEN order_key IN (SELECT order_key FROM touched) THEN 'changed' ELSE 'same' END "
        "WHERE fate = 'apply'"
    )
    cursor.execute("DELETE FROM lines_differ WHERE order_key NOT IN (SELECT order_key FROM touched)")
    _write_changes(cursor, merge, tuple(found))
    if conflicts:
        address_corrections.show(cursor, conflicts, merge.now)
    return dict(cursor.execute("SELECT fate, count(*) FROM fates GROUP BY fate").fetchall())


def _write_changes(cursor: Cursor, merge: Merge, names: tuple[str, ...]) -> None:
    told = [name for name in names if name not in _SILENT | _SHOWN_BY_OTHERS]
    kinds = {field.name: field.sql_type for field in merge.catalogue.fields}
    entries = [_change(name, kinds.get(name, "VARCHAR")) for name in told]
    entries.append(
        "CASE WHEN d.order_key IS NOT NULL THEN '\"lines\":[' || coalesce(to_json(d.before)::VARCHAR, 'null') || ',' || "
        "coalesce(to_json(d.after)::VARCHAR, 'null') || ']' END"
    )
    cursor.execute(
        "INSERT INTO order_events (order_key, channel, shop, platform_no, event, happened_at, actor, reason, detail) "
        "SELECT order_key, channel, shop, platform_no, $event, $now, 'platform', $origin, '{' || detail || '}' FROM ("
        f"SELECT a.order_key, a.channel, a.shop, a.platform_no, nullif(concat_ws(',', {', '.join(entries)}), '') AS detail "
        "FROM applied a JOIN touched t ON t.order_key = a.order_key LEFT JOIN lines_differ d ON d.order_key = a.order_key"
        ") WHERE detail IS NOT NULL",
        {"event": REMAPPED if merge.again else CHANGED, "now": merge.now, "origin": merge.origin},
    )
    sets = ", ".join(f'"{name}" = a."n_{name}"' for name in names)
    cursor.execute(
        f"UPDATE orders SET {sets}, changed_at = $now FROM applied a JOIN touched t ON t.order_key = a.order_key "
        "WHERE orders.order_key = a.order_key AND orders.platform_no = a.platform_no",
        {"now": merge.now},
    )
    cursor.execute(
        "UPDATE orders SET digest = a.new_digest, mapping = $mapping, mapping_version = $version FROM applied a "
        "WHERE orders.order_key = a.order_key AND orders.platform_no = a.platform_no",
        {"mapping": merge.mapping, "version": merge.version},
    )


def _change(name: str, sql_type: str) -> str:
    """SQL: `"name":[before,after]` where the column changed, else NULL."""
    before, after = f'a."{name}"', f'a."n_{name}"'
    pair = f"{_as_json(before, sql_type)} || ',' || {_as_json(after, sql_type)}"
    return f"""CASE WHEN {before} IS DISTINCT FROM {after} THEN '"{name}":[' || {pair} || ']' END"""


def _as_json(value: str, sql_type: str) -> str:
    if sql_type == "TIMESTAMPTZ":
        value = f"strftime({value}, '%Y-%m-%dT%H:%M:%SZ')"
    return f"coalesce(to_json({value})::VARCHAR, 'null')"


def write_arrivals(cursor: Cursor, merge: Merge) -> None:
    """One event for each new order: how it came and the status it came with."""
    cursor.execute(
        "INSERT INTO order_events (order_key, channel, shop, platform_no, event, happened_at, actor, reason, detail) "
        "SELECT s.order_key, $channel, $shop, s.platform_no, $event, $now, 'platform', $origin, "
        "'{\"status\":\"' || coalesce(s.status, 'PAID') || '\"}' FROM staged s JOIN fates f ON f.place = s.place "
        "AND f.fate = 'new'",
        {
            "channel": merge.channel,
            "shop": merge.shop,
            "event": RECEIVED,
            "now": merge.now,
            "origin": merge.origin,
        },
    )
