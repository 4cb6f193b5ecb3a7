"""The way of stored payloads into the pool, as a ratio to DuckDB merely reading the same JSON in the same run.

Also `python -m core bench mapping --orders N --json`. Nothing here asserts a time: the figures are printed.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from core.channels.intake import Batch, program_of, take_in
from core.cli.benches.payloads import taobao_orders
from core.mapping.parse_only import parse_only
from core.mapping.starter import install_starters
from core.people.vault import Vault, open_vault
from core.settings import Settings
from core.store import Store, open_store, staging

ORDERS = 20_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Vault]]:
    folder: Path = tmp_path_factory.mktemp("bench")
    settings = Settings(store_url=f"duckdb:{folder / 'store.duckdb'}", key_file=folder / "key")
    store = open_store(settings)
    install_starters(store)
    yield store, open_vault(settings)
    store.close()


@pytest.fixture(scope="module")
def bodies() -> list[str]:
    return taobao_orders(ORDERS)


def _parse(store: Store, bodies: list[str]) -> float:
    """Seconds DuckDB needs to read the bodies with `from_json`, the best of three."""
    program, _document = program_of(store, Batch("taobao", "x", "orders", "pull", ()))
    best = float("inf")
    with store.read() as cursor:
        cursor.register(staging.BODIES, staging.relation(bodies))
        for _ in range(3):
            start = perf_counter()
            parse_only(cursor, program)
            best = min(best, perf_counter() - start)
    return best


def _say(benchmark: Any, store: Store, bodies: list[str]) -> None:
    seconds = benchmark.stats.stats.min
    benchmark.extra_info["orders_per_second"] = round(len(bodies) / seconds)
    benchmark.extra_info["times_as_long_as_parsing"] = round(seconds / _parse(store, bodies), 2)


def test_new_orders_into_the_pool(benchmark: Any, place: tuple[Store, Vault], bodies: list[str]) -> None:
    store, vault = place
    shops = count()
    benchmark.pedantic(
        lambda shop: take_in(store, vault, Batch("taobao", shop, "orders", "pull", bodies)),
        setup=lambda: ((f"new{next(shops)}",), {}),
        rounds=3,
    )
    _say(benchmark, store, bodies)


def test_the_same_orders_again(benchmark: Any, place: tuple[Store, Vault], bodies: list[str]) -> None:
    store, vault = place
    batch = Batch("taobao", "same", "orders", "pull", bodies)
    take_in(store, vault, batch)
    done = benchmark.pedantic(lambda: take_in(store, vault, batch), rounds=5)
    assert done.unchanged == ORDERS
    _say(benchmark, store, bodies)
