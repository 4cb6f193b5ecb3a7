"""The Poisson quantile against sums of the law itself, and the newsvendor's ratio."""

from math import exp, factorial

import hypothesis.strategies as st
import pytest
from hypothesis import given

from core.stock.buffer import critical_ratio, pieces, poisson_ppf


def cdf(k: int, mean: float) -> float:
    return sum(exp(-mean) * mean**n / factorial(n) for n in range(k + 1))


@given(st.floats(0.001, 0.999), st.floats(0.01, 60))
def test_the_quantile_is_the_least_count_that_suffices(q: float, mean: float) -> None:
    k = poisson_ppf(q, mean)
    assert cdf(k, mean) >= q - 1e-9
    assert k == 0 or cdf(k - 1, mean) < q + 1e-9


@pytest.mark.parametrize(("q", "mean", "k"), [(0.95, 3.0, 6), (0.99, 3.0, 8), (0.83, 0.0, 0), (0.5, 1000.0, 1000)])
def test_known_quantiles(q: float, mean: float, k: int) -> None:
    assert poisson_ppf(q, mean) == k


def test_the_ratio_weighs_an_oversold_piece_against_one_kept_back() -> None:
    assert round(critical_ratio(3000, 600), 3) == 0.833
    assert critical_ratio(0, 0) == 0


def test_a_buffer_covers_what_sells_while_a_figure_travels() -> None:
    assert pieces(0.0, 7, 0.95) == 0
    assert pieces(3 / 7, 7, 0.95) == 6
    with pytest.raises(ValueError, match="quantile"):
        poisson_ppf(1.0, 3)
