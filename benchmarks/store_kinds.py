"""What the kinds of store cost beside each other: orders in a batch and one alone, beside orders that are there already.

    .venv/bin/python -m benchmarks.store_kinds 0 100000 -- duckdb:/tmp/a.duckdb postgres://danliu@127.0.0.1/empty

Each store has to be empty; with several sizes it is filled up to the next. Seconds of the clock, for the server works too.
"""

import sys
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from core.channels.intake import take_in
from core.channels.part import Batch
from core.cli.benches.payloads import taobao_orders
from core.cli.benches.pipeline import one_order, prepare
from core.flow.runner import runner
from core.people.vault import Vault, open_vault
from core.settings import Settings
from core.store import Store, bench_stock, open_store, sample_pool

ORDERS = 2_000


def cost(store: Store, vault: Vault, seed: int) -> tuple[float, float]:
    """(orders a second in a batch, seconds of one order alone)."""
    app = Settings()
    bodies = taobao_orders(ORDERS, seed=seed, first=seed * 1_000_000)
    batch = Batch("taobao", f"bench{seed}", "orders", "pull", bodies)
    take_in(store, vault, replace(batch, shop="warm", bodies=taobao_orders(100, seed=seed + 1, first=seed * 2_000_000)))
    runner(store).drain(vault, app)
    begun = perf_counter()
    take_in(store, vault, batch)
    runner(store).drain(vault, app)
    together = ORDERS / (perf_counter() - begun)
    return together, median(one_order(store, vault, app, batch, seed * 3_000_000)[:7])


def main(sizes: list[int], urls: list[str]) -> None:
    """Measure the stores one after the other at each size, each time beside the first of them."""
    with TemporaryDirectory(prefix="danliu-kinds-") as folder:
        apps = [Settings(store_url=url, key_file=Path(folder) / str(place)) for place, url in enumerate(urls)]
        stores = [open_store(app) for app in apps]
        vaults = [open_vault(app) for app in apps]
        for store, vault in zip(stores, vaults, strict=True):
            prepare(store, vault)
        held = 0
        for seed, size in enumerate(sizes, 10):
            first: tuple[float, float] | None = None
            for store, vault in zip(stores, vaults, strict=True):
                if size > held:
                    sample_pool.fill(store, vault.pads, vault.seal_text, size - held, days=365)
                    bench_stock.settle(store)
                found = cost(store, vault, seed)
                first = first or found
                print(
                    f"{size:>9,} orders, {store.url.partition(':')[0]:>8}: {found[0]:.0f} orders/s "
                    f"(1/{first[0] / found[0]:.2f}), one alone {found[1]:.3f} s ({found[1] / first[1]:.2f}x)"
                )
            held = max(held, size)
        for store in stores:
            store.close()


if __name__ == "__main__":
    cut = sys.argv.index("--")
    main([int(each) for each in sys.argv[1:cut]], sys.argv[cut + 1 :])
