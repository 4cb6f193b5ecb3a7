"""Decisions kept: one row an order and rule set, append only; where the decider stands; labels learned from people."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from core import clock
from core.store.listed import among, rows
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Decision:
    """What one rule set said of one order. `missing`: the rules that could not be evaluated, with the field they lack."""

    order_key: int
    kind: str
    rule_set: str
    version: int
    mode: str
    outcome: str
    rules: tuple[str, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


def append(cursor: Cursor, decisions: Sequence[Decision], *, since: datetime | None = None) -> None:
    """Write the rows of a batch in one statement. `since`: none of the orders came into the pool earlier, if known."""
    if not decisions:
        return
    bound, values = ("", []) if since is None else (" WHERE o.pool_at >= ?", [since])
    found, listed = rows(cursor, _COLUMNS, list(zip(*map(_row, decisions), strict=True)))
    cursor.execute(
        "INSERT INTO decisions SELECT d.order_key, o.channel, o.shop, o.platform_no, d.kind, d.rule_set, d.version, d.mode, "
        f"d.outcome, d.rules, d.evidence, d.missing, ? FROM {found} d JOIN orders o ON o.order_key = d.order_key{bound}",
        [clock.now(), *listed, *values],
    )


_COLUMNS = {"order_key": "BIGINT", "kind": "VARCHAR", "rule_set": "VARCHAR", "version": "INTEGER"} | dict.fromkeys(
    ("mode", "outcome", "rules", "evidence", "missing"), "VARCHAR"
)


def _row(decision: Decision) -> tuple[Any, ...]:
    return (
        decision.order_key, decision.kind, decision.rule_set, decision.version, decision.mode, decision.outcome,
        _text(decision.rules) if decision.rules else "[]", _text(decision.evidence) if decision.evidence else "{}",
        _text(decision.missing) if decision.missing else "{}",
    )  # fmt: skip


def _text(value: Any) -> str:
    return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def of_order(store: Store, order_key: int) -> list[dict[str, Any]]:
    """All decisions on an order, newest first, JSON columns opened."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT kind, rule_set, version, mode, outcome, rules, evidence, missing, decided_at FROM decisions "
            "WHERE order_key = ? ORDER BY decided_at DESC, rule_set",
            [order_key],
        ).fetchall()
    names = ("kind", "rule_set", "version", "mode", "outcome", "rules", "evidence", "missing", "decided_at")
    opened = ("rules", "evidence", "missing")
    return [
        {name: json.loads(value) if name in opened else value for name, value in zip(names, row, strict=True)}
        for row in rows
    ]


def undecided(store: Store, kind: str, limit: int) -> list[int]:
    """Paid, open orders without a decision of the kind, oldest in the pool first."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT o.order_key FROM orders o WHERE o.status = 'PAID' "
            "AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.order_key = o.order_key AND d.kind = ? AND d.mode = 'live') "
            "ORDER BY o.pool_at, o.order_key LIMIT ?",
            [kind, limit],
        ).fetchall()
    return [row[0] for row in rows]


def hits(store: Store, kind: str, since: datetime) -> dict[tuple[str, str, str], int]:
    """(rule set, rule, mode) -> orders hit since an instant."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT rule_set, rule, mode, count(DISTINCT order_key) FROM (SELECT rule_set, mode, order_key, "
            "unnest(from_json(rules, '[\"VARCHAR\"]')) AS rule FROM decisions WHERE kind = ? AND decided_at >= ?) GROUP BY ALL",
            [kind, since],
        ).fetchall()
    return {(rule_set, rule, mode): count for rule_set, rule, mode, count in rows}


def orders_hit(store: Store, kind: str, since: datetime) -> dict[str, int]:
    """rule set -> orders that any of its rules hit since an instant, each counted once."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT rule_set, count(DISTINCT order_key) FROM decisions WHERE kind = ? AND decided_at >= ? AND rules <> '[]' "
            "GROUP BY rule_set",
            [kind, since],
        ).fetchall()
    return dict(rows)


def label(cursor: Cursor, order_keys: Sequence[int], word: str, *, source: str, by: str) -> None:
    """Learn that the orders were `normal` or `fraud`."""
    cursor.execute(
        "INSERT INTO labels SELECT unnest(?::BIGINT[]), ?, ?, ?, ?", [list(order_keys), word, source, by, clock.now()]
    )


def without(cursor: Cursor, keys: Sequence[int], kind: str, since: datetime | None = None) -> list[int]:
    """Those of the orders that no live set of the kind has decided yet, in the given order. `since`: none of them came
    into the pool earlier, so no decision on them is older."""
    bound, values = ("decided_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys)
    decided = cursor.execute(
        f"SELECT DISTINCT order_key FROM decisions WHERE {bound}kind = ? AND mode = 'live' AND {which}",
        [*values, kind, *listed],
    ).fetchall()
    known = {row[0] for row in decided}
    return [key for key in keys if key not in known]
