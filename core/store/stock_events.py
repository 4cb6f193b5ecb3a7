"""What has happened to orders and levels that reservations must follow, found as sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock
from core.store import demand, ledger, reservations, stock_free, stock_marks
from core.store.store import Cursor

_ACTIVE = "SELECT DISTINCT order_key FROM reservations WHERE state = 'active'"
_MARK = "stock.shipped"
_LOOK_BACK = timedelta(days=2)
# order, sku and pieces of candidates: promised, not picked yet
_MOVABLE = (
    "SELECT o.order_key, {0} AS paid_at, coalesce(o.paid_fen, 0) AS paid_fen, {1} AS thing, sum(r.qty)::BIGINT AS qty "
    "FROM reservations r JOIN orders o ON o.order_key = r.order_key WHERE r.state = 'active' "
    "AND o.status IN ('PAID', 'STOCK_LOCKED') GROUP BY ALL"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that may give back: when it was paid, its worth in fen, what it holds (thing -> pieces)."""

    order_key: int
    paid_at: datetime
    paid_fen: int
    holds: Mapping[str, int]


def to_settle(cursor: Cursor, what: str, limit: int) -> list[int]:
    """Orders with active reservations that are "gone" (cancelled), have "left", or whose lines have "changed"."""
    if what == "changed":
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE held_orders AS SELECT o.order_key FROM orders o JOIN (SELECT order_key, "
            "max(reserved_at) AS at FROM reservations WHERE state = 'active' GROUP BY order_key) r ON r.order_key = o.order_key "
            f"WHERE o.status IN ({demand.OPEN}) AND o.changed_at > r.at"
        )
        sql = (
            "SELECT DISTINCT coalesce(n.order_key, h.order_key) FROM ("
            f"{demand.needs('held_orders')}) n FULL JOIN (SELECT order_key, line_no, sku, sum(qty)::BIGINT AS qty FROM reservations "
            "SEMI JOIN held_orders USING (order_key) WHERE state = 'active' GROUP BY ALL) h ON h.order_key = n.order_key "
            "AND h.line_no = n.line_no AND h.sku = n.sku WHERE n.qty IS DISTINCT FROM h.qty LIMIT ?"
        )
    else:
        words = {"gone": "'CANCELLED', 'UNPAID'", "left": "'SHIPPED', 'COMPLETED', 'ARCHIVED'"}[what]
        sql = f"SELECT o.order_key FROM orders o SEMI JOIN ({_ACTIVE}) r USING (order_key) WHERE o.status IN ({words}) LIMIT ?"
    return [row[0] for row in cursor.execute(sql, [limit]).fetchall()]


def servable(cursor: Cursor, limit: int) -> list[int]:
    """Orders held for stock that could have everything now, by themselves; the first of them will."""
    if not cursor.execute("SELECT 1 FROM stock_waits LIMIT 1").fetchone():
        return []
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE waiting_orders AS SELECT o.order_key FROM orders o SEMI JOIN stock_waits w USING (order_key) "
        f"WHERE o.status IN ({demand.OPEN}) AND contains(coalesce(o.held_reasons, ''), '\"no_stock\"')"
    )
    rows = cursor.execute(
        "SELECT n.order_key FROM (SELECT order_key, sku, sum(qty) AS qty FROM "
        f"({demand.needs('waiting_orders')}) GROUP BY ALL) n LEFT JOIN ({stock_free.per_sku()}) f ON f.sku = n.sku "
        "GROUP BY n.order_key HAVING bool_and(n.qty <= coalesce(f.free, 0)) LIMIT ?",
        [limit],
    ).fetchall()
    return [row[0] for row in rows]


_LEFT = (
    "SELECT o.order_key, o.warehouse, o.shipped_at, o.changed_at FROM orders o "
    "ANTI JOIN (SELECT DISTINCT order_key FROM reservations WHERE state <> 'released') r USING (order_key) "
    "WHERE o.changed_at > ? AND o.status IN ('SHIPPED', 'COMPLETED') AND o.shipped_at > "
    "(SELECT min(happened_at) FROM stock_movements WHERE kind = 'opening')"
)


def _since(cursor: Cursor) -> datetime:
    row = cursor.execute("SELECT value FROM facts WHERE name = ?", [_MARK]).fetchone()
    return datetime.fromisoformat(row[0]) if row else clock.now() - _LOOK_BACK


def has_unbooked(cursor: Cursor) -> bool:
    """Whether `book_unreserved` has something to look at."""
    return bool(cursor.execute(f"{_LEFT} LIMIT 1", [_since(cursor)]).fetchone())


def book_unreserved(cursor: Cursor, limit: int) -> int:
    """Book what left without ever being reserved (before the flow, or by the platform's word); returns rows booked."""
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE left_orders AS {_LEFT} ORDER BY o.changed_at LIMIT ?", [_since(cursor), limit]
    )
    last = cursor.execute("SELECT max(changed_at) FROM left_orders").fetchone()
    if not last or last[0] is None:
        return 0
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE moved AS SELECT CASE WHEN o.warehouse IN (SELECT warehouse FROM stock_levels) "
        "THEN o.warehouse ELSE '' END AS warehouse, n.sku, 'shipped' AS kind, n.qty, NULL::VARCHAR AS reason, "
        "'order:' || n.order_key || '/' || n.line_no AS source, o.shipped_at AS happened_at "
        f"FROM ({demand.needs('left_orders')}) n JOIN left_orders o ON o.order_key = n.order_key WHERE n.sku <> ''"
    )
    cursor.execute("DELETE FROM facts WHERE name = ?", [_MARK])
    cursor.execute("INSERT INTO facts VALUES (?, ?, ?)", [_MARK, last[0].isoformat(), clock.now()])
    return ledger.book_staged(cursor)


def is_short(cursor: Cursor) -> bool:
    """Whether more is promised than lies on some shelf, or in all warehouses together."""
    sql = "SELECT 1 FROM ({}) WHERE free < 0 AND reserved > 0 LIMIT 1"
    return any(cursor.execute(sql.format(of)).fetchone() for of in (stock_free.per_sku(), stock_free.per_place()))


def short_skus(cursor: Cursor) -> tuple[dict[str, int], list[Candidate]]:
    """(SKU -> pieces promised beyond what there is, orders that hold some of it)."""
    missing = dict(cursor.execute(f"SELECT sku, -free FROM ({stock_free.per_sku()}) WHERE free < 0").fetchall())
    return missing, _candidates(cursor, list(missing), "r.sku")


def short_places(cursor: Cursor) -> tuple[dict[str, int], list[Candidate]]:
    """As `short_skus` by shelf; the thing is "warehouse / SKU"."""
    missing = dict(
        cursor.execute(
            f"SELECT warehouse || ' / ' || sku, -free FROM ({stock_free.per_place()}) WHERE free < 0 AND reserved > 0"
        ).fetchall()
    )
    return missing, _candidates(cursor, list(missing), "r.warehouse || ' / ' || r.sku")


def _candidates(cursor: Cursor, things: Sequence[str], thing: str) -> list[Candidate]:
    if not things:
        return []
    rows = cursor.execute(
        f"WITH m AS ({_MOVABLE.format(demand.ARRIVED.format('o'), thing)}) SELECT order_key, paid_at, paid_fen, thing, qty "
        "FROM m WHERE order_key IN (SELECT order_key FROM m WHERE thing IN (SELECT unnest(?::VARCHAR[]))) ORDER BY order_key",
        [list(things)],
    ).fetchall()
    found: dict[int, Candidate] = {}
    for key, paid_at, paid_fen, name, qty in rows:
        known = found.get(key)
        holds = {**(known.holds if known else {}), name: qty}
        found[key] = Candidate(key, paid_at, paid_fen, holds)
    return list(found.values())


def held_back(cursor: Cursor, victims: Mapping[int, Mapping[str, int]]) -> None:
    """The victims are paid orders again, held for stock, and wait for these SKUs."""
    stock_marks.unlock(cursor, list(victims), "correction", "system")
    reservations.wait(cursor, {key: dict(things) for key, things in victims.items()}, list(victims))
    stock_marks.short(cursor, {key: tuple(things) for key, things in victims.items()}, "system")


def unroute(cursor: Cursor, keys: Sequence[int]) -> None:
    """Take the orders' reservations off their shelves; they are promised still, from wherever they will be routed to."""
    rows = cursor.execute(
        "SELECT DISTINCT order_key, line_no, '' FROM reservations WHERE state = 'active' AND warehouse <> '' "
        "AND order_key IN (SELECT unnest(?::BIGINT[]))",
        [list(keys)],
    ).fetchall()
    reservations.stage_places(cursor, rows)
    reservations.move(cursor, [])
    cursor.execute(
        "UPDATE orders SET warehouse = NULL, changed_at = ? WHERE order_key IN (SELECT unnest(?::BIGINT[]))",
        [clock.now(), list(keys)],
    )


def note(cursor: Cursor, victims: Mapping[int, Mapping[str, int]], outcome: str) -> None:
    """Keep who was chosen, for people to see."""
    rows = [(key, thing, qty) for key, things in victims.items() for thing, qty in things.items()]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        cursor.execute(
            "INSERT INTO stock_victims SELECT v.order_key, o.channel, o.shop, o.platform_no, v.thing, v.qty, ?, ? FROM (SELECT "
            "unnest(?::BIGINT[]) AS order_key, unnest(?::VARCHAR[]) AS thing, unnest(?::BIGINT[]) AS qty) v "
            "JOIN orders o ON o.order_key = v.order_key",
            [outcome, clock.now(), *columns],
        )
