"""Compares a courier's charge with the rate card and our own parcel: what it should have cost, and why it differs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.decide.routing.freight import Lane
from core.model.region import canonical_province

AGREES, TWICE, UNKNOWN, REGION, WEIGHT, RATE, LESS, NO_CARD = (
    "",
    "twice",
    "unknown",
    "region",
    "weight",
    "rate",
    "less",
    "no_card",
)
Lanes = Mapping[tuple[str, str, str], Lane]
"""Published lanes by (warehouse, province, courier)."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of a bill. `region` and `weight_g` empty where the bill does not tell."""

    tracking_no: str
    courier: str
    billed_fen: int
    region: str = ""
    weight_g: int = 0


@dataclass(frozen=True, slots=True)
class Own:
    """What we know of the parcel. `source` of the weight: packing (our scale), wms, or reckoned from the products."""

    order_key: int
    platform_no: str
    warehouse: str
    region: str
    courier: str
    weight_g: int
    source: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What it should have cost (None: nothing to compare with), the difference (billed more: positive) and its cause."""

    expected_fen: int | None
    diff_fen: int
    cause: str


def judge(
    charge: Charge, own: Own | None, lanes: Lanes, *, billed_before: bool, tolerance_fen: int, tolerance_g: int
) -> Verdict:
    """The verdict on one charge. A waybill that was billed before costs nothing more; an unknown one is owed nothing."""
    if billed_before:
        return Verdict(0, charge.billed_fen, TWICE)
    if own is None:
        return Verdict(0, charge.billed_fen, UNKNOWN)
    courier = own.courier or charge.courier
    expected = _fee(lanes, own.warehouse, own.region, courier, own.weight_g)
    if expected is None:
        return Verdict(None, 0, NO_CARD)
    diff = charge.billed_fen - expected
    if abs(diff) <= tolerance_fen:
        return Verdict(expected, diff, AGREES)
    if diff < 0:
        return Verdict(expected, diff, LESS)
    return Verdict(expected, diff, _cause(charge, own, lanes, courier, expected, tolerance_fen, tolerance_g))


def _cause(
    charge: Charge, own: Own, lanes: Lanes, courier: str, expected: int, tolerance_fen: int, tolerance_g: int
) -> str:
    """What explains most of a charge that is too high: another province, a higher weight, else the rate itself."""
    region = canonical_province(charge.region) or own.region
    weight = charge.weight_g or own.weight_g
    heavier = weight > own.weight_g + tolerance_g
    elsewhere = region != own.region
    too_much = charge.billed_fen - expected
    explained = {}
    if heavier:
        explained[WEIGHT] = (_fee(lanes, own.warehouse, own.region, courier, weight) or 0) - expected
    if elsewhere:
        explained[REGION] = (_fee(lanes, own.warehouse, region, courier, own.weight_g) or 0) - expected
    best = max(explained, key=explained.__getitem__, default=RATE)
    if best == RATE or explained[best] <= 0:
        # A province or weight that no card has, yet the bill names it: it is still what is wrong.
        return REGION if elsewhere and (own.warehouse, region, courier) not in lanes else RATE
    together = sum(max(0, part) for part in explained.values())
    return best if together + tolerance_fen >= too_much / 2 else RATE


def _fee(lanes: Lanes, warehouse: str, region: str, courier: str, grams: int) -> int | None:
    lane = lanes.get((warehouse, region, courier))
    return None if lane is None or grams <= 0 else lane.fee(grams)
