"""The plans of one order on the stock there is: which lines from which warehouses, and what each plan scores.

A score is in fen: parcels (freight, pack, time, tier penalty), split penalty, unfilled penalty and, with prices, what
the stock taken is worth to later orders. It adds up, so that batch optimum, what-if and explanation agree.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from core.decide.routing.policy import TIER_FIRST
from core.decide.routing.problem import NEVER, NOWHERE, Group, Lines, Plan, Problem
from core.decide.routing.several import SMALL, SUBSETS

SPLIT_LIMIT, NOT_WORTH, WHOLE_OR_NOTHING = "SPLIT_LIMIT", "DEARER_THAN_UNFILLED", "WHOLE_OR_NOTHING"
LATER_TIER, MUST_SHIP_TOGETHER = "LATER_TIER", "MUST_SHIP_TOGETHER"
MOST_FREE = 6
"""Lines that two warehouses both have are tried in every way up to this many, heaviest first."""


class Scored(NamedTuple):
    """A plan with its score; compares by score, parcels, tier, warehouses: the tie-break of the policy."""

    score: int
    parcels: int
    tier: int
    warehouses: tuple[int, ...]
    plan: Plan
    filled: bool


class Offer:
    """What one order asks, and what the warehouses have for it."""

    def __init__(self, planner: "Planner", group: int, lines: Lines) -> None:
        self.lines, self.count = lines, len(lines)
        self.row, self.least = planner.problem.rows[group], planner.problem.least[group]
        self.tier = planner.problem.groups[group].tier
        self.whole = planner.problem.groups[group].whole  # all or nothing: no line is left out for its price
        self.has: dict[int, int] = {}  # warehouse -> bits of the lines it can fill
        stock, least = planner.stock, self.least
        for k, (sku, qty, _load) in enumerate(lines):
            left = stock[sku]
            for w in planner.problem.cands[sku]:
                if left[w] >= qty and least[w] < NEVER:
                    self.has[w] = self.has.get(w, 0) | 1 << k
        self._loads: dict[int, int] = {}
        self._stock = stock
        self.twice = len({sku for sku, _qty, _load in lines}) < len(lines)
        if self.twice and self.count > SMALL:
            self._one_by_one()
        self._prices = planner.prices

    def _one_by_one(self) -> None:
        """With one SKU in several of many lines: a warehouse offers only what it has for all of them together."""
        for w, bits in list(self.has.items()):
            kept = 0
            for k in range(self.count):
                if bits >> k & 1 and self._together(w, kept | 1 << k):
                    kept |= 1 << k
            self.has[w] = kept

    def _together(self, w: int, bits: int) -> bool:
        """Whether a warehouse has enough for all of some lines, of which several may ask for one SKU."""
        use: dict[int, int] = {}
        for k, (sku, qty, _load) in enumerate(self.lines):
            if bits >> k & 1:
                use[sku] = use.get(sku, 0) + qty
        return all(qty <= self._stock[sku][w] for sku, qty in use.items())

    def load(self, bits: int) -> int:
        """The load of some of the lines."""
        found = self._loads.get(bits)
        if found is None:
            found = sum(line[2] for k, line in enumerate(self.lines) if bits >> k & 1)
            self._loads[bits] = found
        return found

    def parcel(self, w: int, bits: int) -> int:
        """The score of a parcel from a warehouse with some of the lines; NEVER where it has not enough for all."""
        if self.twice and not self._together(w, bits):
            return NEVER
        score = self.row[self.load(bits)][w]
        if self._prices is not None:
            for k, (sku, qty, _load) in enumerate(self.lines):
                if bits >> k & 1:
                    score += self._prices[sku][w] * qty
        return score


class Planner:
    """Finds the best plan of an order. Reads the stock, never takes from it."""

    def __init__(self, problem: Problem, stock: list[list[int]], prices: Sequence[Sequence[int]] | None = None) -> None:
        self.problem, self.stock, self.prices = problem, stock, prices
        policy = problem.policy
        self.unfilled, self.extra = policy.unfilled_line_penalty_fen, policy.split_penalty_fen
        self.parcels, self.split = policy.parcels, policy.split
        self.guarded = self.parcels > 1 and (self.split.only_if_no_single or self.split.max_extra_fen is not None)

    def ruled(self, group: Group) -> bool:
        """Whether more than the score decides: strict tiers, ship all or nothing, guarded splits."""
        return self.guarded or group.strict or group.whole

    def best(self, group: int, lines: Lines) -> Plan:
        """The plan to take now. No lines, or nothing to be had: nothing filled."""
        if self.ruled(self.problem.groups[group]):
            chosen = self.choose(group, lines)
            return chosen.plan if chosen else (NOWHERE,) * len(lines)
        offer = Offer(self, group, lines)
        found = self._cheapest(offer, sorted(offer.has))
        return found.plan if found else (NOWHERE,) * len(lines)

    def _cheapest(self, offer: Offer, warehouses: Sequence[int]) -> Scored | None:
        """The best plan of these warehouses that is not worse than filling nothing."""
        best: Scored | None = None
        most = self.unfilled * offer.count
        if self.parcels > 2:  # a third parcel may pay beside two that are not the best two
            return min((plan for plan in self.every(offer, warehouses) if plan.score <= most), default=None)
        for w in warehouses:
            best = self._better(best, most, self.one(offer, w))
        if self.parcels > 1 and offer.count > 1:
            for first, second in combinations(warehouses, 2):
                best = self._better(best, most, self.two(offer, first, second, best.score if best else most))
        return best

    @staticmethod
    def _better(best: Scored | None, most: int, found: Scored | None) -> Scored | None:
        if found is None or found.score > most or (best is not None and best <= found):
            return best
        return found

    def one(self, offer: Offer, w: int) -> Scored | None:
        """The best plan of one parcel from a warehouse."""
        bits = offer.has.get(w, 0)
        if not bits:
            return None
        missing = offer.count - bits.bit_count()
        score = offer.parcel(w, bits) + self.unfilled * missing
        if score - self.unfilled * missing > self.unfilled and offer.count > 1 and not offer.whole:
            return self._dropped(offer, w)
        return self.scored(offer, {w: bits}, score)

    def two(self, offer: Offer, i: int, j: int, most: int) -> Scored | None:
        """The best plan of a parcel from each of two warehouses that does not score more than `most`."""
        a, b = offer.has[i], offer.has[j]
        missing = offer.count - (a | b).bit_count()
        fixed = self.extra + self.unfilled * missing
        if offer.least[i] + offer.least[j] + fixed > most:
            return None
        free, best, taken = a & b, NEVER, 0
        for bits in _ways(offer, free):
            left, right = (a & ~free) | bits, (b & ~free) | (free & ~bits)
            if left and right:
                score = offer.parcel(i, left) + offer.parcel(j, right)
                if score < best:
                    best, taken = score, left
        if best > self.unfilled and offer.count <= SMALL and not offer.whole:
            return self._dropped(offer, i, j)
        if best >= NEVER:
            return None
        parts = {i: taken, j: (a | b) & ~taken}
        return self.scored(offer, parts, best + fixed)

    def _dropped(self, offer: Offer, i: int, j: int | None = None) -> Scored | None:
        """The plan with lines left out where that is cheaper: a dear parcel is not sent for the sake of one line.

        Beyond SMALL lines nothing is left out that can be filled.
        """
        a, b = offer.has[i], 0 if j is None else offer.has[j]
        small = offer.count <= SMALL
        best, parts = NEVER, {}
        for here in SUBSETS[a] if small else (a,):
            for there in (0,) if j is None else SUBSETS[b & ~here] if small else (b & ~here,):
                each = {i: here} if j is None else {i: here, j: there}
                score = self.score(offer, each) if all(each.values()) else NEVER
                if score < best:
                    best, parts = score, each
        return self.scored(offer, parts, best) if parts else None

    def score(self, offer: Offer, parts: dict[int, int]) -> int:
        """The score of a plan, given as the bits of the lines of each warehouse."""
        filled = sum(bits.bit_count() for bits in parts.values())
        fixed = self.extra * (len(parts) - 1) + self.unfilled * (offer.count - filled)
        return fixed + sum(offer.parcel(w, bits) for w, bits in parts.items())

    def scored(self, offer: Offer, parts: dict[int, int], score: int) -> Scored:
        """The plan of the parts with its score."""
        plan = [NOWHERE] * offer.count
        for w, bits in parts.items():
            for k in range(offer.count):
                if bits >> k & 1:
                    plan[k] = w
        used = tuple(sorted(parts))
        return Scored(score, len(used), sum(offer.tier[w] for w in used), used, tuple(plan), NOWHERE not in plan)

    def _grown(self, offer: Offer, best: Scored, warehouses: Sequence[int]) -> Scored:
        """A further parcel for lines that are not filled yet, while that pays."""
        while best.parcels < self.parcels and not best.filled:
            open_bits = sum(1 << k for k, at in enumerate(best.plan) if at == NOWHERE)
            parts = {w: sum(1 << k for k, at in enumerate(best.plan) if at == w) for w in best.warehouses}
            more = [
                {**parts, w: offer.has[w] & open_bits}
                for w in warehouses
                if w not in parts and offer.has[w] & open_bits
            ]
            found = min((self.scored(offer, each, self.score(offer, each)) for each in more), default=None)
            if found is None or found >= best:
                break
            best = found
        return best

    def every(self, offer: Offer, warehouses: Sequence[int]) -> Iterator[Scored]:
        """The best plan of each warehouse, each two warehouses, and of more where that is allowed and pays."""
        for w in warehouses:
            found = self.one(offer, w)
            if found:
                yield found
        if self.parcels < 2 or offer.count < 2:
            return
        for first, second in combinations(warehouses, 2):
            found = self.two(offer, first, second, NEVER)
            if found:
                yield found
                if self.parcels > 2 and not found.filled:
                    yield self._grown(offer, found, warehouses)

    def choose(self, group: int, lines: Lines) -> Scored | None:
        """The plan by the whole policy: strict tiers, all or nothing, guarded splits. None: fill nothing."""
        offer = Offer(self, group, lines)
        return self.pick(group, offer, list(self.every(offer, sorted(offer.has))))

    def pick(self, group: int, offer: Offer, plans: Sequence[Scored]) -> Scored | None:
        """The least of the plans to which nothing is objected; None where there is none."""
        objected = self.objections(group, offer, plans)
        return min((plan for plan, codes in zip(plans, objected, strict=True) if not codes), default=None)

    def objections(self, group: int, offer: Offer, plans: Sequence[Scored]) -> list[tuple[str, ...]]:
        """For each plan the codes of why it may not be chosen among these plans; empty where it may."""
        rules, most = self.problem.groups[group], self.unfilled * offer.count
        single = any(plan.parcels == 1 and plan.filled and plan.score <= most for plan in plans)
        found: list[tuple[str, ...]] = []
        for plan in plans:
            codes = [NOT_WORTH] if plan.score > most else []
            if rules.together and (plan.parcels > 1 or not plan.filled):
                codes.append(MUST_SHIP_TOGETHER)
            elif rules.whole and not plan.filled:
                codes.append(WHOLE_OR_NOTHING)
            if plan.parcels > 1 and self.split_barred(offer, plan, single):
                codes.append(SPLIT_LIMIT)
            found.append(tuple(codes))
        if rules.strict:
            left = [plan for plan, codes in zip(plans, found, strict=True) if not codes]
            first = self.by_tier(rules, left)
            found = [
                (LATER_TIER,) if not codes and plan not in first else codes
                for plan, codes in zip(plans, found, strict=True)
            ]
        return found

    def split_barred(self, offer: Offer, plan: Scored, single: bool) -> bool:
        """Whether the split policy forbids a plan of several parcels. `single`: one warehouse could ship it all."""
        if self.split.only_if_no_single and single:
            return True
        return self.split.max_extra_fen is not None and self.split_extra(offer, plan) > self.split.max_extra_fen

    def split_extra(self, offer: Offer, plan: Scored) -> int:
        """What a split plan costs more than the same lines in one parcel from the cheapest warehouse, had it them."""
        bits = sum(1 << k for k, at in enumerate(plan.plan) if at != NOWHERE)
        parts = {w: sum(1 << k for k, at in enumerate(plan.plan) if at == w) for w in plan.warehouses}
        spent = sum(offer.row[offer.load(each)][w] for w, each in parts.items()) + self.extra * (plan.parcels - 1)
        return spent - min(offer.row[offer.load(bits)])

    def by_tier(self, rules: Group, plans: list[Scored]) -> list[Scored]:
        """The plans of the first tier that is not short. Tiers up to one count as one pool for splits."""
        deepest = sorted({max(rules.tier[w] for w in plan.warehouses) for plan in plans})
        if self.split.order != TIER_FIRST:
            for tier in deepest:
                found = [p for p in plans if p.parcels == 1 and p.filled and rules.tier[p.warehouses[0]] == tier]
                if found:
                    return found
        for tier in deepest:
            found = [p for p in plans if p.filled and max(rules.tier[w] for w in p.warehouses) == tier]
            if found:
                return found
        return plans


def _ways(offer: Offer, free: int) -> Iterator[int]:
    """Subsets of the free lines to try at the first warehouse; beyond MOST_FREE the lightest move together."""
    lines = sorted((k for k in range(offer.count) if free >> k & 1), key=lambda k: -offer.lines[k][2])
    units = [1 << k for k in lines[:MOST_FREE]]
    if len(lines) > MOST_FREE:
        units.append(sum(1 << k for k in lines[MOST_FREE:]))
    for choice in range(1 << len(units)):
        yield sum(unit for n, unit in enumerate(units) if choice >> n & 1)
