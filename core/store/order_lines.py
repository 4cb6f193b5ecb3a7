"""An order's lines: replaced as a set when they differ, never one by one. Gift lines of ours (`granted_by`) stay."""

from core.model.fields import Field, Level
from core.store.merge import Merge, quoted
from core.store.store import Cursor, count_of

_BUILT_IN = [
    "line_no",
    "sku",
    "barcode",
    "title",
    "spec",
    "qty",
    "unit_price_fen",
    "line_paid_fen",
    "line_refund_status",
    "is_gift",
    "spu",
    "weight_g",
]


def prepare(cursor: Cursor, mapped: tuple[str, ...], order_columns: tuple[str, ...]) -> int:
    """Make `line_sets` (order_key and all line columns) from `staged_lines` of the orders in `staged`; returns how many.

    A line without a number gets its position; of lines with one number the last stays. Where no line of an order says
    what was paid on it, the order's payment without shipping is apportioned to them.
    """
    kinds = {"qty": "BIGINT", "unit_price_fen": "BIGINT", "line_paid_fen": "BIGINT", "weight_g": "BIGINT"}
    kinds["is_gift"] = "BOOLEAN"
    columns = ["coalesce(l.line_no, l.pos::VARCHAR) AS line_no" if "line_no" in mapped else "l.pos::VARCHAR AS line_no"]
    for name in _BUILT_IN[1:]:
        columns.append(f"l.{name}" if name in mapped else f"NULL::{kinds.get(name, 'VARCHAR')} AS {name}")
    columns += [f'l."{name}"' for name in mapped if name.startswith("x_")]
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE line_sets AS SELECT s.order_key, l.pos, {', '.join(columns)} FROM staged_lines l "
        "JOIN staged s ON s.place = l.place"
    )
    lines = count_of(cursor)
    row = cursor.execute(
        "SELECT count(*) - count(DISTINCT (order_key, line_no)), count(*) - count(line_paid_fen) FROM line_sets"
    ).fetchone()
    double, unpaid = row or (0, 0)
    if "line_no" in mapped and double:
        cursor.execute(
            "DELETE FROM line_sets WHERE (order_key, pos) NOT IN (SELECT (order_key, pos) FROM line_sets QUALIFY "
            "row_number() OVER (PARTITION BY order_key, line_no ORDER BY pos DESC) = 1)"
        )
        lines -= count_of(cursor)
    if "paid_fen" in order_columns and unpaid:
        _apportion(cursor, "shipping_fen" in order_columns)
    return lines


def _apportion(cursor: Cursor, has_shipping: bool) -> None:
    """Largest remainder over quantity × unit price (over the quantities where no price is known); sums are exact."""
    goods = "s.paid_fen - coalesce(s.shipping_fen, 0)" if has_shipping else "s.paid_fen"
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE shares AS WITH open AS (SELECT order_key, sum(coalesce(qty * unit_price_fen, 0)) AS worth, "
        "min(qty * unit_price_fen) AS least, sum(qty) AS units, min(qty) AS fewest FROM line_sets GROUP BY order_key "
        "HAVING count(line_paid_fen) = 0), weighed AS (SELECT l.order_key, l.pos, "
        f"({goods})::HUGEINT AS total, CASE WHEN o.worth > 0 AND o.least >= 0 THEN coalesce(l.qty * l.unit_price_fen, 0) "
        "ELSE l.qty END::HUGEINT AS weight, CASE WHEN o.worth > 0 AND o.least >= 0 THEN o.worth ELSE o.units END::HUGEINT "
        "AS whole FROM line_sets l JOIN open o ON o.order_key = l.order_key JOIN staged s ON s.order_key = l.order_key "
        f"WHERE {goods} >= 0 AND o.units > 0 AND o.fewest >= 0) "
        "SELECT order_key, pos, (total * weight // whole + CASE WHEN row_number() OVER (PARTITION BY order_key ORDER BY "
        "total * weight % whole DESC, pos) <= total - sum(total * weight // whole) OVER (PARTITION BY order_key) "
        "THEN 1 ELSE 0 END)::BIGINT AS fen FROM weighed"
    )
    cursor.execute(
        "UPDATE line_sets SET line_paid_fen = h.fen FROM shares h WHERE h.order_key = line_sets.order_key "
        "AND h.pos = line_sets.pos"
    )


def _compared(merge: Merge) -> str:
    own = [name for name in merge.line_columns or () if name.startswith("x_")]
    return ", ".join(["order_key", *_BUILT_IN, *(f'"{name}"' for name in own)])


def differing(cursor: Cursor, merge: Merge) -> None:
    """Make `lines_differ` (order_key, before, after as texts): orders to be changed whose lines are not the same set."""
    if merge.line_columns is None:
        cursor.execute("CREATE OR REPLACE TEMP TABLE lines_differ (order_key BIGINT, before VARCHAR, after VARCHAR)")
        return
    _fill_defaults(cursor, merge)
    columns = _compared(merge)
    mine = "order_key IN (SELECT order_key FROM applied)"
    theirs = f"{mine} AND granted_by IS NULL"  # a line that a promotion of ours gave is no word of the platform's
    old = f"SELECT {columns} FROM order_lines WHERE {theirs}"
    new = f"SELECT {columns} FROM line_sets WHERE {mine}"
    words = "string_agg(coalesce(sku, title, line_no) || ' ×' || coalesce(qty, 1)::VARCHAR, ', ' ORDER BY line_no)"
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE lines_differ AS WITH both_ways AS ("
        f"(({old}) EXCEPT ALL ({new})) UNION ALL (({new}) EXCEPT ALL ({old}))), "
        "keys AS (SELECT DISTINCT order_key FROM both_ways), "
        f"old AS (SELECT order_key, {words} AS said FROM order_lines WHERE {theirs} GROUP BY order_key), "
        f"new AS (SELECT order_key, {words} AS said FROM line_sets WHERE {mine} GROUP BY order_key) "
        "SELECT k.order_key, old.said AS before, new.said AS after FROM keys k "
        "LEFT JOIN old ON old.order_key = k.order_key LEFT JOIN new ON new.order_key = k.order_key"
    )


def replace(cursor: Cursor, merge: Merge, *, changed: bool) -> None:
    """Write the lines of new orders, and, where orders `changed`, put the whole new set in place where it differs."""
    _fill_defaults(cursor, merge)
    own = [name for name in merge.line_columns or () if name.startswith("x_")]
    kept = [field for field in _own(merge) if field.name not in own]
    names = [*_BUILT_IN, *own]
    which = "SELECT order_key FROM fates WHERE fate = 'new'"
    if changed:
        which += " UNION ALL SELECT order_key FROM lines_differ"
    if kept:
        _keep_own(cursor, kept, changed=changed)
    if changed:
        cursor.execute(
            "DELETE FROM order_lines WHERE granted_by IS NULL AND order_key IN (SELECT order_key FROM lines_differ)"
        )
        cursor.execute(
            "UPDATE orders SET line_count = coalesce(l.n, 0), unit_count = coalesce(l.units, 0) FROM lines_differ d "
            "LEFT JOIN (SELECT order_key, count(*) AS n, sum(qty) AS units FROM line_sets GROUP BY order_key) l "
            "ON l.order_key = d.order_key WHERE orders.order_key = d.order_key"
        )
    since = "coalesce(p.pool_at, $now)" if changed else "$now"
    before = "LEFT JOIN present p ON p.order_key = l.order_key " if changed else ""
    others = "".join(f", {_or_default(f'k.{field.name}', field)}" for field in kept)
    joined = "LEFT JOIN own_kept k ON k.order_key = l.order_key AND k.line_no = l.line_no " if kept else ""
    cursor.execute(
        f"INSERT INTO order_lines (order_key, channel, shop, platform_no, pool_at, {quoted([*names, *(f.name for f in kept)])}) "
        f"SELECT l.order_key, $channel, $shop, s.platform_no, {since}, {quoted(names, 'l.')}{others} FROM line_sets l "
        f"JOIN staged s ON s.order_key = l.order_key {before}{joined}WHERE l.order_key IN ({which})",
        {"channel": merge.channel, "shop": merge.shop, "now": merge.now, **_defaults(kept)},
    )


def _own(merge: Merge) -> list[Field]:
    """The operator's own line fields, retired ones too: retiring keeps what they hold."""
    return [field for field in merge.catalogue.at(Level.LINE, retired=True) if field.own]


def _fill_defaults(cursor: Cursor, merge: Merge) -> None:
    """Own fields that the mapping fills take their default where a line brings no value. Doing it twice does no harm."""
    for field in _own(merge):
        if field.default is not None and field.name in (merge.line_columns or ()):
            cursor.execute(
                f'UPDATE line_sets SET "{field.name}" = TRY_CAST(? AS {field.sql_type}) WHERE "{field.name}" IS NULL',
                [field.default],
            )


def _keep_own(cursor: Cursor, kept: list[Field], *, changed: bool) -> None:
    """Make `own_kept`: what own fields that this mapping does not fill hold on the lines that are to be replaced."""
    columns = "".join(f', any_value("{field.name}") AS {field.name}' for field in kept)
    which = "order_key IN (SELECT order_key FROM lines_differ)" if changed else "false"
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE own_kept AS SELECT order_key, line_no{columns} FROM order_lines "
        f"WHERE granted_by IS NULL AND {which} GROUP BY order_key, line_no"
    )


def _or_default(value: str, field: Field) -> str:
    return value if field.default is None else f"coalesce({value}, TRY_CAST($default_{field.name} AS {field.sql_type}))"


def _defaults(fields: list[Field]) -> dict[str, str]:
    return {f"default_{field.name}": field.default for field in fields if field.default is not None}
