"""The safety buffer: pieces kept back, because a platform goes on selling between two pushes.

Newsvendor: b = the q-quantile of a Poisson law with mean peak rate × (interval + delay), q = c_over / (c_over + c_under).
"""

from functools import lru_cache
from math import ceil, exp, lgamma, log, log10, sqrt

SURE = 1 - 1e-12


def critical_ratio(over_fen: int, under_fen: int) -> float:
    """How sure to be that nothing is oversold: cost of an oversold piece against that of a piece kept back."""
    return over_fen / (over_fen + under_fen) if over_fen + under_fen > 0 else 0.0


def poisson_ppf(q: float, mean: float) -> int:
    """The least k with P(X <= k) >= q for X ~ Poisson(mean); 0 for a mean of 0. ValueError outside 0 <= q < 1."""
    if not 0 <= q < 1 or mean < 0:
        raise ValueError(f"no Poisson quantile of {q} with mean {mean}")
    if mean == 0 or q == 0:
        return 0
    k = max(0, int(mean - 12 * sqrt(mean)))  # below it lies less than 1e-30 of the mass
    mass = exp(k * log(mean) - mean - lgamma(k + 1))
    total = mass
    while total < min(q, SURE):
        k += 1
        mass *= mean / k
        total += mass
    return k


def pieces(peak_per_minute: float, minutes: float, q: float) -> int:
    """The buffer for a SKU that sells at most so many pieces a minute while a figure travels for `minutes`.

    The mean is rounded up to two digits: at most 10 % too careful, and thousands of SKUs share the answers.
    """
    return _quantile(q, _two_digits(peak_per_minute * minutes))


def _two_digits(value: float) -> float:
    if value <= 0:
        return 0.0
    step = 10.0 ** (int(log10(value)) - (1 if value >= 1 else 2))
    return ceil(value / step - 1e-9) * step


@lru_cache(maxsize=4096)
def _quantile(q: float, mean: float) -> int:
    return poisson_ppf(q, mean)
