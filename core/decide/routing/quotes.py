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

    @property
    def fen(self) -> int:
        return self.freight_fen + self.pack_fen + self.time_fen

    @property
    def code(self) -> str | None:
        """PRICE_CAP_DOWNGRADE where a courier was passed over for its price."""
        return PRICE_CAP_DOWNGRADE if self.skipped else None


class Tariff:
    """Quotes of one policy over the lanes. A refusal is its reason code."""

    def __init__(self, lanes: Iterable[Lane], policy: Policy) -> None:
        self.policy = policy
        by_place: dict[tuple[str, str], list[Lane]] = {}
        for lane in lanes:
            by_place.setdefault((lane.warehouse, lane.region), []).append(lane)
        self._choices = {place: self._ordered(found) for place, found in by_place.items()}

    def _ordered(self, lanes: list[Lane]) -> list[tuple[Courier, Lane]]:
        """The lanes in the order the couriers are asked; without a list each courier, by name."""
        if not self.policy.couriers:
            return [(Courier(lane.courier), lane) for lane in sorted(lanes, key=lambda lane: lane.courier)]
        known = {lane.courier: lane for lane in lanes}
        return [
            (courier, known[courier.courier])
            for courier in self.policy.couriers
            if courier.courier in known and courier.serves(known[courier.courier].region)
        ]

    def quote(self, warehouse: str, region: str, load: int) -> Quote | str:
        """The parcel's quote, or the code of why nobody takes it. Exactly the cap keeps a courier."""
        skipped: list[Skipped] = []
        offers: list[Quote] = []
        refusal = COURIER_NO_SERVICE
        for courier, lane in self._choices.get((warehouse, region), ()):
            grams = billable_g(load, courier.volume_divisor)
            fee = lane.fee(grams)
            if fee is None or (courier.max_g is not None and grams_of(load) > courier.max_g):
                refusal = WEIGHT_OVER if refusal == COURIER_NO_SERVICE else refusal
                continue
            cap = courier.price_cap_fen
            if cap is not None and fee > cap:
                skipped.append(Skipped(courier.courier, fee, cap))
                refusal = PRICE_CAP
                continue
            offers.append(self._offer(courier.courier, fee, lane.lead_days, skipped))
            if self.policy.couriers:
                break
        return min(offers, key=lambda offer: offer.fen) if offers else refusal

    def _offer(self, courier: str, fee: int, days: Fraction, skipped: list[Skipped]) -> Quote:
        policy = self.policy
        time_fen = half_up(policy.time_value_fen_per_day * days)
        return Quote(courier, fee, policy.pack_fee_fen, time_fen, days, tuple(skipped))

    def floor(self, warehouse: str, region: str) -> int | None:
        """A cost no parcel on these lanes undercuts, whatever it weighs; None where no courier serves."""
        return min(
            (
                self._offer(courier.courier, min(b.first_fee_fen for b in lane.brackets), lane.lead_days, []).fen
                for courier, lane in self._choices.get((warehouse, region), ())
            ),
            default=None,
        )

    def turns(self, warehouse: str, region: str, most_g: int) -> set[int]:
        """The weights up to `most_g` after which the quote may change, volume left aside."""
        found: set[int] = set()
        for courier, lane in self._choices.get((warehouse, region), ()):
            found |= lane.turns(most_g)
            if courier.max_g is not None:
                found.add(courier.max_g)
        return found

    @property
    def by_volume(self) -> bool:
        """Whether any courier charges volume."""
        return any(courier.volume_divisor for courier in self.policy.couriers)
