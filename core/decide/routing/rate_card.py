"""Rate cards: what a courier charges from a warehouse, by province and weight. Versioned documents of kind "rate_card".

{"kind": "rate_card", "name", "warehouse", "courier", "volume_divisor", "note", "lanes": [{"regions": [...], "lead_days",
"brackets": [{"from_g", "upto_g", "first_g", "first_fee_fen", "step_g", "step_fee_fen"}]}]}. Fees need not rise with weight.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from core.decide.routing.check import Check
from core.decide.routing.freight import Bracket, Lane
from core.decide.routing.load import MOST_G
from core.model.region import REGIONS, canonical_province

KIND = "rate_card"
OVERLAP, GAP, AFTER_OPEN_END, NO_OPEN_END, MISSING, TWICE = (
    "OVERLAP", "GAP", "AFTER_OPEN_END", "NO_OPEN_END", "MISSING", "TWICE",
)  # fmt: skip
FATAL = frozenset({OVERLAP, AFTER_OPEN_END, TWICE})
"""With these a weight has two prices or none by accident: such a card cannot be published at all."""
MOST_DIVISOR = 100_000
_NUMBERS = ("first_g", "first_fee_fen", "step_g", "step_fee_fen")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be seen before a card goes live: a code, the provinces, the weights (grams) it is about."""

    code: str
    regions: tuple[str, ...]
    from_g: int = 0
    upto_g: int = 0

    @property
    def fatal(self) -> bool:
        return self.code in FATAL


@dataclass(frozen=True, slots=True)
class RateCard:
    """A checked card."""

    name: str
    warehouse: str
    courier: str
    volume_divisor: int
    lanes: tuple[Lane, ...]


def read_rate_card(document: Any) -> RateCard:
    """The card of a document. BadRequest names the place that is wrong; what is odd but possible is a finding."""
    check = Check(document, str(document.get("name", KIND)) if isinstance(document, Mapping) else KIND)
    check.only({"kind", "name", "warehouse", "courier", "volume_divisor", "note", "lanes"})
    check.one_of("kind", (KIND,), KIND)
    warehouse, courier = check.text("warehouse"), check.text("courier")
    divisor = check.whole("volume_divisor", most=MOST_DIVISOR, default=0) or 0
    lanes: list[Lane] = []
    for row in check.rows("lanes"):
        row.only({"regions", "lead_days", "brackets"})
        regions = row.document.get("regions")
        if not isinstance(regions, list) or not regions:
            raise row.wrong("regions", regions)
        days, brackets = _days(row), tuple(_bracket(each) for each in row.rows("brackets"))
        if not brackets:
            raise row.wrong("brackets", [])
        for region in regions:
            province = canonical_province(str(region))
            if province is None:
                raise row.wrong("regions", region)
            lanes.append(Lane(warehouse, province, courier, days, brackets, divisor))
    if not lanes:
        raise check.wrong("lanes", [])
    return RateCard(check.text("name", f"{warehouse}/{courier}"), warehouse, courier, divisor, tuple(lanes))


def _days(row: Check) -> Fraction:
    value = row.document.get("lead_days", 0)
    try:
        days = Fraction(Decimal(str(value)))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise row.wrong("lead_days", value) from error
    if isinstance(value, bool) or not 0 <= days <= 400:
        raise row.wrong("lead_days", value)
    return days


def _bracket(row: Check) -> Bracket:
    row.only({"from_g", "upto_g", *_NUMBERS})
    first, fee, step, step_fee = (row.whole(name, default=0) or 0 for name in _NUMBERS)
    if step_fee and not step:
        raise row.wrong("step_g", step)
    weights = [row.whole(name, most=MOST_G, default=0) or 0 for name in ("upto_g", "from_g")]
    return Bracket(weights[0], first, fee, step, step_fee, weights[1])


def findings(card: RateCard) -> list[Finding]:
    """Gaps, overlaps, missing and doubled provinces; equal ones of several provinces in one."""
    found: dict[tuple[str, int, int], list[str]] = {}
    seen: set[str] = set()
    for lane in card.lanes:
        if lane.region in seen:
            found.setdefault((TWICE, 0, 0), []).append(lane.region)
        seen.add(lane.region)
        for key in _lane(lane.brackets):
            found.setdefault(key, []).append(lane.region)
    missing = [province for province, area in REGIONS.items() if province not in seen and area != _OUTSIDE]
    if missing:
        found[MISSING, 0, 0] = missing
    order = (TWICE, OVERLAP, AFTER_OPEN_END, GAP, NO_OPEN_END, MISSING)
    return sorted(
        (Finding(code, tuple(regions), low, high) for (code, low, high), regions in found.items()),
        key=lambda one: (order.index(one.code), one.from_g),
    )


_OUTSIDE = REGIONS[list(REGIONS)[-1]]  # Hong Kong, Macao, Taiwan: hardly any card has them


def _lane(brackets: tuple[Bracket, ...]) -> list[tuple[str, int, int]]:
    found, end = [], 0
    for place, bracket in enumerate(brackets):
        begin = bracket.from_g or end
        if begin > end:
            found.append((GAP, end, begin))
        if begin < end or (bracket.upto_g and bracket.upto_g <= begin):
            found.append((OVERLAP, begin, min(end, bracket.upto_g or end)))
        if not bracket.upto_g and place < len(brackets) - 1:
            found.append((AFTER_OPEN_END, begin, 0))
        end = max(end, bracket.upto_g)
    if brackets[-1].upto_g:
        found.append((NO_OPEN_END, brackets[-1].upto_g, 0))
    return found


def body_of(
    warehouse: str, courier: str, volume_divisor: int,
    lanes: Mapping[str, tuple[float, list[dict[str, int]]]], note: str = "",
) -> dict[str, Any]:  # fmt: skip
    """A document of province -> (days, brackets); provinces with the same lane stand together."""
    grouped: list[tuple[tuple[float, list[dict[str, int]]], list[str]]] = []
    for province, lane in lanes.items():
        same = next((regions for known, regions in grouped if known == lane), None)
        if same is None:
            grouped.append((lane, [province]))
        else:
            same.append(province)
    body: dict[str, Any] = {
        "kind": KIND, "name": f"{warehouse}/{courier}", "warehouse": warehouse, "courier": courier,
        "volume_divisor": volume_divisor,
        "lanes": [{"regions": regions, "lead_days": days, "brackets": brackets} for (days, brackets), regions in grouped],
    }  # fmt: skip
    return {**body, "note": note} if note else body
