"""`bench pool`: the order pool as a person uses it, each question with its count and its first page, nothing cached."""

from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter

from core import clock
from core.cli.benches.bench import Bench, Stages
from core.insight import live
from core.people.actor import SYSTEM
from core.people.vault import Vault
from core.services import orders as pool
from core.services.order_query import OrderQuery
from core.store import Store, orders_query, sample_pool
from core.store.orders_query import Filter, Sort

REPEATS = 5
ZONE = "Asia/Shanghai"


def questions(orders: int) -> dict[str, OrderQuery]:
    """What is asked, by the name of its stage: three filters with a sort each, every kind of search."""
    some, now = orders // 2, clock.now()
    choices = (
        Filter("channel", "in", ["taobao", "jd"]),
        Filter("status", "eq", "COMPLETED"),
        Filter("province", "eq", "浙江"),
    )
    period = Filter("paid_at", "between", [now - timedelta(days=200), now - timedelta(days=100)])
    return {
        "filter_choices_by_time": OrderQuery(filters=choices),
        "filter_choices_by_amount": OrderQuery(filters=choices, sort=(Sort("paid_fen"),)),
        "filter_choices_by_number": OrderQuery(filters=choices, sort=(Sort("platform_no"),)),
        "filter_period_amount_shop": OrderQuery(
            filters=(period, Filter("paid_fen", "ge", 20000), Filter("shop", "eq", "jd-main"))
        ),
        "filter_held_note_warehouse": OrderQuery(
            filters=(Filter("held", "eq", True), Filter("buyer_note", "contains", "发"), Filter("warehouse", "is_null"))
        ),
        "filter_sku_channel_status": OrderQuery(
            filters=(
                Filter("sku", "eq", "SKU-0500"),
                Filter("channel", "eq", "jd"),
                Filter("status", "eq", "COMPLETED"),
            )
        ),
        "unfiltered": OrderQuery(),
        "search_platform_no": OrderQuery(str(2600000000000000 + some)),
        "search_tracking_no": OrderQuery(f"ZT{73000000000 + some - some % 20}"),
        "search_refund_no": OrderQuery(f"R{2600000000000000 + some - some % 40}"),
        "search_buyer_id": OrderQuery(f"buyer_{some % 400000}"),
        "search_merge_key": OrderQuery(f"mk{some % 500000}"),
        "search_line_no": OrderQuery(f"{2600000000000000 + some}-1"),
        "search_phone": OrderQuery(f"138{some:08d}"),
        "search_last_four": OrderQuery(f"{some % 10000:04d}"),
        "search_sku": OrderQuery("SKU-0500"),
        "search_name": OrderQuery("王**"),
    }


def ask(store: Store, vault: Vault, query: OrderQuery) -> int:
    """One question as the page asks it, counted anew; returns the number of orders found."""
    orders_query.forget_counts()
    return pool.search(SYSTEM, store, vault, query).total


def _run(store: Store, vault: Vault, orders: int, stages: Stages) -> None:
    with stages.stage("fill"):
        sample_pool.fill(store, vault.pads, vault.seal_text, orders, days=365)
    stages.total = 0.0
    for name, query in questions(orders).items():
        assert ask(store, vault, query) > 0 or name == "filter_held_note_warehouse", f"{name} found nothing"
        stages.seconds[name] = _middle(lambda query=query: ask(store, vault, query))
        stages.total += stages.seconds[name]
    stages.seconds["overview"] = _middle(lambda: live.count(store, ZONE))


def _middle(action: Callable[[], object]) -> float:
    times = []
    for _n in range(REPEATS):
        begun = perf_counter()
        action()
        times.append(perf_counter() - begun)
    return median(times)


BENCH = Bench("pool", 1_000_000, _run)
