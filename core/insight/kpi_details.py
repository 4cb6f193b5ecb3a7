"""What stands behind the figures of `kpi`: errors by type, loss by cause, time held, what is left out of the times and why.

The same cohorts and cuts as core.insight.kpi; shares of orders to six digits, minutes to four.
"""

from dataclasses import dataclass, field
from datetime import date

from core.insight import cohort, local_time
from core.insight.backtest import Period
from core.insight.cohort import Bounds
from core.store import Cursor, Store

FAULTS = ("wrong_item", "missing", "wrong_address", "duplicate", "after_refund")
CAUSES = ("mis_ship", "oversell", "reverse_freight", "unreturned", "fine")


@dataclass(frozen=True, slots=True)
class Day:
    """One business day of payment: orders, those with a slip, and their minutes to it."""

    day: date
    orders: int
    slips: int
    p50: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Details:
    """Of one period. `faults`: orders by type of confirmed error (an order with two types counts under both);
    `losses`: fen by cause; `net_*`: minutes from payment to slip without the time held; `held_orders` of those with a slip
    were held on the way; `scheduled_*`: pre-sale and orders with a chosen day, which are in no time; `odd`: paid after
    the slip or more than a month before it; `split`, `downgraded`: shares of the routed orders."""

    shipped: int = 0
    faulty: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    losses: dict[str, int] = field(default_factory=dict)
    net_p50: float | None = None
    net_p90: float | None = None
    held_orders: int = 0
    scheduled: int = 0
    scheduled_open: int = 0
    odd: int = 0
    split: float | None = None
    downgraded: float | None = None


def details(store: Store, period: Period, zone: str) -> Details:
    """All of it for a period."""
    bounds = Bounds(*period.bounds(zone))
    with store.read() as cursor:
        shipped, faulty, faults = _faults(cursor, bounds)
        p50, p90, held = _net(cursor, bounds)
        scheduled, scheduled_open, odd = _apart(cursor, bounds)
        split, downgraded = _parcels(cursor, bounds)
        return Details(
            shipped,
            faulty,
            faults,
            _losses(cursor, bounds),
            p50,
            p90,
            held,
            scheduled,
            scheduled_open,
            odd,
            split,
            downgraded,
        )


def by_day(store: Store, period: Period, zone: str) -> list[Day]:
    """The days of the period on which anything was paid."""
    condition, values = Bounds(*period.bounds(zone)).on("paid_at")
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT day, count(*), count(taken), quantile_cont(taken, [0.5, 0.9]) "
            f"FROM (SELECT {local_time.day('paid_at', zone)} AS day, "
            f"CASE WHEN {cohort.sane('slip_at')} AND NOT {cohort.SCHEDULED} THEN {cohort.micros('slip_at')} END AS taken "
            f"FROM orders WHERE {condition}) GROUP BY day ORDER BY day",
            values,
        ).fetchall()
    return [
        Day(day, orders, slips, *(cohort.minutes(cut) for cut in cuts or (None, None)))
        for day, orders, slips, cuts in rows
    ]


def _faults(cursor: Cursor, bounds: Bounds) -> tuple[int, int, dict[str, int]]:
    condition, values = bounds.on("o.shipped_at")
    (shipped,) = cohort.row(cursor, f"SELECT count(*) FROM orders o WHERE {condition}", values)
    rows = cursor.execute(
        "SELECT f.kind, count(DISTINCT o.order_key) FROM dispatch_faults f JOIN orders o ON o.order_key = f.order_key "
        f"WHERE {condition} AND {cohort.within_days('f.found_at', 'o.shipped_at', cohort.ERROR_DAYS)} "
        "GROUP BY GROUPING SETS ((f.kind), ()) ORDER BY 1 NULLS FIRST",
        values,
    ).fetchall()
    found = dict(rows)
    return shipped, found.pop(None, 0), {kind: found.get(kind, 0) for kind in dict.fromkeys((*FAULTS, *found))}


def _losses(cursor: Cursor, bounds: Bounds) -> dict[str, int]:
    condition, values = bounds.on("happened_at")
    found = dict(
        cursor.execute(
            f"SELECT cause, sum(loss_fen)::BIGINT FROM losses WHERE {condition} GROUP BY cause", values
        ).fetchall()
    )
    return {cause: found.get(cause, 0) for cause in dict.fromkeys((*CAUSES, *found))}


def _net(cursor: Cursor, bounds: Bounds) -> tuple[float | None, float | None, int]:
    """Payment to slip less the time in which at least one hold stood. Holds are counted up and down along the events."""
    condition, values = bounds.on("o.paid_at")
    after, since = bounds.after("happened_at", days=cohort.SANE_DAYS)
    cuts, held = cohort.row(
        cursor,
        f"WITH sent AS NOT MATERIALIZED (SELECT order_key, epoch_us(paid_at) AS paid, epoch_us(slip_at) AS slip FROM orders o WHERE {condition} "
        f"AND {cohort.sane('slip_at')} AND NOT {cohort.SCHEDULED}), "
        "steps AS (SELECT order_key, epoch_us(happened_at) AS moment, CASE event WHEN 'held' THEN 1 ELSE -1 END AS change "
        f"FROM order_events WHERE event IN ('held', 'released') AND {after}), "
        "levels AS (SELECT order_key, moment, sum(change) OVER told AS level, lead(moment) OVER told AS until FROM steps "
        "WINDOW told AS (PARTITION BY order_key ORDER BY moment, change DESC ROWS UNBOUNDED PRECEDING)), "
        "held AS MATERIALIZED (SELECT s.order_key, sum(greatest(least(coalesce(l.until, s.slip), s.slip) - greatest(l.moment, s.paid), 0)) AS time "
        "FROM levels l JOIN sent s USING (order_key) WHERE l.level > 0 GROUP BY s.order_key) "
        "SELECT quantile_cont(slip - paid - coalesce(time, 0), [0.5, 0.9]), count(*) FILTER (time > 0) "
        "FROM sent LEFT JOIN held USING (order_key)",
        [*values, *since],
    )
    p50, p90 = cuts or (None, None)
    return cohort.minutes(p50), cohort.minutes(p90), held


def _apart(cursor: Cursor, bounds: Bounds) -> tuple[int, int, int]:
    condition, values = bounds.on("paid_at")
    waits = ", ".join(f"'{status}'" for status in cohort.OPEN)
    return cohort.row(  # type: ignore[return-value]
        cursor,
        f"SELECT count(*) FILTER ({cohort.SCHEDULED}), count(*) FILTER ({cohort.SCHEDULED} AND slip_at IS NULL "
        f"AND shipped_at IS NULL AND status IN ({waits})), count(*) FILTER (slip_at IS NOT NULL AND NOT {cohort.SCHEDULED} "
        f"AND NOT {cohort.sane('slip_at')}) FROM orders WHERE {condition}",
        values,
    )


def _parcels(cursor: Cursor, bounds: Bounds) -> tuple[float | None, float | None]:
    condition, values = bounds.on("o.paid_at")
    routed, split, downgraded = cohort.row(
        cursor,
        "SELECT count(*), count(*) FILTER (n > 1), count(*) FILTER (down) FROM (SELECT p.order_key, count(*) AS n, "
        f"bool_or(coalesce(p.downgraded, false)) AS down FROM parcels p JOIN orders o ON o.order_key = p.order_key "
        f"WHERE {condition} GROUP BY p.order_key)",
        values,
    )
    return cohort.share(split, routed), cohort.share(downgraded, routed)
