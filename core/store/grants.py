"""Writes what promotions decided, a batch at a time: gift lines, grants, the row of each order, events."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import clock
from core.store.store import Cursor

GRANTED, WITHDRAWN = "gift_granted", "gift_withdrawn"
_IN = "order_key IN (SELECT unnest(?::BIGINT[]))"


@dataclass(frozen=True, slots=True)
class Grant:
    """Units of one gift that one version of an activity gives an order."""

    order_key: int
    promotion: str
    version: int
    sku: str
    qty: int
    substitute_for: str | None = None
    person_key: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The row of one order. `expected`, `actual` in fen; `audited` says whether the two can be compared."""

    order_key: int
    basis: str
    versions: dict[str, int] = field(default_factory=dict)
    gift_units: int = 0
    watched: bool = False
    short: bool = False
    audited: bool = False
    expected: int = 0
    actual: int | None = None


def of_orders(cursor: Cursor, keys: Sequence[int]) -> dict[int, list[Grant]]:
    """order_key -> what it has been given."""
    rows = cursor.execute(
        f"SELECT order_key, promotion, version, sku, qty, substitute_for, person_key FROM gift_grants WHERE {_IN} "
        "ORDER BY promotion, sku",
        [list(keys)],
    ).fetchall()
    found: dict[int, list[Grant]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Grant(*row))
    return found


def replace(cursor: Cursor, keys: Sequence[int], grants: Sequence[Grant]) -> None:
    """Give the orders exactly these gifts: grants and lines (price 0, own barcode, the activity's name beside them)."""
    cursor.execute(f"DELETE FROM gift_grants WHERE {_IN}", [list(keys)])
    cursor.execute(f"DELETE FROM order_lines WHERE granted_by IS NOT NULL AND {_IN}", [list(keys)])
    if not grants:
        return
    columns = _columns(
        (g.order_key, g.promotion, g.version, g.sku, g.qty, g.substitute_for, g.person_key) for g in grants
    )
    types = ("BIGINT", "VARCHAR", "INTEGER", "VARCHAR", "BIGINT", "VARCHAR", "VARCHAR")
    cursor.execute(f"INSERT INTO gift_grants SELECT {_unnest(types)}, ?", [*columns, clock.now()])
    cursor.execute(
        "INSERT INTO order_lines (order_key, channel, shop, platform_no, line_no, sku, barcode, title, qty, unit_price_fen, "
        "line_paid_fen, is_gift, granted_by, pool_at) SELECT o.order_key, o.channel, o.shop, o.platform_no, "
        "'gift-' || g.promotion || '-' || g.sku, g.sku, coalesce(nullif(s.barcode, ''), p.barcode, g.sku), "
        "coalesce(nullif(s.name, ''), p.title, g.sku), g.qty, 0, 0, true, g.promotion, coalesce(o.pool_at, 'infinity') FROM ("
        f"SELECT order_key, promotion, sku, sum(qty) AS qty FROM gift_grants WHERE {_IN} GROUP BY ALL) g "
        "JOIN orders o ON o.order_key = g.order_key LEFT JOIN gift_stock s ON s.sku = g.sku "
        "LEFT JOIN (SELECT sku, any_value(barcode) AS barcode, any_value(title) AS title FROM products GROUP BY sku) p "
        "ON p.sku = g.sku",
        [list(keys)],
    )


def settle(cursor: Cursor, rows: Sequence[Settled]) -> None:
    """Keep one row an order in place of the former one; the first decision's instant stays."""
    columns = _columns(
        (
            r.order_key, r.basis, json.dumps(r.versions, sort_keys=True), r.gift_units, r.watched, r.short, r.audited,
            r.expected, r.actual,
        )
        for r in rows
    )  # fmt: skip
    types = ("BIGINT", "VARCHAR", "VARCHAR", "BIGINT", *["BOOLEAN"] * 3, "BIGINT", "BIGINT")
    names = "order_key, basis, versions, gift_units, watched, short, audited, expected_fen, actual_fen"
    now = clock.now()
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE settling AS WITH s({names}) AS (SELECT {_unnest(types)}) "
        "SELECT s.*, coalesce(p.decided_at, ?) AS decided_at FROM s LEFT JOIN promotion_orders p ON p.order_key = s.order_key",
        [*columns, now],
    )
    cursor.execute("DELETE FROM promotion_orders WHERE order_key IN (SELECT order_key FROM settling)")
    cursor.execute(
        f"INSERT INTO promotion_orders ({names}, channel, shop, platform_no, decided_at, checked_at, diff_fen) "
        f"SELECT {', '.join(f's.{name}' for name in names.split(', '))}, o.channel, o.shop, o.platform_no, s.decided_at, ?, "
        "s.actual_fen - s.expected_fen "
        "FROM settling s JOIN orders o ON o.order_key = s.order_key",
        [now],
    )
    cursor.execute("DROP TABLE settling")


def touch(
    cursor: Cursor, keys: Sequence[int], prints: Sequence[str], short: Sequence[bool], units: Sequence[int]
) -> None:
    """Note that gifts were looked at again: fingerprint, whether one is missing, units now given."""
    cursor.execute(
        f"WITH t(order_key, basis, short, units) AS (SELECT {_unnest(('BIGINT', 'VARCHAR', 'BOOLEAN', 'BIGINT'))}) "
        "UPDATE promotion_orders SET basis = t.basis, short = t.short, gift_units = t.units, checked_at = ? FROM t "
        "WHERE promotion_orders.order_key = t.order_key",
        [list(keys), list(prints), list(short), list(units), clock.now()],
    )


def tell(cursor: Cursor, event: str, told: Iterable[tuple[int, str, dict[str, Any]]]) -> None:
    """One event an order: (order_key, activities, detail)."""
    listed = [(key, why, json.dumps(detail, ensure_ascii=False)) for key, why, detail in told]
    if listed:
        cursor.execute(
            f"WITH e(order_key, reason, detail) AS (SELECT {_unnest(('BIGINT', 'VARCHAR', 'VARCHAR'))}) "
            "INSERT INTO order_events SELECT o.order_key, o.channel, o.shop, o.platform_no, ?, ?, 'system', e.reason, e.detail "
            "FROM e JOIN orders o ON o.order_key = e.order_key",
            [*_columns(listed), event, clock.now()],
        )


def _columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _unnest(types: Sequence[str]) -> str:
    return ", ".join(f"unnest(?::{kind}[])" for kind in types)
