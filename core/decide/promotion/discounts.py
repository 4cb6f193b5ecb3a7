"""The discount of one money promotion over its lines. One function a type.

Each takes the basket, the participating places and the promotion's rule; it gives {place: fen > 0} or the reason why
not.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.decide.promotion.allocate import allocate, half_up
from core.decide.promotion.order import Line

Found = dict[int, int] | str
Discount = Callable[[Sequence[Line], list[int], list[int], Mapping[str, Any]], Found]


def special_price(lines: Sequence[Line], nets: list[int], places: list[int], rule: Mapping[str, Any]) -> Found:
    """A fixed price a unit; `limit` units an order are covered, shared by the lines in line order."""
    price, left = rule["price"], rule["limit"]
    found: dict[int, int] = {}
    for place in places:
        line = lines[place]
        covered = line.qty if left is None else min(line.qty, left)
        if left is not None:
            left -= covered
        saved = min(nets[place], max(0, line.unit_price - price) * covered)
        if saved > 0:
            found[place] = saved
    return found or "zero"


def nth(lines: Sequence[Line], nets: list[int], places: list[int], rule: Mapping[str, Any]) -> Found:
    """Every n-th unit at a rate: the cheapest floor(units / n) units of a group are discounted, at list price."""
    n, most, by_sku = rule["n"], rule["times"], rule["by_sku"]
    if len(places) == 1:
        groups = {"": places}
    else:
        groups = {}
        for place in places:
            groups.setdefault(lines[place].sku if by_sku else "", []).append(place)
    found: dict[int, int] = {}
    for members in groups.values():
        sets = sum([lines[place].qty for place in members]) // n
        if most is not None and sets > most:
            sets = most
        if not sets:
            continue
        # Cheapest first, of equal price those of later lines first: the tail of "price descending, then line".
        for place in sorted(members, key=lambda place: (lines[place].unit_price, -place)):
            if sets <= 0:
                break
            line = lines[place]
            taken = min(sets, line.qty)
            sets -= taken
            saved = min(nets[place], taken * (line.unit_price - half_up(line.unit_price, rule["rate"])))
            if saved > 0:
                found[place] = saved
    return found or "zero"


def bundle(lines: Sequence[Line], nets: list[int], places: list[int], rule: Mapping[str, Any]) -> Found:
    """Complete sets at a fixed price; surplus units keep theirs."""
    pieces: Mapping[str, int] = rule["set"]
    have = dict.fromkeys(pieces, 0)
    for place in places:
        line = lines[place]
        if line.sku in have:
            have[line.sku] += line.qty
    times = min([have[sku] // qty for sku, qty in pieces.items()])
    if rule["times"] is not None:
        times = min(times, rule["times"])
    if times == 0:
        return "bundle_incomplete"
    wanted = {sku: qty * times for sku, qty in pieces.items()}
    amounts = [0] * len(lines)
    for place in places:
        line = lines[place]
        taken = min(line.qty, wanted.get(line.sku, 0))
        if taken:
            wanted[line.sku] -= taken
            amounts[place] = taken * line.unit_price
    total = sum(amounts) - rule["price"] * times
    if total <= 0:
        return "bundle_not_cheaper"
    shares = allocate(total, amounts, [min(net, amount) for net, amount in zip(nets, amounts, strict=True)])
    return {place: share for place, share in enumerate(shares) if share} or "zero"


def full_reduce(lines: Sequence[Line], nets: list[int], places: list[int], rule: Mapping[str, Any]) -> Found:
    """Spend X, save Y: the highest met tier alone, or every X again."""
    base = sum(nets) if len(places) == len(nets) else sum([nets[place] for place in places])
    measure = sum([lines[place].qty for place in places]) if rule["by_qty"] else base
    if "every" in rule:
        threshold, reduce, most = rule["every"]
        times = measure // threshold
        if most is not None:
            times = min(times, most)
        if times == 0:
            return "below_threshold"
        total = times * reduce
    else:
        total = _met(rule["tiers"], measure)
        if total is None:
            return "below_threshold"
    return _share(total, base, nets, places, rule)


def full_discount(lines: Sequence[Line], nets: list[int], places: list[int], rule: Mapping[str, Any]) -> Found:
    """The whole base at the rate of the highest met tier, rounded once an order."""
    base = sum(nets) if len(places) == len(nets) else sum([nets[place] for place in places])
    measure = sum([lines[place].qty for place in places]) if rule["by_qty"] else base
    rate = _met(rule["tiers"], measure)
    if rate is None:
        return "below_threshold"
    return _share(base - half_up(base, rate), base, nets, places, rule)


def _met(tiers: Sequence[tuple[int, Any]], measure: int) -> Any:
    """What the highest met tier gives (tiers stand highest first), or None."""
    for threshold, given in tiers:
        if measure >= threshold:
            return given
    return None


def _share(total: int, base: int, nets: list[int], places: list[int], rule: Mapping[str, Any]) -> Found:
    if rule["max_discount"] is not None:
        total = min(total, rule["max_discount"])
    total = min(total, base)
    if total <= 0:
        return "zero"
    if len(places) == 1:
        return {places[0]: total}
    # The total is at most the sum of the weights, so no share passes its weight: caps need not be looked at.
    shares = allocate(total, [nets[place] for place in places])
    return {place: share for place, share in zip(places, shares, strict=True) if share}


DISCOUNTS: dict[str, Discount] = {
    "special_price": special_price,
    "nth_discount": nth,
    "nth_free": nth,
    "bundle": bundle,
    "full_reduce": full_reduce,
    "full_discount": full_discount,
}
