"""The pool of a million orders: three filters + sort + exact count within 150 ms, search by any id within 100 ms.

Each question runs in the service, counted anew. `share_of_limit` is the median over the limit of its kind; `scans` the
median over one bare scan of one column in the same run, which says the same on any machine.
"""

from statistics import median
from time import perf_counter

import pytest

from benchmarks.conftest import ORDERS
from core.cli.benches.pool import ZONE, ask, questions
from core.insight import live

LIMITS = {"filter": 0.150, "search": 0.100, "unfiltered": 0.150}


def _bare_scan(store) -> float:
    times = []
    with store.read() as cursor:
        for _n in range(5):
            begun = perf_counter()
            cursor.execute("SELECT count(*) FROM orders WHERE paid_fen < 0").fetchone()
            times.append(perf_counter() - begun)
    return median(times)


@pytest.mark.parametrize("name", list(questions(ORDERS)))
def test_a_question_to_the_pool(pool, benchmark, name: str) -> None:
    store, vault = pool
    query = questions(ORDERS)[name]
    benchmark.pedantic(ask, (store, vault, query), rounds=7, warmup_rounds=1)
    middle = benchmark.stats.stats.median
    benchmark.extra_info["share_of_limit"] = round(middle / LIMITS[name.split("_")[0]], 3)
    benchmark.extra_info["scans"] = round(middle / _bare_scan(store), 1)


def test_the_overview(pool, benchmark) -> None:
    store, _vault = pool
    benchmark.pedantic(live.count, (store, ZONE), rounds=7, warmup_rounds=1)
