"""Ten pieces, forty buyers on five platforms at the same moment: ten are served, thirty are held for stock, every round."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.stock.reservations import consume, reserve
from core.store import Store, sample_stock
from tests.stock.rooms import NOON, levels, order, rows


@pytest.mark.parametrize("rounds", [8])
def test_ten_pieces_serve_ten_of_forty_simultaneous_orders_in_every_round(store: Store, rounds: int) -> None:
    with ThreadPoolExecutor(5) as pool:
        for number in range(rounds):
            shares = sample_stock.last_pieces(store, number, pieces=10, orders=40)
            answers = list(pool.map(lambda keys: reserve(store, keys), shares))
            assert sum(len(answer.reserved) for answer in answers) == 10
            assert sum(len(answer.short) for answer in answers) == 30
    assert rows(store, "SELECT count(*), sum(qty)::BIGINT FROM reservations WHERE state = 'active'") == [
        (10 * rounds, 10 * rounds)
    ]
    assert rows(store, "SELECT status, held_reasons, count(*) FROM orders GROUP BY ALL ORDER BY 1") == [
        ("PAID", '["no_stock"]', 30 * rounds),
        ("STOCK_LOCKED", None, 10 * rounds),
    ]
    assert rows(store, "SELECT count(DISTINCT order_key), count(*) FROM stock_waits") == [(30 * rounds, 30 * rounds)]


def test_pieces_of_a_shipped_order_are_never_promised_again(store: Store) -> None:
    levels(store, {("jx", "A"): 1})
    for key in (1, 2):
        order(store, key, [("A", 1)])
    assert reserve(store, [1, 2]).reserved == [1]
    with store.write() as cursor:
        cursor.execute(
            "UPDATE orders SET status = 'SHIPPED', shipped_at = ? WHERE order_key = 1", [NOON.replace(hour=9)]
        )
    consume(store, [1])
    assert reserve(store, [2]).short == {2: ("A",)}
