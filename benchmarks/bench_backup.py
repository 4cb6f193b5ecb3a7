"""A back-up while orders keep flowing: python -m benchmarks.bench_backup [ORDERS]; seconds, and what came in meanwhile.

Nothing asserts a time.
"""

import sys
import tempfile
import threading
import time
from pathlib import Path

from core.people.actor import SYSTEM
from core.people.vault import open_vault
from core.services import backups
from core.settings import Settings
from core.store import open_store, sample_pool

BATCH, PART = 100, 1_000_000


def main() -> None:
    """Fill a throw-away store, let orders flow, back it up."""
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else PART
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(store_url=f"duckdb:{folder}/s.duckdb", key_file=Path(folder) / "k")
        store, vault = open_store(settings), open_vault(settings)
        for first in range(0, orders, PART):
            sample_pool.fill(store, vault.pads, vault.seal_text, min(PART, orders - first), days=365, first=first)
        done, batches = threading.Event(), [0]

        def flow() -> None:
            while not done.is_set():
                sample_pool.fill(store, vault.pads, vault.seal_text, BATCH, days=1, first=orders + batches[0] * BATCH)
                batches[0] += 1

        flowing = threading.Thread(target=flow)
        flowing.start()
        time.sleep(1)
        before, wall, cpu = batches[0], time.perf_counter(), time.process_time()
        made = backups.make(SYSTEM, store, Path(folder) / "backups")
        wall, cpu, after = time.perf_counter() - wall, time.process_time() - cpu, batches[0]
        done.set()
        flowing.join()
        print(f"{orders:,} orders, {made.bytes / 1e6:.0f} MB: {wall:.1f} s by the clock, {cpu:.1f} s of processor;")
        print(f"meanwhile {(after - before) * BATCH:,} orders came in")
        store.close()


if __name__ == "__main__":
    main()
