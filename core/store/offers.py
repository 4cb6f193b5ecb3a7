"""Reads around a batch of orders that promotions decide: who waits, what was bought and refunded, what came before.

The person of an order is its phone's keyed hash; where the platform masks the phone, the buyer's account of that channel
stands in, so that limits per person still hold. Arrival order is (pool_at, order_key).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.store.store import Cursor

PERSON = "coalesce({0}.phone_key, {0}.channel || ':' || {0}.buyer_id)"
BUYER = "({0}.channel || ':' || {0}.buyer_id)"
PAID = "coalesce({0}.paid_at, {0}.ordered_at, {0}.pool_at)"
OWN_HOLDS = ("over_limit", "gift_short")
KEYS = {"phone": PERSON, "buyer": BUYER, "region": "{0}.province"}
_IN = "order_key IN (SELECT unnest(?::BIGINT[]))"
_OURS = "coalesce({0}.is_gift, false) OR {0}.granted_by IS NOT NULL"
_WAITS = "o.status = 'PAID' AND NOT coalesce(contains(o.held_reasons, '\"platform_hold\"'), false)"
# What a decision rests on: when this text changes, the gifts of the order are looked at again.
BASIS = (
    "SELECT o.order_key, md5(concat_ws('#', o.status = 'CANCELLED', l.said, r.said)) AS basis FROM orders o LEFT JOIN ("
    "SELECT order_key, string_agg(concat_ws('|', line_no, sku, qty, coalesce(line_refund_status, '')), ',' ORDER BY line_no) "
    "AS said FROM order_lines WHERE granted_by IS NULL AND {0} GROUP BY order_key) l ON l.order_key = o.order_key LEFT JOIN ("
    "SELECT order_key, string_agg(concat_ws('|', refund_no, coalesce(line_no, ''), refund_status, coalesce(refund_fen, -1)), "
    "',' ORDER BY refund_no) AS said FROM refunds WHERE {0} GROUP BY order_key) r ON r.order_key = o.order_key WHERE o.{0}"
)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order as promotions see it. Amounts in fen; `paid_wall` is the shop's wall clock."""

    order_key: int
    channel: str
    shop: str
    platform_no: str
    status: str
    paid_wall: str
    person: str | None
    phone_known: bool
    buyer: str | None
    province: str | None
    goods_paid: int | None
    prior_orders: int | None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One bought line (never a gift)."""

    line_no: str
    sku: str
    title: str
    qty: int
    unit_price: int | None
    line_paid: int | None
    refund_word: str | None
    category: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """Which earlier purchases count for a limit: paid in [since, until), of channels, provinces, SKUs and categories."""

    since: datetime | None
    until: datetime | None
    channels: Sequence[str] | None
    regions: Sequence[str] | None
    not_regions: Sequence[str]
    skus: Sequence[str] | None
    categories: Sequence[str] | None
    not_skus: Sequence[str]


def waiting(cursor: Cursor, limit: int, *, shadow: bool = False) -> list[int]:
    """Paid orders the platform does not hold and no live activity has decided, in arrival order.

    shadow: those no activity at all has looked at, for a store whose activities all run in shadow.
    """
    if shadow:
        seen = "SELECT 1 FROM decisions d WHERE d.order_key = o.order_key AND d.kind = 'promotion'"
    else:
        seen = "SELECT 1 FROM promotion_orders p WHERE p.order_key = o.order_key"
    rows = cursor.execute(
        f"SELECT o.order_key FROM orders o WHERE {_WAITS} AND NOT EXISTS ({seen}) ORDER BY o.pool_at, o.order_key LIMIT ?",
        [limit],
    ).fetchall()
    return [row[0] for row in rows]


def undecided(cursor: Cursor, keys: Sequence[int]) -> list[int]:
    """Those of the orders that no live activity has decided, in the given order."""
    rows = cursor.execute(f"SELECT order_key FROM promotion_orders WHERE {_IN}", [list(keys)]).fetchall()
    known = {row[0] for row in rows}
    return [key for key in keys if key not in known]


def changed(cursor: Cursor, limit: int) -> list[int]:
    """Decided, not yet shipped orders with gifts (given or missing) whose lines, refunds or stock have changed since."""
    open_ones = "o.shipped_at IS NULL AND o.status IN ('PAID', 'STOCK_LOCKED', 'PICKING', 'LOGISTICS_ASSIGNED', 'PACKED', 'CANCELLED')"
    # A cheap look at the clocks first. They may lag behind the order of commits by the wait for the one writer: hence
    # the slack, and the fingerprint as the judge.
    lately = "coalesce({0}.changed_at, 'infinity'::TIMESTAMPTZ) > p.checked_at - INTERVAL 10 MINUTE"
    filled = "p.short AND o.status = 'PAID' AND (SELECT max(filled_at) FROM gift_stock) > p.checked_at"
    rows = cursor.execute(
        f"SELECT o.order_key, {filled}, p.basis FROM promotion_orders p JOIN orders o ON o.order_key = p.order_key "
        f"WHERE p.watched AND {open_ones} AND (o.status <> 'CANCELLED' OR p.gift_units > 0 OR p.short) "
        f"AND ({lately.format('o')} OR o.status = 'CANCELLED' OR {filled} OR o.order_key IN (SELECT r.order_key FROM refunds r "
        f"JOIN promotion_orders p ON p.order_key = r.order_key WHERE {lately.format('r')})) ORDER BY o.pool_at, o.order_key"
    ).fetchall()
    if not rows:
        return []
    present = basis(cursor, [row[0] for row in rows])
    return [key for key, filled, before in rows if filled or present.get(key) != before][:limit]


def basis(cursor: Cursor, keys: Sequence[int]) -> dict[int, str]:
    """order_key -> fingerprint of what the decision rests on."""
    listed = list(keys)
    return dict(cursor.execute(BASIS.format(_IN), [listed] * 3).fetchall())


def facts(cursor: Cursor, keys: Sequence[int], zone: str, *, prior: bool) -> list[OrderFacts]:
    """The orders in arrival order; `prior`: with the number of the person's earlier orders (else 0)."""
    earlier = _prior(cursor, keys) if prior else {}
    rows = cursor.execute(
        f"SELECT o.order_key, o.channel, o.shop, o.platform_no, o.status, strftime(timezone(?, {PAID.format('o')}), "
        f"'%Y-%m-%dT%H:%M:%S'), {PERSON.format('o')}, o.phone_key IS NOT NULL, {BUYER.format('o')}, o.province, "
        f"o.paid_fen - coalesce(o.shipping_fen, 0) FROM orders o WHERE o.{_IN} ORDER BY o.pool_at, o.order_key",
        [zone, list(keys)],
    ).fetchall()
    if not prior:
        return [OrderFacts(*row, prior_orders=0) for row in rows]
    return [OrderFacts(*row, prior_orders=None if row[6] is None else earlier.get(row[0], 0)) for row in rows]


def _prior(cursor: Cursor, keys: Sequence[int]) -> dict[int, int]:
    when = "coalesce({0}.ordered_at, {0}.paid_at, {0}.pool_at)"
    rows = cursor.execute(
        f"SELECT o.order_key, count(*) FROM orders o JOIN orders e ON {PERSON.format('e')} = {PERSON.format('o')} "
        f"AND e.order_key <> o.order_key AND {when.format('e')} < {when.format('o')} "
        f"AND e.status NOT IN ('UNPAID', 'CANCELLED') WHERE o.{_IN} GROUP BY o.order_key",
        [list(keys)],
    ).fetchall()
    return dict(rows)


def lines(cursor: Cursor, keys: Sequence[int]) -> dict[int, list[LineFacts]]:
    """order_key -> its bought lines in order of their numbers. The category is the own field x_category, else the SPU."""
    rows = cursor.execute(
        "SELECT l.order_key, coalesce(l.line_no, ''), coalesce(l.sku, ''), coalesce(l.title, ''), "
        "greatest(coalesce(l.qty, 1), 0), "
        "CASE WHEN l.unit_price_fen >= 0 THEN l.unit_price_fen END, greatest(l.line_paid_fen, 0), l.line_refund_status, "
        f"{_category(cursor)} FROM order_lines l WHERE l.{_IN} AND NOT ({_OURS.format('l')}) "
        "ORDER BY l.order_key, length(l.line_no), l.line_no",
        [list(keys)],
    ).fetchall()
    found: dict[int, list[LineFacts]] = {}
    for key, *rest in rows:
        found.setdefault(key, []).append(LineFacts(*rest))
    return found


def _category(cursor: Cursor) -> str:
    row = cursor.execute(
        "SELECT count(*) FROM duckdb_columns() WHERE table_name = 'order_lines' AND column_name = 'x_category'"
    ).fetchone()
    return "coalesce(l.x_category, l.spu)" if row and row[0] else "l.spu"


def refunds(cursor: Cursor, keys: Sequence[int]) -> dict[int, list[tuple[str | None, str | None, int | None]]]:
    """order_key -> its refunds (line number, the platform's word, fen)."""
    rows = cursor.execute(
        f"SELECT order_key, line_no, refund_status, refund_fen FROM refunds WHERE {_IN} ORDER BY refund_no",
        [list(keys)],
    ).fetchall()
    found: dict[int, list[tuple[str | None, str | None, int | None]]] = {}
    for key, *rest in rows:
        found.setdefault(key, []).append((rest[0], rest[1], rest[2]))
    return found


def bought_before(
    cursor: Cursor, per: str, values: Sequence[str], window: Window, batch: Sequence[int]
) -> dict[str, int]:
    """Key -> units bought in orders that arrived before the batch and are not cancelled, within the limit's reach."""
    key = KEYS[per].format("o")
    tests, bound = _reach(window, _category(cursor))
    rows = cursor.execute(
        f"SELECT {key}, sum(coalesce(l.qty, 1)) FROM orders o JOIN order_lines l ON l.order_key = o.order_key "
        f"WHERE {key} IN (SELECT unnest(?::VARCHAR[])) AND o.status NOT IN ('UNPAID', 'CANCELLED') "
        f"AND NOT o.{_IN} AND NOT ({_OURS.format('l')}) AND (o.status <> 'PAID' OR EXISTS "
        f"(SELECT 1 FROM promotion_orders p WHERE p.order_key = o.order_key)){tests} GROUP BY 1",
        [list(values), list(batch), *bound],
    ).fetchall()
    return {row[0]: int(row[1]) for row in rows}


def _reach(window: Window, category: str) -> tuple[str, list[Any]]:
    tests = (
        (window.since, f"{PAID.format('o')} >= ?"),
        (window.until, f"{PAID.format('o')} < ?"),
        (window.channels, "o.channel IN (SELECT unnest(?::VARCHAR[]))"),
        (window.regions, "o.province IN (SELECT unnest(?::VARCHAR[]))"),
        (window.not_regions or None, "coalesce(o.province, '') NOT IN (SELECT unnest(?::VARCHAR[]))"),
        (window.skus, "l.sku IN (SELECT unnest(?::VARCHAR[]))"),
        (window.categories, f"{category} IN (SELECT unnest(?::VARCHAR[]))"),
        (window.not_skus or None, "coalesce(l.sku, '') NOT IN (SELECT unnest(?::VARCHAR[]))"),
    )
    asked = [(value, text) for value, text in tests if value is not None]
    bound = [value if isinstance(value, datetime) else list(value) for value, _text in asked]
    return "".join(f" AND {text}" for _value, text in asked), bound


def granted_before(cursor: Cursor, promotions: Sequence[str], persons: Sequence[str]) -> dict[tuple[str, str], int]:
    """(activity, person) -> gift units granted and not withdrawn, over all orders."""
    rows = cursor.execute(
        "SELECT promotion, person_key, sum(qty) FROM gift_grants WHERE promotion IN (SELECT unnest(?::VARCHAR[])) "
        "AND person_key IN (SELECT unnest(?::VARCHAR[])) GROUP BY ALL",
        [list(promotions), list(persons)],
    ).fetchall()
    return {(promotion, person): int(qty) for promotion, person, qty in rows}


def decided(cursor: Cursor, keys: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """order_key -> the row of `promotion_orders`, for the orders that have one."""
    cursor.execute(f"SELECT * FROM promotion_orders WHERE {_IN}", [list(keys)])
    names = [column[0] for column in cursor.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def keys_in_period(cursor: Cursor, since: datetime, until: datetime, limit: int) -> list[int]:
    """Orders paid in [since, until) and not cancelled, in the order of payment."""
    rows = cursor.execute(
        f"SELECT o.order_key FROM orders o WHERE {PAID.format('o')} >= ? AND {PAID.format('o')} < ? "
        f"AND o.status NOT IN ('UNPAID', 'CANCELLED') ORDER BY {PAID.format('o')}, o.order_key LIMIT ?",
        [since, until, limit],
    ).fetchall()
    return [row[0] for row in rows]


def keys_of_number(cursor: Cursor, platform_no: str) -> list[int]:
    """The orders with that number on any platform."""
    rows = cursor.execute("SELECT order_key FROM orders WHERE platform_no = ? ORDER BY channel, shop", [platform_no])
    return [row[0] for row in rows.fetchall()]


def sold_skus(cursor: Cursor, limit: int) -> dict[str, str]:
    """SKU -> title of the items most often on orders, for choosing from."""
    rows = cursor.execute(
        "SELECT sku, any_value(title) FROM order_lines WHERE sku IS NOT NULL AND granted_by IS NULL GROUP BY sku "
        "ORDER BY count(*) DESC, sku LIMIT ?",
        [limit],
    ).fetchall()
    return {sku: title or "" for sku, title in rows}


def open_orders(cursor: Cursor, limit: int) -> list[int]:
    """Decided orders that are paid, not picked, and not held by the platform, in arrival order."""
    rows = cursor.execute(
        "SELECT o.order_key FROM orders o JOIN promotion_orders p ON p.order_key = o.order_key "
        "WHERE o.status IN ('PAID', 'STOCK_LOCKED') AND NOT coalesce(contains(o.held_reasons, '\"platform_hold\"'), false) "
        "ORDER BY o.pool_at, o.order_key LIMIT ?",
        [limit],
    ).fetchall()
    return [row[0] for row in rows]


def own_holds(cursor: Cursor, keys: Sequence[int]) -> dict[int, set[str]]:
    """order_key -> the hold reasons that activities have put on it."""
    found: dict[int, set[str]] = {}
    for reason in OWN_HOLDS:
        rows = cursor.execute(
            f"SELECT order_key FROM orders WHERE {_IN} AND contains(coalesce(held_reasons, ''), ?)",
            [list(keys), f'"{reason}"'],
        ).fetchall()
        for (key,) in rows:
            found.setdefault(key, set()).add(reason)
    return found


def released_by_persons(cursor: Cursor, keys: Sequence[int]) -> dict[int, set[str]]:
    """order_key -> the reasons of activities that a person has lifted."""
    rows = cursor.execute(
        f"SELECT DISTINCT order_key, reason FROM order_events WHERE event = 'released' AND actor <> 'system' AND {_IN} "
        "AND reason IN (SELECT unnest(?::VARCHAR[])) AND NOT contains(coalesce(detail, ''), 'apply to open orders')",
        [list(keys), list(OWN_HOLDS)],
    ).fetchall()
    found: dict[int, set[str]] = {}
    for key, reason in rows:
        found.setdefault(key, set()).add(reason)
    return found
