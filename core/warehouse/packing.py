"""The check of what goes into a parcel, as a pure thing: what is still missing, what a scan means, whether the weight is right.

The order of steps is fixed: every piece is scanned, the open parcel is weighed, then the waybill is scanned.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ITEMS, WEIGH, WAYBILL, PACKED = "items", "weigh", "waybill", "packed"
_WEIGHT = re.compile(r"^(?:ST|GS|NT|[,+\s])*((?:0|[1-9]\d{0,5})(?:\.\d{1,3})?)\s*(KG|G)?$")
_WAYBILL = re.compile(r"^[A-Z0-9-]{8,40}$")
_PIECES = re.compile(r"^(\d{1,3})\s*[*xX×]\s*(\S.*)$")
HEAVIEST_G = 200_000


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the parcel. `codes`: everything that may be scanned for it, folded; weight in grams of one piece."""

    line: str
    sku: str
    title: str
    spec: str
    qty: int
    gift: bool
    codes: frozenset[str]
    weight_g: int | None = None
    location: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """Whether parcels are weighed, how far off they may be (the larger of both counts), and what the box weighs; grams."""

    weigh: bool = True
    tolerance_g: int = 50
    tolerance_percent: int = 5
    box_g: int = 100


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to go in, what has been scanned (line -> pieces), and what the scale said."""

    items: tuple[Item, ...]
    rules: Rules
    scanned: Mapping[str, int] = field(default_factory=dict)
    weight_g: int | None = None
    accepted: bool = False

    @property
    def missing(self) -> int:
        """Pieces that have not been scanned yet."""
        return sum(item.qty - self.scanned.get(item.line, 0) for item in self.items)

    @property
    def pieces(self) -> int:
        return sum(item.qty for item in self.items)

    @property
    def expected_g(self) -> int | None:
        """What the parcel should weigh; None when a piece's weight is not known."""
        if any(not item.weight_g for item in self.items):
            return None
        return self.rules.box_g + sum(item.qty * (item.weight_g or 0) for item in self.items)

    @property
    def is_off(self) -> bool:
        """Whether the weight is further from the expected one than may be."""
        expected = self.expected_g
        if self.weight_g is None or expected is None:
            return False
        most = max(self.rules.tolerance_g, expected * self.rules.tolerance_percent / 100)
        return abs(self.weight_g - expected) > most

    @property
    def step(self) -> str:
        """What comes next."""
        if self.missing:
            return ITEMS
        if self.rules.weigh and (self.weight_g is None or (self.is_off and not self.accepted)):
            return WEIGH
        return WAYBILL


def folded(code: str) -> str:
    """A code as it is compared: full-width signs (a Chinese keyboard is on) and small letters make no difference."""
    return unicodedata.normalize("NFKC", code).strip().upper()


def pieces_of(code: str) -> tuple[int, str]:
    """ "3*690123" is three pieces of 690123; anything else is one of itself."""
    found = _PIECES.match(code)
    return (int(found.group(1)), found.group(2).strip()) if found and int(found.group(1)) else (1, code)


def fitting(parcel: Parcel, code: str) -> Sequence[Item]:
    """The lines that a folded code may be for, those with room first."""
    found = [item for item in parcel.items if code in item.codes]
    return sorted(found, key=lambda item: (parcel.scanned.get(item.line, 0) >= item.qty, item.gift))


def room(parcel: Parcel, items: Sequence[Item]) -> int:
    """Pieces that still fit into these lines."""
    return sum(item.qty - parcel.scanned.get(item.line, 0) for item in items)


def counted(parcel: Parcel, items: Sequence[Item], pieces: int) -> dict[str, int]:
    """What is scanned after so many more pieces of these lines; the caller has seen that there is room."""
    scanned = dict(parcel.scanned)
    for item in items:
        more = min(pieces, item.qty - scanned.get(item.line, 0))
        if more:
            scanned[item.line] = scanned.get(item.line, 0) + more
            pieces -= more
    return scanned


def weight_of(code: str) -> int | None:
    """Grams of what a scale types: "1.23 kg", "1230 g", "ST,GS,+ 1.230kg"; without a unit 1230 are grams, 1.23 kilograms."""
    grams = _grams(code)
    return grams if grams and grams <= HEAVIEST_G else None


def is_too_heavy(code: str) -> bool:
    """Whether it is a weight above what a parcel may have: a scale set to the wrong unit, or goods for freight."""
    return (_grams(code) or 0) > HEAVIEST_G


def _grams(code: str) -> int | None:
    found = _WEIGHT.match(folded(code))
    if not found:
        return None
    number, unit = found.group(1), (found.group(2) or "").lower()
    if "." not in number and len(number) == 6 and not unit:
        return None  # no parcel weighs a hundred kilograms: a short code, not a weight
    return round(float(number) * (1000 if unit == "kg" or (not unit and "." in number) else 1))


def is_waybill(code: str) -> bool:
    """Whether a folded code can be a waybill's number at all."""
    return bool(_WAYBILL.match(code)) and any(sign.isdigit() for sign in code)
