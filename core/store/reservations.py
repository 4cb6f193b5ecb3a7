"""The rows of reservations: staged, compared, written as sets inside the caller's one transaction.

Temporary tables of a batch: asked_orders (order_key, place: 1 = came first, waits: held for stock), asked_lines (order_key, line_no, sku, qty),
asked_new (order_key, place: those to reserve).
"""

from collections.abc import Sequence
from datetime import datetime

from core import clock
from core.store import demand, stock_free
from core.store.listed import among, rows
from core.store.store import Cursor, Store

Contest = list[tuple[int, str, int]]
"""(order_key, sku, pieces) in order of arrival, for SKUs that do not suffice for all."""

_PLACE = {"order_key": "BIGINT", "line_no": "VARCHAR", "warehouse": "VARCHAR"}
_LACK = {"order_key": "BIGINT", "sku": "VARCHAR", "qty": "BIGINT"}
_MERGE = (
    "MERGE INTO reservations AS r USING ({0}) AS n ON r.order_key = n.order_key AND r.line_no = n.line_no AND r.sku = n.sku "
    "AND r.warehouse = n.warehouse WHEN MATCHED THEN UPDATE SET "
    "qty = CASE WHEN r.state = 'active' THEN r.qty ELSE 0 END + n.qty, state = 'active', why = NULL, reserved_at = ?, "
    "changed_at = ? WHEN NOT MATCHED THEN INSERT (order_key, line_no, sku, warehouse, qty, state, reserved_at, changed_at) "
    "VALUES (n.order_key, n.line_no, n.sku, n.warehouse, n.qty, 'active', ?, ?)"
)


def stage(cursor: Cursor, keys: Sequence[int], since: datetime | None = None) -> None:
    """Make asked_orders and asked_lines of those of the orders that are open. `since`: none of them came into the pool
    earlier, if known."""
    bound, values = ("o.pool_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys, "o.order_key")
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE asked_orders AS SELECT o.order_key, row_number() OVER (ORDER BY "
        f"{demand.ARRIVED.format('o')}, o.platform_no, o.order_key) AS place, "
        "coalesce(contains(o.held_reasons, '\"no_stock\"'), false) AS waits FROM orders o "
        f"WHERE {bound}{which} AND o.status IN ({demand.OPEN})",
        [*values, *listed],
    )
    demand.stage(cursor, "asked_lines", "asked_orders", since)


def compare(cursor: Cursor) -> tuple[list[int], list[int], int]:
    """(keys that hold exactly what they need, keys that hold something else, how many are to be reserved).

    Makes asked_new of those to be reserved.
    """
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE asked_state AS WITH have AS (SELECT order_key, line_no, sku, sum(qty) AS qty "
        "FROM reservations WHERE state = 'active' AND order_key IN (SELECT order_key FROM asked_orders) GROUP BY ALL) "
        "SELECT coalesce(n.order_key, h.order_key) AS order_key, bool_and(n.qty IS NOT DISTINCT FROM h.qty) AS same, "
        "count(h.qty) > 0 AS has FROM asked_lines n FULL JOIN have h ON h.order_key = n.order_key "
        "AND h.line_no = n.line_no AND h.sku = n.sku GROUP BY 1"
    )
    found = cursor.execute(
        "SELECT o.order_key, coalesce(s.same, true) FROM asked_orders o LEFT JOIN asked_state s USING (order_key) "
        "WHERE coalesce(s.same, true) OR s.has"
    ).fetchall()
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE asked_new AS SELECT o.order_key, o.place FROM asked_orders o "
        "JOIN asked_state s USING (order_key) WHERE NOT s.same"
    )
    news = cursor.execute("SELECT count(*) FROM asked_new").fetchone()
    return [key for key, same in found if same], [key for key, same in found if not same], int(news[0]) if news else 0


def contest(cursor: Cursor) -> tuple[Contest, dict[str, int]]:
    """The orders of asked_new that compete for SKUs which do not suffice for all, and what is free of those SKUs."""
    where, values = stock_free.within_table(cursor, "asked_lines")
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE asked_scarce AS SELECT n.sku, coalesce(f.free, 0) AS free FROM ("
        "SELECT sku, sum(qty) AS qty FROM asked_lines SEMI JOIN asked_new USING (order_key) GROUP BY sku) n LEFT JOIN ("
        f"{stock_free.per_sku(where)}) f ON f.sku = n.sku WHERE n.qty > coalesce(f.free, 0)",
        values,
    )
    free = dict(cursor.execute("SELECT sku, free FROM asked_scarce").fetchall())
    if not free:
        return [], {}
    return cursor.execute(
        "SELECT l.order_key, l.sku, sum(l.qty)::BIGINT FROM asked_lines l JOIN asked_new o USING (order_key) "
        "JOIN asked_scarce s ON s.sku = l.sku GROUP BY o.place, l.order_key, l.sku ORDER BY o.place, l.sku"
    ).fetchall(), free


def insert(cursor: Cursor, refused: Sequence[int]) -> list[int]:
    """Reserve for every order of asked_new but the refused ones, warehouse '' ; returns their keys."""
    now = clock.now()
    if refused:
        which, listed = among(cursor, refused)
        cursor.execute(f"DELETE FROM asked_new WHERE {which}", listed)
    news = "SELECT order_key, line_no, sku, '' AS warehouse, qty FROM asked_lines SEMI JOIN asked_new USING (order_key)"
    cursor.execute(_MERGE.format(news), [now, now, now, now])
    return [row[0] for row in cursor.execute("SELECT order_key FROM asked_new ORDER BY place").fetchall()]


def waiting(cursor: Cursor) -> list[int]:
    """Those of asked_orders that are held for stock."""
    return [row[0] for row in cursor.execute("SELECT order_key FROM asked_orders WHERE waits").fetchall()]


def end(cursor: Cursor, keys: Sequence[int], state: str, why: str = "") -> list[int]:
    """Turn the orders' active reservations into `state` (consumed or released); returns the orders that had some."""
    which, listed = among(cursor, keys)
    ending = cursor.execute(
        f"SELECT DISTINCT order_key FROM reservations WHERE state = 'active' AND {which}", listed
    ).fetchall()
    if ending:
        cursor.execute(
            f"UPDATE reservations SET state = ?, why = ?, changed_at = ? WHERE state = 'active' AND {which}",
            [state, why or None, clock.now(), *listed],
        )
    return sorted(row[0] for row in ending)


def stage_places(cursor: Cursor, placements: Sequence[tuple[int, str, str]]) -> None:
    """Make asked_places (order_key, place, line_no, sku, source, warehouse, qty): active reservations that are to move."""
    asked, values = rows(cursor, _PLACE, list(zip(*placements, strict=True)))
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE asked_places AS SELECT r.order_key, dense_rank() OVER (ORDER BY "
        f"{demand.ARRIVED.format('o')}, o.platform_no, o.order_key) AS place, r.line_no, r.sku, "
        f"r.warehouse AS source, p.warehouse, r.qty FROM {asked} p JOIN reservations r ON r.order_key = p.order_key "
        "AND r.line_no = p.line_no AND r.state = 'active' JOIN orders o ON o.order_key = p.order_key "
        "WHERE r.warehouse <> p.warehouse",
        values,
    )


def contest_places(cursor: Cursor) -> tuple[list[tuple[int, tuple[str, str], int]], dict[tuple[str, str], int]]:
    """As `contest`, by (warehouse, SKU) for the rows of asked_places. Warehouse '' takes back what is not routed."""
    where, values = stock_free.within_table(cursor, "asked_places")
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE asked_scarce AS SELECT n.warehouse, n.sku, coalesce(f.free, 0) AS free FROM ("
        "SELECT warehouse, sku, sum(qty) AS qty FROM asked_places WHERE warehouse <> '' GROUP BY ALL) n LEFT JOIN ("
        f"{stock_free.per_place(where)}) f ON f.warehouse = n.warehouse AND f.sku = n.sku "
        "WHERE n.qty > coalesce(f.free, 0)",
        values,
    )
    free = {(w, sku): qty for w, sku, qty in cursor.execute("SELECT * FROM asked_scarce").fetchall()}
    if not free:
        return [], {}
    contested = cursor.execute(
        "SELECT p.order_key, p.warehouse, p.sku, sum(p.qty)::BIGINT FROM asked_places p "
        "JOIN asked_scarce s ON s.warehouse = p.warehouse AND s.sku = p.sku "
        "GROUP BY p.place, p.order_key, p.warehouse, p.sku ORDER BY p.place, p.warehouse, p.sku"
    ).fetchall()
    return [(key, (warehouse, sku), qty) for key, warehouse, sku, qty in contested], free


def move(cursor: Cursor, refused: Sequence[int]) -> list[int]:
    """Move the reservations of asked_places but those of refused orders; returns the keys of the moved orders.

    What was not routed becomes routed; what lay elsewhere is released there and reserved here.
    """
    now = clock.now()
    if refused:
        which, listed = among(cursor, refused)
        cursor.execute(f"DELETE FROM asked_places WHERE {which}", listed)
    same = "r.order_key = p.order_key AND r.line_no = p.line_no AND r.sku = p.sku AND r.warehouse = p.source"
    cursor.execute(f"DELETE FROM reservations r USING asked_places p WHERE {same} AND p.source = ''")
    cursor.execute(
        "UPDATE reservations AS r SET state = 'released', why = 'rerouted', changed_at = ? FROM asked_places p "
        f"WHERE {same} AND p.source <> ''",
        [now],
    )
    news = "SELECT order_key, line_no, sku, warehouse, sum(qty)::BIGINT AS qty FROM asked_places GROUP BY ALL"
    cursor.execute(_MERGE.format(news), [now, now, now, now])
    return [row[0] for row in cursor.execute("SELECT DISTINCT order_key FROM asked_places ORDER BY 1").fetchall()]


def wait(cursor: Cursor, short: dict[int, dict[str, int]], known: Sequence[int]) -> None:
    """Remember of which SKU each short order misses how many pieces, in place of what is `known` of these orders."""
    if known:
        which, listed = among(cursor, known)
        cursor.execute(f"DELETE FROM stock_waits WHERE {which}", listed)
    lacking = [(key, sku, qty) for key, missing in short.items() for sku, qty in missing.items()]
    if lacking:
        wanted, values = rows(cursor, _LACK, list(zip(*lacking, strict=True)))
        cursor.execute(f"INSERT INTO stock_waits SELECT {', '.join(_LACK)}, ? FROM {wanted}", [clock.now(), *values])


def states(store: Store, order_key: int) -> list[tuple[str, str, str, int, str]]:
    """(line_no, sku, warehouse, qty, state) of an order, for its page and for tests."""
    with store.read() as cursor:
        return cursor.execute(
            "SELECT line_no, sku, warehouse, qty, state FROM reservations WHERE order_key = ? ORDER BY 1, 2, 3",
            [order_key],
        ).fetchall()
