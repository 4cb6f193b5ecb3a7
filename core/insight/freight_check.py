"""Compares a courier's charge with the rate card and our own parcel: what it should have cost, and why it differs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.decide.routing.freight import Lane, billable_g
from core.decide.routing.load import line_load
from core.model.region import canonical_province

AGREES, TWICE, UNKNOWN, REGION, WEIGHT, VOLUME = "", "twice", "unknown", "region", "weight", "volume"
RATE, SURCHARGE, LESS, NO_CARD = "rate", "surcharge", "less", "no_card"
Lanes = Mapping[tuple[str, str, str], Lane]
"""Published lanes by (warehouse, province, courier)."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of a bill. `region`, `weight_g` and `volume_g` (volume weight) empty where the bill does not tell.

    `surcharge_fen` is the part of `billed_fen` that is no freight: insured value, remote area, season.
    """

    tracking_no: str
    courier: str
    billed_fen: int
    region: str = ""
    weight_g: int = 0
    volume_g: int = 0
    surcharge_fen: int = 0


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
    volume_cm3: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What it should have cost (None: nothing to compare with), the difference (billed more: positive) and its cause."""

    expected_fen: int | None
    diff_fen: int
    cause: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """Differences up to these count as none; surcharges up to `surcharge_fen` a waybill are agreed."""

    tolerance_fen: int = 50
    tolerance_g: int = 50
    surcharge_fen: int = 0


def judge(charge: Charge, own: Own | None, lanes: Lanes, *, billed_before: bool, allowed: Allowance) -> Verdict:
    """The verdict on one charge. A waybill that was billed before costs nothing more; an unknown one is owed nothing."""
    if billed_before:
        return Verdict(0, charge.billed_fen, TWICE)
    if own is None:
        return Verdict(0, charge.billed_fen, UNKNOWN)
    courier = own.courier or charge.courier
    lane = lanes.get((own.warehouse, own.region, courier))
    freight = _fee(lane, _ours(lane, own))
    if freight is None:
        return Verdict(None, 0, NO_CARD)
    expected = freight + min(charge.surcharge_fen, allowed.surcharge_fen)
    diff = charge.billed_fen - expected
    if abs(diff) <= allowed.tolerance_fen:
        return Verdict(expected, diff, AGREES)
    if diff < 0:
        return Verdict(expected, diff, LESS)
    return Verdict(expected, diff, _cause(charge, own, lanes, courier, diff, allowed))


def _cause(charge: Charge, own: Own, lanes: Lanes, courier: str, too_much: int, allowed: Allowance) -> str:
    """What explains most of a charge that is too high: volume weight, weight, province, surcharge, else the rate itself."""
    region = canonical_province(charge.region) or own.region
    lane, there = (lanes.get((own.warehouse, one, courier)) for one in (own.region, region))
    ours = _ours(lane, own)
    freight = _fee(lane, ours) or 0
    # The volume weight comes first: where a bill charges by it, its charged weight says the same.
    explained = {
        cause: (_fee(lane, told) or 0) - freight
        for cause, told in ((VOLUME, charge.volume_g), (WEIGHT, charge.weight_g))
        if told > ours + allowed.tolerance_g
    }
    if region != own.region:
        explained[REGION] = (_fee(there, _ours(there, own)) or 0) - freight
    if charge.surcharge_fen > allowed.surcharge_fen:
        explained[SURCHARGE] = charge.surcharge_fen - allowed.surcharge_fen
    best = max(explained, key=explained.__getitem__, default=RATE)
    if best == RATE or explained[best] <= 0:
        # A province that no card has, yet the bill names it: it is still what is wrong.
        return REGION if region != own.region and there is None else RATE
    if VOLUME in explained and WEIGHT in explained:
        del explained[min(VOLUME, WEIGHT, key=explained.__getitem__)]  # the same excess told twice
    together = sum(max(0, part) for part in explained.values())
    return best if together + allowed.tolerance_fen >= too_much / 2 else RATE


def _ours(lane: Lane | None, own: Own) -> int:
    """The weight this lane charges for our parcel: the actual one, or that of its volume where the card counts it."""
    load = line_load(1, own.weight_g, own.volume_cm3)
    return billable_g(load, lane.volume_divisor if lane else 0) if own.weight_g > 0 else 0


def _fee(lane: Lane | None, grams: int) -> int | None:
    return None if lane is None or grams <= 0 else lane.fee(grams)
