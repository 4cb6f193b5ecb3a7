"""Parcels on the road, written as sets: registered when orders ship, told by couriers, closed when they arrive."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from core.model.parcels import ENDS, OF_STATE, Scan, Track
from core.store.store import Cursor, Store, count_of

LONGEST = timedelta(days=45)
"""Older parcels are no longer followed: whatever happened to them is settled by after sales."""
_OPEN = f"state NOT IN ({', '.join(repr(state) for state in ENDS)})"
_FRESH_TROUBLE = "trouble <> '' AND trouble <> coalesce(settled, '')"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel with what is known of it. `trouble` "" is none; `settled` the trouble a person has settled."""

    track_id: str
    order_key: int
    channel: str
    shop: str
    platform_no: str
    warehouse: str
    courier: str
    tracking_no: str
    state: str
    trouble: str
    settled: str
    settled_by: str
    settled_why: str
    left_at: datetime | None
    last_scan_at: datetime | None
    last_words: str
    last_place: str
    scans: int
    delivered_at: datetime | None
    troubled_at: datetime | None
    account: str
    subscribed_at: datetime | None
    asked_at: datetime | None
    next_at: datetime | None
    failures: int
    error: str


_COLUMNS = ", ".join(field.name for field in fields(Parcel))


_NEWS = (
    "WITH w AS (SELECT order_key, channel, shop, platform_no, warehouse, courier, tracking_no, shipped_at FROM orders "
    "WHERE status = 'SHIPPED' AND coalesce(tracking_no, '') <> '' AND coalesce(shipped_at, changed_at) > $1 UNION ALL "
    "SELECT o.order_key, o.channel, o.shop, o.platform_no, coalesce(r.warehouse, o.warehouse), coalesce(r.courier, o.courier), "
    "r.tracking_no, r.shipped_at FROM outbound_records r JOIN orders o ON o.platform_no = r.platform_no "
    "AND (r.shop IS NULL OR r.shop = o.shop) WHERE r.matched AND o.status = 'SHIPPED' "
    "AND coalesce(r.shipped_at, r.changed_at) > $1 UNION ALL "
    "SELECT o.order_key, o.channel, o.shop, o.platform_no, coalesce(nullif(p.warehouse, ''), o.warehouse), p.courier, "
    "p.tracking_no, coalesce(o.shipped_at, p.packed_at) FROM packings p JOIN orders o ON o.order_key = p.order_key WHERE "
    "p.parcel_no IS NOT NULL AND p.state = 'packed' AND p.tracking_no <> '' AND o.status = 'SHIPPED' AND p.packed_at > $1) SELECT * FROM w ANTI JOIN parcel_tracks t ON t.order_key = w.order_key "
    "AND t.tracking_no = w.tracking_no"
)
_COMPLETED = (
    f"o.order_key = t.order_key AND t.{_OPEN} AND t.state <> 'returning' AND o.status IN ('COMPLETED', 'ARCHIVED')"
)
_MOVES_AGAIN = (
    "trouble IN ('no_scan', 'stuck') AND ((trouble = 'no_scan' AND (state <> 'waiting' OR left_at > $1)) "
    "OR (trouble = 'stuck' AND coalesce(last_scan_at, left_at) > $2))"
)
# Nobody knows of a parcel that no service was ever asked for.
_STANDS_STILL = (
    f"{_OPEN} AND trouble = '' AND asked_at IS NOT NULL AND error = '' AND left_at > $3 AND ((state = 'waiting' AND left_at <= $1) OR "
    "(state <> 'waiting' AND coalesce(last_scan_at, left_at) <= $2))"
)


def has_news(cursor: Cursor, no_scan_hours: float, stuck_hours: float, now: datetime) -> bool:
    """Whether `register`, `close_completed` or `find_still` has anything to write."""
    early, late, oldest = now - timedelta(hours=no_scan_hours), now - timedelta(hours=stuck_hours), now - LONGEST
    return any(
        cursor.execute(f"SELECT 1 FROM ({question}) LIMIT 1", values).fetchone()
        for question, values in (
            (_NEWS, [oldest]),
            (f"SELECT 1 FROM parcel_tracks t JOIN orders o ON {_COMPLETED}", []),
            (f"SELECT 1 FROM parcel_tracks WHERE {_MOVES_AGAIN}", [early, late]),
            (f"SELECT 1 FROM parcel_tracks WHERE {_STANDS_STILL}", [early, late, oldest]),
        )
    )


def register(cursor: Cursor, now: datetime) -> int:
    """Follow the waybills of shipped orders that are not followed yet, those of the warehouse's own records too."""
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE track_news AS {_NEWS} "
        "QUALIFY row_number() OVER (PARTITION BY order_key, tracking_no ORDER BY shipped_at NULLS LAST) = 1",
        [now - LONGEST],
    )
    row = cursor.execute("SELECT count(*) FROM track_news").fetchone()
    if not row or not row[0]:
        return 0
    cursor.execute(
        "INSERT INTO parcel_tracks (track_id, order_key, channel, shop, platform_no, warehouse, courier, tracking_no, state, "
        "trouble, settled, settled_by, settled_why, left_at, last_words, last_place, scans, account, next_at, failures, error, "
        "made_at, changed_at) SELECT md5(order_key || '/' || tracking_no), order_key, channel, shop, platform_no, "
        "coalesce(warehouse, ''), coalesce(courier, ''), tracking_no, 'waiting', '', '', '', '', coalesce(shipped_at, $1), '', "
        "'', 0, '', $1, 0, '', $1, $1 FROM track_news",
        [now],
    )
    return int(row[0])


def close_completed(cursor: Cursor, now: datetime) -> int:
    """Parcels of orders that their platform calls completed have arrived, whatever the courier still says."""
    cursor.execute(
        f"UPDATE parcel_tracks AS t SET state = 'delivered', trouble = '', delivered_at = coalesce(o.finished_at, $1), "
        f"next_at = NULL, changed_at = $1 FROM orders o WHERE {_COMPLETED}",
        [now],
    )
    return count_of(cursor)


def take(cursor: Cursor, tracks: Sequence[tuple[str, Track]], account: str, now: datetime) -> list[str]:
    """Take over what a service told, as a set: rows (track_id, track). Returns the ids whose state or scans changed.

    Told twice, or late, it changes nothing: a story that ends earlier than the one known is not taken.
    """
    if not tracks:
        return []
    newest: dict[str, Track] = {}
    for track_id, track in tracks:
        known = newest.get(track_id)
        if known is None or len(track.scans) >= len(known.scans):
            newest[track_id] = track
    rows = [_told(track_id, track) for track_id, track in newest.items()]
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE track_told AS SELECT unnest(?::VARCHAR[]) AS track_id, unnest(?::VARCHAR[]) AS state, "
        "unnest(?::VARCHAR[]) AS trouble, unnest(?::TIMESTAMPTZ[]) AS last_scan_at, unnest(?::VARCHAR[]) AS words, "
        "unnest(?::VARCHAR[]) AS place, unnest(?::INTEGER[]) AS scans",
        [list(column) for column in zip(*rows, strict=True)],
    )
    news = (
        "t.track_id = n.track_id AND n.scans > 0 AND (t.last_scan_at IS NULL OR n.last_scan_at >= t.last_scan_at) "
        f"AND (t.{_OPEN} OR n.state <> t.state) AND (n.state <> t.state OR n.scans <> t.scans OR n.last_scan_at <> t.last_scan_at)"
    )
    changed = cursor.execute(f"SELECT t.track_id FROM parcel_tracks t JOIN track_told n ON {news}").fetchall()
    cursor.execute(
        "UPDATE parcel_tracks AS t SET state = n.state, trouble = n.trouble, "
        "troubled_at = CASE WHEN n.trouble = '' THEN NULL WHEN n.trouble = t.trouble THEN t.troubled_at ELSE $1 END, "
        "last_scan_at = n.last_scan_at, last_words = n.words, last_place = n.place, scans = n.scans, "
        "delivered_at = CASE WHEN n.state = 'delivered' THEN n.last_scan_at END, account = $2, changed_at = $1 FROM track_told n "
        f"WHERE {news}",
        [now, account],
    )
    ids = [row[0] for row in changed]
    _keep_scans(cursor, {track_id: newest[track_id].scans for track_id in ids})
    return ids


def _told(track_id: str, track: Track) -> tuple[Any, ...]:
    last = track.scans[-1] if track.scans else None
    return (
        track_id, track.state, OF_STATE.get(track.state, ""), last.at if last else None, last.words if last else "",
        last.place if last else "", len(track.scans),
    )  # fmt: skip


def _keep_scans(cursor: Cursor, stories: dict[str, tuple[Scan, ...]]) -> None:
    rows = [(track_id, s.at, s.state, s.words, s.place) for track_id, scans in stories.items() for s in scans]
    if not rows:
        return
    cursor.execute("DELETE FROM parcel_scans WHERE track_id IN (SELECT unnest(?::VARCHAR[]))", [list(stories)])
    cursor.execute(
        "INSERT INTO parcel_scans SELECT n.track_id, t.order_key, n.at, n.state, n.words, n.place FROM (SELECT "
        "unnest(?::VARCHAR[]) AS track_id, unnest(?::TIMESTAMPTZ[]) AS at, unnest(?::VARCHAR[]) AS state, "
        "unnest(?::VARCHAR[]) AS words, unnest(?::VARCHAR[]) AS place) n JOIN parcel_tracks t ON t.track_id = n.track_id",
        [list(column) for column in zip(*rows, strict=True)],
    )


def asked(
    cursor: Cursor, ids: Sequence[str], now: datetime, next_at: Sequence[datetime | None], errors: Sequence[str]
) -> None:
    """The courier was asked for these: when again, and what went wrong ("" is well)."""
    if ids:
        cursor.execute(
            "UPDATE parcel_tracks AS t SET asked_at = $1, next_at = CASE WHEN t."
            + _OPEN
            + " THEN n.next_at END, error = n.error, "
            "failures = CASE WHEN n.error = '' THEN 0 ELSE t.failures + 1 END FROM (SELECT unnest($2::VARCHAR[]) AS track_id, "
            "unnest($3::TIMESTAMPTZ[]) AS next_at, unnest($4::VARCHAR[]) AS error) n WHERE t.track_id = n.track_id",
            [now, list(ids), list(next_at), list(errors)],
        )


def subscribed(cursor: Cursor, ids: Sequence[str], account: str, now: datetime) -> None:
    """The service pushes changes of these from now on."""
    cursor.execute(
        "UPDATE parcel_tracks SET subscribed_at = ?, account = ? WHERE track_id IN (SELECT unnest(?::VARCHAR[]))",
        [now, account, list(ids)],
    )


def find_still(cursor: Cursor, no_scan_hours: float, stuck_hours: float, now: datetime) -> list[str]:
    """Mark parcels that have not moved for too long, and unmark those that do again; returns the newly marked."""
    early, late = now - timedelta(hours=no_scan_hours), now - timedelta(hours=stuck_hours)
    cursor.execute(
        f"UPDATE parcel_tracks SET trouble = '', troubled_at = NULL, changed_at = $3 WHERE {_MOVES_AGAIN}",
        [early, late, now],
    )
    bounds = [early, late, now - LONGEST]
    rows = cursor.execute(f"SELECT track_id FROM parcel_tracks WHERE {_STANDS_STILL}", bounds).fetchall()
    if rows:
        cursor.execute(
            "UPDATE parcel_tracks SET trouble = CASE WHEN state = 'waiting' THEN 'no_scan' ELSE 'stuck' END, troubled_at = $4, "
            f"changed_at = $4 WHERE {_STANDS_STILL}",
            [*bounds, now],
        )
    return [row[0] for row in rows]


def due(cursor: Cursor, now: datetime, limit: int) -> list[tuple[Parcel, str]]:
    """(parcel, last four of the phone) of those to be asked for now, the longest overdue first."""
    rows = cursor.execute(
        f"SELECT {', '.join(f't.{name}' for name in _COLUMNS.split(', '))}, coalesce(o.phone_last4, '') FROM parcel_tracks t "
        f"JOIN orders o ON o.order_key = t.order_key WHERE t.{_OPEN} AND t.next_at <= ? AND t.left_at > ? "
        "ORDER BY t.next_at, t.track_id LIMIT ?",
        [now, now - LONGEST, limit],
    ).fetchall()
    return [(Parcel(*row[:-1]), row[-1]) for row in rows]


def by_waybill(cursor: Cursor, numbers: Sequence[str]) -> dict[str, list[str]]:
    """tracking_no -> the ids of its parcels (merged orders share one)."""
    found: dict[str, list[str]] = {}
    for number, track_id in cursor.execute(
        "SELECT tracking_no, track_id FROM parcel_tracks WHERE tracking_no IN (SELECT unnest(?::VARCHAR[])) ORDER BY ALL",
        [list(numbers)],
    ).fetchall():
        found.setdefault(number, []).append(track_id)
    return found


def arrived_orders(cursor: Cursor, ids: Sequence[str]) -> list[tuple[int, str]]:
    """(order_key, channel) of the orders of these parcels whose parcels have all been delivered, told for the first time."""
    return cursor.execute(
        "SELECT t.order_key, any_value(t.channel) FROM parcel_tracks t WHERE t.order_key IN (SELECT order_key FROM parcel_tracks "
        "WHERE track_id IN (SELECT unnest(?::VARCHAR[]))) AND NOT EXISTS (SELECT 1 FROM order_events e WHERE "
        "e.order_key = t.order_key AND e.event = 'order_delivered') GROUP BY t.order_key "
        "HAVING bool_and(t.state = 'delivered') ORDER BY 1",
        [list(ids)],
    ).fetchall()


def of(cursor: Cursor, ids: Sequence[str]) -> list[Parcel]:
    """The parcels with these ids."""
    rows = cursor.execute(
        f"SELECT {_COLUMNS} FROM parcel_tracks WHERE track_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY track_id",
        [list(ids)],
    ).fetchall()
    return [Parcel(*row) for row in rows]


def told(cursor: Cursor, order_key: int, tracking_no: str) -> tuple[str, str, str] | None:
    """(state of the message, the platform's answer, its words of refusal) of telling the platform this waybill."""
    rows = cursor.execute(
        "SELECT body, state, coalesce(answer, ''), coalesce(error, '') FROM outbox WHERE kind = 'dispatch' AND follows = ?",
        [f"order:{order_key}"],
    ).fetchall()
    return next((row[1:] for row in rows if json.loads(row[0]).get("tracking_no") == tracking_no), None)


def settle(cursor: Cursor, ids: Sequence[str], who: str, why: str) -> int:
    """A person has seen to the troubles of these; returns how many had one."""
    cursor.execute(
        "UPDATE parcel_tracks SET settled = trouble, settled_by = ?, settled_why = ? WHERE trouble <> '' "
        "AND trouble <> coalesce(settled, '') AND track_id IN (SELECT unnest(?::VARCHAR[]))",
        [who, why, list(ids)],
    )
    return count_of(cursor)


PARTS = {
    "trouble": f"{_FRESH_TROUBLE}",
    "road": _OPEN,
    "delivered": "state = 'delivered'",
    "all": "true",
}
"""The parts of the list by name."""


def counts(store: Store) -> dict[str, int]:
    """part, and "trouble:<kind>" -> how many parcels."""
    with store.read() as cursor:
        row = cursor.execute(
            "SELECT "
            + ", ".join(f"count(*) FILTER ({condition})" for condition in PARTS.values())
            + " FROM parcel_tracks"
        ).fetchone()
        kinds = cursor.execute(
            f"SELECT trouble, count(*) FROM parcel_tracks WHERE {_FRESH_TROUBLE} GROUP BY 1"
        ).fetchall()
    return dict(zip(PARTS, row or (), strict=False)) | {f"trouble:{kind}": many for kind, many in kinds}


def listing(
    store: Store, part: str, *, trouble: str = "", courier: str = "", text: str = "", limit: int = 100, offset: int = 0
) -> tuple[list[Parcel], int]:
    """(parcels, exact number): troubles first by their kind, then those that have stood still longest."""
    where, values = [PARTS[part]], list[Any]()
    for condition, value in (("trouble = ?", trouble), ("courier = ?", courier)):
        if value:
            where.append(condition)
            values.append(value)
    if text:
        where.append("(tracking_no = ? OR starts_with(platform_no, ?) OR starts_with(tracking_no, ?))")
        values += [text] * 3
    bound = " AND ".join(where)
    with store.read() as cursor:
        total = cursor.execute(f"SELECT count(*) FROM parcel_tracks WHERE {bound}", values).fetchone()
        rows = cursor.execute(
            f"SELECT {_COLUMNS} FROM parcel_tracks WHERE {bound} ORDER BY CASE WHEN {_FRESH_TROUBLE} THEN CASE trouble "
            "WHEN 'returned' THEN 0 WHEN 'problem' THEN 1 WHEN 'no_scan' THEN 2 ELSE 3 END ELSE 9 END, "
            "CASE WHEN state IN ('delivered', 'returned') THEN 1 ELSE 0 END, coalesce(last_scan_at, left_at), track_id "
            "LIMIT ? OFFSET ?",
            [*values, limit, offset],
        ).fetchall()
    return [Parcel(*row) for row in rows], int(total[0]) if total else 0


def couriers(store: Store) -> list[str]:
    """The couriers that parcels went by."""
    with store.read() as cursor:
        return [
            row[0]
            for row in cursor.execute(
                "SELECT DISTINCT courier FROM parcel_tracks WHERE courier <> '' ORDER BY 1"
            ).fetchall()
        ]


def of_order(store: Store, order_key: int) -> list[Parcel]:
    """The parcels of an order."""
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT {_COLUMNS} FROM parcel_tracks WHERE order_key = ? ORDER BY left_at, track_id", [order_key]
        ).fetchall()
    return [Parcel(*row) for row in rows]


def story(store: Store, track_id: str) -> list[Scan]:
    """The courier's lines, newest first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT scanned_at, words, state, place FROM parcel_scans WHERE track_id = ? ORDER BY scanned_at DESC",
            [track_id],
        ).fetchall()
    return [Scan(*row) for row in rows]
