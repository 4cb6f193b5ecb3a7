"""Where orders stand in their flows. Batches come and go as sets; nothing here is done an order at a time.

Live tokens are few beside the pool: who is through leaves the table. Every look into the pool is bounded by an instant,
so that its cost does not grow with the pool.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

import pyarrow as pa

from core.store.listed import among, rows
from core.store.orders_query import Predicate
from core.store.store import Cursor, Store

READY, RESTING, PARKED = "ready", "resting", "parked"
_INSTANT = pa.timestamp("us", tz="UTC")
_SCHEMA = pa.schema(
    [
        ("order_key", pa.int64()), ("parcel", pa.string()), ("flow", pa.string()), ("version", pa.int32()),
        ("node", pa.string()), ("state", pa.string()), ("reason", pa.string()), ("wake_at", _INSTANT),
        ("entered_at", _INSTANT), ("arrived_at", _INSTANT), ("seen", _INSTANT), ("attempts", pa.int32()),
        ("error", pa.string()), ("pool_at", _INSTANT), ("changed_at", _INSTANT),
    ]
)  # fmt: skip
_COLUMNS = ", ".join(_SCHEMA.names)
_SAME = "t.order_key = n.order_key AND t.parcel = n.parcel"


@dataclass(slots=True)
class Token:
    """One order (or parcel of it) in a flow."""

    order_key: int
    parcel: str
    flow: str
    version: int
    node: str
    state: str
    reason: str
    wake_at: datetime | None
    entered_at: datetime
    arrived_at: datetime
    seen: datetime | None
    attempts: int
    error: str
    pool_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class End:
    """An order that is through: the last node and the outcome it left by."""

    order_key: int
    parcel: str
    flow: str
    version: int
    node: str
    outcome: str
    entered_at: datetime


def newcomers(
    cursor: Cursor,
    flow: str,
    which: Predicate,
    statuses: Sequence[str],
    since: datetime | None,
    limit: int,
    taken: Iterable[int] = (),
) -> tuple[list[int], datetime | None]:
    """Orders in these statuses (and `which`, over alias o) that are in no flow and have not been through this one, in arrival
    order, and when the first of them came into the pool. `since` bounds their last change. `taken`: keys another trigger
    just took."""
    bound, values = ("o.changed_at >= ? AND ", [since]) if since else ("", [])
    listed = list(taken)
    but = " AND o.order_key NOT IN (SELECT unnest(?::BIGINT[]))" if listed else ""
    found = cursor.execute(
        f"WITH c AS MATERIALIZED (SELECT o.order_key, o.pool_at FROM orders o WHERE {bound}o.status IN "
        f"(SELECT unnest(?::VARCHAR[])) AND ({which.sql}){but}), through AS (SELECT order_key FROM flow_ends WHERE flow = ? "
        "AND ended_at >= (SELECT min(pool_at) FROM c)) SELECT order_key, pool_at FROM c "
        "ANTI JOIN flow_tokens t USING (order_key) ANTI JOIN through USING (order_key) ORDER BY pool_at, order_key LIMIT ?",
        [*values, list(statuses), *which.values, *([listed] if listed else []), flow, limit],
    ).fetch_arrow_table()
    keys = found["order_key"].to_pylist()
    return keys, found["pool_at"][0].as_py() if keys else None


def due(cursor: Cursor, now: datetime, limit: int, *, only: Predicate | None = None) -> list[Token]:
    """Tokens to be decided now, oldest first, all of one flow and version."""
    extra, values = (f" AND ({only.sql})", list(only.values)) if only else ("", [])
    ready = (
        f"((state = '{READY}' AND (wake_at IS NULL OR wake_at <= ?)) OR (state <> '{READY}' AND wake_at <= ?)){extra}"
    )
    # Mostly none is: to plan the whole question takes five times as long as to see that.
    if not cursor.execute(f"SELECT 1 FROM flow_tokens WHERE {ready} LIMIT 1", [now, now, *values]).fetchone():
        return []
    rows = cursor.execute(
        f"WITH d AS (SELECT {_COLUMNS} FROM flow_tokens WHERE {ready}) SELECT * FROM d WHERE (flow, version) = (SELECT (flow, version) "
        "FROM d ORDER BY entered_at, order_key LIMIT 1) ORDER BY entered_at, order_key, parcel LIMIT ?",
        [now, now, *values, limit],
    ).fetchall()
    return [Token(*row) for row in rows]


def next_wake(cursor: Cursor) -> datetime | None:
    """When the next token is due by its clock; None when none waits for one."""
    row = cursor.execute(
        f"SELECT min(CASE WHEN state = '{READY}' THEN coalesce(wake_at, '-infinity'::TIMESTAMPTZ) ELSE wake_at END) FROM flow_tokens"
    ).fetchone()
    return row[0] if row else None


def place(cursor: Cursor, tokens: Sequence[Token], *, known: bool) -> None:
    """Write where the tokens stand now; `known` says whether any of them has a row already. The order's change that a
    resting one has seen is read here, in the same transaction."""
    if not tokens:
        return
    cursor.register("token_news", _table(tokens))
    try:
        if known:
            cursor.execute(f"DELETE FROM flow_tokens t USING token_news n WHERE {_SAME}")
        columns = ", ".join("o.changed_at" if name == "seen" else f"n.{name}" for name in _SCHEMA.names)
        bound = min(t.pool_at for t in tokens)
        cursor.execute(
            f"INSERT INTO flow_tokens ({_COLUMNS}) SELECT {columns} FROM token_news n LEFT JOIN (SELECT order_key, changed_at "
            "FROM orders WHERE pool_at >= ? AND order_key IN (SELECT order_key FROM token_news)) o ON o.order_key = n.order_key",
            [bound],
        )
    finally:
        cursor.unregister("token_news")


def _table(tokens: Sequence[Token]) -> pa.Table:
    rows = zip(*map(_VALUES, tokens), strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(rows, _SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=_SCHEMA)


_VALUES = attrgetter(*_SCHEMA.names)


def remove(cursor: Cursor, pairs: Sequence[tuple[int, str]]) -> None:
    """Take the tokens (order, parcel) out."""
    if pairs:
        gone, values = rows(cursor, {"order_key": "BIGINT", "parcel": "VARCHAR"}, list(zip(*pairs, strict=True)))
        cursor.execute(f"DELETE FROM flow_tokens t USING {gone} n WHERE {_SAME}", values)


def end(cursor: Cursor, ends: Sequence[End], now: datetime) -> None:
    """Keep that the orders are through."""
    if ends:
        columns = list(zip(*((e.order_key, e.parcel, e.flow, e.version, e.node, e.outcome, e.entered_at) for e in ends), strict=True))  # fmt: skip
        through, values = rows(cursor, _END, columns)
        cursor.execute(f"INSERT INTO flow_ends SELECT {', '.join(_END)}, ? FROM {through}", [now, *values])


_END = {
    "order_key": "BIGINT", "parcel": "VARCHAR", "flow": "VARCHAR", "version": "INTEGER", "node": "VARCHAR",
    "outcome": "VARCHAR", "entered_at": "TIMESTAMPTZ",
}  # fmt: skip


def touched(cursor: Cursor, since: datetime | None) -> list[tuple[int, str, bool]]:
    """(order_key, status, whether it has refunds) of orders with a token that changed since the token was placed.

    `since` bounds the change; None looks at everything, as after a start.
    """
    orders, values = ("o.changed_at >= ? AND ", [since]) if since else ("", [])
    refunds = "r.changed_at >= ? AND " if since else ""
    return cursor.execute(
        f"WITH changed AS (SELECT o.order_key FROM orders o JOIN flow_tokens t ON t.order_key = o.order_key WHERE {orders}"
        "o.changed_at IS DISTINCT FROM t.seen UNION SELECT r.order_key FROM refunds r JOIN flow_tokens t "
        f"ON t.order_key = r.order_key WHERE {refunds}r.changed_at > t.changed_at) "
        "SELECT o.order_key, o.status, o.refund_status IS NOT NULL FROM orders o JOIN changed c ON c.order_key = o.order_key",
        values * 2,
    ).fetchall()


def wake(cursor: Cursor, keys: Sequence[int], now: datetime) -> None:
    """Let the orders' resting tokens be decided again."""
    if keys:
        which, listed = among(cursor, keys, "flow_tokens.order_key")
        cursor.execute(
            f"UPDATE flow_tokens SET state = '{READY}', wake_at = NULL, seen = o.changed_at, changed_at = ? "
            f"FROM orders o WHERE o.order_key = flow_tokens.order_key AND {which}",
            [now, *listed],
        )


def of_orders(cursor: Cursor, keys: Sequence[int]) -> list[Token]:
    """The tokens of the orders."""
    which, listed = among(cursor, keys)
    found = cursor.execute(
        f"SELECT {_COLUMNS} FROM flow_tokens WHERE {which} ORDER BY order_key, parcel", listed
    ).fetchall()
    return [Token(*row) for row in found]


def standing(store: Store) -> tuple[int, int, int]:
    """(orders held, waiting otherwise, parked) in all flows."""
    with store.read() as cursor:
        row = cursor.execute(
            "SELECT count(DISTINCT t.order_key) FILTER (o.held), count(DISTINCT t.order_key) FILTER (NOT coalesce(o.held, false) "
            f"AND t.state <> '{PARKED}'), count(DISTINCT t.order_key) FILTER (t.state = '{PARKED}') "
            "FROM flow_tokens t JOIN orders o ON o.order_key = t.order_key"
        ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1]), int(row[2])


def by_version(store: Store, flow: str) -> dict[int, dict[str, int]]:
    """version -> node -> orders that stand there."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT version, node, count(DISTINCT order_key) FROM flow_tokens WHERE flow = ? GROUP BY ALL", [flow]
        ).fetchall()
    found: dict[int, dict[str, int]] = {}
    for version, node, orders in rows:
        found.setdefault(version, {})[node] = int(orders)
    return found


def transfer(cursor: Cursor, flow: str, version: int, to: int, mapping: Mapping[str, str], now: datetime) -> int:
    """Move the tokens of a version onto another one by node; nodes that the mapping lacks keep their tokens."""
    if not mapping:
        return 0
    row = cursor.execute(
        f"UPDATE flow_tokens SET version = $to, node = m.target, state = '{READY}', wake_at = NULL, attempts = 0, "
        "arrived_at = CASE WHEN flow_tokens.node = m.target THEN arrived_at ELSE $now END "
        "FROM (SELECT unnest($nodes::VARCHAR[]) AS node, unnest($targets::VARCHAR[]) AS target) m "
        "WHERE flow_tokens.node = m.node AND flow = $flow AND version = $version",
        {
            "to": to, "now": now, "nodes": list(mapping), "targets": list(mapping.values()), "flow": flow,
            "version": version,
        },
    ).fetchone()  # fmt: skip
    return int(row[0]) if row else 0


def versions_in_use(cursor: Cursor) -> list[tuple[str, int]]:
    """Flows and versions that have orders in them."""
    return cursor.execute("SELECT DISTINCT flow, version FROM flow_tokens").fetchall()


def held_among(cursor: Cursor, keys: Sequence[int], since: datetime | None) -> set[int]:
    """The orders among these that are held."""
    bound, values = ("pool_at >= ? AND ", [since]) if since else ("", [])
    which, listed = among(cursor, keys)
    query = f"SELECT order_key FROM orders WHERE {bound}held AND {which}"
    return {row[0] for row in cursor.execute(query, [*values, *listed]).fetchall()}


def note_failed(cursor: Cursor, flow: str, version: int, node: str, orders: int, now: datetime) -> None:
    """Count orders at which the node's station failed."""
    cursor.execute("INSERT INTO flow_passes VALUES (?, ?, ?, '', 0, ?, 0, 0, ?)", [flow, version, node, orders, now])


def numbers(cursor: Cursor, keys: Sequence[int]) -> dict[tuple[str, str], dict[str, int]]:
    """(channel, shop) -> platform_no -> order_key of the orders."""
    which, listed = among(cursor, keys)
    known = cursor.execute(f"SELECT channel, shop, platform_no, order_key FROM orders WHERE {which}", listed).fetchall()
    found: dict[tuple[str, str], dict[str, int]] = {}
    for channel, shop, number, key in known:
        found.setdefault((channel, shop), {})[number] = key
    return found


def of_shops(cursor: Cursor, keys: Sequence[int], channels: Sequence[str], shops: Sequence[str]) -> set[int]:
    """Those of the orders that are of these channels and shops; an empty list is every one."""
    which, values = among(cursor, keys)
    texts = [which]
    for column, listed in (("channel", channels), ("shop", shops)):
        if listed:
            texts.append(f"{column} IN (SELECT unnest(?::VARCHAR[]))")
            values.append(list(listed))
    return {
        row[0] for row in cursor.execute(f"SELECT order_key FROM orders WHERE {' AND '.join(texts)}", values).fetchall()
    }


def keys_at(cursor: Cursor, flow: str, node: str, limit: int) -> list[int]:
    """The orders at a node of a flow, those that came first first."""
    rows = cursor.execute(
        "SELECT order_key FROM flow_tokens WHERE flow = ? AND node = ? GROUP BY order_key ORDER BY min(arrived_at), order_key LIMIT ?",
        [flow, node, limit],
    ).fetchall()
    return [row[0] for row in rows]


def unpark(cursor: Cursor, flow: str, node: str, now: datetime) -> int:
    """Let the parked orders of a node be decided now; returns how many tokens."""
    row = cursor.execute(
        f"UPDATE flow_tokens SET state = '{READY}', wake_at = NULL, changed_at = ? WHERE state = '{PARKED}' AND flow = ? AND node = ?",
        [now, flow, node],
    ).fetchone()
    return int(row[0]) if row else 0


def enter(cursor: Cursor, keys: Sequence[int], flow: str, version: int, node: str, now: datetime) -> int:
    """Put orders that are in no flow at a node; returns how many."""
    row = cursor.execute(
        f"INSERT INTO flow_tokens ({_COLUMNS}) SELECT o.order_key, '', ?, ?, ?, '{READY}', '', NULL, ?, ?, o.changed_at, 0, '', "
        "coalesce(o.pool_at, ?), ? FROM orders o WHERE o.order_key IN (SELECT unnest(?::BIGINT[])) "
        "AND o.order_key NOT IN (SELECT order_key FROM flow_tokens)",
        [flow, version, node, now, now, now, now, list(keys)],
    ).fetchone()
    return int(row[0]) if row else 0
