"""Laws of the intake: order and repetition do not matter, and the preview says what the live run does."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.channels.intake import Batch, take_in
from core.mapping.document import parse
from core.mapping.preview import preview
from core.model.fields import Catalogue
from core.people.vault import Vault, open_vault
from core.settings import Settings
from core.store import Store, open_store
from tests.payloads import ORDERS, order, pool, publish, refund, rows

# A platform's life of one order: states in the order of their progress, each later than the one before.
_LIFE = ("new", "paid", "stop", "sent", "done")
_TEXT = st.one_of(st.none(), st.text(max_size=6), st.sampled_from(["", " ", "x", "13800001234", "张三", "138****0000"]))
_AMOUNT = st.one_of(
    st.none(),
    st.decimals(0, 9999, places=2).map(str),
    st.integers(0, 99),
    st.sampled_from(["", "-", "1,234.50", "1.005", "x", "¥3"]),
)
_VALUES = st.fixed_dictionaries(
    {},
    optional={
        "paid": _AMOUNT, "post": _AMOUNT, "name": _TEXT, "phone": _TEXT, "address": _TEXT, "note": _TEXT,
        "province": st.sampled_from(["浙江省", "上海", "****", "??", ""]),
        "lines": st.lists(
            st.fixed_dictionaries({"id": st.sampled_from(["a", "b", None]), "qty": st.integers(1, 3)}), max_size=3
        ),
    },
)  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, str]]:
    """(entity, body) of a few orders and refunds, each order's states in order, every body of its own time."""
    found: list[tuple[str, str]] = []
    for no in ("1", "2", "3"):
        states = draw(
            st.lists(st.sampled_from(_LIFE), max_size=3, unique=True).map(lambda s: sorted(s, key=_LIFE.index))
        )
        for minute, state in enumerate(states):
            good = draw(
                _VALUES.filter(lambda v: v.get("paid") not in ("1.005", "x") and v.get("post") not in ("1.005", "x"))
            )
            found.append(("orders", order(no, minute, state, **good)))
        for minute in range(draw(st.integers(0, 2))):
            found.append(("refunds", refund(no, f"R{no}", minute, ("OPEN", "SUCCESS")[minute])))
    return found


@contextmanager
def fresh() -> Iterator[tuple[Store, Vault]]:
    with tempfile.TemporaryDirectory() as folder:
        own = Settings(store_url=f"duckdb:{Path(folder) / 's.duckdb'}", key_file=Path(folder) / "key")
        store = open_store(own)
        publish(store)
        try:
            yield store, open_vault(own)
        finally:
            store.close()


def _take(store: Store, vault: Vault, batches: list[list[tuple[str, str]]]) -> None:
    for batch in batches:
        for entity in ("orders", "refunds"):
            bodies = [body for kind, body in batch if kind == entity]
            take_in(store, vault, Batch("other", "s", entity, "pull", bodies))


def _text(found: dict[str, list[tuple[Any, ...]]]) -> str:
    return json.dumps(found, default=str, sort_keys=True)


# Shrinking would open hundreds of stores; the failing history is short enough to read.
_UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=_UNSHRUNK)
@given(histories(), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_of_the_batches_gives_the_same_pool(history, random) -> None:
    shuffled = history + random.choices(history, k=len(history)) if history else []
    random.shuffle(shuffled)
    cuts = sorted(random.choices(range(len(shuffled) + 1), k=3))
    batches = [shuffled[first:last] for first, last in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]
    with fresh() as (store, vault):
        _take(store, vault, [history])
        straight = pool(store)
        with store.write() as cursor:
            for table in (
                "orders",
                "order_lines",
                "refunds",
                "order_persons",
                "order_events",
                "raw_batches",
                "raw_payloads",
            ):
                cursor.execute(f"DELETE FROM {table}")
        _take(store, vault, batches)
        assert _text(pool(store)) == _text(straight)
        apart = "SELECT count(*) FROM order_lines l JOIN orders o USING (order_key) WHERE l.pool_at IS DISTINCT FROM o.pool_at"
        assert rows(store, apart) == [(0,)]  # what is read of lines is bounded by it


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=_UNSHRUNK)
@given(st.lists(_VALUES, min_size=1, max_size=6))
def test_the_preview_equals_the_live_run(values) -> None:
    bodies = [order(str(number), 0, **given) for number, given in enumerate(values)]
    with fresh() as (store, vault):
        with store.read() as cursor:
            seen = preview(cursor, parse(ORDERS, Catalogue()), bodies, "Asia/Shanghai")
        done = take_in(store, vault, Batch("other", "s", "orders", "pull", bodies))
        failed = {row.cells["platform_no"].value for row in seen.main if row.place in seen.failed}
        assert {reject.external_no for reject in done.rejects} == failed
        live = rows(store, "SELECT platform_no, status, paid_fen, shipping_fen, province, city, buyer_note FROM orders")
        shown = {
            tuple(
                row.cells[name].value
                for name in ("platform_no", "status", "paid_fen", "shipping_fen", "province", "city", "buyer_note")
            )
            for row in seen.main
            if row.place not in seen.failed
        }
        assert set(live) == shown
        said = sum(1 for row in seen.lines if row.place not in seen.failed)
        numbered = rows(store, "SELECT count(*) FROM order_lines")[0][0]
        assert numbered <= said
