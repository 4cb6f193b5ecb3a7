"""What customer service waits for: python -m benchmarks.bench_lookup [ORDERS]; milliseconds by the clock and of processor.

A look-up is the search by whatever the buyer says, and the whole answer for each order found (six at most). Nothing
asserts a time.
"""

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from core.people.actor import person
from core.people.vault import open_vault
from core.services import lookup
from core.settings import Settings
from core.store import open_store, sample_pool

ROUNDS, PART = 9, 1_000_000


def main() -> None:
    """Fill a throw-away store of a year and ask."""
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else PART
    service = person("mei", "cs")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(store_url=f"duckdb:{folder}/s.duckdb", key_file=Path(folder) / "k")
        store, vault = open_store(settings), open_vault(settings)
        for first in range(0, orders, PART):
            sample_pool.fill(store, vault.pads, vault.seal_text, min(PART, orders - first), days=365, first=first)
        middle = orders // 2
        with store.read() as cursor:
            (waybill,) = cursor.execute(
                "SELECT tracking_no FROM orders WHERE tracking_no IS NOT NULL AND platform_no >= ? LIMIT 1",
                [str(2600000000000000 + middle)],
            ).fetchall()[0]
            (refund,) = cursor.execute("SELECT refund_no FROM refunds ORDER BY refund_no LIMIT 1").fetchall()[0]
        asked = {
            "order number": str(2600000000000000 + middle),
            "waybill": waybill,
            "refund number": refund,
            "phone": f"138{middle:08d}",
            "last four of the phone": f"{middle % 10_000:04d}",
            "nothing there": "2599999999999999",
        }
        for name, text in asked.items():
            walls, cpus, found = [], [], 0
            for _round in range(ROUNDS):
                wall, cpu = time.perf_counter(), time.process_time()
                found = lookup.find(service, store, vault, text)[1]
                walls.append((time.perf_counter() - wall) * 1000)
                cpus.append((time.process_time() - cpu) * 1000)
            print(
                f"{name:24} best {min(walls):6.0f}  median {median(walls):6.0f}  cpu {min(cpus):6.0f} ms  orders {found}"
            )
        store.close()


if __name__ == "__main__":
    main()
