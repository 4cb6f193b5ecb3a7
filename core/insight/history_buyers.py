"""Repeat buyers by the keyed hash of a person, and pairs of goods bought together. A buyer is a code, never a name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.insight.console_views import BUYER_CODE, PERSON_KEY
from core.store import Store
from core.store.orders_query import Predicate

_KEY = PERSON_KEY.format("")
_COUNTS = "paid_at IS NOT NULL AND status <> 'CANCELLED'"


@dataclass(frozen=True, slots=True)
class Buyer:
    """One buyer by code, with the orders of the period."""

    code: str
    orders: int
    paid_fen: int
    shops: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Buyers:
    """repeat: buyers with two orders and more; their orders and amount beside all; days between two orders, median;
    by_orders: how many buyers had 1, 2, 3, 4, 5 and more orders; strangers: orders that name nobody."""

    buyers: int
    repeat: int
    orders: int
    repeat_orders: int
    paid_fen: int
    repeat_fen: int
    days_between: float | None
    by_orders: tuple[int, int, int, int, int]
    strangers: int
    most: tuple[Buyer, ...]


def buyers(store: Store, picked: Predicate, *, most: int = 50) -> Buyers:
    """Who came back, among the paid and not cancelled orders that are picked."""
    values = list(picked.values)
    with store.read() as cursor:
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE history_buyers AS SELECT {_KEY} AS buyer, count(*) AS orders, "
            "sum(coalesce(paid_fen, 0))::BIGINT AS paid_fen, count(DISTINCT channel || shop) AS shops, min(paid_at) AS first, "
            f"max(paid_at) AS last FROM orders WHERE {picked.sql} AND {_COUNTS} GROUP BY 1",
            values,
        )
        row = cursor.execute(
            "SELECT count(*), count(*) FILTER (orders > 1), coalesce(sum(orders), 0)::BIGINT, "
            "coalesce(sum(orders) FILTER (orders > 1), 0)::BIGINT, coalesce(sum(paid_fen), 0)::BIGINT, "
            "coalesce(sum(paid_fen) FILTER (orders > 1), 0)::BIGINT, "
            "median((epoch(last) - epoch(first)) / 86400 / (orders - 1)) FILTER (orders > 1), "
            f"[{', '.join(f'count(*) FILTER (orders {test})' for test in ('= 1', '= 2', '= 3', '= 4', '>= 5'))}], "
            "(SELECT coalesce(sum(orders), 0)::BIGINT FROM history_buyers WHERE buyer IS NULL) "
            "FROM history_buyers WHERE buyer IS NOT NULL"
        ).fetchone()
        top = cursor.execute(
            f"SELECT {BUYER_CODE.format('buyer')}, orders, paid_fen, shops, first, last FROM history_buyers "
            "WHERE buyer IS NOT NULL AND orders > 1 ORDER BY orders DESC, paid_fen DESC, buyer LIMIT ?",
            [most],
        ).fetchall()
        cursor.execute("DROP TABLE history_buyers")
    assert row is not None
    return Buyers(*row[:7], tuple(row[7]), row[8], tuple(Buyer(*each) for each in top))  # type: ignore[arg-type]


def of_buyer(code: str) -> Predicate:
    """The orders of a buyer by code."""
    return Predicate(f"{BUYER_CODE.format(_KEY)} = ? AND {_COUNTS}", (code,))


@dataclass(frozen=True, slots=True)
class Pair:
    """Two SKUs bought together: orders with both, of all orders (support), of those with the first (confidence), and
    how often more than by chance (lift)."""

    first: str
    first_title: str
    second: str
    second_title: str
    together: int
    support: float
    confidence: float
    lift: float


def pairs(
    store: Store, picked: Predicate, *, least: int = 5, skus: int = 300, most: int = 100
) -> tuple[list[Pair], int]:
    """(the pairs among the `skus` most bought SKUs with at least `least` orders, by lift; how many orders were looked at).

    Gifts are left out: nobody chose them.
    """
    values: list[Any] = list(picked.values)
    with store.read() as cursor:
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE history_items AS SELECT DISTINCT l.order_key, l.sku FROM order_lines l "
            f"JOIN (SELECT order_key FROM orders WHERE {picked.sql} AND {_COUNTS}) o USING (order_key) "
            "WHERE l.sku <> '' AND NOT coalesce(l.is_gift, false) AND l.granted_by IS NULL AND l.qty > 0",
            values,
        )
        row = cursor.execute("SELECT count(DISTINCT order_key) FROM history_items").fetchone()
        total = int(row[0]) if row else 0
        found = cursor.execute(
            "WITH top AS (SELECT sku, count(*) AS n FROM history_items GROUP BY sku ORDER BY n DESC, sku LIMIT ?), "
            "kept AS (SELECT i.order_key, i.sku FROM history_items i JOIN top USING (sku)), "
            "coupled AS (SELECT a.sku AS one, b.sku AS two, count(*) AS n FROM kept a JOIN kept b ON a.order_key = b.order_key "
            "AND a.sku < b.sku GROUP BY ALL HAVING count(*) >= ?) "
            "SELECT one, two, coupled.n, x.n, y.n FROM coupled JOIN top x ON x.sku = one JOIN top y ON y.sku = two "
            "ORDER BY coupled.n * 1.0 / x.n / y.n DESC, coupled.n DESC, one, two LIMIT ?",
            [skus, least, most],
        ).fetchall()
        named = {sku for one, two, *_rest in found for sku in (one, two)}
        titles = dict(
            cursor.execute(
                "SELECT sku, max(title) FROM order_lines WHERE sku IN (SELECT unnest(?::VARCHAR[])) GROUP BY sku",
                [sorted(named)],
            ).fetchall()
        )
        cursor.execute("DROP TABLE history_items")
    return [_pair(total, titles, *row) for row in found], total


def _pair(total: int, titles: dict[str, str | None], one: str, two: str, both: int, first: int, second: int) -> Pair:
    if second < first:  # said from the rarer one: "of those with it, so many took the other"
        one, two, first, second = two, one, second, first
    return Pair(
        one, titles.get(one) or "", two, titles.get(two) or "", both, both / total, both / first,
        both * total / (first * second),
    )  # fmt: skip


def with_both(first: str, second: str) -> Predicate:
    """The orders with both SKUs."""
    inner = "order_key IN (SELECT order_key FROM order_lines WHERE sku = ? AND NOT coalesce(is_gift, false) AND granted_by IS NULL)"
    return Predicate(f"{inner} AND {inner} AND {_COUNTS}", (first, second))
