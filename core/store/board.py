"""The lifecycle board: exact counts of every stage with age bands and holds, and its cards page by page."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.model.lifecycle import STATUSES
from core.store.store import Cursor, Store

BANDS: dict[str, tuple[int, int | None]] = {
    "half_hour": (0, 30), "two_hours": (30, 120), "day": (120, 1_440), "older": (1_440, None),
}  # fmt: skip
"""Minutes since payment: from, to (exclusive)."""
_COLUMNS = (
    "order_key", "channel", "shop", "platform_no", "status", "paid_at", "ship_by", "paid_fen", "unit_count", "province",
    "city", "warehouse", "courier", "tracking_no", "held", "held_reasons", "tags", "refund_status", "slip_at",
)  # fmt: skip
_AGE = "date_diff('minute', coalesce(o.paid_at, o.ordered_at, o.pool_at), ?)"


def statuses_of(stage: str) -> list[str]:
    """The statuses of a stage. A cancelled order stands in no column: it is not on its way."""
    return [status.name for status in STATUSES if status.stage == stage and status.name not in ("CANCELLED", "UNPAID")]


def counts(
    store: Store,
    now: datetime,
    *,
    channels: Sequence[str] = (),
    shops: Sequence[str] = (),
    warehouses: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """By status: orders, held, late (promise passed, not shipped), and one number for each band. `shops` as "channel/shop"."""
    where, values = _narrowed(channels, shops, warehouses)
    bands = ", ".join(
        f"count(*) FILTER (age >= {least}{f' AND age < {most}' if most is not None else ''}) AS {name}"
        for name, (least, most) in BANDS.items()
    )
    with store.read() as cursor:
        result = cursor.execute(
            f"SELECT status, count(*) AS orders, count(*) FILTER (held) AS held, count(*) FILTER (late) AS late, {bands} FROM ("
            f"SELECT o.status, coalesce(o.held, false) AS held, o.ship_by < ? AND o.shipped_at IS NULL AS late, {_AGE} AS age "
            f"FROM orders o WHERE {where}) GROUP BY status",
            [now, now, *values],
        )
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def cards(
    store: Store, stage: str, now: datetime, *, band: str = "", held: bool | None = None, channels: Sequence[str] = (),
    shops: Sequence[str] = (), warehouses: Sequence[str] = (), limit: int = 50, offset: int = 0,
) -> tuple[list[dict[str, Any]], int]:  # fmt: skip
    """(cards, exact number) of a stage: held ones first, then the most urgent promise."""
    where, values = _narrowed(channels, shops, warehouses)
    where += " AND o.status IN (SELECT unnest(?::VARCHAR[]))"
    values.append(statuses_of(stage))
    if held is not None:
        where += " AND coalesce(o.held, false) = ?"
        values.append(held)
    if band in BANDS:
        least, most = BANDS[band]
        where += f" AND {_AGE} >= ?"
        values += [now, least]
        if most is not None:
            where += f" AND {_AGE} < ?"
            values += [now, most]
    with store.read() as cursor:
        total = cursor.execute(f"SELECT count(*) FROM orders o WHERE {where}", values).fetchone()
        rows = cursor.execute(
            f"SELECT {', '.join(f'o.{name}' for name in _COLUMNS)} FROM orders o WHERE {where} "
            "ORDER BY coalesce(o.held, false) DESC, o.ship_by NULLS LAST, o.paid_at, o.order_key LIMIT ? OFFSET ?",
            [*values, limit, offset],
        ).fetchall()
    found = []
    for row in rows:
        named: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
        named["held_reasons"], named["tags"] = (
            json.loads(named["held_reasons"] or "[]"),
            json.loads(named["tags"] or "[]"),
        )
        found.append(named)
    return found, int(total[0]) if total else 0


def with_tracking(cursor: Cursor, keys: Sequence[int]) -> set[int]:
    """Those of the orders that have a waybill."""
    rows = cursor.execute(
        "SELECT order_key FROM orders WHERE nullif(tracking_no, '') IS NOT NULL AND order_key IN (SELECT unnest(?::BIGINT[]))",
        [list(keys)],
    ).fetchall()
    return {row[0] for row in rows}


def held_only_for(cursor: Cursor, keys: Sequence[int], reason: str) -> set[int]:
    """Those of the orders that this reason holds and no other."""
    rows = cursor.execute(
        "SELECT order_key FROM orders WHERE held_reasons = '[\"' || ? || '\"]' AND order_key IN (SELECT unnest(?::BIGINT[]))",
        [reason, list(keys)],
    ).fetchall()
    return {row[0] for row in rows}


def _narrowed(channels: Sequence[str], shops: Sequence[str], warehouses: Sequence[str]) -> tuple[str, list[Any]]:
    texts, values = ["true"], []
    shop = "channel || '/' || o.shop"  # two channels may have shops of one code
    for column, listed in (("channel", channels), (shop, shops), ("warehouse", warehouses)):
        if listed:
            texts.append(f"o.{column} IN (SELECT unnest(?::VARCHAR[]))")
            values.append(list(listed))
    return " AND ".join(texts), values
