"""`bench pipeline`: stored payloads of one shop to printed-ready slips, through the starter flow: mapping, merge, gates,
risk, promotion, limits, reservation, routing, slip, events and decisions. Then one pushed order alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median
from time import perf_counter

from core import clock
from core.channels.intake import take_in
from core.channels.part import Batch, Part
from core.cli.benches.bench import Bench, Stages
from core.cli.benches.payloads import taobao_orders
from core.decide import routing_starter
from core.decide.promotion.book import install_activities
from core.decide.starter import install_rules
from core.flow.document import install_flow
from core.flow.runner import runner
from core.flow.walk import Walk
from core.mapping.starter import install_starters
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, bench_stock, sample_pool
from core.store.warehouses import Warehouse, save_warehouses

PUSHED = 21
_HOUSES = (
    Warehouse("WH-JX", "WH-JX", "浙江", "嘉兴"),
    Warehouse("WH-SZ", "WH-SZ", "广东", "深圳"),
    Warehouse("WH-WH", "WH-WH", "湖北", "武汉"),
)


def prepare(store: Store, vault: Vault, past: int = 0) -> None:
    """Everything the starter flow needs, and `past` orders of history."""
    install_starters(store)
    install_rules(store)
    install_activities(store)
    install_flow(store)
    with store.write() as cursor:
        save_warehouses(cursor, list(_HOUSES))
        bench_stock.fill(cursor, [house.warehouse for house in _HOUSES], clock.now())
    routing_starter.install(store, list(_HOUSES))
    if past:
        sample_pool.fill(store, vault.pads, vault.seal_text, past, days=365)
        bench_stock.settle(store)


@contextmanager
def _watched(stages: Stages) -> Iterator[None]:
    """Seconds by stage of the intake, by kind of station in the flow."""
    Part.watch, Walk.watch = stages.stage, stages.stage
    try:
        yield
    finally:
        Part.watch, Walk.watch = None, None


def _run(store: Store, vault: Vault, orders: int, stages: Stages) -> None:
    app = Settings()
    prepare(store, vault)
    batch = Batch("taobao", "bench", "orders", "pull", taobao_orders(orders))
    take_in(store, vault, replace(batch, shop="warm", bodies=taobao_orders(200, seed=2)))
    runner(store).drain(vault, app)
    with _watched(stages):
        begun = perf_counter()
        take_in(store, vault, batch)
        told = runner(store).drain(vault, app)
        stages.total = perf_counter() - begun
    stages.seconds["walk_other"] = told["seconds"] - sum(
        s for name, s in stages.seconds.items() if name.startswith("at_")
    )
    pushed = one_order(store, vault, app, batch, orders)
    stages.seconds["one_order"], stages.seconds["one_order_p95"] = median(pushed), sorted(pushed)[-2]


def one_order(store: Store, vault: Vault, app: Settings, batch: Batch, first: int) -> list[float]:
    """Seconds from one pushed payload to its slip, a few times."""
    taken: list[float] = []
    for body in taobao_orders(PUSHED, seed=3, first=first):
        begun = perf_counter()
        take_in(store, vault, replace(batch, origin="push", bodies=[body]))
        runner(store).turn(vault, app)
        taken.append(perf_counter() - begun)  # the turn's commit has left the slip; what follows looks for more work
        runner(store).drain(vault, app)
    return taken


BENCH = Bench("pipeline", 50_000, _run)
