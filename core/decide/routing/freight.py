"""What a parcel costs on a lane: weight brackets, first + step, billable weight, half-up time cost. All exact.

Real tariffs are steps and need not rise with weight, so nothing here assumes that a heavier parcel is dearer.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from core.decide.routing.load import grams_of, volume_of


@dataclass(frozen=True, slots=True)
class Bracket:
    """Weights up to `upto_g` (inclusive; 0: no upper limit): `first_fee_fen`, and a step for each begun `step_g` above.

    `step_g` 0 is a fixed fee for the whole bracket. `from_g` (exclusive; 0: where the bracket before ends) leaves a gap
    below the bracket: weights in it nobody carries.
    """

    upto_g: int
    first_g: int
    first_fee_fen: int
    step_g: int
    step_fee_fen: int
    from_g: int = 0

    def fee(self, grams: int) -> int:
        """The fee in fen for a billable weight within the bracket."""
        over = grams - self.first_g
        if over <= 0 or not self.step_g:
            return self.first_fee_fen
        return self.first_fee_fen + -(-over // self.step_g) * self.step_fee_fen


@dataclass(frozen=True, slots=True)
class Lane:
    """One courier's tariff from a warehouse to a region; brackets by rising `upto_g`, the open one (0) last."""

    warehouse: str
    region: str
    courier: str
    lead_days: Fraction
    brackets: tuple[Bracket, ...]
    volume_divisor: int = 0  # cm³ per kg; 0: volume does not count

    def fee(self, grams: int) -> int | None:
        """The freight in fen for a billable weight; None above the last bracket and in a gap."""
        for bracket in self.brackets:
            if grams <= bracket.upto_g or not bracket.upto_g:
                return bracket.fee(grams) if grams > bracket.from_g or not bracket.from_g else None
        return None

    def turns(self, upto_g: int) -> set[int]:
        """The weights up to `upto_g` after which the fee may change."""
        found: set[int] = set()
        begin = 0
        for bracket in self.brackets:
            end = min(bracket.upto_g or upto_g, upto_g)
            found.add(bracket.from_g)
            if bracket.step_g and bracket.step_fee_fen:
                steps = max(0, (begin - bracket.first_g) // bracket.step_g)
                found.update(range(bracket.first_g + steps * bracket.step_g, end, bracket.step_g))
            if bracket.upto_g:
                found.add(bracket.upto_g)
            begin = end
        return {turn for turn in found if 0 <= turn <= upto_g}


def problems(brackets: tuple[Bracket, ...]) -> list[tuple[str, int]]:
    """What keeps a rate card from being published: ("OVERLAP", upto_g), ("AFTER_OPEN_END", row) or ("NO_OPEN_END", upto_g).

    Above a card without open end no parcel can be sent (WEIGHT_OVER): allowed, but to be shown.
    """
    found: list[tuple[str, int]] = []
    before = 0
    for row, bracket in enumerate(brackets):
        if bracket.upto_g and bracket.upto_g <= before:
            found.append(("OVERLAP", bracket.upto_g))
        if not bracket.upto_g and row < len(brackets) - 1:
            found.append(("AFTER_OPEN_END", row))
        before = bracket.upto_g or before
    if brackets and brackets[-1].upto_g:
        found.append(("NO_OPEN_END", brackets[-1].upto_g))
    return found


def billable_g(load: int, volume_divisor: int) -> int:
    """The weight a courier charges: the actual one, or volume / divisor (cm³ per kg) where that is more."""
    grams = grams_of(load)
    volume = volume_of(load)
    if not volume_divisor or not volume:
        return grams
    return max(grams, ceil(Fraction(volume * 1000, volume_divisor)))


def half_up(amount: Fraction) -> int:
    """The whole fen nearest to an exact amount that is not negative; half a fen goes up."""
    return floor(amount + Fraction(1, 2))
