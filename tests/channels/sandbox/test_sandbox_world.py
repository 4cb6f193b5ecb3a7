"""The shop life: one seed one life, money that adds up, times that only go on."""

from collections import Counter
from typing import Any

import orjson
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.channels.sandbox import fate
from core.channels.sandbox.birth import apportion
from core.channels.sandbox.curve import share
from core.channels.sandbox.goods import catalogue, listings
from core.channels.sandbox.orders import Line, Order, State
from core.channels.sandbox.shop import Timeline
from core.channels.sandbox.truth import Diary, truth
from core.channels.sandbox.world import World

NOW = 1_795_314_660


def life(seed: int, rate: float = 0.0, days: int = 1) -> World:
    world = World(seed, rate, days, NOW)
    world.advance(NOW)
    return world


def orders(world: World) -> list[Order]:
    return [order for shop in world.shops.values() for order in shop.orders.values()]


def test_one_seed_gives_one_life_and_another_seed_another() -> None:
    assert truth_of(life(5)) == truth_of(life(5))
    assert truth_of(life(5)) != truth_of(life(6))


def truth_of(world: World) -> bytes:
    return orjson.dumps(truth(world, Diary()))


@hypothesis_settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_money_of_every_order_adds_up_to_the_fen(seed: int) -> None:
    for order in orders(life(seed)):
        assert order.paid_fen == sum(line.paid_fen for line in order.lines) + order.shipping_fen
        assert order.paid_fen == order.goods_fen - order.discount_fen + order.shipping_fen
        assert all(0 <= line.paid_fen <= line.total_fen for line in order.lines)
        assert order.platform_discount_fen <= order.discount_fen
        asked = Counter(refund.line for refund in order.refunds)
        assert max(asked.values(), default=0) <= 1
        assert sum(refund.fen for refund in order.refunds) <= order.paid_fen


@hypothesis_settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_numbers_never_repeat_and_times_never_go_back(seed: int) -> None:
    world = life(seed)
    numbers = [order.no for order in orders(world)]
    assert len(numbers) == len(set(numbers))
    refunds = [refund.no for order in orders(world) for refund in order.refunds]
    assert len(refunds) == len(set(refunds))
    for order in orders(world):
        instants = [at for at in (order.created, order.paid_at, order.shipped_at) if at]
        assert instants == sorted(instants)
        assert order.modified >= max(instants) if order.version else order.modified == order.created
        assert (order.paid_at > 0 or order.cod) is (order.state not in (State.UNPAID, State.CLOSED))


@given(
    st.lists(st.tuples(st.integers(0, 100_000), st.integers(1, 9)), min_size=1, max_size=5),
    st.integers(0, 1_000_000),
)
def test_a_discount_is_spread_without_losing_a_fen(goods: list[tuple[int, int]], discount: int) -> None:
    listing = next(iter(listings("taobao", "taobao-1", 1).values()))
    lines = [Line(n, listing, qty, price) for n, (price, qty) in enumerate(goods, 1)]
    apportion(lines, discount)
    total = sum(line.total_fen for line in lines)
    assert sum(line.discount_fen for line in lines) == min(discount, total)
    assert all(0 <= line.discount_fen <= line.total_fen for line in lines)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 100)), max_size=80))
def test_a_timeline_finds_what_a_plain_list_finds(moves: list[tuple[int, int]]) -> None:
    things = [object() for _ in range(31)]
    line: Timeline[Any] = Timeline()
    plain: dict[int, int] = {}
    for which, instant in moves:
        line.put(things[which], instant)
        plain[which] = instant
    found = line.between(20, 60)
    assert {id(thing) for thing in found} == {id(things[n]) for n, at in plain.items() if 20 <= at <= 60}
    assert len(found) == len(list(found)) == len(found[:])
    assert [id(thing) for thing in found[::-1]] == [id(thing) for thing in reversed(list(found))]


def test_the_day_has_its_peaks_before_noon_and_in_the_evening() -> None:
    midnight = NOW - (NOW + 8 * 3600) % 86400
    day = [share(midnight + hour * 3600) for hour in range(24)]
    assert max(day) == day[21]
    assert min(day) == day[4]
    assert day[10] > day[12] > day[8]


def test_baskets_have_one_to_four_bought_lines_in_the_usual_shares() -> None:
    sizes = Counter(
        sum(not line.gift for line in order.lines) for seed in range(3) for order in orders(life(seed, rate=2.0))
    )
    share_of_one = sizes[1] / sizes.total()
    assert set(sizes) == {1, 2, 3, 4}
    assert 0.5 < share_of_one < 0.65


def test_the_life_knows_holds_refunds_repeat_buyers_households_and_bursts() -> None:
    world = life(2, rate=2.0, days=5)
    found = orders(world)
    states = Counter(order.state for order in found)
    assert all(states[state] for state in State if state is not State.PART)
    assert any(refund.shipped for order in found for refund in order.refunds)
    assert any(not refund.shipped for order in found for refund in order.refunds)
    buyers = Counter((order.shop, order.buyer.number) for order in found)
    phones = Counter(order.buyer.home.phone for order in found)
    assert buyers.most_common(1)[0][1] > 5
    accounts = {phone: set() for phone in phones}
    for order in found:
        accounts[order.buyer.home.phone].add((order.shop, order.buyer.number))
    assert max(len(known) for known in accounts.values()) > 1


def test_most_skus_are_sold_by_several_shops_and_sets_have_parts() -> None:
    sold = Counter(code for shop in life(1, days=0).shops.values() for code in shop.listings)
    assert set(sold) == set(catalogue())
    assert sum(count > 1 for count in sold.values()) > len(sold) * 0.8
    assert all(sku.components for code, sku in catalogue().items() if code.startswith("SET"))


def test_nothing_is_oversold_before_the_product_comes() -> None:
    for seed in range(3):
        assert life(seed, rate=3.0).stock.oversold() == []


def test_with_a_rate_of_zero_the_life_stands_still() -> None:
    world = life(4)
    before = truth_of(world)
    world.advance(NOW + 86400)
    assert truth_of(world) == before
    assert max(order.modified for order in orders(world)) <= NOW - 600


def test_with_a_rate_orders_keep_coming_at_that_rate() -> None:
    world = life(4, rate=5.0, days=0)
    before = len(orders(world))
    world.advance(NOW + 6 * 3600)
    assert 1500 < len(orders(world)) - before < 2100


def test_what_the_product_does_to_one_order_does_not_shift_the_life_of_others() -> None:
    one, other = life(7, rate=2.0), life(7, rate=2.0)
    paid = next(order for order in orders(one) if order.state is State.PAID)
    fate.send(one, one.now, paid, 0, "SF1", paid.lines)
    for world in (one, other):
        world.advance(NOW + 3600)
    rest = [
        [(order.no, order.state, order.modified) for order in orders(world) if order.no != paid.no]
        for world in (one, other)
    ]
    assert rest[0] == rest[1]
