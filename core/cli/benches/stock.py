"""`bench stock`: reservations of made-up orders (orders per second are those of the stage reserve), and the last pieces."""

from concurrent.futures import ThreadPoolExecutor

from core import clock
from core.cli.benches.bench import Bench, Stages
from core.people.vault import Vault
from core.stock import available
from core.stock.policy import StockPolicy
from core.stock.reservations import place, reserve
from core.store import Store, sample_pool, sample_stock
from core.store import available as peaks

BATCH, ROUNDS, SKUS = 20_000, 40, 20_000
ORDERS = 60_000


def _run(store: Store, vault: Vault, orders: int, stages: Stages) -> None:
    _hammer(store, stages)
    sample_pool.fill(store, vault.pads, vault.seal_text, orders, days=1)
    sample_stock.fill(store, pieces=orders)
    keys = sample_stock.paid(store)
    with stages.stage("reserve"):
        for start in range(0, len(keys), BATCH):
            reserve(store, keys[start : start + BATCH])
    with stages.stage("reserve again"):
        for start in range(0, len(keys), BATCH):
            reserve(store, keys[start : start + BATCH])
    rows = sample_stock.places(store)
    with stages.stage("place"):
        for start in range(0, len(rows), BATCH):
            place(store, rows[start : start + BATCH])
    _available(store, stages)
    stages.total = stages.seconds["reserve"]


def _available(store: Store, stages: Stages) -> None:
    """Available-to-sell of 20,000 SKUs for five channels, buffers by formula, the last pieces for one channel."""
    sample_stock.fill(store, pieces=SKUS * 20, skus=SKUS, prefix="MORE")
    now = clock.now()
    with store.write() as cursor:
        peaks.keep_peaks(cursor, now)
    policy = StockPolicy(buffer="formula", mode="hybrid", priority="jd", threshold=10)
    with stages.stage(f"available-to-sell of {SKUS} SKUs"):
        available.compute(store, policy, sample_stock.CHANNELS, now)


def _hammer(store: Store, stages: Stages) -> None:
    """Ten pieces, forty simultaneous orders of five platforms, every round: AssertionError unless ten are served."""
    with ThreadPoolExecutor(5) as pool, stages.stage(f"last ten pieces, {ROUNDS} rounds"):
        for number in range(ROUNDS):
            shares = sample_stock.last_pieces(store, number, pieces=10, orders=40)
            served = sum(len(answer.reserved) for answer in pool.map(lambda keys: reserve(store, keys), shares))
            if served != 10:
                raise AssertionError(f"round {number}: {served} of 10 pieces were promised")


BENCH = Bench("stock", ORDERS, _run)
