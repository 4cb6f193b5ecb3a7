"""What an activity did: orders it met beside the others of its time, and its time beside as many days before."""

from dataclasses import dataclass
from datetime import datetime

from core.store import Store
from core.store.orders_query import Predicate

_MET = (
    "order_key IN (SELECT order_key FROM decisions WHERE kind = 'promotion' AND mode = 'live' "
    "AND contains(rules, '\"' || ? || '\"')) OR order_key IN (SELECT order_key FROM gift_grants WHERE promotion = ?)"
)


@dataclass(frozen=True, slots=True)
class Group:
    """Orders of one side. Averages per order (paid in fen); shares of refunded and cancelled ones; None without orders."""

    orders: int
    days: float
    paid_fen: int | None
    units: float | None
    refund_share: float | None
    cancelled_share: float | None
    buyers: int

    @property
    def per_day(self) -> float | None:
        return self.orders / self.days if self.days else None


def met(promotion: str) -> Predicate:
    """Orders that the activity met."""
    return Predicate(f"({_MET})", (promotion, promotion))


def unmet(promotion: str) -> Predicate:
    """Orders that it did not meet."""
    return Predicate(f"NOT ({_MET})", (promotion, promotion))


def paid_between(begin: datetime, end: datetime) -> Predicate:
    """Orders paid in a half-open time."""
    return Predicate("paid_at >= ? AND paid_at < ?", (begin, end))


def group(store: Store, picked: Predicate, days: float) -> Group:
    """The figures of one side over `days` days."""
    with store.read() as cursor:
        row = cursor.execute(
            "SELECT count(*), round(avg(o.paid_fen))::BIGINT, avg(o.unit_count), avg((r.order_key IS NOT NULL)::INTEGER), "
            "avg((o.status = 'CANCELLED')::INTEGER), count(DISTINCT coalesce(phone_key, recipient_key, buyer_name_key)) "
            f"FROM (SELECT * FROM orders WHERE {picked.sql}) o LEFT JOIN (SELECT DISTINCT order_key FROM refunds) r "
            "ON r.order_key = o.order_key",
            list(picked.values),
        ).fetchone()
    assert row is not None
    return Group(row[0], days, row[1], row[2], row[3], row[4], row[5])
