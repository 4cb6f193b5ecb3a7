"""The figures of a period, each by its one formula (the glossary's and `kpi`'s names). No data gives None, never 0.

Cohorts: times, automation, oversell and false positives go by the day of payment, errors by the day of dispatch, tickets
and losses by their own day. A day is a business day.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.insight.backtest import Period
from core.model.events import ACTORS
from core.model.tickets import PROGRESS
from core.store import Cursor, Store
from core.store.refund_state import PAID_BACK

SANE_DAYS = 30
"""Payments further back than this, or after the slip, are imports or B2B: shown apart, never in a mean."""
WITHIN_MINUTES = 30
ERROR_DAYS = 14  # a fault found later than this after dispatch no longer counts for that dispatch
_MACHINES = ", ".join(f"'{name}'" for name in ACTORS)
_HANDS = "('order_picked', 'order_packed', 'order_weighed', 'order_shipped')"
"""Work of hands in the warehouse: it is done by people always and says nothing of automation."""
_HELD = "('freeze', 'review')"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Half-open instants of a period; None is open."""

    since: datetime | None
    until: datetime | None

    def on(self, column: str) -> tuple[str, list[Any]]:
        """The period as a condition on a column of ours."""
        texts, values = [f"{column} IS NOT NULL"], list[Any]()
        if self.since is not None:
            texts.append(f"{column} >= ?")
            values.append(self.since)
        if self.until is not None:
            texts.append(f"{column} < ?")
            values.append(self.until)
        return " AND ".join(texts), values


def figures(store: Store, period: Period, zone: str) -> dict[str, Any]:
    """The document of the command `kpi` (contracts §1)."""
    bounds = Bounds(*period.bounds(zone))
    with store.read() as cursor:
        cursor.execute("BEGIN TRANSACTION")  # one snapshot: the figures belong together
        _cohort(cursor, bounds)
        false_positive, false_discovery = _false(cursor)
        found = {
            "paid_to_slip_minutes": _to_slip(cursor),
            "paid_to_ship_minutes": _to_ship(cursor),
            "dispatch_error_rate": _errors(cursor, bounds),
            "order_inquiry_share": _inquiries(cursor, bounds),
            "loss_fen": _loss(cursor, bounds),
            "false_positive_rate": false_positive,
            "false_discovery_rate": false_discovery,
            "automation_rate": _automation(cursor),
            "oversell_rate": _oversell(cursor),
            "routing_acceptance": _acceptance(cursor),
            "cross_team_tickets_per_day": _cross_team(cursor, bounds, zone),
        }
        cursor.execute("ROLLBACK")
    return found


def _cohort(cursor: Cursor, bounds: Bounds) -> None:
    """kpi_orders: the orders paid in the period. `scheduled` ones have a clock of their own and stay apart."""
    condition, values = bounds.on("paid_at")
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE kpi_orders AS SELECT order_key, channel, status, paid_at, slip_at, shipped_at, "
        "unit_count, warehouse, (coalesce(is_presale, false) OR deliver_on IS NOT NULL) AS scheduled, "
        f"{_sane('slip_at')} AS slip_sane, {_sane('shipped_at')} AS ship_sane FROM orders WHERE {condition}",
        values,
    )


def _sane(column: str) -> str:
    return f"coalesce({column} >= paid_at AND {column} <= paid_at + INTERVAL {SANE_DAYS} DAY, false)"


def _minutes(column: str) -> str:
    return f"epoch({column} - paid_at) / 60"


def _to_slip(cursor: Cursor) -> dict[str, Any]:
    p50, p90, mean, within, number, still_open = _row(
        cursor,
        f"SELECT quantile_cont({_minutes('slip_at')}, 0.5) FILTER (slip_sane), "
        f"quantile_cont({_minutes('slip_at')}, 0.9) FILTER (slip_sane), avg({_minutes('slip_at')}) FILTER (slip_sane), "
        f"count(*) FILTER (slip_sane AND {_minutes('slip_at')} <= {WITHIN_MINUTES}), count(*) FILTER (slip_sane), "
        "count(*) FILTER (slip_at IS NULL AND shipped_at IS NULL AND status IN ('PAID', 'STOCK_LOCKED', 'PICKING', "
        "'LOGISTICS_ASSIGNED', 'PACKED') AND NOT EXISTS (SELECT 1 FROM refunds r "
        f"WHERE r.order_key = k.order_key AND {PAID_BACK})) FROM kpi_orders k WHERE NOT scheduled",
    )
    return {
        "p50": _rounded(p50), "p90": _rounded(p90), "mean": _rounded(mean),
        "within_30_share": _share(within, number), "n": number, "open": still_open,
    }  # fmt: skip


def _to_ship(cursor: Cursor) -> dict[str, Any]:
    minutes = _minutes("shipped_at")
    p50, p90, number = _row(
        cursor,
        f"SELECT quantile_cont({minutes}, 0.5), quantile_cont({minutes}, 0.9), count(*) FROM kpi_orders "
        "WHERE ship_sane AND NOT scheduled",
    )
    return {"p50": _rounded(p50), "p90": _rounded(p90), "n": number}


def _errors(cursor: Cursor, bounds: Bounds) -> float | None:
    """Orders with a confirmed fault / orders shipped; an order counts once. None where no fault was ever noted."""
    condition, values = bounds.on("o.shipped_at")
    noted, faulty, shipped = _row(
        cursor,
        "SELECT (SELECT count(*) FROM dispatch_faults), count(*) FILTER (EXISTS (SELECT 1 FROM dispatch_faults f "
        f"WHERE f.order_key = o.order_key AND f.found_at < o.shipped_at + INTERVAL {ERROR_DAYS} DAY)), count(*) "
        f"FROM orders o WHERE {condition}",
        values,
    )
    return _share(faulty, shipped) if noted else None


def _inquiries(cursor: Cursor, bounds: Bounds) -> float | None:
    condition, values = bounds.on("opened_at")
    asked, every = _row(
        cursor, f"SELECT count(*) FILTER (kind = ?), count(*) FROM tickets WHERE {condition}", [PROGRESS, *values]
    )
    return _share(asked, every)


def _loss(cursor: Cursor, bounds: Bounds) -> int | None:
    condition, values = bounds.on("happened_at")
    (total,) = _row(cursor, f"SELECT sum(loss_fen)::BIGINT FROM losses WHERE {condition}", values)
    return total


def _false(cursor: Cursor) -> tuple[float | None, float | None]:
    """(normal orders held / all normal ones, released / reviewed). Held and not yet decided: neither normal nor not."""
    decided, released, rejected, waiting = _row(
        cursor,
        "WITH judged AS (SELECT k.order_key, "
        f"bool_or(d.outcome IN {_HELD}) AS held FROM kpi_orders k JOIN decisions d ON d.order_key = k.order_key "
        "WHERE d.kind = 'risk' AND d.mode = 'live' GROUP BY k.order_key), said AS (SELECT order_key, "
        "last(label ORDER BY labelled_at) AS label FROM labels GROUP BY order_key) "
        "SELECT count(*), count(*) FILTER (label = 'normal'), count(*) FILTER (label = 'fraud'), "
        "count(*) FILTER (held AND label IS NULL) FROM judged LEFT JOIN said USING (order_key)",
    )
    return _share(released, decided - rejected - waiting), _share(released, released + rejected)


def _automation(cursor: Cursor) -> float | None:
    """Shipped orders that no person touched between payment and dispatch / shipped."""
    untouched, shipped = _row(
        cursor,
        "SELECT count(*) FILTER (NOT EXISTS (SELECT 1 FROM order_events e WHERE e.order_key = k.order_key "
        f"AND e.actor NOT IN ({_MACHINES}) AND e.event NOT IN {_HANDS} "
        "AND e.happened_at BETWEEN k.paid_at AND k.shipped_at)), count(*) "
        "FROM kpi_orders k WHERE shipped_at IS NOT NULL",
    )
    return _share(untouched, shipped)


def _oversell(cursor: Cursor) -> float | None:
    """Pieces of orders that found no stock when they came / pieces of all orders that asked for stock."""
    short, asked = _row(
        cursor,
        "WITH short AS (SELECT DISTINCT order_key FROM order_events WHERE event = 'held' AND reason = 'no_stock'), "
        "asked AS (SELECT order_key FROM reservations UNION SELECT order_key FROM short) "
        "SELECT coalesce(sum(k.unit_count) FILTER (k.order_key IN (SELECT order_key FROM short)), 0)::BIGINT, "
        "coalesce(sum(k.unit_count), 0)::BIGINT FROM kpi_orders k JOIN asked USING (order_key)",
    )
    return _share(short, asked)


def _acceptance(cursor: Cursor) -> float | None:
    """Shipped from where it was routed, without a person's word on the warehouse / routed and shipped."""
    accepted, routed = _row(
        cursor,
        "SELECT count(*) FILTER (NOT EXISTS (SELECT 1 FROM order_events e WHERE e.order_key = k.order_key "
        f"AND e.event = 'warehouse_changed' AND e.actor NOT IN ({_MACHINES}))), count(*) FROM kpi_orders k "
        "WHERE shipped_at IS NOT NULL AND EXISTS (SELECT 1 FROM decisions d WHERE d.order_key = k.order_key "
        "AND d.kind = 'routing' AND d.mode = 'live')",
    )
    return _share(accepted, routed)


def _cross_team(cursor: Cursor, bounds: Bounds, zone: str) -> float | None:
    """Tickets that went to another team, by day of the period; its open ends are the first and the last ticket."""
    condition, values = bounds.on("opened_at")
    every, crossed, first, last = _row(
        cursor,
        "SELECT count(*), count(*) FILTER (handovers > 0), min(timezone(?, opened_at))::DATE, "
        f"max(timezone(?, opened_at))::DATE FROM tickets WHERE {condition}",
        [zone, zone, *values],
    )
    if not every:
        return None
    since, until = bounds.since, bounds.until
    days = (until - since).days if since and until else (last - first).days + 1
    return _rounded(crossed / max(days, 1))


def _row(cursor: Cursor, question: str, values: list[Any] | None = None) -> tuple[Any, ...]:
    row = cursor.execute(question, values or []).fetchone()
    assert row is not None
    return row


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
