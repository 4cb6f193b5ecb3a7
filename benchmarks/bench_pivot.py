"""The explorer over many orders: python benchmarks/bench_pivot.py [ORDERS]; seconds are the best of three, CPU beside."""

import resource
import sys
import tempfile
import time
from pathlib import Path

from core.insight import pivot
from core.people.vault import open_vault
from core.settings import Settings
from core.store import catalogue, open_store, sample_pool
from core.store.orders_query import EVERYTHING

ZONE = "Asia/Shanghai"
QUESTIONS = {
    "orders by channel": {"rows": ["channel"], "measure": "orders"},
    "amount by day": {"rows": ["day"], "measure": "paid"},
    "orders by weekday and hour": {"rows": ["weekday"], "column": "hour", "measure": "orders"},
    "amount by province and month": {"rows": ["province"], "column": "month", "measure": "paid"},
    "refund share by shop": {"rows": ["shop"], "measure": "refund_share"},
    "buyers by channel": {"rows": ["channel"], "measure": "buyers"},
    "median to slip by warehouse": {"rows": ["warehouse"], "measure": "to_slip"},
    "units by SKU": {"rows": ["sku"], "measure": "units"},
    "units by SKU and hour": {"rows": ["sku"], "column": "hour", "measure": "units"},
    "refunds by reason": {"rows": ["reason"], "measure": "refunds"},
}


def main() -> None:
    """Fill a throw-away store and ask."""
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(store_url=f"duckdb:{folder}/s.duckdb", key_file=Path(folder) / "k", store_memory="2GB")
        store, vault = open_store(settings), open_vault(settings)
        for part in range(0, orders, 1_000_000):
            sample_pool.fill(store, vault.pads, vault.seal_text, min(1_000_000, orders - part), days=365, first=part)
        known = catalogue.load(store)
        for name, document in QUESTIONS.items():
            question = pivot.read(document, known, ZONE, money=True)
            best, cpu = 1e9, 0.0
            for _n in range(3):
                used = time.process_time()
                found = pivot.answer(store, question, EVERYTHING)
                if found.seconds < best:
                    best, cpu = found.seconds, time.process_time() - used
            print(f"{name:32} {best:7.3f} s  cpu {cpu:7.3f} s  groups {len(found.cells)}")
        print(f"orders {orders:,}, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
        store.close()


if __name__ == "__main__":
    main()
