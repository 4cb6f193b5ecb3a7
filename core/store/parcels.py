"""Parcels: what the routing decided for each order, written as sets; and the orders' own columns that say it in short."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from core import clock
from core.store.listed import among, rows
from core.store.store import Cursor

ROUTED = "order_routed"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel of an order with its lines. Money in fen, weight in grams, `lead_days` may be fractional."""

    order_key: int
    parcel_no: int
    warehouse: str
    courier: str
    freight_fen: int
    cost_fen: int
    lead_days: float
    weight_g: int
    pieces: int
    downgraded: bool
    lines: tuple[str, ...] = ()


def replace(
    cursor: Cursor, parcels: Sequence[Parcel], *, policy: str, version: int, actor: str = "system", pinned: bool = False
) -> None:
    """Write the orders' parcels in place of those they had, the orders' warehouse and courier, one event an order.

    An order in several parcels shows the warehouse of the first.
    """
    if not parcels:
        return
    now = clock.now()
    clear(cursor, list(dict.fromkeys(parcel.order_key for parcel in parcels)))
    staged, staging = rows(cursor, _COLUMNS, list(zip(*map(_VALUES, parcels), strict=True)))
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE new_parcels AS SELECT * FROM {staged}", staging)
    cursor.execute(
        f"INSERT INTO parcels ({', '.join(_COLUMNS)}, channel, shop, platform_no, pinned, policy, policy_version, made_at) "
        f"SELECT {', '.join(f'n.{name}' for name in _COLUMNS)}, o.channel, o.shop, o.platform_no, ?, ?, ?, ? "
        "FROM new_parcels n JOIN orders o ON o.order_key = n.order_key",
        [pinned, policy, version, now],
    )
    inside = [(parcel.order_key, parcel.parcel_no, line) for parcel in parcels for line in parcel.lines]
    if inside:
        lines, listed = rows(cursor, _INSIDE, list(zip(*inside, strict=True)))
        cursor.execute(f"INSERT INTO parcel_lines SELECT {', '.join(_INSIDE)} FROM {lines}", listed)
    cursor.execute(
        "INSERT INTO order_events (order_key, channel, shop, platform_no, event, happened_at, actor, reason, detail) "
        "SELECT o.order_key, o.channel, o.shop, o.platform_no, ?, ?, ?, ?, "
        "to_json({'warehouse': [coalesce(o.warehouse, ''), n.warehouse], 'courier': [coalesce(o.courier, ''), n.courier]})::VARCHAR "
        "FROM new_parcels n JOIN orders o ON o.order_key = n.order_key WHERE n.parcel_no = 1",
        [ROUTED, now, actor, "routing"],
    )
    cursor.execute(
        "UPDATE orders AS o SET warehouse = n.warehouse, courier = n.courier, changed_at = ? FROM new_parcels n "
        "WHERE o.order_key = n.order_key AND n.parcel_no = 1",
        [now],
    )
    cursor.execute("DROP TABLE new_parcels")


_COLUMNS = {
    "order_key": "BIGINT", "parcel_no": "INTEGER", "warehouse": "VARCHAR", "courier": "VARCHAR", "freight_fen": "BIGINT",
    "cost_fen": "BIGINT", "lead_days": "DOUBLE", "weight_g": "BIGINT", "pieces": "BIGINT", "downgraded": "BOOLEAN",
}  # fmt: skip


_INSIDE = {"order_key": "BIGINT", "parcel_no": "INTEGER", "line_no": "VARCHAR"}
_VALUES = attrgetter(*_COLUMNS)


def clear(cursor: Cursor, keys: Sequence[int]) -> None:
    """Forget the parcels of orders."""
    which, listed = among(cursor, keys)
    for table in ("parcels", "parcel_lines"):
        # Most have none: a delete goes over the whole table row by row, a look does not.
        if cursor.execute(f"SELECT 1 FROM {table} WHERE {which} LIMIT 1", listed).fetchone():
            cursor.execute(f"DELETE FROM {table} WHERE {which}", listed)


def of_orders(cursor: Cursor, keys: Sequence[int]) -> dict[int, list[Parcel]]:
    """order_key -> its parcels with their lines, in their order."""
    lines: dict[tuple[int, int], list[str]] = {}
    which, listed = among(cursor, keys)
    for key, number, line in cursor.execute(
        f"SELECT order_key, parcel_no, line_no FROM parcel_lines WHERE {which} ORDER BY ALL", listed
    ).fetchall():
        lines.setdefault((key, number), []).append(line)
    known = cursor.execute(
        "SELECT order_key, parcel_no, warehouse, courier, freight_fen, cost_fen, lead_days, weight_g, pieces, downgraded "
        f"FROM parcels WHERE {which} ORDER BY order_key, parcel_no",
        listed,
    ).fetchall()
    found: dict[int, list[Parcel]] = {}
    for row in known:
        found.setdefault(row[0], []).append(Parcel(*row, lines=tuple(lines.get((row[0], row[1]), ()))))
    return found


def latest(cursor: Cursor, limit: int, text: str = "") -> list[dict[str, Any]]:
    """The orders routed last, or those whose number begins with the text, with the record of why."""
    latest_of = cursor.execute(
        "SELECT d.order_key, d.platform_no, d.channel, o.province, o.status, o.warehouse, o.courier, d.rule_set, d.version, "
        "d.outcome, d.evidence, d.decided_at FROM (SELECT * FROM decisions WHERE kind = 'routing' AND mode = 'live' "
        "AND (? = '' OR starts_with(platform_no, ?)) "
        "QUALIFY row_number() OVER (PARTITION BY order_key ORDER BY decided_at DESC) = 1 ORDER BY decided_at DESC LIMIT ?) d "
        "JOIN orders o ON o.order_key = d.order_key ORDER BY d.decided_at DESC, d.platform_no",
        [text, text, limit],
    ).fetchall()
    names = (
        "order_key",
        "platform_no",
        "channel",
        "province",
        "status",
        "warehouse",
        "courier",
        "policy",
        "version",
        "outcome",
        "evidence",
        "decided_at",
    )
    return [dict(zip(names, row, strict=True)) for row in latest_of]
