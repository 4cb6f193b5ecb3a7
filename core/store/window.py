"""Reads around a batch of orders that is being decided: its facts, the history it counts over, the earlier ones of a burst."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.store.store import Cursor

KEYED = "order_key IN (SELECT unnest(?::BIGINT[]))"
IN_BATCH = f"o.{KEYED}"
LAST_LABEL = "SELECT order_key, last(label ORDER BY labelled_at) AS label FROM labels GROUP BY order_key"
_ARRIVED = "coalesce({0}.ordered_at, {0}.paid_at)"


def facts(cursor: Cursor, asked: Mapping[str, str], keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """order_key -> `decided_at` (paid, else ordered) and what was asked: name -> SQL over o, from the catalogue."""
    listed = "".join(f", {expression}" for expression in asked.values())
    rows = cursor.execute(
        f"SELECT o.order_key, coalesce(o.paid_at, o.ordered_at){listed} FROM orders o WHERE {IN_BATCH}", [list(keys)]
    ).fetchall()
    names = ["order_key", "decided_at", *asked]
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


def shared_history(columns: Sequence[str], hours: int, keys: Sequence[int]) -> tuple[str, list[Any]]:
    """A condition over o: it shares one of the key columns with the batch and lies at most `hours` before it, or is in it."""
    batch = f"(SELECT {{}} FROM orders b WHERE b.{KEYED})"
    shared = " OR ".join(f"o.{column} IN {batch.format(f'b.{column}')}" for column in columns)
    first = batch.format(f"min({_ARRIVED.format('b')})")
    text = f"({_ARRIVED.format('o')} >= {first} - INTERVAL '{hours} hours' AND ({shared})) OR {IN_BATCH}"
    return text, [list(keys)] * (len(columns) + 2)


def earlier(cursor: Cursor, column: str, hours: int | None, hit: Sequence[int], zone: str) -> list[int]:
    """The not yet shipped orders of the same key and window before the ones hit, unless a rule or a person let them go.

    `hours` None is the calendar day of the zone.
    """
    before, after = _ARRIVED.format("e"), _ARRIVED.format("h")
    if hours is None:
        near, values = f"CAST(timezone(?, {before}) AS DATE) = CAST(timezone(?, {after}) AS DATE)", [zone, zone]
    else:
        near, values = f"{before} > {after} - INTERVAL '{hours} hours'", []
    rows = cursor.execute(
        f"SELECT DISTINCT e.order_key FROM orders h JOIN orders e ON e.{column} = h.{column} "
        f"AND e.order_key <> h.order_key AND {before} <= {after} AND {near} WHERE h.{KEYED} "
        "AND e.status IN ('PAID', 'STOCK_LOCKED', 'PICKING', 'LOGISTICS_ASSIGNED', 'PACKED') "
        "AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.order_key = e.order_key AND d.mode = 'live' "
        "AND d.kind = 'risk' AND d.outcome = 'allow' AND d.rules <> '[]') "
        f"AND e.order_key NOT IN (SELECT order_key FROM ({LAST_LABEL}) WHERE label = 'normal')",
        [*values, list(hit)],
    ).fetchall()
    return [row[0] for row in rows]


def open_orders(cursor: Cursor) -> list[tuple[int, bool, str]]:
    """(order_key, held by risk, a person's word on it or "") of every order that is paid and not yet picked."""
    return cursor.execute(
        "SELECT order_key, coalesce(contains(held_reasons, '\"risk_'), false), coalesce(label, '') FROM orders "
        f"LEFT JOIN ({LAST_LABEL}) USING (order_key) WHERE status IN ('PAID', 'STOCK_LOCKED') ORDER BY order_key"
    ).fetchall()
