"""`bench mapping`: stored JSON payloads of one shop into the pool, and the same payloads again."""

from dataclasses import replace

from core.channels.intake import PART, program_of, take_in
from core.channels.part import Batch, Part
from core.cli.benches.bench import Bench, Stages
from core.cli.benches.payloads import taobao_orders
from core.mapping.parse_only import parse_only
from core.mapping.starter import install_starters
from core.people.vault import Vault
from core.store import Store, staging

WARM = 200


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
    stages.total = new.seconds


BENCH = Bench("mapping", 60_000, _run)
