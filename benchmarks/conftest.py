"""One store for all benchmarks of the pool; DANLIU_BENCH_ORDERS sets its size."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.people.vault import Vault, open_vault
from core.settings import Settings
from core.store import Store, open_store, sample_pool

ORDERS = int(os.environ.get("DANLIU_BENCH_ORDERS", "1000000"))


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Vault]]:
    folder: Path = tmp_path_factory.mktemp("pool")
    settings = Settings(store_url=f"duckdb:{folder / 'pool.duckdb'}", key_file=folder / "key", demo=False)
    store, vault = open_store(settings), open_vault(settings)
    sample_pool.fill(store, vault.pads, vault.seal_text, ORDERS, days=365)
    yield store, vault
    store.close()
