from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from core.decide.promotion.allocate import allocate, half_up, units

AMOUNTS = st.lists(st.integers(0, 50_000), min_size=1, max_size=8)


@given(total=st.integers(0, 100_000), weights=AMOUNTS)
def test_shares_add_up_exactly_and_weightless_parts_get_nothing(total: int, weights: list[int]) -> None:
    shares = allocate(total, weights)
    assert sum(shares) == (total if any(weights) else 0)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < max(1, sum(weights))
        assert share == 0 or weight > 0


@given(
    total=st.integers(0, 100_000),
    parts=st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 9_000)), min_size=1, max_size=8),
)
def test_no_share_passes_its_cap_and_the_total_is_spent_as_far_as_caps_allow(
    total: int, parts: list[tuple[int, int]]
) -> None:
    weights, caps = [part[0] for part in parts], [part[1] for part in parts]
    shares = allocate(total, weights, caps)
    assert all(0 <= share <= cap for share, cap in zip(shares, caps, strict=True))
    assert sum(shares) == min(total, sum(cap for weight, cap in parts if weight))


@given(net=st.integers(0, 10**7), qty=st.integers(1, 500))
def test_unit_nets_add_up_and_differ_by_one_fen_at_most(net: int, qty: int) -> None:
    worth = units(net, qty)
    assert sum(worth) == net
    assert len(worth) == qty
    assert max(worth) - min(worth) <= 1
    assert worth == sorted(worth, reverse=True)


def test_half_a_fen_rounds_up() -> None:
    assert half_up(9999, Fraction("0.5")) == 5000
    assert half_up(9999, Fraction("0.85")) == 8499
    assert half_up(1, Fraction("0.499")) == 0


def test_equal_fractions_go_to_the_larger_weight_then_to_the_earlier_line() -> None:
    assert allocate(4000, [10000, 10000, 10000]) == [1334, 1333, 1333]
    assert allocate(1, [1, 3]) == [0, 1]
    assert allocate(2, [1, 2, 1]) == [1, 1, 0]
