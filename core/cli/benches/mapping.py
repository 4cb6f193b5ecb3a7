"""`bench mapping`: stored JSON payloads of one shop into the pool, the same payloads again, and one pushed order alone."""

from dataclasses import replace
from statistics import median
from time import perf_counter

from core.channels.intake import PART, program_of, take_in
from core.channels.part import Batch, Part
from core.cli.benches.bench import Bench, Stages
from core.cli.benches.payloads import taobao_orders
from core.mapping.parse_only import parse_only
from core.mapping.starter import install_starters
from core.people.vault import Vault
from core.store import Store, staging

WARM, PUSHED = 200, 9


def _run(store: Store, vault: Vault, orders: int, stages: Stages) -> None:
    install_starters(store)
    bodies = taobao_orders(orders)
    batch = Batch("taobao", "bench", "orders", "pull", bodies)
    take_in(store, vault, replace(batch, shop="warm", bodies=taobao_orders(WARM, seed=2)))
    program, _document = program_of(store, batch)
    for first in range(0, orders, PART):
        with store.read() as cursor:
            cursor.register(staging.BODIES, staging.relation(bodies[first : first + PART]))
            with stages.stage("parse_only"):
                parse_only(cursor, program)
    Part.watch = stages.stage
    try:
        new = take_in(store, vault, batch)
    finally:
        Part.watch = None
    with stages.stage("unchanged"):
        same = take_in(store, vault, batch)
    assert (new.inserted, same.unchanged) == (orders, orders), "the bench took in something else than it made"
    stages.seconds["one_order"] = _one_order(store, vault, batch, orders)
    stages.total = new.seconds


def _one_order(store: Store, vault: Vault, batch: Batch, orders: int) -> float:
    """Seconds from one pushed payload to its order in the pool, the median of a few."""
    taken: list[float] = []
    for body in taobao_orders(PUSHED, seed=3, first=orders):
        start = perf_counter()
        take_in(store, vault, replace(batch, origin="push", bodies=[body]))
        taken.append(perf_counter() - start)
    return median(taken)


BENCH = Bench("mapping", 60_000, _run)
