"""What platforms charged against what activities say they should have: reads over `promotion_orders`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.store.store import Store

_PAID = "coalesce(o.paid_at, o.ordered_at, o.pool_at)"
_FROM = "FROM promotion_orders p JOIN orders o ON o.order_key = p.order_key WHERE p.audited AND o.status <> 'CANCELLED'"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which orders: paid in [since, until), of a channel ("" all), off by more than `tolerance` fen.

    verdict: refund_customer (charged too much), undercharged, or "" for both.
    """

    since: datetime
    until: datetime
    channel: str = ""
    tolerance: int = 0
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One order. Amounts in fen without shipping; diff = actual - expected."""

    order_key: int
    channel: str
    shop: str
    platform_no: str
    paid_at: datetime
    expected: int
    actual: int
    diff: int
    promotions: str  # JSON {activity: version}

    @property
    def verdict(self) -> str:
        return "refund_customer" if self.diff > 0 else "undercharged"


def _where(asked: Asked, *, all_audited: bool = False) -> tuple[str, list[Any]]:
    text = f" AND {_PAID} >= ? AND {_PAID} < ?"
    values: list[Any] = [asked.since, asked.until]
    if asked.channel:
        text, values = f"{text} AND o.channel = ?", [*values, asked.channel]
    if not all_audited:
        text += " AND abs(p.diff_fen) > ?"
        values.append(asked.tolerance)
        if asked.verdict:
            text += " AND p.diff_fen > 0" if asked.verdict == "refund_customer" else " AND p.diff_fen < 0"
    return text, values


def listing(store: Store, asked: Asked, limit: int) -> list[Difference]:
    """The orders that are off, largest difference first."""
    where, values = _where(asked)
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT o.order_key, o.channel, o.shop, o.platform_no, {_PAID}, p.expected_fen, p.actual_fen, p.diff_fen, "
            f"p.versions {_FROM}{where} ORDER BY abs(p.diff_fen) DESC, o.order_key LIMIT ?",
            [*values, limit],
        ).fetchall()
    return [Difference(*row) for row in rows]


def totals(store: Store, asked: Asked) -> list[tuple[str, int, int, int, int, int]]:
    """(channel, orders compared, orders to refund, fen to refund, orders undercharged, fen undercharged) by channel."""
    where, values = _where(asked, all_audited=True)
    over, under = "p.diff_fen > ?", "p.diff_fen < -?::BIGINT"
    with store.read() as cursor:
        rows = cursor.execute(
            f"SELECT o.channel, count(*), count(*) FILTER ({over}), coalesce(sum(p.diff_fen) FILTER ({over}), 0), "
            f"count(*) FILTER ({under}), coalesce(-sum(p.diff_fen) FILTER ({under}), 0) {_FROM}{where} "
            "GROUP BY o.channel ORDER BY o.channel",
            [*[asked.tolerance] * 4, *values],
        ).fetchall()
    return [(row[0], int(row[1]), int(row[2]), int(row[3]), int(row[4]), int(row[5])) for row in rows]
