"""Erasing a person's data from orders, payloads and what was copied of it; keys that only count stay.

What stays: the order with its goods, amounts, times, province and city, and the keyed hashes by which orders of one
person are counted; they cannot be turned back into a name or a number.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.store import raw
from core.store.orders_query import Predicate
from core.store.raw import Seal, Unseal
from core.store.store import Cursor, Store

UNDER_WAY = ("UNPAID", "PAID", "STOCK_LOCKED", "PICKING", "LOGISTICS_ASSIGNED", "PACKED")
"""Statuses in which the address is needed yet."""
COLUMNS = ("buyer_id", "buyer_name", "recipient", "phone", "address", "buyer_note", "seller_note", "ip", "phone_last4")
_IN = "order_key IN (SELECT unnest(?::BIGINT[]))"
_ANY_LEFT = " OR ".join(f"{name} IS NOT NULL" for name in COLUMNS)


@dataclass(frozen=True, slots=True)
class Extent:
    """What is there of the orders: how many, those still under way, their payloads and notes; some order numbers."""

    orders: int
    under_way: int
    payloads: int
    notes: int
    sample: tuple[str, ...]


def keys_of(cursor: Cursor, predicate: Predicate, limit: int) -> list[int]:
    """The orders that a search means, at most `limit`."""
    found = cursor.execute(
        f"SELECT order_key FROM orders WHERE {predicate.sql} LIMIT {int(limit)}", list(predicate.values)
    )
    return [row[0] for row in found.fetchall()]


def same_person(cursor: Cursor, keys: Sequence[int]) -> list[int]:
    """These orders and all others with a phone of theirs, by the phone's keyed hash."""
    rows = cursor.execute(
        f"SELECT order_key FROM orders WHERE {_IN} UNION SELECT order_key FROM orders WHERE phone_key IN "
        f"(SELECT phone_key FROM orders WHERE {_IN} AND phone_key IS NOT NULL) ORDER BY 1",
        [list(keys), list(keys)],
    ).fetchall()
    return [row[0] for row in rows]


def extent(cursor: Cursor, keys: Sequence[int]) -> Extent:
    """What would be erased of the orders."""
    listed = list(keys)

    def one(sql: str, *values: object) -> int:
        row = cursor.execute(sql, list(values)).fetchone()
        return int(row[0]) if row else 0

    sample = cursor.execute(
        f"SELECT platform_no FROM orders WHERE {_IN} ORDER BY ordered_at DESC NULLS LAST LIMIT 10", [listed]
    ).fetchall()
    return Extent(
        one(f"SELECT count(*) FROM orders WHERE {_IN}", listed),
        one(f"SELECT count(*) FROM orders WHERE {_IN} AND list_contains(?, status)", listed, list(UNDER_WAY)),
        one(f"SELECT count(*) FROM raw_payloads WHERE {_IN}", listed),
        one(
            f"SELECT count(*) FROM ticket_notes WHERE ticket_id IN (SELECT ticket_id FROM tickets WHERE {_IN})", listed
        ),
        tuple(row[0] for row in sample),
    )


def ask(cursor: Cursor, keys: Sequence[int], account: str, now: datetime) -> None:
    """Remember that the orders' person is to be forgotten, for good."""
    cursor.execute(
        "INSERT INTO erased_orders SELECT k, ?, ?, NULL FROM (SELECT unnest(?::BIGINT[]) AS k) "
        "WHERE k NOT IN (SELECT order_key FROM erased_orders)",
        [account, now, list(keys)],
    )


def due(cursor: Cursor, limit: int = 10_000) -> list[int]:
    """Orders to be forgotten that have left and still (or again) hold something of the person."""
    rows = cursor.execute(
        f"SELECT order_key FROM orders WHERE order_key IN (SELECT order_key FROM erased_orders) "
        f"AND NOT list_contains(?, status) AND ({_ANY_LEFT} OR order_key IN (SELECT order_key FROM raw_payloads "
        "WHERE order_key IS NOT NULL) OR order_key IN (SELECT order_key FROM order_persons)) ORDER BY 1 LIMIT ?",
        [list(UNDER_WAY), limit],
    ).fetchall()
    return [row[0] for row in rows]


def due_by_age(cursor: Cursor, before: datetime, limit: int = 10_000) -> list[int]:
    """Orders that were finished (or, without that, ordered) before the instant and hold something of the person."""
    rows = cursor.execute(
        f"SELECT order_key FROM orders WHERE coalesce(finished_at, shipped_at, ordered_at) < ? "
        f"AND NOT list_contains(?, status) AND ({_ANY_LEFT}) ORDER BY 1 LIMIT ?",
        [before, list(UNDER_WAY), limit],
    ).fetchall()
    return [row[0] for row in rows]


def erase(cursor: Cursor, keys: Sequence[int], seal: Seal, unseal: Unseal, now: datetime) -> int:
    """Erase what is held of the orders' persons; how many payloads were emptied."""
    listed = list(keys)
    emptied = _empty_payloads(cursor, listed, seal, unseal)
    cursor.execute(f"UPDATE orders SET {', '.join(f'{name} = NULL' for name in COLUMNS)} WHERE {_IN}", [listed])
    for table in ("order_persons", "address_corrections"):
        cursor.execute(f"DELETE FROM {table} WHERE {_IN}", [listed])
    cursor.execute(
        f"UPDATE ticket_notes SET note = '' WHERE ticket_id IN (SELECT ticket_id FROM tickets WHERE {_IN})", [listed]
    )
    cursor.execute(f"UPDATE erased_orders SET erased_at = ? WHERE {_IN}", [now, listed])
    return emptied


def _empty_payloads(cursor: Cursor, keys: list[int], seal: Seal, unseal: Unseal) -> int:
    """Each payload of the orders becomes `{}` in its batch, and leaves the index: nothing maps it again."""
    places: dict[str, list[int]] = {}
    for batch, place in cursor.execute(f"SELECT batch_id, place FROM raw_payloads WHERE {_IN}", [keys]).fetchall():
        places.setdefault(batch, []).append(place)
    for batch, emptied in places.items():
        texts = raw.read_batch(cursor, unseal, batch)
        for place in emptied:
            if place < len(texts):
                texts[place] = "{}"
        kept = raw.sealed_texts(seal, texts)
        cursor.execute("UPDATE raw_batches SET sealed = ?, bytes = ? WHERE batch_id = ?", [kept.text, kept.size, batch])
    cursor.execute(f"DELETE FROM raw_payloads WHERE {_IN}", [keys])
    return sum(map(len, places.values()))


RETAINED: dict[str, Callable[[Cursor, datetime], int]] = {}
"""kind -> what removes its rows from before an instant; returns how many."""


def _remover(table: str, column: str, condition: str = "true") -> Callable[[Cursor, datetime], int]:
    def remove(cursor: Cursor, before: datetime) -> int:
        where = f"{column} < ? AND {condition}"
        row = cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}", [before]).fetchone()
        number = int(row[0]) if row else 0
        if number:
            cursor.execute(f"DELETE FROM {table} WHERE {where}", [before])
        return number

    return remove


def _payloads(cursor: Cursor, before: datetime) -> int:
    """Whole batches: index rows and sealed texts."""
    removed = _remover("raw_payloads", "received_at")(cursor, before)
    _remover("raw_batches", "received_at", "batch_id NOT IN (SELECT batch_id FROM raw_payloads)")(cursor, before)
    return removed


RETAINED |= {
    "payloads": _payloads,
    "events": _remover("order_events", "happened_at"),
    "runs": _remover("pull_runs", "started_at"),
    "pushes": _remover("inbox", "received_at", "state <> 'waiting'"),
    "messages": _remover("outbox", "created_at", "state IN ('done', 'ignored', 'superseded')"),
}


def count(store: Store) -> int:
    """How many orders are remembered as to be forgotten."""
    with store.read() as cursor:
        row = cursor.execute("SELECT count(*) FROM erased_orders").fetchone()
    return int(row[0]) if row else 0
