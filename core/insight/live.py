"""The present state of the pool in one snapshot, shared by all sessions of the process and made at most every 3 s."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core import clock
from core.insight.sharing import Shared
from core.store import Cursor, Store
from core.store.refund_state import OPEN
from core.store.rejects import WAITING

TO_SHIP = ("PAID", "STOCK_LOCKED", "PICKING", "LOGISTICS_ASSIGNED", "PACKED")
"""The statuses of an order that was paid and has not left yet."""


@dataclass(frozen=True, slots=True)
class ShopHealth:
    """How the pull of one shop stands. `state` as in core.store.shops.Progress: "" (never run) ok retry bad_setup."""

    channel: str
    shop: str
    title: str
    paused: bool
    state: str
    pulled_at: datetime | None
    error: str
    orders_today: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The figures of one moment. Money in fen; a day is a business day; minutes and hours are instants in UTC."""

    taken_at: datetime
    orders: int = 0
    orders_today: int = 0
    paid_today_fen: int = 0
    to_ship: int = 0
    late: int = 0
    held: int = 0
    refunds_open: int = 0
    rejects: int = 0
    by_status: dict[tuple[str, str], int] = field(default_factory=dict)  # (status, channel) -> orders
    per_minute: tuple[tuple[datetime, int], ...] = ()
    per_hour: tuple[tuple[datetime, int], ...] = ()
    shops: tuple[ShopHealth, ...] = ()


def snapshot(store: Store, zone: str) -> Snapshot:
    """The newest snapshot. Counts anew when something was committed since, yet not more often than every 3 s."""
    return _shared.of(store, zone)


def count(store: Store, zone: str) -> Snapshot:
    """Count everything now."""
    now = clock.now()
    begins = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)
    with store.read() as cursor:
        by_status = {
            (status, channel): n
            for status, channel, n in cursor.execute(
                "SELECT status, channel, count(*) FROM orders GROUP BY status, channel"
            ).fetchall()
        }
        today, paid = _one(
            cursor,
            "SELECT count(*), coalesce(sum(paid_fen) FILTER (status <> 'CANCELLED'), 0) FROM orders WHERE paid_at >= ?",
            [begins],
        )
        marks = ", ".join(f"'{name}'" for name in TO_SHIP)
        (late,) = _one(cursor, f"SELECT count(*) FROM orders WHERE ship_by < ? AND status IN ({marks})", [now])
        (held,) = _one(cursor, "SELECT count(*) FROM orders WHERE held", [])
        (refunds,) = _one(
            cursor,
            f"SELECT count(DISTINCT order_key) FROM refunds WHERE {OPEN}",
            [],
        )
        (rejects,) = _one(cursor, "SELECT count(*) FROM rejects WHERE state = ?", [WAITING])
        return Snapshot(
            now,
            orders=sum(by_status.values()),
            orders_today=today,
            paid_today_fen=int(paid),
            to_ship=sum(n for (status, _channel), n in by_status.items() if status in TO_SHIP),
            late=late,
            held=held,
            refunds_open=refunds,
            rejects=rejects,
            by_status=by_status,
            per_minute=_arrivals(cursor, now, timedelta(minutes=1), 60),
            per_hour=_arrivals(cursor, now, timedelta(hours=1), 48),
            shops=_health(cursor, begins),
        )


_shared: Shared[Snapshot] = Shared("live", lambda store, zone: count(store, zone))


def _arrivals(cursor: Cursor, now: datetime, step: timedelta, steps: int) -> tuple[tuple[datetime, int], ...]:
    """Orders by the step in which they came into the pool; the present, unfinished step is left out."""
    seconds = int(step.total_seconds())
    end = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, now.tzinfo)
    begin = end - step * steps
    found = dict(
        cursor.execute(
            "SELECT (epoch(pool_at)::BIGINT // ?) AS step, count(*) FROM orders WHERE pool_at >= ? AND pool_at < ? "
            "GROUP BY step",
            [seconds, begin, end],
        ).fetchall()
    )
    moments = [begin + step * n for n in range(steps)]
    return tuple((moment, found.get(int(moment.timestamp()) // seconds, 0)) for moment in moments)


def _health(cursor: Cursor, begins: datetime) -> tuple[ShopHealth, ...]:
    rows = cursor.execute(
        """
SELECT s.channel, s.shop, coalesce(nullif(s.title, ''), s.shop), coalesce(p.paused, false), coalesce(p.state, ''),
  p.pulled_at, coalesce(p.error, ''), coalesce(o.orders, 0)
FROM shops s
LEFT JOIN shop_pulls p USING (channel, shop)
LEFT JOIN (SELECT channel, shop, count(*) AS orders FROM orders WHERE pool_at >= ? GROUP BY channel, shop) o
  USING (channel, shop)
WHERE s.state <> 'removed' ORDER BY s.channel, s.shop""",
        [begins],
    ).fetchall()
    return tuple(ShopHealth(*row) for row in rows)


def _one(cursor: Cursor, sql: str, values: list[object]) -> tuple[int, ...]:
    row = cursor.execute(sql, values).fetchone()
    assert row is not None
    return row
