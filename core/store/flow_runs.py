"""What went through the flows: the path of each order, and what passed each node, for the counts on the drawing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Pass:
    """What one batch did at one node. `outcome` "" counts those that stayed; `stood_seconds` is the median stay."""

    node: str
    outcome: str
    orders: int
    seconds: float
    stood_seconds: float
    failed: int = 0


def keep(cursor: Cursor, flow: str, version: int, passes: Sequence[Pass], now: datetime) -> None:
    """Write the passes of a walk."""
    if passes:
        columns: list[list[Any]] = [list(c) for c in zip(*((p.node, p.outcome, p.orders, p.failed, p.seconds, p.stood_seconds) for p in passes), strict=True)]  # fmt: skip
        kinds = ("VARCHAR", "VARCHAR", "BIGINT", "BIGINT", "DOUBLE", "DOUBLE")
        unnested = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
        cursor.execute(f"INSERT INTO flow_passes SELECT ?, ?, {unnested}, ?", [flow, version, *columns, now])


def keep_paths(
    cursor: Cursor, flow: str, version: int, keys: Sequence[int], steps: Sequence[str], now: datetime
) -> None:
    """Write the way of each order in this walk; `steps` are JSON lists."""
    if keys:
        news = pa.table({"order_key": pa.array(keys, pa.int64()), "steps": pa.array(steps, pa.string())})
        cursor.register("path_news", news)
        try:
            cursor.execute(
                "INSERT INTO flow_paths SELECT order_key, ?, ?, steps, ? FROM path_news", [flow, version, now]
            )
        finally:
            cursor.unregister("path_news")


def path(store: Store, order_key: int) -> list[tuple[str, int, str, str, datetime]]:
    """(flow, version, node, outcome, walked at) of an order, oldest first. An outcome of "" is a stay."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT flow, version, steps, walked_at FROM flow_paths WHERE order_key = ? ORDER BY walked_at", [order_key]
        ).fetchall()
    return [(flow, version, *step.split(">", 1), at) for flow, version, steps, at in rows for step in json.loads(steps)]


def since(store: Store, flow: str, version: int | None, after: datetime) -> list[dict[str, Any]]:
    """By node and outcome since an instant: orders, failed, the median stay in seconds, the last pass."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT node, outcome, sum(orders)::BIGINT, sum(failed)::BIGINT, "
            "quantile_cont(stood_seconds, 0.5), max(passed_at) FROM flow_passes "
            "WHERE flow = ? AND (?::INTEGER IS NULL OR version = ?) AND passed_at >= ? GROUP BY ALL ORDER BY ALL",
            [flow, version, version, after],
        ).fetchall()
    names = ("node", "outcome", "orders", "failed", "stood_seconds", "last_at")
    return [dict(zip(names, row, strict=True)) for row in rows]


def standing(store: Store, flow: str, version: int | None = None) -> list[dict[str, Any]]:
    """By node: orders that stand there (`ready`, `resting`, `parked`, `held`), the oldest arrival, the last error."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT t.node, count(DISTINCT t.order_key), count(DISTINCT t.order_key) FILTER (t.state = 'ready'), "
            "count(DISTINCT t.order_key) FILTER (t.state = 'resting'), count(DISTINCT t.order_key) FILTER (t.state = 'parked'), "
            "count(DISTINCT t.order_key) FILTER (o.held), min(t.arrived_at), arg_max(t.error, t.changed_at) FILTER (t.state = 'parked') "
            "FROM flow_tokens t JOIN orders o ON o.order_key = t.order_key WHERE t.flow = ? AND (?::INTEGER IS NULL OR t.version = ?) GROUP BY t.node",
            [flow, version, version],
        ).fetchall()
    names = ("node", "orders", "ready", "resting", "parked", "held", "oldest_at", "error")
    return [dict(zip(names, row, strict=True)) for row in rows]
