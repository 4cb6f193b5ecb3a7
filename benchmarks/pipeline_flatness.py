"""What an order costs on its way from payload to slip, by the size of the store it comes into.

    .venv/bin/python -m benchmarks.pipeline_flatness 0 1000000 5000000

Processor time, for it hardly moves with what else the machine does; the ratio to the first size is what was promised.
"""

import sys
from dataclasses import replace
from time import process_time

from core.channels.intake import take_in
from core.channels.part import Batch
from core.cli.benches.bench import throw_away
from core.cli.benches.payloads import taobao_orders
from core.cli.benches.pipeline import one_order, prepare
from core.flow.runner import runner
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store

ORDERS = 10_000


def cost(store: Store, vault: Vault) -> tuple[float, float]:
    """(microseconds of processor an order in a batch, seconds of processor of one order alone)."""
    app = Settings()
    batch = Batch("taobao", "bench", "orders", "pull", taobao_orders(ORDERS))
    take_in(store, vault, replace(batch, shop="warm", bodies=taobao_orders(200, seed=2)))
    runner(store).drain(vault, app)
    begun = process_time()
    take_in(store, vault, batch)
    runner(store).drain(vault, app)
    together = (process_time() - begun) / ORDERS * 1e6
    begun = process_time()
    alone = len(one_order(store, vault, app, batch, ORDERS))
    return together, (process_time() - begun) / alone


def main(sizes: list[int]) -> None:
    """Measure the sizes one after the other, each in a store of its own."""
    first: tuple[float, float] | None = None
    for size in sizes:
        with throw_away(Settings()) as (store, vault):
            prepare(store, vault, size)
            found = cost(store, vault)
        first = first or found
        print(
            f"{size:>9,} orders in the store: {found[0]:.0f} µs an order ({found[0] / first[0]:.2f}x), "
            f"one alone {found[1]:.3f} s ({found[1] / first[1]:.2f}x)"
        )


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [0, 1_000_000])
