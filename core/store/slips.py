"""Pick list slips: one an order, numbered within the business day, kept as they were printed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.store import waves
from core.store.listed import among
from core.store.store import Cursor, Store

MADE, VOIDED = "made", "voided"
_IN = "order_key IN (SELECT unnest(?::BIGINT[]) AS listed)"
# A refunded line is on no slip, whoever let the rest of the order go.
# Lines are sorted within their list: to sort while they are gathered takes four times as long.
_LINES = (
    "SELECT l.order_key, to_json(list_transform(list_sort(list(struct_pack(digits := coalesce(length(l.line_no), 1000), "
    "number := l.line_no, line := struct_pack(line_no := l.line_no, sku := l.sku, barcode := l.barcode, title := l.title, "
    "spec := l.spec, qty := l.qty, gift := coalesce(l.is_gift, false))))), lambda s: s.line))::VARCHAR AS lines "
    "FROM order_lines l WHERE {0}l.order_key IN (SELECT order_key FROM slip_batch) "
    "AND NOT EXISTS (SELECT 1 FROM slip_without w WHERE w.order_key = l.order_key AND w.line_no = l.line_no) GROUP BY l.order_key"
)


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip. `lines` as printed: line_no sku barcode title spec qty gift."""

    slip_no: str
    order_key: int
    channel: str
    shop: str
    platform_no: str
    warehouse: str
    wave: str
    state: str
    lines: tuple[dict[str, Any], ...]
    made_at: datetime


def standing(cursor: Cursor, keys: Sequence[int], since: datetime | None = None) -> set[int]:
    """Those of the orders that have a slip that is not void. `since`: none of them is older in the pool."""
    bound, values = ("made_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys)
    rows = cursor.execute(
        f"SELECT order_key FROM slips WHERE {bound}state = '{MADE}' AND {which}", [*values, *listed]
    ).fetchall()
    return {row[0] for row in rows}


def make(
    cursor: Cursor,
    keys: Sequence[int],
    day: date,
    now: datetime,
    zone: str,
    *,
    wave_size: int,
    without: Sequence[tuple[int, str]] = (),
    since: datetime | None = None,
) -> int:
    """Give each of the orders its slip, in waves by the rule of its warehouse; the caller has seen that they have none.

    `without`: refunded (order, line); `wave_size`: most slips in a wave.
    """
    bound, values = ("o.pool_at >= ? AND ", [since]) if since else ("", [])
    row = cursor.execute("SELECT coalesce(max(number), 0) FROM slips WHERE day = ?", [day]).fetchone()
    last = int(row[0]) if row else 0
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE slip_without AS SELECT unnest(?::BIGINT[]) AS order_key, unnest(?::VARCHAR[]) AS line_no",
        [[key for key, _line in without], [line for _key, line in without]],
    )
    which, listed = among(cursor, keys, "o.order_key")
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE slip_batch AS SELECT *, row_number() OVER (PARTITION BY warehouse, courier, single ORDER BY number) AS place "
        "FROM (SELECT o.order_key, o.channel, o.shop, o.platform_no, coalesce(o.warehouse, '') AS warehouse, coalesce(o.courier, '') AS courier, "
        "coalesce(o.line_count, 1) - (SELECT count(*) FROM slip_without w WHERE w.order_key = o.order_key) <= 1 AS single, "
        "? + row_number() OVER (ORDER BY coalesce(o.warehouse, ''), o.ship_by, o.paid_at, o.platform_no) AS number "
        f"FROM orders o WHERE {bound}{which})",
        [last, *values, *listed],
    )
    _plan(cursor, day, now, zone, wave_size)
    stem = f"{day:%y%m%d}"
    cursor.execute(
        "INSERT INTO slips (slip_no, order_key, channel, shop, platform_no, warehouse, courier, single, wave, day, number, state, body, made_at, voided_at, why) "
        "SELECT 'P' || ? || '-' || lpad(b.number::VARCHAR, 6, '0'), b.order_key, b.channel, b.shop, b.platform_no, b.warehouse, b.courier, b.single, "
        f"p.wave, ?, b.number, ?, '{{\"lines\":' || coalesce(l.lines, '[]') || '}}', ?, NULL, '' FROM slip_batch b "
        "JOIN slip_plan p ON p.warehouse = b.warehouse AND p.courier = b.courier AND p.single = b.single AND b.place BETWEEN p.first AND p.last "
        f"LEFT JOIN ({_LINES.format(bound.replace('o.', 'l.'))}) l ON l.order_key = b.order_key",
        [stem, day, MADE, now, *values],
    )
    cursor.execute(
        f"UPDATE orders SET slip_at = coalesce(slip_at, ?) WHERE {bound.replace('o.', '')}order_key IN (SELECT order_key FROM slip_batch)",
        [now, *values],
    )
    cursor.execute(
        "INSERT INTO order_events SELECT s.order_key, s.channel, s.shop, s.platform_no, 'slip_made', ?, 'system', s.slip_no, "
        "'{\"wave\":\"' || s.wave || '\"}' FROM slips s JOIN slip_batch b ON b.order_key = s.order_key WHERE s.made_at = ? AND s.state = 'made'",
        [now, now],
    )
    made = cursor.execute("SELECT count(*) FROM slip_batch").fetchone()
    for table in ("slip_batch", "slip_without", "slip_plan"):
        cursor.execute(f"DROP TABLE {table}")
    return int(made[0]) if made else 0


def _plan(cursor: Cursor, day: date, now: datetime, zone: str, wave_size: int) -> None:
    """`slip_plan`: which places of each group of the batch go into which wave."""
    groups = [
        waves.Group(*row)
        for row in cursor.execute("SELECT warehouse, courier, single, count(*) FROM slip_batch GROUP BY ALL").fetchall()
    ]
    shares = waves.plan(cursor, groups, day, now, zone, wave_size)
    columns = [
        [share.group.warehouse for share in shares], [share.group.courier for share in shares],
        [share.group.single for share in shares], [share.first for share in shares], [share.last for share in shares],
        [share.wave for share in shares],
    ]  # fmt: skip
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE slip_plan AS SELECT unnest(?::VARCHAR[]) AS warehouse, unnest(?::VARCHAR[]) AS courier, "
        "unnest(?::BOOLEAN[]) AS single, unnest(?::BIGINT[]) AS first, unnest(?::BIGINT[]) AS last, unnest(?::VARCHAR[]) AS wave",
        columns,
    )


def days(cursor: Cursor, keys: Sequence[int]) -> dict[int, date]:
    """order_key -> the business day of its slip that is not void."""
    rows = cursor.execute(
        f"SELECT order_key, day FROM slips WHERE state = '{MADE}' AND {_IN} ORDER BY order_key", [list(keys)]
    ).fetchall()
    return dict(rows)


def void(cursor: Cursor, keys: Sequence[int], why: str, now: datetime) -> list[int]:
    """Take the slips of the orders back, with an event each; returns the orders that had one."""
    which = f"state = '{MADE}' AND {_IN}"
    rows = cursor.execute(f"SELECT DISTINCT order_key FROM slips WHERE {which}", [list(keys)]).fetchall()
    gone = sorted(row[0] for row in rows)
    if gone:
        cursor.execute(f"UPDATE slips SET state = '{VOIDED}', voided_at = ?, why = ? WHERE {which}", [now, why, gone])
        cursor.execute(f"UPDATE orders SET slip_at = NULL, changed_at = ? WHERE {_IN}", [now, gone])
        cursor.execute(
            f"INSERT INTO order_events SELECT order_key, channel, shop, platform_no, 'slip_voided', ?, 'system', ?, '{{}}' FROM orders WHERE {_IN}",
            [now, why, gone],
        )
    return gone


def of_orders(cursor: Cursor, keys: Sequence[int]) -> list[Slip]:
    """The slips of the orders that are not void, by number."""
    which, listed = among(cursor, keys)
    rows = cursor.execute(
        f"SELECT {_COLUMNS} FROM slips WHERE state = '{MADE}' AND {which} ORDER BY made_at, number", listed
    ).fetchall()
    return [_slip(row) for row in rows]


def of_wave(store: Store, wave: str) -> list[Slip]:
    """The slips of a wave that are not void, by number."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {_COLUMNS} FROM slips WHERE state = '{MADE}' AND wave = ? ORDER BY number", [wave]
        ).fetchall()
    return [_slip(row) for row in rows]


def unqueued(cursor: Cursor, keys: Sequence[int], since: datetime | None = None) -> list[Slip]:
    """The slips of the orders that no printer has been handed yet, by wave and number."""
    bound, values = ("made_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys)
    rows = cursor.execute(
        f"SELECT {_COLUMNS} FROM slips WHERE {bound}state = '{MADE}' AND queued_at IS NULL AND {which} ORDER BY wave, number",
        [*values, *listed],
    ).fetchall()
    return [_slip(row) for row in rows]


def queued(cursor: Cursor, numbers: Sequence[str], now: datetime) -> None:
    """The slips are in a printer's queue."""
    cursor.execute(
        f"UPDATE slips SET queued_at = ? WHERE state = '{MADE}' AND slip_no IN (SELECT unnest(?::VARCHAR[]))",
        [now, list(numbers)],
    )


def of_numbers(store: Store, numbers: Sequence[str]) -> list[Slip]:
    """The slips with these numbers that are not void, by number."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {_COLUMNS} FROM slips WHERE state = '{MADE}' AND slip_no IN (SELECT unnest(?::VARCHAR[])) ORDER BY day, number",
            [list(numbers)],
        ).fetchall()
    return [_slip(row) for row in rows]


_COLUMNS = "slip_no, order_key, channel, shop, platform_no, warehouse, wave, state, body, made_at"


def _slip(row: tuple[Any, ...]) -> Slip:
    *named, body, made_at = row
    slip_no, order_key, channel, shop, platform_no, warehouse, wave, state = named
    lines = tuple(json.loads(body)["lines"])
    return Slip(slip_no, order_key, channel, shop, platform_no, warehouse, wave, state, lines, made_at)


def keys_of(cursor: Cursor, numbers: Sequence[str]) -> list[int]:
    """The orders of these slips that are not void."""
    rows = cursor.execute(
        f"SELECT order_key FROM slips WHERE state = '{MADE}' AND slip_no IN (SELECT unnest(?::VARCHAR[]))",
        [list(numbers)],
    ).fetchall()
    return [row[0] for row in rows]
