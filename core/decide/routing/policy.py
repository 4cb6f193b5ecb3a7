"""The routing policy: a document read once, checked, every wrong place named. docs/routing.md explains each key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from core.decide.routing.check import Check
from core.model.fields import Catalogue
from core.model.region import REGIONS, canonical_province
from core.rules.closure import Known, Test, compile_closure
from core.rules.condition import Condition, read
from core.rules.ruleset import refuse_counts

if TYPE_CHECKING:
    from core.decide.routing.wishes import CourierSet

PREFER, STRICT = "prefer", "strict"
NEVER, ALLOW = "never", "allow"
SINGLE_FIRST, TIER_FIRST = "single_first", "tier_first"
PART, HOLD, MANUAL = "part", "hold", "manual"
EVERY = "*"
MOST_PARCELS = 9


@dataclass(frozen=True, slots=True)
class Courier:
    """One courier of the ordered list. `price_cap_fen` None: any price; a quote over the cap asks the next courier."""

    courier: str
    price_cap_fen: int | None = None
    regions: frozenset[str] | None = None  # None: wherever it has a lane
    max_g: int | None = None
    volume_divisor: int = 0  # cm³ per kg; 0: volume does not count
    rule: str = ""  # the courier rule that asks for it, "set/rule"; "" for one of the policy's own list

    def serves(self, region: str, areas: Mapping[str, str] = REGIONS) -> bool:
        return self.regions is None or within(region, self.regions, areas)


@dataclass(frozen=True, slots=True)
class Tiers:
    """Warehouses by preference. `*` stands for all not named; with no tiers every warehouse is in tier 0.

    `lead_days` is what the rule promises for a warehouse; it counts in place of the days of the rate card.
    """

    id: str = ""
    name: str = ""
    tiers: tuple[tuple[str, ...], ...] = ()
    mode: str = PREFER
    on_short: str = PART
    lead_days: Mapping[str, Fraction] = field(default_factory=dict)

    def tier_of(self, warehouse: str) -> int | None:
        """The tier of a warehouse, from 0; None where the rule does not let it ship."""
        if not self.tiers:
            return 0
        for tier, names in enumerate(self.tiers):
            if warehouse in names:
                return tier
        return next((tier for tier, names in enumerate(self.tiers) if EVERY in names), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """The tiers for the orders that meet it: of one of the regions (or areas), and of the condition."""

    tiers: Tiers
    regions: frozenset[str] | None = None
    when: Condition | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def valid_at(self, instant: datetime) -> bool:
        """In force at an aware instant: [valid_from, valid_to)."""
        begun = self.valid_from is None or self.valid_from <= instant
        return begun and (self.valid_to is None or instant < self.valid_to)


@dataclass(frozen=True, slots=True)
class Split:
    """When one order may go in several parcels. A line is never divided."""

    mode: str = ALLOW
    only_if_no_single: bool = False
    max_extra_fen: int | None = None
    order: str = SINGLE_FIRST


@dataclass(frozen=True, slots=True)
class Policy:
    """A checked policy. Money in fen; `price_percent` is the share of the shadow prices that counts (0-100)."""

    time_value_fen_per_day: int = 60
    pack_fee_fen: int = 150
    split_penalty_fen: int = 0
    unfilled_line_penalty_fen: int = 3000
    max_parcels: int = 2
    tier_penalty_fen: int = 100
    price_percent: int = 100
    couriers: tuple[Courier, ...] = ()
    rules: tuple[Rule, ...] = ()
    otherwise: Tiers = field(default_factory=Tiers)
    split: Split = field(default_factory=Split)
    disabled_warehouses: frozenset[str] = frozenset()
    banned_skus: Mapping[str, frozenset[str]] = field(default_factory=dict)
    banned_regions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    weights_g: Mapping[str, int] = field(default_factory=dict)
    default_weight_g: int = 0
    name: str = ""
    areas: Mapping[str, str] = field(default_factory=lambda: REGIONS)
    """Province -> large area, as the operator has divided the country."""
    courier_sets: tuple["CourierSet", ...] = ()
    """The live courier rules: what they ask for comes before `couriers`."""

    @property
    def parcels(self) -> int:
        """The most parcels one order may go in."""
        return 1 if self.split.mode == NEVER else self.max_parcels

    def unit_g(self, sku: str, weight_g: int) -> int:
        """The weight of one unit: as known, else estimated for the SKU, else the default."""
        return weight_g or self.weights_g.get(sku, self.default_weight_g)

    def chooser(self, keyed: Callable[[str], str] = str) -> "Chooser":
        """Finds the tiers of an order; `keyed` gives the keyed hash of a person's value, as the store holds it."""
        return Chooser(self, keyed)


class Chooser:
    """The first rule an order meets, else `otherwise`. Rules that look at the region only are asked once a region."""

    def __init__(self, policy: Policy, keyed: Callable[[str], str]) -> None:
        self._otherwise = policy.otherwise
        self._rules: list[tuple[Rule, Test | None]] = [
            (rule, compile_closure(rule.when, keyed) if rule.when is not None else None) for rule in policy.rules
        ]
        self._areas = policy.areas
        self.by_region = all(rule.when is None and not rule.valid_from and not rule.valid_to for rule in policy.rules)
        self._known: dict[str, Tiers] = {}

    def of(self, region: str, paid_at: datetime, known: Callable[[], Known]) -> Tiers:
        """The tiers of an order. `known` is called only where a condition has to be asked."""
        if not self.by_region:
            return self._find(region, paid_at, known)
        if region not in self._known:
            self._known[region] = self._find(region, paid_at, known)
        return self._known[region]

    def _find(self, region: str, paid_at: datetime, known: Callable[[], Known]) -> Tiers:
        facts: Known | None = None
        for rule, test in self._rules:
            if not rule.valid_at(paid_at) or (
                rule.regions is not None and not within(region, rule.regions, self._areas)
            ):
                continue
            if test is not None:
                facts = facts or known()
                if not test(facts):
                    continue
            return rule.tiers
        return self._otherwise


def within(region: str, names: frozenset[str], areas: Mapping[str, str] = REGIONS) -> bool:
    """Whether a region is one of the names, or a province of an area among them."""
    if region in names:
        return True
    province = canonical_province(region)
    return province is not None and (province in names or areas.get(province) in names)


def read_policy(
    document: Any,
    catalogue: Catalogue | None = None,
    *,
    file: str = "policy.json",
    areas: Mapping[str, str] | None = None,
) -> Policy:
    """The policy of a document. BadRequest names the file, the place and what is wrong there; unknown keys are refused."""
    reader = _Reader(Check(document, file), catalogue or Catalogue(), areas or REGIONS)
    return reader.policy()


_NUMBERS = ("time_value_fen_per_day", "pack_fee_fen", "split_penalty_fen", "unfilled_line_penalty_fen",
            "tier_penalty_fen", "default_weight_g")  # fmt: skip
_KEYS = {
    *_NUMBERS, "max_parcels", "price_percent", "couriers", "rules", "otherwise", "split", "disabled_warehouses",
    "banned_skus", "banned_regions", "weights_g", "name", "kind", "mode", "hit", "examples", "note",
}  # fmt: skip


class _Reader:
    def __init__(self, check: Check, catalogue: Catalogue, areas: Mapping[str, str]) -> None:
        self.check, self.catalogue, self.areas = check, catalogue, areas

    def policy(self) -> Policy:
        check = self.check
        check.only(_KEYS)
        check.one_of("kind", ("routing",), "routing")
        given: dict[str, Any] = {name: check.whole(name) for name in _NUMBERS if name in check.document}
        if "max_parcels" in check.document:
            given["max_parcels"] = check.whole("max_parcels", least=1, most=MOST_PARCELS)
        if "price_percent" in check.document:
            given["price_percent"] = check.whole("price_percent", most=100)
        return Policy(
            **given,
            couriers=self.couriers(),
            rules=self.rules(),
            otherwise=self.tiers(check.below("otherwise", {}), "", ""),
            split=self.split(check.below("split", {})),
            disabled_warehouses=check.names("disabled_warehouses") or frozenset(),
            banned_skus=self.bans("banned_skus"),
            banned_regions=self.bans("banned_regions"),
            weights_g=self.weights(),
            name=check.text("name", ""),
            areas=self.areas,
        )

    def couriers(self) -> tuple[Courier, ...]:
        found: list[Courier] = []
        for row in self.check.rows("couriers"):
            row.only({"courier", "price_cap_fen", "regions", "max_g", "volume_divisor"})
            courier = Courier(
                row.text("courier"),
                row.whole("price_cap_fen", default=None),
                row.names("regions"),
                row.whole("max_g", least=1, default=None),
                row.whole("volume_divisor", default=0) or 0,
            )
            if any(courier.courier == other.courier for other in found):
                raise row.wrong("courier", courier.courier)
            found.append(courier)
        return tuple(found)

    def rules(self) -> tuple[Rule, ...]:
        found: list[Rule] = []
        for row in self.check.rows("rules"):
            row.only({"id", "name", "regions", "when", "then", "valid_from", "valid_to"})
            identity = row.text("id")
            if any(rule.tiers.id == identity for rule in found):
                raise row.wrong("id", identity)
            given = row.document.get("when")
            when = None if given is None else read(given, self.catalogue, place=row.place("when"))
            if when is not None:
                refuse_counts(when, row.place("when"))
            start, end = row.instant("valid_from"), row.instant("valid_to")
            if start and end and start >= end:
                raise row.wrong("valid_to", row.document["valid_to"])
            found.append(
                Rule(
                    self.tiers(row.below("then"), identity, row.text("name", identity)),
                    row.names("regions"),
                    when,
                    start,
                    end,
                )
            )
        return tuple(found)

    def tiers(self, row: Check, identity: str, name: str) -> Tiers:
        row.only({"tiers", "mode", "on_short", "lead_days"})
        tiers = row.document.get("tiers", [])
        good = isinstance(tiers, list) and all(
            isinstance(tier, list) and tier and all(isinstance(each, str) and each for each in tier) for tier in tiers
        )
        if not good:
            raise row.wrong("tiers", tiers)
        flat = [each for tier in tiers for each in tier]
        twice = next((each for each in flat if flat.count(each) > 1), None)
        if twice is not None:
            raise row.wrong("tiers", twice)
        return Tiers(
            identity,
            name,
            tuple(tuple(tier) for tier in tiers),
            row.one_of("mode", (PREFER, STRICT), PREFER),
            row.one_of("on_short", (PART, HOLD, MANUAL), PART),
            self.days(row.below("lead_days", {})),
        )

    @staticmethod
    def days(row: Check) -> dict[str, Fraction]:
        found: dict[str, Fraction] = {}
        for warehouse, value in row.document.items():
            try:
                found[warehouse] = Fraction(Decimal(str(value)))
            except (InvalidOperation, ValueError, OverflowError) as error:
                raise row.wrong(warehouse, value) from error
            if isinstance(value, bool) or not 0 <= found[warehouse] <= 400:
                raise row.wrong(warehouse, value)
        return found

    def split(self, row: Check) -> Split:
        row.only({"mode", "only_if_no_single", "max_extra_fen", "order"})
        return Split(
            row.one_of("mode", (NEVER, ALLOW), ALLOW),
            row.yes("only_if_no_single", False),
            row.whole("max_extra_fen", default=None),
            row.one_of("order", (SINGLE_FIRST, TIER_FIRST), SINGLE_FIRST),
        )

    def bans(self, key: str) -> dict[str, frozenset[str]]:
        row = self.check.below(key, {})
        return {warehouse: row.names(warehouse) or frozenset() for warehouse in row.document}

    def weights(self) -> dict[str, int]:
        row = self.check.below("weights_g", {})
        return {sku: row.whole(sku, least=1, default=None) or 0 for sku in row.document}
