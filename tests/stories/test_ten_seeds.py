"""Given pretend platforms with every fault there is, when the shops are pulled, then the pool is the truth.

DANLIU_SEEDS says how many lives are tried: 2 by default, 10 for the proof of the issue.
"""

import os
import time

import pytest

from core.channels import pull, shops
from core.channels.sandbox import FAULTS, Sandbox
from core.mapping.starter import install_starters
from core.people.vault import open_vault
from core.settings import Settings
from core.store import open_store

SEEDS = range(1, int(os.environ.get("DANLIU_SEEDS", "2")) + 1)
DAYS = "1.05"  # the sandbox's one past day and its ten minutes of rest


@pytest.mark.parametrize("seed", SEEDS)
def test_the_pool_equals_the_truth_with_all_faults(tmp_path, seed, assert_pool_is_truth):
    with Sandbox(seed, rate=0, days=1, faults=FAULTS) as sandbox:
        settings = Settings(
            store_url=f"duckdb:{tmp_path / 'store.duckdb'}",
            key_file=tmp_path / "key",
            shops=tuple({**row, "first_days": DAYS} for row in sandbox.shops()["shops"]),
        )
        store, vault = open_store(settings), open_vault(settings)
        try:
            install_starters(store)
            _pull_until_quiet(store, vault, settings)
            assert_pool_is_truth(store, sandbox.truth())
            again = pull.pull_many(store, vault, settings, shops.all_shops(store, settings))
            assert [(done.counts.inserted, done.counts.updated) for done in again] == [(0, 0)] * len(again)
        finally:
            store.close()


def _pull_until_quiet(store, vault, settings):
    for _attempt in range(8):
        done = pull.pull_many(store, vault, settings, shops.all_shops(store, settings))
        if not any(each.error for each in done):
            return
        time.sleep(1)
    pytest.fail(f"some shops cannot be pulled: {[str(each.error) for each in done if each.error]}")
