"""What routing reads, as sets: the lines that are reserved for a batch of orders, the pieces they may take, the prices."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from core import clock
from core.store import demand, stock_free
from core.store.listed import among
from core.store.store import Cursor


class OrderRow(NamedTuple):
    """An order to route. `arrived` is its payment, or what is known instead."""

    order_key: int
    platform_no: str
    arrived: datetime
    province: str | None
    ship_by: datetime | None
    status: str
    pinned: bool


class LineRow(NamedTuple):
    """Pieces of one SKU that a line needs. `warehouse` '' is not placed yet; weight and volume of one piece, 0 unknown."""

    order_key: int
    line_no: str
    sku: str
    qty: int
    weight_g: int
    volume_cm3: int
    is_gift: bool
    is_part: bool
    warehouse: str


def orders(cursor: Cursor, keys: Sequence[int], since: datetime | None = None) -> list[OrderRow]:
    """The open ones of the orders. `since`: none of them came into the pool earlier, if known."""
    bound, values = ("o.pool_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys, "{0}order_key")
    rows = cursor.execute(
        f"SELECT o.order_key, o.platform_no, epoch_us({demand.ARRIVED.format('o')}), o.province, epoch_us(o.ship_by), o.status, "
        "p.order_key IS NOT NULL FROM orders o LEFT JOIN "
        f"(SELECT DISTINCT order_key FROM parcels WHERE pinned AND {which.format('')}) p ON p.order_key = o.order_key "
        f"WHERE {bound}{which.format('o.')} AND o.status IN ({demand.OPEN})",
        [*listed, *values, *listed],
    ).fetchall()
    return _read(rows)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _read(rows: Sequence[tuple[Any, ...]]) -> list[OrderRow]:
    """Rows with instants in microseconds: the engine takes ten times as long to hand out each with its zone."""
    return [
        OrderRow(
            key, number, _EPOCH + timedelta(microseconds=arrived), province,
            None if ship_by is None else _EPOCH + timedelta(microseconds=ship_by), status, pinned,
        )
        for key, number, arrived, province, ship_by, status, pinned in rows
    ]  # fmt: skip


def past(cursor: Cursor, keys: Sequence[int]) -> list[OrderRow]:
    """The orders whatever became of them."""
    which, listed = among(cursor, keys, "o.order_key")
    rows = cursor.execute(
        f"SELECT o.order_key, o.platform_no, epoch_us({demand.ARRIVED.format('o')}), o.province, epoch_us(o.ship_by), o.status, false "
        f"FROM orders o WHERE {which}",
        listed,
    ).fetchall()
    return _read(rows)


def facts(cursor: Cursor, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """order_key -> every column of the order, for rules with conditions."""
    which, listed = among(cursor, keys)
    result = cursor.execute(f"SELECT * FROM orders WHERE {which}", listed)
    names = [column[0] for column in result.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    return {row["order_key"]: row for row in rows}


_LINE = (
    "SELECT r.order_key, r.line_no, r.sku, r.qty, coalesce(nullif(p.weight_g, 0), CASE WHEN l.sku = r.sku THEN l.weight_g END, 0), "
    "coalesce(p.volume_cm3, 0), coalesce(l.is_gift, false), l.sku IS DISTINCT FROM r.sku, r.warehouse FROM ({0}) r "
    "LEFT JOIN (SELECT order_key, coalesce(line_no, '') AS line_no, any_value(sku) AS sku, max(weight_g) AS weight_g, "
    "bool_or(is_gift) AS is_gift FROM order_lines WHERE {1} GROUP BY ALL) l "
    "ON l.order_key = r.order_key AND l.line_no = r.line_no LEFT JOIN products p ON p.sku = r.sku "
    "ORDER BY r.order_key, r.line_no, r.sku"
)


def reserved(cursor: Cursor, keys: Sequence[int], since: datetime | None = None) -> list[LineRow]:
    """What is reserved for the orders, by line and SKU. `since`: none of them came into the pool earlier, if known."""
    bound, values = ("pool_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys)
    active = (
        "SELECT order_key, line_no, sku, warehouse, sum(qty)::BIGINT AS qty FROM reservations "
        f"WHERE state = 'active' AND {which} GROUP BY ALL"
    )
    rows = cursor.execute(_LINE.format(active, bound + which), [*listed, *values, *listed]).fetchall()
    return list(map(LineRow._make, rows))


def needed(cursor: Cursor, keys: Sequence[int]) -> list[LineRow]:
    """What the orders need by line and SKU, whether reserved or not: for trials on orders long gone."""
    which, listed = among(cursor, keys)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE routing_asked AS SELECT order_key FROM orders WHERE {which}", listed)
    asked = f"SELECT order_key, line_no, sku, qty, '' AS warehouse FROM ({demand.needs('routing_asked')})"
    rows = cursor.execute(_LINE.format(asked, which), listed).fetchall()
    cursor.execute("DROP TABLE routing_asked")
    return list(map(LineRow._make, rows))


def free(cursor: Cursor, skus: Sequence[str]) -> dict[tuple[str, str], int]:
    """(warehouse, sku) -> free pieces, never below 0; with what nobody has promised yet."""
    where, values = stock_free.within(skus)
    rows = cursor.execute(
        f"SELECT warehouse, sku, greatest(free, 0)::BIGINT FROM ({stock_free.per_place(where)})", values
    ).fetchall()
    return {(warehouse, sku): qty for warehouse, sku, qty in rows}


def paid_between(cursor: Cursor, since: datetime, until: datetime, limit: int) -> list[int]:
    """Orders that were paid in [since, until), in order of arrival, cancelled and unpaid ones left out."""
    rows = cursor.execute(
        "SELECT order_key FROM orders WHERE paid_at >= ? AND paid_at < ? AND status NOT IN ('UNPAID', 'CANCELLED') "
        "ORDER BY paid_at, platform_no LIMIT ?",
        [since, until, limit],
    ).fetchall()
    return [row[0] for row in rows]


def taken_by(cursor: Cursor, keys: Sequence[int]) -> dict[tuple[str, str], int]:
    """(warehouse, sku) -> pieces that these orders hold or have taken along: they were there before them."""
    which, listed = among(cursor, keys)
    rows = cursor.execute(
        "SELECT warehouse, sku, sum(qty)::BIGINT FROM reservations WHERE state IN ('active', 'consumed') "
        f"AND warehouse <> '' AND {which} GROUP BY ALL",
        listed,
    ).fetchall()
    return {(warehouse, sku): qty for warehouse, sku, qty in rows}


def unpicked(cursor: Cursor, limit: int) -> list[int]:
    """Open orders that nobody has begun to pick, chosen by no person and held by none, in order of arrival."""
    rows = cursor.execute(
        "SELECT o.order_key FROM orders o WHERE o.status IN ('PAID', 'STOCK_LOCKED') AND NOT coalesce(o.held, false) "
        "AND EXISTS (SELECT 1 FROM reservations r WHERE r.order_key = o.order_key AND r.state = 'active') "
        "AND NOT EXISTS (SELECT 1 FROM parcels p WHERE p.order_key = o.order_key AND p.pinned) "
        f"ORDER BY {demand.ARRIVED.format('o')}, o.platform_no LIMIT ?",
        [limit],
    ).fetchall()
    return [row[0] for row in rows]


def still_unpicked(cursor: Cursor, keys: Sequence[int]) -> list[int]:
    """Those of the orders that nobody has begun to pick or holds, and no person has chosen a warehouse for."""
    which, listed = among(cursor, keys, "o.order_key")
    rows = cursor.execute(
        f"SELECT o.order_key FROM orders o WHERE {which} AND o.status IN ('PAID', 'STOCK_LOCKED') "
        "AND NOT coalesce(o.held, false) AND NOT EXISTS (SELECT 1 FROM parcels p WHERE p.order_key = o.order_key AND p.pinned)",
        listed,
    ).fetchall()
    return [row[0] for row in rows]


def waiting(cursor: Cursor, limit: int, *, again: bool = False) -> list[int]:
    """Paid orders without a parcel that nobody holds; with `again` also those for which no warehouse was found before.

    Orders that no live risk set has judged yet are left out while there is one.
    """
    held = "(NOT coalesce(o.held, false) OR (o.held_reasons = '[\"no_route\"]' AND ?))"
    rows = cursor.execute(
        "SELECT o.order_key FROM orders o WHERE o.status IN ('PAID', 'STOCK_LOCKED') AND o.warehouse IS NULL "
        f"AND NOT EXISTS (SELECT 1 FROM parcels p WHERE p.order_key = o.order_key) AND {held} "
        "AND (NOT EXISTS (SELECT 1 FROM documents WHERE kind = 'risk' AND state = 'published' AND contains(body, '\"live\"')) "
        "OR EXISTS (SELECT 1 FROM decisions d WHERE d.order_key = o.order_key AND d.kind = 'risk' AND d.mode = 'live')) "
        f"ORDER BY {demand.ARRIVED.format('o')}, o.platform_no LIMIT ?",
        [again, limit],
    ).fetchall()
    return [row[0] for row in rows]


def loads(cursor: Cursor, since: datetime) -> dict[str, int]:
    """warehouse -> orders it was given since an instant: what counts against its capacity."""
    rows = cursor.execute(
        "SELECT warehouse, count(DISTINCT order_key) FROM parcels WHERE made_at >= ? GROUP BY 1", [since]
    ).fetchall()
    return dict(rows)


def prices(cursor: Cursor) -> dict[tuple[str, str], int]:
    """(warehouse, sku) -> what a piece is worth to later orders, in fen."""
    rows = cursor.execute("SELECT warehouse, sku, price_fen FROM routing_prices").fetchall()
    return {(warehouse, sku): fen for warehouse, sku, fen in rows}


def prices_made_at(cursor: Cursor) -> datetime | None:
    """When the shadow prices were last worked out."""
    row = cursor.execute("SELECT max(made_at) FROM routing_prices").fetchone()
    return row[0] if row else None


def save_prices(cursor: Cursor, found: Mapping[tuple[str, str], int]) -> None:
    """Replace the shadow prices; those of 0 are not kept."""
    cursor.execute("DELETE FROM routing_prices")
    kept = [(warehouse, sku, fen) for (warehouse, sku), fen in found.items() if fen]
    if kept:
        cursor.execute(
            "INSERT INTO routing_prices SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::BIGINT[]), ?",
            [*[list(column) for column in zip(*kept, strict=True)], clock.now()],
        )


def forecast(cursor: Cursor, since: datetime, weekday: int, zone: str) -> list[tuple[str, str, int]]:
    """(province, sku, pieces a day) by the mean of the same weekday since an instant (weekday: Monday is 1)."""
    return cursor.execute(
        "SELECT o.province, l.sku, ceil(sum(coalesce(l.qty, 1)) / greatest(count(DISTINCT CAST(timezone(?, o.paid_at) AS DATE)), 1))::BIGINT "
        "FROM orders o JOIN order_lines l ON l.order_key = o.order_key WHERE o.paid_at >= ? AND o.province IS NOT NULL "
        "AND l.sku IS NOT NULL AND isodow(timezone(?, o.paid_at)) = ? AND o.status NOT IN ('UNPAID', 'CANCELLED') GROUP BY 1, 2",
        [zone, since, zone, weekday],
    ).fetchall()
