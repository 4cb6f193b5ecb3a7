"""The common case without making plans: everything from one warehouse is best, and so is the next best.

Says nothing (None) wherever a split, a line left out or a guarded rule might come in between; then `plans.Planner` decides.
A property test holds both together.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from core.decide.routing.plans import Planner
from core.decide.routing.policy import TIER_FIRST
from core.decide.routing.problem import NEVER, Lines, Plan, Problem
from core.decide.routing.quotes import Quote
from core.decide.routing.result import NO_STOCK, SKU_NOT_IN_WH

Prices = Sequence[Sequence[int]]


class Singles(NamedTuple):
    """One-parcel plans of an order: the chosen warehouse, the next one (None: no other), all of them with their scores."""

    chosen: int
    second: int | None
    scores: dict[int, int]
    later: frozenset[int]  # a strict rule's later tiers


class Quick:
    """Finds the single-parcel choice on the stock that is left; reads it, never takes from it."""

    def __init__(self, problem: Problem, stock: list[list[int]], prices: Prices | None = None) -> None:
        policy = problem.policy
        self.problem, self.stock, self.prices = problem, stock, prices
        self.dear = policy.unfilled_line_penalty_fen
        self.tier_first = policy.split.order == TIER_FIRST and policy.parcels > 1
        self.guarded = Planner(problem, stock, prices).guarded
        self.strict = [group.strict for group in problem.groups]
        self.pairs, self.extra = policy.parcels > 1, policy.split_penalty_fen
        self.floor = [sum(sorted(least)[:2]) + self.extra if self.pairs else NEVER for least in problem.least]
        # Without prices an order's choice depends on its tariff row and on who has everything: few cases, many orders.
        self._cases: dict[tuple[int, ...], Singles | None] = {}
        self._records: dict[tuple[int, tuple[str, ...]], dict[str, Any]] = {}

    def find(self, group: int, lines: Lines) -> Singles | None:
        """The choice among single parcels where no other plan can beat the first two of them."""
        if not lines or self.guarded or (self.strict[group] and self.tier_first):
            return None
        row, has = self._having(group, lines)
        if self.prices is not None:
            prices = self.prices
            scores = {w: row[w] + sum([prices[sku][w] * qty for sku, qty, _load in lines]) for w in has}
            return self._among(group, len(lines), scores)
        case = group, id(row), len(lines), *has
        if case not in self._cases:
            self._cases[case] = self._among(group, len(lines), {w: row[w] for w in has})
        return self._cases[case]

    def _among(self, group: int, lines: int, scores: dict[int, int]) -> Singles | None:
        where = self.problem.groups[group]
        if not scores:
            return None
        # A line left open at the very same cost is a tie, which the planner breaks.
        dearest = max(scores.values())
        if dearest > self.dear * lines if where.whole else dearest >= self.dear:
            return None
        tier = where.tier
        if self.strict[group]:
            order = sorted(scores, key=lambda w: (tier[w], scores[w], w))
            first = tier[order[0]]
            later = frozenset(w for w in order if tier[w] > first)
            second = order[1] if len(order) > 1 else None
            if second is None and lines > 1 and not where.together and (self.pairs or not where.whole):
                return None
            return Singles(order[0], second, scores, later)
        order = sorted(scores, key=lambda w: (scores[w], tier[w], w))
        second = order[1] if len(order) > 1 else None
        if self.pairs and not where.together and lines > 1:
            if second is None or scores[second] > self.floor[group]:
                return None
        elif second is None and not where.whole and lines > 1:
            return None
        return Singles(order[0], second, scores, frozenset())

    def _having(self, group: int, lines: Lines) -> tuple[list[int], list[int]]:
        """The scores of one parcel by warehouse, and the warehouses that have everything and may send it."""
        stock, cands = self.stock, self.problem.cands
        if len(lines) == 1:
            sku, qty, load = lines[0]
            left, row = stock[sku], self.problem.rows[group][load]
            has = [w for w in cands[sku] if left[w] >= qty]
        else:
            use: dict[int, int] = {}
            load = 0
            for sku, qty, one in lines:
                use[sku] = use.get(sku, 0) + qty
                load += one
            row = self.problem.rows[group][load]
            first, *rest = use.items()
            has = [w for w in cands[first[0]] if stock[first[0]][w] >= first[1]]
            for sku, qty in rest:
                left = stock[sku]
                has = [w for w in has if left[w] >= qty and w in cands[sku]]
        return row, [w for w in has if row[w] < NEVER]

    def plan(self, group: int, lines: Lines) -> Plan | None:
        """The plan to take now, where it is one of these."""
        found = self.find(group, lines)
        return None if found is None else (found.chosen,) * len(lines)

    def record(self, n: int, plan: Plan) -> dict[str, Any] | None:
        """The record of why for order n, as `Explanation.document` has it; None where it takes more to say."""
        problem = self.problem
        group, lines = problem.group_of[n], problem.lines[n]
        found = self.find(group, lines)
        if found is None or any(w != found.chosen for w in plan):
            return None
        stock, cands, names = self.stock, problem.cands, problem.warehouses
        seen = {
            line.sku: {names[w]: stock[sku][w] for w in cands[sku]}
            for line, (sku, _qty, _load) in zip(problem.orders[n].lines, lines, strict=True)
        }
        return {**self._same(group, lines, found), "codes": [], "stock_seen": seen}

    def _same(self, group: int, lines: Lines, found: Singles) -> dict[str, Any]:
        """What the records of all orders of a case have in common; nobody changes what is inside."""
        load, barred = sum([line[2] for line in lines]), self.problem.groups[group].barred
        lacks = [w for w in range(len(barred)) if w not in found.scores] if len(found.scores) < len(barred) else []
        codes = tuple([barred[w] or self._lacking(group, w, lines, load) for w in lacks])
        if self.prices is not None:
            return self._told(group, load, found, codes)
        case = id(found), codes
        if case not in self._records:
            self._records[case] = self._told(group, load, found, codes)
        return self._records[case]

    def _told(self, group: int, load: int, found: Singles, codes: Sequence[str]) -> dict[str, Any]:
        problem, second = self.problem, found.second
        where, names = problem.groups[group], problem.warehouses
        quote = problem.quote(group, found.chosen, load)
        assert isinstance(quote, Quote)
        return {
            "rule_id": where.tiers.id or None,
            "rule": where.tiers.name or None,
            "tiered": bool(where.tiers.tiers),
            "codes": [],
            "tier": where.tier[found.chosen] + 1,
            "candidates": self._candidates(group, load, found, iter(codes)),
            "chosen": [names[found.chosen]],
            "runner_up": None if second is None else [names[second]],
            "delta_fen": None if second is None else found.scores[second] - found.scores[found.chosen],
            "stock_seen": {},
            "quotes": [told(quote)],
        }

    def _candidates(self, group: int, load: int, found: Singles, codes: Iterator[str]) -> list[dict[str, Any]]:
        problem, where, made = self.problem, self.problem.groups[group], []
        for w, name in enumerate(problem.warehouses):
            if w not in found.scores:
                made.append({"warehouses": [name], "feasible": False, "codes": [next(codes)], "total": None})
                continue
            quote = problem.quote(group, w, load)
            assert isinstance(quote, Quote)
            tier, later = where.penalty[w], w in found.later
            parts = {"freight": quote.freight_fen, "pack": quote.pack_fen, "time": quote.time_fen, "tier": tier}
            parts["shadow"] = found.scores[w] - quote.fen - tier
            made.append(
                {
                    "warehouses": [name],
                    "feasible": not later,
                    "codes": ["LATER_TIER"] if later else [],
                    "parts": parts,
                    "total": found.scores[w],
                }
            )
        return made

    def _lacking(self, group: int, w: int, lines: Lines, load: int) -> str:
        quote = self.problem.quote(group, w, load)
        if isinstance(quote, str):
            return quote
        carried = self.problem.carried
        return NO_STOCK if all((sku, w) in carried for sku, _qty, _load in lines) else SKU_NOT_IN_WH


def told(quote: Quote) -> dict[str, Any]:
    """A quote as the record keeps it."""
    return {
        "courier": quote.courier,
        "freight_fen": quote.freight_fen,
        "code": quote.code,
        "skipped": [
            {"courier": each.courier, "quote_fen": each.quote_fen, "cap_fen": each.cap_fen} for each in quote.skipped
        ],
        **({"rule": quote.rule} if quote.rule else {}),
    }
