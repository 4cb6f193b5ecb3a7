"""The state of the trade in one snapshot for the live board: what waits where, how fast it goes, what is stuck and late.

Bounded by what is open and by the days looked at, never by the size of the pool; made once a refresh for all who look
(core.insight.sharing). Times and shares are those of core.insight.kpi, of the day and of the last seven days.
"""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from core import clock
from core.insight import arrivals, cohort, kpi
from core.insight.arrivals import Hour
from core.insight.backtest import Period
from core.insight.cohort import Bounds
from core.insight.sharing import Shared
from core.store import Cursor, Store, documents, facts
from core.store.rejects import WAITING

RATE_DAYS = 7
RISK_HOURS = "live_risk_hours"  # the fact that says how many hours before its promise an open order is at risk
USUAL_RISK_HOURS = 4
COUNTDOWN = (1, 2, 4, 8, 12, 24, 48)
"""Hours to the promise at which the countdown's steps end."""
_LISTED = 12
_OPEN = ", ".join(f"'{status}'" for status in cohort.OPEN)


@dataclass(frozen=True, slots=True)
class Station:
    """A node of a flow where orders stand. `oldest_at`: when the one that stands longest came."""

    flow: str
    node: str
    label: str
    station: str
    orders: int
    parked: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class Lane:
    """Messages of one kind that have not left: `waiting` of which `due_at` is the earliest that should have; `dead` were
    refused and wait for a person; `sent` left in the last hour."""

    kind: str
    waiting: int
    dead: int
    sent: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Short:
    """A SKU for which orders wait, and how many pieces are missing."""

    sku: str
    title: str
    orders: int
    missing: int


@dataclass(frozen=True, slots=True)
class Step:
    """Open orders whose promise ends from `begins` on and before `ends` (None: open)."""

    begins: datetime | None
    ends: datetime | None
    hours: int | None
    orders: int


@dataclass(frozen=True, slots=True)
class Board:
    """Everything of one moment; a day is a business day. `today` is `paid_to_slip_minutes` of the orders paid today, `week`
    the whole document of `kpi` of the last seven days, today among them."""

    taken_at: datetime
    seconds: float
    day: date
    week_from: date
    risk_hours: int
    by_status: dict[str, int] = field(default_factory=dict)
    stations: tuple[Station, ...] = ()
    held: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    rejects: int = 0
    late: int = 0
    at_risk: int = 0
    countdown: tuple[Step, ...] = ()
    outbox: tuple[Lane, ...] = ()
    shorts: tuple[Short, ...] = ()
    short_skus: int = 0
    short_orders: int = 0
    today: dict[str, Any] = field(default_factory=dict)
    week: dict[str, Any] = field(default_factory=dict)
    hours: tuple[Hour, ...] = ()
    paces: tuple[tuple[int, float, float], ...] = ()
    """(hour of the day, median, P90) minutes from payment to slip of the orders paid in that hour."""

    @property
    def open(self) -> int:
        return sum(self.by_status.values())


def snapshot(store: Store, zone: str) -> Board:
    """The newest snapshot, at most some seconds old."""
    return _shared.of(store, zone)


def count(store: Store, zone: str) -> Board:
    """Count everything now."""
    now = clock.now()
    day = now.astimezone(ZoneInfo(zone)).date()
    risk_hours = int(facts.get(store, RISK_HOURS, str(USUAL_RISK_HOURS)))
    labels = {
        (flow.name, node["id"]): (str(node.get("label") or node["id"]), str(node["station"]))
        for flow in documents.all_published(store, "flow")
        for node in flow.body.get("nodes", ())
    }
    bounds = Bounds(*Period(day, day).bounds(zone))
    week_from, week = _rates.of(store, zone)
    with store.read() as cursor:
        cursor.execute("BEGIN TRANSACTION")  # one moment for all figures
        try:
            cursor.execute(
                "CREATE OR REPLACE TEMP TABLE live_open AS SELECT order_key, status, ship_by FROM orders "
                f"WHERE status IN ({_OPEN})"
            )
            found = {
                "by_status": _by_status(cursor), "stations": _stations(cursor, labels), "rejects": _rejects(cursor),
                "outbox": _outbox(cursor, now), "today": kpi.to_slip(cursor, bounds), "week": week,
                "hours": arrivals.against_normal(store, cursor, now, zone), "paces": _paces(cursor, bounds, zone),
                **_held(cursor), **_promises(cursor, now, risk_hours), **_shorts(cursor),
            }  # fmt: skip
        finally:
            cursor.execute("ROLLBACK")
    seconds = (clock.now() - now).total_seconds()
    return Board(now, seconds, day, week_from, risk_hours, **found)


def rates(store: Store, zone: str) -> tuple[date, dict[str, Any]]:
    """(first day, document of `kpi`) of the last seven business days, the present one among them."""
    day = clock.now().astimezone(ZoneInfo(zone)).date()
    first = day - timedelta(days=RATE_DAYS - 1)
    return first, kpi.figures(store, Period(first, day), zone)


_shared: Shared[Board] = Shared("live board", lambda store, zone: count(store, zone), most_seconds=20.0)
# They move slowly and cost more than all the rest, so they are counted aside.
_rates: Shared[tuple[date, dict[str, Any]]] = Shared("live rates", rates, least_seconds=30.0)


def _by_status(cursor: Cursor) -> dict[str, int]:
    found = dict(cursor.execute("SELECT status, count(*) FROM live_open GROUP BY status").fetchall())
    return {status: found.get(status, 0) for status in cohort.OPEN}


def _stations(cursor: Cursor, labels: dict[tuple[str, str], tuple[str, str]]) -> tuple[Station, ...]:
    """By flow and node, in the order in which the published flow draws them; others after them."""
    rows = cursor.execute(
        "SELECT flow, node, count(DISTINCT order_key), count(DISTINCT order_key) FILTER (state = 'parked'), min(arrived_at) "
        "FROM flow_tokens GROUP BY flow, node"
    ).fetchall()
    places = {key: place for place, key in enumerate(labels)}
    rows.sort(key=lambda row: (places.get((row[0], row[1]), len(places)), row[0], row[1]))
    return tuple(
        Station(flow, node, *labels.get((flow, node), (node, "")), orders, parked, oldest)
        for flow, node, orders, parked, oldest in rows
    )


def _held(cursor: Cursor) -> dict[str, Any]:
    """Held orders, and by reason; an order with two reasons counts under both."""
    reasons: dict[str, int] = {}
    held = 0
    for text, orders in cursor.execute("SELECT held_reasons, count(*) FROM orders WHERE held GROUP BY ALL").fetchall():
        held += orders
        for reason in json.loads(text or "[]"):
            reasons[reason] = reasons.get(reason, 0) + orders
    return {"held": held, "reasons": dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))}


def _rejects(cursor: Cursor) -> int:
    (found,) = cohort.row(cursor, "SELECT count(*) FROM rejects WHERE state = ?", [WAITING])
    return found


def _promises(cursor: Cursor, now: datetime, risk_hours: int) -> dict[str, Any]:
    """Open orders by the time left to the moment promised on the platform."""
    late, at_risk = cohort.row(
        cursor,
        "SELECT count(*) FILTER (ship_by < ?), count(*) FILTER (ship_by >= ? AND ship_by < ?) FROM live_open",
        [now, now, now + timedelta(hours=risk_hours)],
    )
    edges = [None, now, *(now + timedelta(hours=hours) for hours in COUNTDOWN), None]
    tests = [
        "count(*) FILTER (ship_by IS NOT NULL" + (" AND ship_by >= ?" if since else "") + (" AND ship_by < ?)" if until else ")")
        for since, until in pairwise(edges)
    ]  # fmt: skip
    values = [edge for pair in pairwise(edges) for edge in pair if edge]
    counted = cohort.row(cursor, f"SELECT {', '.join(tests)} FROM live_open", values)
    hours = [0, *COUNTDOWN, None]
    steps = tuple(
        Step(since, until, end, orders)
        for since, until, end, orders in zip(edges, edges[1:], hours, counted, strict=False)
    )
    return {"late": late, "at_risk": at_risk, "countdown": steps}


def _outbox(cursor: Cursor, now: datetime) -> tuple[Lane, ...]:
    rows = cursor.execute(
        "SELECT kind, count(*) FILTER (state IN ('waiting', 'claimed')), count(*) FILTER (state = 'dead'), "
        "count(*) FILTER (state = 'done'), min(next_at) FILTER (state = 'waiting' AND next_at <= ?) FROM outbox "
        "WHERE state IN ('waiting', 'claimed', 'dead') OR (state = 'done' AND changed_at >= ?) GROUP BY kind ORDER BY kind",
        [now, now - timedelta(hours=1)],
    ).fetchall()
    return tuple(Lane(*row) for row in rows)


def _shorts(cursor: Cursor) -> dict[str, Any]:
    skus, orders = cohort.row(cursor, "SELECT count(DISTINCT sku), count(DISTINCT order_key) FROM stock_waits")
    rows = cursor.execute(
        "SELECT w.sku, coalesce(any_value(p.title), ''), count(DISTINCT w.order_key), sum(w.missing)::BIGINT FROM stock_waits w "
        "LEFT JOIN products p ON p.sku = w.sku GROUP BY w.sku ORDER BY 3 DESC, 1 LIMIT ?",
        [_LISTED],
    ).fetchall()
    return {"short_skus": skus, "short_orders": orders, "shorts": tuple(Short(*row) for row in rows)}


def _paces(cursor: Cursor, bounds: Bounds, zone: str) -> tuple[tuple[int, float, float], ...]:
    condition, values = bounds.on("paid_at")
    rows = cursor.execute(
        f"SELECT hour(timezone(?, paid_at)) AS hour, quantile_cont({cohort.micros('slip_at')}, [0.5, 0.9]) FROM orders "
        f"WHERE {condition} AND {cohort.sane('slip_at')} AND NOT {cohort.SCHEDULED} GROUP BY hour ORDER BY hour",
        [zone, *values],
    ).fetchall()
    return tuple((hour, cohort.minutes(cuts[0]) or 0.0, cohort.minutes(cuts[1]) or 0.0) for hour, cuts in rows)
