"""The figures of a period, each by its one formula (the glossary's and `kpi`'s names). No data gives None, never 0.

Cohorts: times, automation, oversell and false positives go by the day of payment, errors by the day of dispatch, tickets
and losses by their own day.
"""

from typing import Any

from core.insight import cohort
from core.insight.backtest import Period
from core.insight.cohort import Bounds, row, share
from core.insight.cohort_hours import Counts, counts
from core.model.tickets import PROGRESS
from core.store import Cursor, Store
from core.store.refund_state import PAID_BACK

_OPEN = ", ".join(f"'{status}'" for status in cohort.OPEN)


def figures(store: Store, period: Period, zone: str) -> dict[str, Any]:
    """The document of the command `kpi` (contracts §1)."""
    with store.read() as cursor:
        cursor.execute("BEGIN TRANSACTION")  # one snapshot: the figures belong together
        try:
            return read(cursor, Bounds(*period.bounds(zone)), zone)
        finally:
            cursor.execute("ROLLBACK")


def read(cursor: Cursor, bounds: Bounds, zone: str) -> dict[str, Any]:
    """The same, within a transaction of the caller's."""
    found = counts(cursor, bounds)
    false_positive, false_discovery = false_rates(found)
    return {
        "paid_to_slip_minutes": to_slip(cursor, bounds),
        "paid_to_ship_minutes": to_ship(cursor, bounds),
        "dispatch_error_rate": errors(cursor, bounds),
        "order_inquiry_share": inquiries(cursor, bounds),
        "loss_fen": loss(cursor, bounds),
        "false_positive_rate": false_positive,
        "false_discovery_rate": false_discovery,
        "automation_rate": automation(found),
        "oversell_rate": oversell(found),
        "routing_acceptance": acceptance(found),
        "cross_team_tickets_per_day": cross_team(cursor, bounds, zone),
    }


def to_slip(cursor: Cursor, bounds: Bounds) -> dict[str, Any]:
    """Payment to slip, with the orders that still wait beside it: they are in no mean and never dropped."""
    condition, values = bounds.on("paid_at")
    taken = cohort.micros("slip_at")
    cuts, mean, within, number = row(
        cursor,
        f"SELECT quantile_cont(taken, [0.5, 0.9]), avg(taken), count(*) FILTER (taken <= {cohort.WITHIN_MICROS}), count(*) "
        f"FROM (SELECT {taken} AS taken FROM orders WHERE {condition} AND {cohort.sane('slip_at')} AND NOT {cohort.SCHEDULED})",
        values,
    )
    (still_open,) = row(
        cursor,
        f"SELECT count(*) FROM orders k WHERE {condition} AND slip_at IS NULL AND shipped_at IS NULL "
        f"AND status IN ({_OPEN}) AND NOT {cohort.SCHEDULED} "
        f"AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.order_key = k.order_key AND {PAID_BACK})",
        values,
    )
    p50, p90 = cuts or (None, None)
    return {
        "p50": cohort.minutes(p50), "p90": cohort.minutes(p90), "mean": cohort.minutes(mean),
        "within_30_share": share(within, number), "n": number, "open": still_open,
    }  # fmt: skip


def to_ship(cursor: Cursor, bounds: Bounds) -> dict[str, Any]:
    """Payment to dispatch."""
    condition, values = bounds.on("paid_at")
    cuts, number = row(
        cursor,
        f"SELECT quantile_cont(taken, [0.5, 0.9]), count(*) FROM (SELECT {cohort.micros('shipped_at')} AS taken FROM orders "
        f"WHERE {condition} AND {cohort.sane('shipped_at')} AND NOT {cohort.SCHEDULED})",
        values,
    )
    p50, p90 = cuts or (None, None)
    return {"p50": cohort.minutes(p50), "p90": cohort.minutes(p90), "n": number}


def errors(cursor: Cursor, bounds: Bounds) -> float | None:
    """Orders with a confirmed fault / orders shipped; an order counts once. None where no fault was ever noted."""
    condition, values = bounds.on("o.shipped_at")
    noted, faulty, shipped = row(
        cursor,
        "SELECT (SELECT count(*) FROM dispatch_faults), (SELECT count(DISTINCT o.order_key) FROM orders o "
        f"JOIN dispatch_faults f ON f.order_key = o.order_key WHERE {condition} "
        f"AND {cohort.within_days('f.found_at', 'o.shipped_at', cohort.ERROR_DAYS)}), "
        f"(SELECT count(*) FROM orders o WHERE {condition})",
        [*values, *values],
    )
    return share(faulty, shipped) if noted else None


def inquiries(cursor: Cursor, bounds: Bounds) -> float | None:
    """Tickets that ask where the order is / all tickets."""
    condition, values = bounds.on("opened_at")
    asked, every = row(
        cursor, f"SELECT count(*) FILTER (kind = ?), count(*) FROM tickets WHERE {condition}", [PROGRESS, *values]
    )
    return share(asked, every)


def loss(cursor: Cursor, bounds: Bounds) -> int | None:
    """What went lost, fen."""
    condition, values = bounds.on("happened_at")
    (total,) = row(cursor, f"SELECT sum(loss_fen)::BIGINT FROM losses WHERE {condition}", values)
    return total


def false_rates(found: Counts) -> tuple[float | None, float | None]:
    """(normal orders held / all normal ones, released / reviewed). Held and not yet decided: neither normal nor not."""
    normal = found.decided - found.rejected - found.waiting
    return share(found.released, normal), share(found.released, found.released + found.rejected)


def automation(found: Counts) -> float | None:
    """Shipped orders that no person touched between payment and dispatch / shipped."""
    return share(found.shipped - found.touched, found.shipped)


def oversell(found: Counts) -> float | None:
    """Pieces of orders that found no stock when they came / pieces of all orders that asked for stock."""
    return share(found.short, found.short + found.served)


def acceptance(found: Counts) -> float | None:
    """Shipped from where it was routed, without a person's word on the warehouse / routed and shipped."""
    return share(found.routed - found.changed, found.routed)


def cross_team(cursor: Cursor, bounds: Bounds, zone: str) -> float | None:
    """Tickets that went to another team, by day of the period; its open ends are the first and the last ticket."""
    condition, values = bounds.on("opened_at")
    every, crossed, first, last = row(
        cursor,
        "SELECT count(*), count(*) FILTER (handovers > 0), min(timezone(?, opened_at))::DATE, "
        f"max(timezone(?, opened_at))::DATE FROM tickets WHERE {condition}",
        [zone, zone, *values],
    )
    if not every:
        return None
    since, until = bounds.since, bounds.until
    days = (until - since).days if since and until else (last - first).days + 1
    return cohort.rounded(crossed / max(days, 1))
