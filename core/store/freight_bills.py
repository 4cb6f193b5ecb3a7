"""Couriers' bills and their lines; what we know of a waybill's parcel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core import clock
from core.store.store import Cursor, Store

_KINDS = {
    "bill_id": "VARCHAR", "row_no": "BIGINT", "tracking_no": "VARCHAR", "courier": "VARCHAR", "sent_on": "DATE", "region": "VARCHAR",
    "weight_g": "BIGINT", "billed_fen": "BIGINT", "order_key": "BIGINT", "platform_no": "VARCHAR", "warehouse": "VARCHAR",
    "own_region": "VARCHAR", "own_weight_g": "BIGINT", "own_source": "VARCHAR", "expected_fen": "BIGINT", "diff_fen": "BIGINT",
    "cause": "VARCHAR", "state": "VARCHAR", "volume_g": "BIGINT", "surcharge_fen": "BIGINT", "own_volume_cm3": "BIGINT",
}  # fmt: skip
# Bills taken in before volume and surcharges were compared have none.
_READ = ", ".join(f"coalesce({n}, 0)" if n in ("volume_g", "surcharge_fen", "own_volume_cm3") else n for n in _KINDS)


@dataclass(frozen=True, slots=True)
class BillLine:
    """One charge as judged; money in fen, weights in grams. `volume_g` is the volume weight the bill tells (0: none)."""

    bill_id: str
    row_no: int
    tracking_no: str
    courier: str
    sent_on: date | None
    region: str
    weight_g: int
    billed_fen: int
    order_key: int | None
    platform_no: str
    warehouse: str
    own_region: str
    own_weight_g: int
    own_source: str
    expected_fen: int | None
    diff_fen: int
    cause: str
    state: str
    volume_g: int
    surcharge_fen: int
    own_volume_cm3: int
    note: str = ""
    settled_by: str = ""
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill with its sums: what is too much by state."""

    bill_id: str
    name: str
    courier: str
    lines: int
    billed_fen: int
    imported_by: str
    imported_at: datetime
    expected_fen: int
    too_much_fen: int
    open: int
    disputed: int
    credited_fen: int


def add(cursor: Cursor, bill_id: str, name: str, courier: str, lines: Sequence[BillLine], account: str) -> None:
    """Keep a bill with its lines, as one set."""
    billed = sum(line.billed_fen for line in lines)
    cursor.execute(
        "INSERT INTO freight_bills VALUES (?, ?, ?, ?, ?, ?, ?)",
        [bill_id, name, courier, len(lines), billed, account, clock.now()],
    )
    put(cursor, lines)


def put(cursor: Cursor, lines: Sequence[BillLine]) -> None:
    """Insert judged lines."""
    columns = [[getattr(line, name) for line in lines] for name in _KINDS]
    listed = ", ".join(f"unnest(?::{kind}[])" for kind in _KINDS.values())
    cursor.execute(f"INSERT INTO freight_lines ({', '.join(_KINDS)}, note) SELECT {listed}, ''", columns)


def replace(cursor: Cursor, lines: Sequence[BillLine]) -> None:
    """Put newly judged lines in the place of those of the same bill and row."""
    cursor.execute(
        "DELETE FROM freight_lines WHERE (bill_id, row_no) IN (SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[]))",
        [[line.bill_id for line in lines], [line.row_no for line in lines]],
    )
    put(cursor, lines)


def known(cursor: Cursor, bill_id: str) -> bool:
    """Whether the bill was imported."""
    row = cursor.execute("SELECT count(*) FROM freight_bills WHERE bill_id = ?", [bill_id]).fetchone()
    return bool(row and row[0])


def billed_before(cursor: Cursor, waybills: Sequence[str], bill_id: str) -> set[str]:
    """Which waybills another bill has charged already."""
    rows = cursor.execute(
        "SELECT DISTINCT tracking_no FROM freight_lines WHERE bill_id <> ? AND tracking_no IN (SELECT unnest(?::VARCHAR[]))",
        [bill_id, list(waybills)],
    ).fetchall()
    return {row[0] for row in rows}


def parcels(cursor: Cursor, waybills: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """waybill -> (order_key, platform_no, warehouse, province, courier, grams, source of the weight, cm³).

    The packing desk's scale comes first, then the warehouse system's word, then what routing reckoned. The volume is that
    of the goods; 0 where one of them has none, and where an order left in several parcels.
    """
    rows = cursor.execute(
        "WITH asked AS (SELECT DISTINCT unnest(?::VARCHAR[]) AS tracking_no), "
        "packed AS (SELECT tracking_no, max(order_key) AS order_key, max(warehouse) AS warehouse, max(courier) AS courier, "
        "max(weight_g) AS weight_g FROM packings WHERE state = 'packed' AND tracking_no IN (FROM asked) GROUP BY 1), "
        "told AS (SELECT tracking_no, max(platform_no) AS platform_no, max(warehouse) AS warehouse, max(courier) AS courier, "
        "max(weight_g) AS weight_g FROM outbound_records WHERE tracking_no IN (FROM asked) GROUP BY 1), "
        "reckoned AS (SELECT order_key, sum(weight_g)::BIGINT AS weight_g FROM parcels WHERE order_key IN "
        "(SELECT order_key FROM orders WHERE tracking_no IN (FROM asked)) GROUP BY 1 HAVING count(*) = 1), "
        "split AS (SELECT order_key FROM parcels GROUP BY 1 HAVING count(*) > 1), "
        "owned AS (SELECT tracking_no, max(order_key) AS order_key FROM orders WHERE tracking_no IN (FROM asked) GROUP BY 1), "
        "ours AS (SELECT order_key FROM packed UNION SELECT order_key FROM owned), "
        "sized AS (SELECT l.order_key, CASE WHEN bool_and(coalesce(g.volume_cm3, 0) > 0) THEN sum(l.qty * g.volume_cm3)::BIGINT "
        "ELSE 0 END AS cm3 FROM order_lines l LEFT JOIN products g ON g.sku = l.sku "
        "WHERE l.order_key IN (FROM ours) AND l.order_key NOT IN (FROM split) GROUP BY 1) "
        "SELECT a.tracking_no, o.order_key, coalesce(o.platform_no, t.platform_no, ''), "
        "coalesce(p.warehouse, t.warehouse, o.warehouse, ''), coalesce(o.province, ''), coalesce(p.courier, o.courier, t.courier, ''), "
        "coalesce(nullif(p.weight_g, 0), nullif(t.weight_g, 0), r.weight_g, 0), CASE WHEN p.weight_g > 0 THEN 'packing' "
        "WHEN t.weight_g > 0 THEN 'wms' WHEN r.weight_g > 0 THEN 'reckoned' ELSE '' END, coalesce(z.cm3, 0) "
        "FROM asked a LEFT JOIN packed p USING (tracking_no) LEFT JOIN told t USING (tracking_no) LEFT JOIN owned w USING (tracking_no) "
        "LEFT JOIN orders o ON o.order_key = coalesce(p.order_key, w.order_key) LEFT JOIN reckoned r ON r.order_key = o.order_key "
        "LEFT JOIN sized z ON z.order_key = o.order_key "
        "WHERE o.order_key IS NOT NULL OR t.tracking_no IS NOT NULL",
        [list(waybills)],
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


def listing(store: Store) -> list[Bill]:
    """All bills with their sums, the newest first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT b.bill_id, b.name, b.courier, b.lines, b.billed_fen, b.imported_by, b.imported_at, "
            "coalesce(sum(l.expected_fen), 0)::BIGINT, coalesce(sum(l.diff_fen) FILTER (l.state <> '' AND l.diff_fen > 0), 0)::BIGINT, "
            "count(*) FILTER (l.state = 'open'), count(*) FILTER (l.state = 'disputed'), "
            "coalesce(sum(l.diff_fen) FILTER (l.state = 'credited'), 0)::BIGINT FROM freight_bills b "
            "LEFT JOIN freight_lines l ON l.bill_id = b.bill_id GROUP BY ALL ORDER BY b.imported_at DESC, b.bill_id"
        ).fetchall()
    return [Bill(*row) for row in rows]


def causes(store: Store, bill_id: str = "") -> list[tuple[str, int, int]]:
    """(cause, lines, difference in fen) of a bill, or of all."""
    with store.read() as cursor:
        return cursor.execute(
            "SELECT cause, count(*), coalesce(sum(diff_fen), 0)::BIGINT FROM freight_lines WHERE ? = '' OR bill_id = ? "
            "GROUP BY cause ORDER BY 3 DESC, cause",
            [bill_id, bill_id],
        ).fetchall()


def lines(
    store: Store, bill_id: str = "", causes: Sequence[str] = (), states: Sequence[str] = (), limit: int = 5_000
) -> list[BillLine]:
    """Lines by bill, cause and state (empty: any), the dearest differences first."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {_READ}, note, coalesce(settled_by, ''), settled_at FROM freight_lines WHERE (? = '' OR bill_id = ?) "
            "AND (len(?::VARCHAR[]) = 0 OR list_contains(?::VARCHAR[], cause)) AND (len(?::VARCHAR[]) = 0 OR "
            "list_contains(?::VARCHAR[], state)) ORDER BY abs(diff_fen) DESC, bill_id, row_no LIMIT ?",
            [bill_id, bill_id, list(causes), list(causes), list(states), list(states), limit],
        ).fetchall()
    return [BillLine(*row) for row in rows]


def settle(cursor: Cursor, places: Sequence[tuple[str, int]], change: Mapping[str, str], account: str) -> int:
    """Give lines another state where `change` (from state -> to state) allows it; returns how many."""
    done = 0
    for before, after in change.items():
        done += len(
            cursor.execute(
                "UPDATE freight_lines SET state = ?, settled_by = ?, settled_at = ? WHERE state = ? AND (bill_id, row_no) IN "
                "(SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[])) RETURNING 1",
                [after, account, clock.now(), before, [b for b, _r in places], [r for _b, r in places]],
            ).fetchall()
        )
    return done


def note(cursor: Cursor, places: Sequence[tuple[str, int]], text: str) -> None:
    """Write a note on lines."""
    cursor.execute(
        "UPDATE freight_lines SET note = ? WHERE (bill_id, row_no) IN (SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[]))",
        [text, [b for b, _r in places], [r for _b, r in places]],
    )


def remove(cursor: Cursor, bill_id: str) -> int:
    """Forget a bill with its lines; returns how many lines."""
    cursor.execute("DELETE FROM freight_bills WHERE bill_id = ?", [bill_id])
    return len(cursor.execute("DELETE FROM freight_lines WHERE bill_id = ? RETURNING 1", [bill_id]).fetchall())
