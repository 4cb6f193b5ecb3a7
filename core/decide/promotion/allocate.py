"""Exact rounding and the largest-remainder law: shares always add up to what was to be shared."""

from collections.abc import Sequence
from fractions import Fraction


def half_up(amount: int, rate: Fraction) -> int:
    """floor(amount x rate + 1/2) for a non-negative amount in fen."""
    return (2 * amount * rate.numerator + rate.denominator) // (2 * rate.denominator)


def allocate(total: int, weights: Sequence[int], caps: Sequence[int] | None = None) -> list[int]:
    """Share `total` fen over the weights, exactly; no part above its cap, parts of weight 0 get nothing.

    Every part gets the floor of its exact share; the units left go one by one by larger fraction, then larger weight,
    then earlier place. With caps the total is first limited to what the caps can hold, and the round is repeated over
    the parts with room until it is spent.
    """
    shares = [0] * len(weights)
    if caps is None:
        places = range(len(weights))
        _round(total, weights, shares, [place for place in places if weights[place]] if 0 in weights else places)
        return shares
    left = min(total, sum(cap for cap, weight in zip(caps, weights, strict=True) if weight > 0))
    while left > 0:
        places = [place for place, weight in enumerate(weights) if weight > 0 and shares[place] < caps[place]]
        extra = [0] * len(weights)
        _round(left, weights, extra, places)
        for place in places:
            taken = min(extra[place], caps[place] - shares[place])
            shares[place] += taken
            left -= taken
    return shares


def _round(total: int, weights: Sequence[int], shares: list[int], places: Sequence[int]) -> None:
    whole = sum([weights[place] for place in places])
    if whole == 0:
        return
    left = total
    ranked = []
    for place in places:
        floor, rest = divmod(total * weights[place], whole)
        shares[place] = floor
        left -= floor
        if rest:
            ranked.append((-rest, -weights[place], place))
    if left:
        ranked.sort()
        for _rest, _weight, place in ranked[:left]:
            shares[place] += 1


def units(net: int, qty: int) -> list[int]:
    """A line's net as the worth of each unit: the first `net mod qty` units carry one fen more."""
    if qty == 0:
        return []
    base, rest = divmod(net, qty)
    return [base + 1] * rest + [base] * (qty - rest)
