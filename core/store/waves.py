"""Waves: slips that are picked in one go, made by a warehouse's rule as slips are made, or by a person from what lies ready.

A slip joins the last open wave of its class (warehouse, by rule also courier and single or mixed) until that is full.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core import clock
from core.store.listed import rows
from core.store.store import Cursor, Store

SINGLE, MIXED = "single", "mixed"
MOST = 1_000
"""Slips in a wave where neither a rule nor the station says less."""


@dataclass(frozen=True, slots=True)
class WaveRule:
    """How waves are made in a warehouse ("" = in all without a rule of their own).

    `cutoffs`: courier -> HH:MM in the business zone, when it fetches; a courier without one uses the warehouse's.
    """

    warehouse: str = ""
    by_courier: bool = False
    single_first: bool = False
    most: int = MOST
    cutoffs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Slips about to be made that are alike: warehouse, courier, whether each has one line only, and how many."""

    warehouse: str
    courier: str
    single: bool
    slips: int


@dataclass(frozen=True, slots=True)
class Share:
    """Places first..last (from 1) of a group go into the wave."""

    group: Group
    first: int
    last: int
    wave: str


@dataclass(slots=True)
class _Open:
    wave: str
    room: int


@dataclass(frozen=True, slots=True)
class Wave:
    """A wave as it stands. Counts of slips that are not void: all, frozen, printed, picked, packed or further."""

    wave: str
    day: date
    warehouse: str
    courier: str
    kind: str
    leaves_at: datetime | None
    made_at: datetime
    slips: int
    held: int
    unprinted: int
    unpicked: int
    packed: int


def rules(cursor: Cursor) -> dict[str, WaveRule]:
    """The rules by warehouse."""
    rows = cursor.execute("SELECT warehouse, by_courier, single_first, most, cutoffs FROM wave_rules").fetchall()
    return {
        row[0]: WaveRule(row[0], bool(row[1]), bool(row[2]), int(row[3]), json.loads(row[4] or "{}")) for row in rows
    }


def save_rule(cursor: Cursor, rule: WaveRule, who: str) -> None:
    """Set a warehouse's rule."""
    cursor.execute("DELETE FROM wave_rules WHERE warehouse = ?", [rule.warehouse])
    cursor.execute(
        "INSERT INTO wave_rules VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            rule.warehouse,
            rule.by_courier,
            rule.single_first,
            rule.most,
            json.dumps(dict(rule.cutoffs)),
            clock.now(),
            who,
        ],
    )


def remove_rule(cursor: Cursor, warehouse: str) -> None:
    """A warehouse follows the general rule again."""
    cursor.execute("DELETE FROM wave_rules WHERE warehouse = ?", [warehouse])


def plan(cursor: Cursor, groups: Sequence[Group], day: date, now: datetime, zone: str, most: int) -> list[Share]:
    """Which places of each group go into which wave; new waves are written. `most`: the station's own limit."""
    known = rules(cursor)
    cutoffs = dict(
        cursor.execute("SELECT warehouse, cutoff FROM warehouses WHERE coalesce(cutoff, '') <> ''").fetchall()
    )
    opened = _open(cursor, day)
    number = _last(cursor, day)
    made: list[list[Any]] = []
    shares: list[Share] = []
    for group in sorted(groups, key=lambda one: (one.warehouse, one.courier, not one.single)):
        rule = known.get(group.warehouse) or known.get("") or WaveRule()
        courier = group.courier if rule.by_courier else ""
        kind = (SINGLE if group.single else MIXED) if rule.single_first else ""
        limit, place = min(rule.most, most), 1
        while place <= group.slips:
            mine = opened.get((group.warehouse, courier, kind))
            if mine is None or limit - mine.room <= 0:
                number += 1
                mine = opened[group.warehouse, courier, kind] = _Open(f"W{day:%y%m%d}-{number:04d}", 0)
                leaves = _leaves(rule.cutoffs.get(courier) or cutoffs.get(group.warehouse, ""), now, zone)
                made.append([mine.wave, day, number, group.warehouse, courier, kind, leaves, now, "system"])
            last = min(group.slips, place + limit - mine.room - 1)
            shares.append(Share(group, place, last, mine.wave))
            mine.room += last - place + 1
            place = last + 1
    if made:
        waves, values = rows(cursor, _WAVE, list(zip(*made, strict=True)))
        cursor.execute(f"INSERT INTO waves SELECT {', '.join(_WAVE)} FROM {waves}", values)
    return shares


_WAVE = {
    "wave": "VARCHAR", "day": "DATE", "number": "BIGINT", "warehouse": "VARCHAR", "courier": "VARCHAR", "kind": "VARCHAR",
    "leaves_at": "TIMESTAMPTZ", "made_at": "TIMESTAMPTZ", "made_by": "VARCHAR",
}  # fmt: skip


def gather(
    cursor: Cursor, numbers: Sequence[str], *, warehouse: str, courier: str, kind: str, day: date, now: datetime, zone: str,
    who: str,
) -> str:  # fmt: skip
    """Put these slips into a new wave; returns it."""
    number = _last(cursor, day) + 1
    wave = f"W{day:%y%m%d}-{number:04d}"
    known = rules(cursor)
    rule = known.get(warehouse) or known.get("") or WaveRule()
    row = cursor.execute("SELECT coalesce(max(cutoff), '') FROM warehouses WHERE warehouse = ?", [warehouse]).fetchone()
    leaves = _leaves(rule.cutoffs.get(courier) or (row[0] if row else ""), now, zone)
    cursor.execute(
        "INSERT INTO waves VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [wave, day, number, warehouse, courier, kind, leaves, now, who],
    )
    cursor.execute("UPDATE slips SET wave = ? WHERE slip_no IN (SELECT unnest(?::VARCHAR[]))", [wave, list(numbers)])
    return wave


def _leaves(wall: str, now: datetime, zone: str) -> datetime | None:
    """The next time the clock on the wall shows HH:MM."""
    if not wall:
        return None
    place, here = ZoneInfo(zone), now.astimezone(ZoneInfo(zone))
    at = datetime.combine(here.date(), time.fromisoformat(wall), place)
    return at if at > here else datetime.combine(here.date() + timedelta(days=1), time.fromisoformat(wall), place)


def _open(cursor: Cursor, day: date) -> dict[tuple[str, str, str], _Open]:
    """(warehouse, courier, kind) -> the last wave of the day and how many slips it has."""
    rows = cursor.execute(
        "SELECT w.warehouse, w.courier, w.kind, w.wave, count(s.slip_no) FROM waves w LEFT JOIN slips s ON s.wave = w.wave "
        "AND s.day = w.day AND s.state = 'made' WHERE w.day = ? AND w.made_by = 'system' GROUP BY w.warehouse, w.courier, w.kind, w.wave "
        "QUALIFY row_number() OVER (PARTITION BY w.warehouse, w.courier, w.kind ORDER BY w.wave DESC) = 1",
        [day],
    ).fetchall()
    return {(row[0], row[1], row[2]): _Open(row[3], int(row[4])) for row in rows}


def _last(cursor: Cursor, day: date) -> int:
    row = cursor.execute("SELECT coalesce(max(number), 0) FROM waves WHERE day = ?", [day]).fetchone()
    return int(row[0]) if row else 0


def listing(
    store: Store, *, warehouse: str = "", open_only: bool = True, text: str = "", limit: int = 100
) -> list[Wave]:
    """Waves, those that leave first at the top; `open_only`: with slips that are not packed yet."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT s.wave, any_value(s.day), coalesce(any_value(w.warehouse), any_value(s.warehouse)), "
            "coalesce(any_value(w.courier), ''), coalesce(any_value(w.kind), ''), any_value(w.leaves_at), "
            "coalesce(any_value(w.made_at), min(s.made_at)), count(*), "
            "count(*) FILTER (coalesce(s.held, false) AND NOT s.gone), count(*) FILTER (s.printed_at IS NULL AND NOT s.gone), "
            "count(*) FILTER (s.picked_at IS NULL AND NOT s.gone), count(*) FILTER (s.gone) "
            "FROM (SELECT s.*, o.held, o.status NOT IN ('PICKING', 'LOGISTICS_ASSIGNED') AS gone FROM slips s "
            "JOIN orders o ON o.order_key = s.order_key WHERE s.state = 'made' AND (? = '' OR s.warehouse = ?) "
            "AND (? = '' OR contains(s.wave, ?) OR s.slip_no = ? OR s.platform_no = ?)) s "
            "LEFT JOIN waves w ON w.wave = s.wave GROUP BY s.wave "
            "HAVING NOT ? OR count(*) FILTER (NOT s.gone) > 0 "
            "ORDER BY any_value(w.leaves_at) NULLS LAST, s.wave LIMIT ?",
            [warehouse, warehouse, text, text, text, text, open_only, limit],
        ).fetchall()
    return [Wave(*row) for row in rows]


def members(store: Store, wave: str) -> list[dict[str, Any]]:
    """The slips of a wave with the state of their orders."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT s.slip_no, s.platform_no, s.channel, s.shop, s.warehouse, coalesce(o.courier, ''), o.unit_count, o.status, "
            "coalesce(o.held, false), s.printed_at, s.picked_at, s.picked_by, o.ship_by, s.order_key FROM slips s "
            "JOIN orders o ON o.order_key = s.order_key WHERE s.state = 'made' AND s.wave = ? ORDER BY s.number",
            [wave],
        ).fetchall()
    names = (
        "slip_no", "platform_no", "channel", "shop", "warehouse", "courier", "pieces", "status", "held", "printed_at",
        "picked_at", "picked_by", "ship_by", "order_key",
    )  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in rows]


_READY = (
    "s.state = 'made' AND s.queued_at IS NULL AND s.printed_at IS NULL AND s.picked_at IS NULL "
    "AND o.status IN ('PICKING', 'LOGISTICS_ASSIGNED') AND NOT coalesce(o.held, false)"
)


def ready(store: Store) -> list[dict[str, Any]]:
    """Slips that are neither printed, queued nor picked, in groups."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT s.warehouse, coalesce(s.courier, ''), coalesce(s.single, false), count(*), min(s.made_at) FROM slips s "
            f"JOIN orders o ON o.order_key = s.order_key WHERE {_READY} GROUP BY ALL ORDER BY 1, 2, 3 DESC"
        ).fetchall()
    return [dict(zip(("warehouse", "courier", "single", "slips", "oldest"), row, strict=True)) for row in rows]


def choose(cursor: Cursor, warehouse: str, courier: str, kind: str, most: int) -> list[str]:
    """The most urgent ready slips of a warehouse, single ones together, at most so many."""
    rows = cursor.execute(
        f"SELECT s.slip_no FROM slips s JOIN orders o ON o.order_key = s.order_key WHERE {_READY} AND s.warehouse = ? "
        "AND (? = '' OR s.courier = ?) AND (? = '' OR coalesce(s.single, false) = (? = 'single')) "
        "ORDER BY o.ship_by NULLS LAST, o.paid_at, s.number LIMIT ?",
        [warehouse, courier, courier, kind, kind, most],
    ).fetchall()
    return [row[0] for row in rows]


def still_ready(cursor: Cursor, numbers: Sequence[str]) -> list[str]:
    """Those of the slips that nobody has taken meanwhile."""
    rows = cursor.execute(
        f"SELECT s.slip_no FROM slips s JOIN orders o ON o.order_key = s.order_key WHERE {_READY} "
        "AND s.slip_no IN (SELECT unnest(?::VARCHAR[])) ORDER BY s.slip_no",
        [list(numbers)],
    ).fetchall()
    return [row[0] for row in rows]


def mark_picked(cursor: Cursor, numbers: Sequence[str], who: str, now: datetime) -> list[str]:
    """The slips' goods are picked; returns those that were not before."""
    which = "state = 'made' AND picked_at IS NULL AND slip_no IN (SELECT unnest(?::VARCHAR[]))"
    rows = cursor.execute(f"SELECT slip_no FROM slips WHERE {which}", [list(numbers)]).fetchall()
    cursor.execute(f"UPDATE slips SET picked_at = ?, picked_by = ? WHERE {which}", [now, who, list(numbers)])
    return sorted(row[0] for row in rows)


def tell(cursor: Cursor, numbers: Sequence[str], event: str, actor: str, why: str, now: datetime) -> None:
    """One event for the order of each slip."""
    cursor.execute(
        "INSERT INTO order_events SELECT order_key, channel, shop, platform_no, ?, ?, ?, ?, '{}' FROM slips "
        "WHERE slip_no IN (SELECT unnest(?::VARCHAR[]))",
        [event, now, actor, why, list(numbers)],
    )


def tell_orders(cursor: Cursor, keys: Sequence[int], event: str, actor: str, now: datetime) -> None:
    """One event for each order."""
    if keys:
        cursor.execute(
            "INSERT INTO order_events SELECT order_key, channel, shop, platform_no, ?, ?, ?, '', '{}' FROM orders "
            "WHERE order_key IN (SELECT unnest(?::BIGINT[]))",
            [event, now, actor, list(keys)],
        )


def printed(store: Store, numbers: Sequence[str]) -> bool:
    """Whether one of the slips is on paper already, or on its way there."""
    with store.read() as cursor:
        row = cursor.execute(
            "SELECT bool_or(printed_at IS NOT NULL OR queued_at IS NOT NULL) FROM slips WHERE slip_no IN (SELECT unnest(?::VARCHAR[]))",
            [list(numbers)],
        ).fetchone()
    return bool(row and row[0])


def jobs_with(store: Store, numbers: Sequence[str], document: str) -> int:
    """How many of the slips are in a print job of this document that has not failed."""
    with store.read() as cursor:
        row = cursor.execute(
            "SELECT count(DISTINCT n.slip) FROM (SELECT unnest(from_json(slips, '[\"VARCHAR\"]')) AS slip FROM print_jobs "
            "WHERE document = ? AND state NOT IN ('failed', 'void')) n WHERE n.slip IN (SELECT unnest(?::VARCHAR[]))",
            [document, list(numbers)],
        ).fetchone()
    return int(row[0]) if row else 0
