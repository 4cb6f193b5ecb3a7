"""The figures of a period, each by its one formula (the glossary's and `kpi`'s names). No data gives None, never 0.

Cohorts: times, automation, oversell and false positives go by the day of payment, errors by the day of dispatch, tickets
and losses by their own day.
"""

from typing import Any

from core.insight import cohort
from core.insight.backtest import Period
from core.insight.cohort import Bounds, row, share
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
    false_positive, false_discovery = false_rates(cursor, bounds)
    return {
        "paid_to_slip_minutes": to_slip(cursor, bounds),
        "paid_to_ship_minutes": to_ship(cursor, bounds),
        "dispatch_error_rate": errors(cursor, bounds),
        "order_inquiry_share": inquiries(cursor, bounds),
        "loss_fen": loss(cursor, bounds),
        "false_positive_rate": false_positive,
        "false_discovery_rate": false_discovery,
        "automation_rate": automation(cursor, bounds),
        "oversell_rate": oversell(cursor, bounds),
        "routing_acceptance": acceptance(cursor, bounds),
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


def false_rates(cursor: Cursor, bounds: Bounds) -> tuple[float | None, float | None]:
    """(normal orders held / all normal ones, released / reviewed). Held and not yet decided: neither normal nor not."""
    condition, values = bounds.on("paid_at")
    after, since = bounds.after("decided_at", days=cohort.SANE_DAYS)
    later, spoken_since = bounds.after("labelled_at", days=cohort.SANE_DAYS)
    found = [
        row(
            cursor,
            "WITH judged AS (SELECT order_key, outcome FROM decisions "
            f"WHERE kind = 'risk' AND mode = 'live' AND {after} AND {part}), "
            f"held AS (SELECT DISTINCT order_key FROM judged WHERE outcome IN {cohort.HELD}), "
            f"said AS (SELECT order_key, arg_max(label, labelled_at) AS label FROM labels WHERE {later} AND {part} "
            "GROUP BY order_key), asked AS (SELECT order_key, label, h.order_key IS NOT NULL AS held FROM said "
            "FULL JOIN held h USING (order_key)), "
            f"paid AS NOT MATERIALIZED (SELECT order_key FROM orders WHERE {condition} AND {part}) "
            "SELECT (SELECT count(*) FROM paid SEMI JOIN judged USING (order_key)), "
            "count(*) FILTER (label = 'normal'), count(*) FILTER (label = 'fraud'), "
            "count(*) FILTER (held AND label IS NULL) FROM (SELECT * FROM asked SEMI JOIN paid USING (order_key)) "
            "SEMI JOIN judged USING (order_key)",
            [*since, *spoken_since, *values],
        )
        for part in cohort.parts(cursor, bounds)
    ]
    decided, released, rejected, waiting = cohort.summed(found)
    return share(released, decided - rejected - waiting), share(released, released + rejected)


def automation(cursor: Cursor, bounds: Bounds) -> float | None:
    """Shipped orders that no person touched between payment and dispatch / shipped."""
    condition, values = bounds.on("o.paid_at")
    after, since = bounds.after("happened_at")
    touched, shipped = row(
        cursor,
        f"WITH touches AS (SELECT order_key, happened_at FROM order_events WHERE actor NOT IN ({cohort.MACHINES}) "
        f"AND event NOT IN {cohort.HANDS} AND {after}) "
        "SELECT (SELECT count(DISTINCT o.order_key) FROM orders o JOIN touches e USING (order_key) "
        f"WHERE {condition} AND o.shipped_at IS NOT NULL AND e.happened_at BETWEEN o.paid_at AND o.shipped_at), "
        f"(SELECT count(*) FROM orders o WHERE {condition} AND o.shipped_at IS NOT NULL)",
        [*since, *values, *values],
    )
    return share(shipped - touched, shipped)


def oversell(cursor: Cursor, bounds: Bounds) -> float | None:
    """Pieces of orders that found no stock when they came / pieces of all orders that asked for stock."""
    condition, values = bounds.on("paid_at")
    after, since = bounds.after("happened_at", days=cohort.SANE_DAYS)
    booked, booked_since = bounds.after("reserved_at", days=cohort.SANE_DAYS)
    found = [
        row(
            cursor,
            "WITH short AS (SELECT DISTINCT order_key FROM order_events "
            f"WHERE event = 'held' AND reason = 'no_stock' AND {after} AND {part}), "
            f"units AS NOT MATERIALIZED (SELECT order_key, unit_count FROM orders WHERE {condition} AND {part}) "
            "SELECT (SELECT coalesce(sum(unit_count), 0)::BIGINT FROM units SEMI JOIN short USING (order_key)), "
            "(SELECT coalesce(sum(unit_count), 0)::BIGINT FROM (SELECT * FROM units ANTI JOIN short USING (order_key)) "
            f"SEMI JOIN (SELECT order_key FROM reservations WHERE {booked} AND {part}) r USING (order_key))",
            [*since, *values, *booked_since],
        )
        for part in cohort.parts(cursor, bounds)
    ]
    short, served = cohort.summed(found)
    return share(short, short + served)


def acceptance(cursor: Cursor, bounds: Bounds) -> float | None:
    """Shipped from where it was routed, without a person's word on the warehouse / routed and shipped."""
    condition, values = bounds.on("paid_at")
    after, since = bounds.after("happened_at", days=cohort.SANE_DAYS)
    decided, decided_since = bounds.after("decided_at", days=cohort.SANE_DAYS)
    found = [
        row(
            cursor,
            "WITH routed AS NOT MATERIALIZED (SELECT order_key FROM decisions "
            f"WHERE kind = 'routing' AND mode = 'live' AND {decided} AND {part}), "
            f"sent AS NOT MATERIALIZED (SELECT order_key FROM orders WHERE {condition} AND shipped_at IS NOT NULL AND {part}), "
            "said AS (SELECT DISTINCT order_key FROM order_events WHERE event = 'warehouse_changed' "
            f"AND actor NOT IN ({cohort.MACHINES}) AND {after} AND {part}) SELECT "
            "(SELECT count(*) FROM (SELECT * FROM said SEMI JOIN sent USING (order_key)) SEMI JOIN routed USING (order_key)), "
            "(SELECT count(*) FROM sent SEMI JOIN routed USING (order_key))",
            [*decided_since, *values, *since],
        )
        for part in cohort.parts(cursor, bounds)
    ]
    changed, routed = cohort.summed(found)
    return share(routed - changed, routed)


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
