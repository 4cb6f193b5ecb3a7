"""What must hold in a sound store, each as one count of what does not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Findings:
    """How many orders break each law, and what was seen beside it. `newest` is the newest event of the store."""

    double_orders: int
    lines_astray: int
    wrong_line_counts: int
    negative_money: int
    own_orders: int
    newest: datetime | None
    sealed: str
    """One sealed person record, to try the key on; "" when there is none."""


def find(store: Store) -> Findings:
    """Look through orders and lines once."""
    with store.read() as cursor:
        return Findings(
            _count(cursor, "SELECT count(*) - count(DISTINCT order_key) FROM orders"),
            _count(cursor, "SELECT count(*) FROM order_lines l WHERE NOT EXISTS "
                   "(SELECT 1 FROM orders o WHERE o.order_key = l.order_key)"),
            _count(cursor, "SELECT count(*) FROM orders o JOIN (SELECT order_key, count(*) AS lines FROM order_lines "
                   "WHERE NOT coalesce(is_gift, false) GROUP BY 1) l ON l.order_key = o.order_key "
                   "WHERE o.line_count < l.lines"),
            _count(cursor, "SELECT count(*) FROM orders WHERE paid_fen < 0"),
            _count(cursor, "SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT 1 FROM shops s "
                   "WHERE s.channel = o.channel AND s.shop = o.shop AND s.demo)"),
            _one(cursor, "SELECT max(happened_at) FROM order_events"),
            _one(cursor, "SELECT cipher FROM order_persons LIMIT 1") or "",
        )  # fmt: skip


def _count(cursor: Cursor, question: str) -> int:
    return int(_one(cursor, question) or 0)


def _one(cursor: Cursor, question: str) -> Any:
    row = cursor.execute(question).fetchone()
    return row[0] if row else None
