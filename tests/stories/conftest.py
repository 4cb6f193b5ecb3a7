"""The pool and the sandbox's truth in one shape, so that "nothing lost, nothing twice" is an equality."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from core.store import Store


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _of_truth(truth: dict[str, Any]) -> dict[str, Any]:
    orders, lines, refunds = {}, {}, {}
    for order in truth["orders"]:
        key = (order["channel"], order["shop"], order["platform_no"])
        orders[key] = (order["status"], order["platform_status"], order["paid_fen"], _instant(order["paid_at"]))
        for line in order["lines"]:
            lines[(*key, line["line_no"])] = (line["sku"], line["qty"])
        for refund in order["refunds"]:
            requested = _instant(refund["refund_requested_at"])
            refunds[(*key, refund["refund_no"])] = (
                refund["line_no"],
                refund["refund_status"],
                requested,
                refund["refund_fen"],
            )
    return {"orders": orders, "lines": lines, "refunds": refunds}


def _of_pool(store: Store) -> dict[str, Any]:
    with store.read() as cursor:
        orders = cursor.execute(
            "SELECT channel, shop, platform_no, status, platform_status, paid_fen, paid_at FROM orders"
        ).fetchall()
        lines = cursor.execute("SELECT channel, shop, platform_no, line_no, sku, qty FROM order_lines").fetchall()
        refunds = cursor.execute(
            "SELECT channel, shop, platform_no, refund_no, line_no, refund_status, refund_requested_at, refund_fen "
            "FROM refunds"
        ).fetchall()
    found = {
        "orders": {row[:3]: row[3:] for row in orders},
        "lines": {row[:4]: row[4:] for row in lines},
        "refunds": {row[:4]: row[4:] for row in refunds},
    }
    counts = {"orders": len(orders), "lines": len(lines), "refunds": len(refunds)}
    assert {name: len(rows) for name, rows in found.items()} == counts, "something is in the pool twice"
    return found


@pytest.fixture
def assert_pool_is_truth() -> Callable[[Store, dict[str, Any]], None]:
    """Fails naming the first few differences of each kind."""

    def check(store: Store, truth: dict[str, Any]) -> None:
        pool, wanted = _of_pool(store), _of_truth(truth)
        for name in ("orders", "lines", "refunds"):
            assert len(wanted[name]) > 10, f"the truth holds too few {name} to prove anything"
            missing = sorted(wanted[name].keys() - pool[name].keys())
            extra = sorted(pool[name].keys() - wanted[name].keys())
            other = [
                (key, pool[name][key], value)
                for key, value in wanted[name].items()
                if pool[name].get(key, value) != value
            ]
            assert (missing[:5], extra[:5], other[:5]) == ([], [], []), name
        with store.read() as cursor:
            waiting = cursor.execute(
                "SELECT shop, field, value, reason FROM rejects WHERE state = 'waiting'"
            ).fetchall()
        assert waiting == []

    return check
