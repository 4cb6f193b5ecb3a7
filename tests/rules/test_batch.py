"""Live equals replay: orders decided a few at a time, as they arrive, get what one query over all of them says later."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from core.model.fields import Catalogue
from core.rules.batch import Batch, flagged
from core.rules.condition import read
from core.rules.piece import Sql
from core.rules.sql import Compiler
from core.settings import Settings
from core.store import Store, open_store, window

ZONE = "Asia/Shanghai"
NIGHT = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)  # two hours before midnight of the shop
COUNTS = st.fixed_dictionaries(
    {
        "count": st.sampled_from(["orders", "units"]),
        "same": st.sampled_from(["phone", "buyer_id", "ip"]),
        "within": st.sampled_from(["day", "1h", "3h", "2d"]),
        "op": st.sampled_from(["gt", "ge", "eq", "lt", "ne"]),
        "value": st.integers(0, 4),
    },
    optional={"where": st.just({"field": "paid_fen", "op": "le", "value": 2})},
)
PLAIN = st.builds(lambda n: {"field": "paid_fen", "op": "ge", "value": n}, st.integers(0, 3))
LINES = st.builds(
    lambda n: {"lines": "sum", "of": "qty", "op": "ge", "value": n}, st.integers(1, 4)
) | st.just({"lines": "any", "where": {"field": "sku", "op": "eq", "value": "A"}})  # fmt: skip
CONDITIONS = st.recursive(
    COUNTS | PLAIN | LINES,
    lambda below: (
        st.builds(lambda how, m: {how: m}, st.sampled_from(["all", "any"]), st.lists(below, max_size=3))
        | st.builds(lambda m: {"not": m}, below)
    ),
    max_leaves=6,
)
ORDER = st.fixed_dictionaries(
    {
        "minutes": st.integers(0, 400), "dated": st.sampled_from([True, True, True, False, None]),
        "channel": st.sampled_from(["jd", "taobao"]), "phone_key": st.none() | st.sampled_from("pq"),
        "buyer_id": st.sampled_from("bc"), "ip": st.none() | st.just("i"), "paid_fen": st.none() | st.integers(0, 3),
        "unit_count": st.none() | st.integers(0, 3), "status": st.sampled_from(["PAID", "PAID", "CANCELLED"]),
    }
)  # fmt: skip


def put(store: Store, key: int, order: dict[str, Any]) -> None:
    row = {name: value for name, value in order.items() if name not in ("minutes", "dated")}
    moment = NIGHT + timedelta(minutes=order["minutes"])
    # known by when it was ordered, by when it was paid, or not at all
    row |= {"ordered_at": moment if order["dated"] else None, "paid_at": None if order["dated"] is None else moment}
    row |= {"order_key": key, "shop": "s", "pool_at": NIGHT + timedelta(hours=9, seconds=key)}
    with store.write() as cursor:
        cursor.execute(
            f"INSERT INTO orders ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
        )
        cursor.execute("INSERT INTO order_lines (order_key, sku, qty) VALUES (?, ?, ?)", [key, "AB"[key % 2], key % 3])


def test_orders_decided_as_they_arrive_get_what_a_replay_of_all_says(tmp_path: Path) -> None:
    store = open_store(Settings(store_url=f"duckdb:{tmp_path / 'rules.duckdb'}"))

    @rounds(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        orders=st.lists(ORDER, min_size=1, max_size=9),
        documents=st.lists(CONDITIONS, min_size=1, max_size=4),
        at_once=st.integers(1, 4),
    )
    def agree(orders: list[dict[str, Any]], documents: list[dict[str, Any]], at_once: int) -> None:
        with store.write() as cursor:
            cursor.execute("DELETE FROM orders")
            cursor.execute("DELETE FROM order_lines")
        conditions = [read(document, Catalogue()) for document in documents]
        arriving = sorted(orders, key=lambda order: order["minutes"])
        live: dict[int, list[bool]] = {}
        for start in range(0, len(arriving), at_once):
            keys = list(range(start, min(start + at_once, len(arriving))))
            for key in keys:
                put(store, key, arriving[key])
            with store.read() as cursor:
                batch = Batch(
                    cursor,
                    Compiler(str, ZONE),
                    conditions,
                    Sql(*window.batch(cursor, keys, window.since(cursor, keys))),
                )
                live |= {key: found for key, *found in batch.met(conditions)}
                batch.close()
                batch = Batch(
                    cursor,
                    Compiler(str, ZONE),
                    conditions,
                    Sql(*window.batch(cursor, keys, window.since(cursor, keys))),
                )
                sifted = batch.sift(conditions, {}, [f"k{name[1:]}" for name in batch.compiler.counts.values()])
                batch.close()
            told = {
                each.order_key: [(each.met or {}).get(f"r{n}", False) for n in range(len(conditions))]
                for each in sifted
            }
            assert told == {key: live[key] for key in keys}
        query = Compiler(str, ZONE).query(conditions)
        with store.read() as cursor:
            replay = {row[0]: list(row[1:]) for row in cursor.execute(query.text, query.values).fetchall()}
        assert live == replay

    agree()
    store.close()


def test_what_is_packed_comes_back_by_name() -> None:
    flags = [f"h_{n}" for n in range(130)]
    packs = (1 | 1 << 59, 1 << 1, 1 << 9)
    assert [name for name, there in flagged(packs, flags).items() if there] == ["h_0", "h_59", "h_61", "h_129"]
