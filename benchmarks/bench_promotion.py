"""Promotions in memory: at least 20,000 orders a second with ten active promotions.

`orders_per_second` is of the fastest round; `share_of_limit` the limit over it. `loops` is the same in rounds of a bare
loop that builds the orders' lists of nets, measured in the same run, which says the same on any machine.
"""

from time import process_time

from core.cli.benches.promotion import context, orders, plan
from core.decide.promotion import evaluate

LIMIT = 20_000
COUNT = 20_000


def _bare(made) -> float:
    begun = process_time()
    for order in made:
        [line.unit_price * line.qty for line in order.lines]
    return process_time() - begun


def test_ten_promotions(benchmark) -> None:
    known, around, made = plan(), context(), orders(COUNT)

    def every() -> None:
        for order in made:
            evaluate(known, order, around)

    benchmark.pedantic(every, rounds=7, warmup_rounds=1)
    fastest = benchmark.stats.stats.min
    benchmark.extra_info["orders_per_second"] = round(COUNT / fastest)
    benchmark.extra_info["share_of_limit"] = round(LIMIT * fastest / COUNT, 3)
    benchmark.extra_info["loops"] = round(fastest / min(_bare(made) for _n in range(5)), 1)
