"""The pool's door: merges staged orders with their lines into the pool, all of a batch in a handful of statements.

An order is known by (channel, shop, platform_no). The newer `platform_updated_at` wins; of equally new ones the later
arrival; an older one changes nothing. A known time beats none. What is our own work is never overwritten.
"""

from typing import Any

from core.model.fields import Level
from core.store import address_corrections, order_changes, order_lines
from core.store.merge import HOLD, Merge, Merged, newest_only, quoted
from core.store.persons import Persons
from core.store.store import Cursor, count_of


def merge_orders(cursor: Cursor, merge: Merge) -> Merged:
    """Merge `staged` and `staged_lines` into the pool. Leaves `fates` (place, order_key, fate: new changed same old)."""
    newest_only(cursor, "order_key")
    lines = 0
    if merge.line_columns is not None:
        lines = order_lines.prepare(cursor, merge.line_columns, merge.columns)
    counts = _fates(cursor, merge)
    corrected = bool(counts.get("apply")) and address_corrections.stage(cursor)
    if counts.get("apply"):
        counts = order_changes.apply(cursor, merge, corrected=corrected)
    changed = bool(counts.get("changed"))
    persons = (
        Persons(cursor, merge.seal_many, corrected=corrected) if merge.keys else None
    )  # hashes: the mapping tells of persons
    if counts.get("new"):
        _insert(cursor, merge)
    if merge.line_columns is not None:
        order_lines.replace(cursor, merge, changed=changed)
    if counts.get("new"):
        order_changes.write_arrivals(cursor, merge)
    if persons is not None:
        persons.write(changed=changed)
    return Merged(counts.get("new", 0), counts.get("changed", 0), counts.get("same", 0) + counts.get("old", 0), lines)


def _fates(cursor: Cursor, merge: Merge) -> dict[str, int]:
    known = cursor.execute(
        "SELECT count(*) FROM orders o JOIN staged s ON s.order_key = o.order_key AND s.platform_no = o.platform_no "
        "WHERE o.channel = ? AND o.shop = ?",
        [merge.channel, merge.shop],
    ).fetchone()
    if not known or not known[0]:
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE fates AS SELECT s.place, s.order_key, d.digest, 'new' AS fate "
            "FROM staged s JOIN intake_digests d ON d.place = s.place"
        )
        return {"new": count_of(cursor)}
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE present AS SELECT o.* FROM orders o JOIN staged s ON s.order_key = o.order_key "
        "AND s.platform_no = o.platform_no WHERE o.channel = ? AND o.shop = ?",
        [merge.channel, merge.shop],
    )
    same = "" if merge.again else "WHEN p.digest = d.digest THEN 'old' "
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE fates AS SELECT s.place, s.order_key, d.digest, CASE WHEN p.order_key IS NULL "
        f"THEN 'new' {same}WHEN p.platform_updated_at IS NULL THEN 'apply' "
        "WHEN s.platform_updated_at IS NULL OR s.platform_updated_at < p.platform_updated_at THEN 'old' "
        "ELSE 'apply' END AS fate FROM staged s JOIN intake_digests d ON d.place = s.place "
        "LEFT JOIN present p ON p.order_key = s.order_key"
    )
    return dict(cursor.execute("SELECT fate, count(*) FROM fates GROUP BY fate").fetchall())


def _insert(cursor: Cursor, merge: Merge) -> None:
    values = {
        "order_key": "s.order_key",
        "channel": "$channel",
        "shop": "$shop",
        "platform_no": "s.platform_no",
        "status": "coalesce(s.status, 'PAID')",  # the platform's word may mean "keep ours", and we have none
        "held": "s.held",
        "held_reasons": f"CASE WHEN s.held THEN '{HOLD}' ELSE '[]' END",
        "tags": "'[]'",
        "digest": "f.digest",
        "mapping": "$mapping",
        "mapping_version": "$version",
        "pool_at": "$now",
        "changed_at": "$now",
        "line_count": "0",
        "unit_count": "0",
    }
    values |= {name: f's."{name}"' for name in merge.plain}
    bound = {"channel": merge.channel, "shop": merge.shop, "mapping": merge.mapping}
    bound |= {"version": merge.version, "now": merge.now}
    _defaults(merge, values, bound)
    joins = ""
    if merge.line_columns is not None:
        joins = " LEFT JOIN (SELECT order_key, count(*) AS n, sum(qty) AS units FROM line_sets GROUP BY order_key) l ON l.order_key = s.order_key"
        values |= {"line_count": "coalesce(l.n, 0)", "unit_count": "coalesce(l.units, 0)"}
    joins += (
        " LEFT JOIN (SELECT order_key, arg_max(refund_status, (coalesce(refund_updated_at, '-infinity'::TIMESTAMPTZ), "
        "refund_no)) AS word FROM refunds WHERE order_key IN (SELECT order_key FROM staged) GROUP BY order_key) r "
        "ON r.order_key = s.order_key"
    )
    values["refund_status"] = f"coalesce(r.word, {values.get('refund_status', 'NULL')})"
    cursor.execute(
        f"INSERT INTO orders ({quoted(values)}) SELECT {', '.join(values.values())} "
        f"FROM staged s JOIN fates f ON f.place = s.place AND f.fate = 'new'{joins}",
        bound,
    )


def _defaults(merge: Merge, values: dict[str, str], bound: dict[str, Any]) -> None:
    """A field with a default has it in a new order whose payload says nothing."""
    for field in merge.catalogue.at(Level.ORDER):
        if field.default is not None and (field.mapped or field.own):
            bound[f"default_{field.name}"] = field.default
            default = f"TRY_CAST($default_{field.name} AS {field.sql_type})"
            values[field.name] = f"coalesce({values[field.name]}, {default})" if field.name in values else default
