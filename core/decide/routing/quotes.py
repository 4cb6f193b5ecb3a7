"""Which courier takes a parcel, at what price: the ordered list with price caps, or the cheapest where there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from core.decide.routing.freight import Lane, billable_g, half_up
from core.decide.routing.load import grams_of
from core.decide.routing.policy import Courier, Policy

COURIER_NO_SERVICE = "COURIER_NO_SERVICE"
WEIGHT_OVER = "WEIGHT_OVER"
PRICE_CAP = "PRICE_CAP"
PRICE_CAP_DOWNGRADE = "PRICE_CAP_DOWNGRADE"
Wishes = tuple[Courier, ...]
"""Couriers that an order's courier rules ask for, the first first."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A courier that was asked first and quoted over its cap."""

    courier: str
    quote_fen: int
    cap_fen: int


@dataclass(frozen=True, slots=True)
class Quote:
    """A parcel's courier and cost: `fen` = freight + pack fee + time value x lead days (half-up to a fen)."""

    courier: str
    freight_fen: int
    pack_fen: int
    time_fen: int
    lead_days: Fraction
    skipped: tuple[Skipped, ...] = ()
    rule: str = ""  # the courier rule that asked for this courier

    @property
    def fen(self) -> int:
        return self.freight_fen + self.pack_fen + self.time_fen

    @property
    def days(self) -> float:
        """`lead_days` for the books."""
        return self.lead_days.numerator / self.lead_days.denominator

    @property
    def code(self) -> str | None:
        """PRICE_CAP_DOWNGRADE where a courier was passed over for its price."""
        return PRICE_CAP_DOWNGRADE if self.skipped else None


class Tariff:
    """Quotes of one policy over the lanes. A refusal is its reason code."""

    def __init__(self, lanes: Iterable[Lane], policy: Policy) -> None:
        self.policy = policy
        lanes = list(lanes)
        self.by_volume = any(each.volume_divisor for each in (*policy.couriers, *lanes))
        by_place: dict[tuple[str, str], list[Lane]] = {}
        for lane in lanes:
            by_place.setdefault((lane.warehouse, lane.region), []).append(lane)
        self._lanes = by_place
        self._own = {place: self._ordered(found) for place, found in by_place.items()}
        self._wished: dict[tuple[str, str, Wishes], list[tuple[Courier, Lane, int]]] = {}

    def _choices(self, warehouse: str, region: str, wishes: Wishes) -> list[tuple[Courier, Lane, int]]:
        """The couriers in the order they are asked: those wished for, then the policy's own but those wished with a cap."""
        own = self._own.get((warehouse, region), [])
        if not wishes or not own:
            return own
        key = warehouse, region, wishes
        found = self._wished.get(key)
        if found is None:
            capped = {wish.courier for wish in wishes if wish.price_cap_fen is not None}
            rest = [choice for choice in own if choice[0].courier not in capped]
            found = self._wished[key] = [*self._ordered(self._lanes[warehouse, region], wishes), *rest]
        return found

    def _ordered(self, lanes: list[Lane], wishes: Wishes = ()) -> list[tuple[Courier, Lane, int]]:
        """The lanes, with what their days cost, as couriers are asked; without a list each courier, by name."""
        listed = wishes or self.policy.couriers
        couriers = listed or tuple(Courier(name) for name in sorted({lane.courier for lane in lanes}))
        known = {lane.courier: lane for lane in lanes}
        return [
            (courier, lane, half_up(self.policy.time_value_fen_per_day * lane.lead_days))
            for courier in couriers
            if (lane := known.get(courier.courier)) is not None and courier.serves(lane.region, self.policy.areas)
        ]

    def quote(
        self, warehouse: str, region: str, load: int, days: Fraction | None = None, wishes: Wishes = ()
    ) -> Quote | str:
        """The parcel's quote, or the code of why nobody takes it. Exactly the cap keeps a courier.

        `days` is what a rule promises in place of the lane's days; `wishes` are asked before all others.
        """
        promised = None if days is None else half_up(self.policy.time_value_fen_per_day * days)
        skipped: list[Skipped] = []
        offers: list[Quote] = []
        refusal = COURIER_NO_SERVICE
        for courier, lane, time_fen in self._choices(warehouse, region, wishes):
            grams = billable_g(load, courier.volume_divisor or lane.volume_divisor)
            fee = lane.fee(grams)
            if fee is None or (courier.max_g is not None and grams_of(load) > courier.max_g):
                refusal = WEIGHT_OVER if refusal == COURIER_NO_SERVICE else refusal
                continue
            cap = courier.price_cap_fen
            if cap is not None and fee > cap:
                skipped.append(Skipped(courier.courier, fee, cap))
                refusal = PRICE_CAP
                continue
            time_fen = time_fen if promised is None else promised
            lead_days = lane.lead_days if days is None else days
            pack_fen = self.policy.pack_fee_fen
            offers.append(Quote(courier.courier, fee, pack_fen, time_fen, lead_days, tuple(skipped), courier.rule))
            if self.policy.couriers or courier.rule:
                break
        return min(offers, key=lambda offer: offer.fen) if offers else refusal

    def floor(self, warehouse: str, region: str, days: Fraction | None = None, wishes: Wishes = ()) -> int | None:
        """A cost no parcel on these lanes undercuts, whatever it weighs; None where no courier serves."""
        promised = None if days is None else half_up(self.policy.time_value_fen_per_day * days)
        return min(
            (
                min(bracket.first_fee_fen for bracket in lane.brackets)
                + self.policy.pack_fee_fen
                + (time_fen if promised is None else promised)
                for _courier, lane, time_fen in self._choices(warehouse, region, wishes)
            ),
            default=None,
        )

    def turns(self, warehouse: str, region: str, most_g: int, wishes: Wishes = ()) -> set[int]:
        """The weights up to `most_g` after which the quote may change, volume left aside."""
        found: set[int] = set()
        for courier, lane, _time_fen in self._choices(warehouse, region, wishes):
            found |= lane.turns(most_g)
            if courier.max_g is not None:
                found.add(courier.max_g)
        return found
