"""A small shop for tests of the intake: one mapping for orders, one for refunds, and payloads for both."""

import json
from typing import Any

from core.people.vault import Vault
from core.store import Store, documents

_TIME = {"do": "datetime", "pattern": "%Y-%m-%d %H:%M:%S", "zone": "Asia/Shanghai"}
ORDERS: dict[str, Any] = {
    "name": "other.orders",
    "channel": "other",
    "entity": "orders",
    "source": "json",
    "lines": "lines",
    "fields": [
        {"target": "platform_no", "from": ["no"], "convert": [{"do": "text"}]},
        {"target": "status", "from": ["state"], "convert": [{"do": "status"}]},
        {"target": "platform_status", "from": ["state"]},
        {"target": "platform_updated_at", "from": ["modified"], "convert": [_TIME]},
        {"target": "paid_at", "from": ["paid_at"], "convert": [_TIME]},
        {"target": "paid_fen", "from": ["paid"], "convert": [{"do": "yuan"}]},
        {"target": "shipping_fen", "from": ["post"], "convert": [{"do": "yuan"}]},
        {"target": "recipient", "from": ["name"]},
        {"target": "phone", "from": ["phone"], "convert": [{"do": "phone"}]},
        {"target": "province", "from": ["province"], "convert": [{"do": "province"}]},
        {"target": "city", "from": ["city"], "convert": [{"do": "city"}]},
        {"target": "address", "from": ["address"]},
        {"target": "buyer_note", "from": ["note"]},
        {"target": "tracking_no", "from": ["waybill"]},
        {"target": "warehouse", "from": ["depot"]},
        {"target": "line_no", "level": "line", "from": ["id"]},
        {"target": "sku", "level": "line", "from": ["sku"]},
        {"target": "qty", "level": "line", "from": ["qty"], "convert": [{"do": "integer"}]},
        {"target": "unit_price_fen", "level": "line", "from": ["price"], "convert": [{"do": "yuan"}]},
        {"target": "line_paid_fen", "level": "line", "from": ["paid"], "convert": [{"do": "yuan"}]},
    ],
    "statuses": {
        "new": {"status": "UNPAID"},
        "paid": {"status": "PAID"},
        "stop": {"status": "PAID", "held": "platform_hold"},
        "part": {"status": "keep"},
        "sent": {"status": "SHIPPED"},
        "done": {"status": "COMPLETED"},
        "closed": {"status": "CANCELLED"},
    },
}
REFUNDS: dict[str, Any] = {
    "name": "other.refunds",
    "channel": "other",
    "entity": "refunds",
    "source": "json",
    "fields": [
        {"target": "refund_no", "from": ["id"]},
        {"target": "platform_no", "from": ["no"]},
        {"target": "refund_status", "from": ["state"]},
        {"target": "refund_fen", "from": ["amount"], "convert": [{"do": "yuan"}]},
        {"target": "refund_updated_at", "from": ["modified"], "convert": [_TIME]},
    ],
}


def publish(store: Store, *bodies: dict[str, Any]) -> None:
    """Publish mappings; without any, the small shop's two."""
    for body in bodies or (ORDERS, REFUNDS):
        draft = documents.save_draft(store, "mapping", body["name"], body, author="test")
        documents.publish(store, "mapping", body["name"], draft.version)


def at(minute: int) -> str:
    """The shop's local time, `minute` minutes after ten o'clock."""
    return f"2026-11-22 {10 + minute // 60:02d}:{minute % 60:02d}:00"


def order(no: str = "1", minute: int = 0, state: str = "paid", **rest: Any) -> str:
    """One order as JSON text, changed `minute` minutes after ten; two lines unless `lines` says otherwise."""
    body = {
        "no": no,
        "state": state,
        "modified": at(minute),
        "paid_at": at(0),
        "paid": "30.00",
        "lines": [{"id": f"{no}-1", "sku": "A", "qty": 1, "price": "10.00"}, {"id": f"{no}-2", "sku": "B", "qty": 2}],
    }
    return json.dumps(body | rest, ensure_ascii=False)


def refund(no: str = "1", refund_no: str = "R1", minute: int = 0, state: str = "OPEN", amount: str = "5.00") -> str:
    """One refund as JSON text."""
    body = {"id": refund_no, "no": no, "state": state, "amount": amount, "modified": at(minute)}
    return json.dumps(body)


def pool(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All the pool holds but for the times of our own clock and the ciphers: what two ways must agree upon."""
    silent = "pool_at, changed_at, mapping_version"
    with store.read() as cursor:
        return {
            "orders": cursor.execute(f"SELECT * EXCLUDE ({silent}) FROM orders ORDER BY platform_no").fetchall(),
            "lines": cursor.execute(
                "SELECT * EXCLUDE (pool_at) FROM order_lines ORDER BY platform_no, line_no"
            ).fetchall(),
            "refunds": cursor.execute(
                "SELECT * EXCLUDE (pool_at, changed_at) FROM refunds ORDER BY refund_no"
            ).fetchall(),
            "persons": cursor.execute("SELECT order_key FROM order_persons ORDER BY order_key").fetchall(),
        }


def one(store: Store, sql: str, *values: Any) -> Any:
    """The single value of a query."""
    with store.read() as cursor:
        row = cursor.execute(sql, list(values)).fetchone()
    assert row is not None
    return row[0]


def rows(store: Store, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with store.read() as cursor:
        return cursor.execute(sql, list(values)).fetchall()


def opened(store: Store, vault: Vault, platform_no: str) -> dict[str, Any]:
    """The originals of an order's person data."""
    found = one(
        store,
        "SELECT cipher FROM order_persons JOIN orders USING (order_key) WHERE platform_no = ?",
        platform_no,
    )
    return json.loads(vault.open_text(found))
