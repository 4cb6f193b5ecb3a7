"""Why this warehouse: every candidate of an order with its parts, what was chosen, the runner-up and the difference.

Laws, held by tests: the parts of a candidate add up to its total; the chosen one is the least of those that may be
chosen; without the chosen one the runner-up is chosen.
"""

from dataclasses import dataclass, field
from typing import Any

from core.decide.routing.greedy import Prices
from core.decide.routing.plans import Offer, Planner, Scored
from core.decide.routing.policy import Tiers
from core.decide.routing.problem import NOWHERE, Plan, Problem
from core.decide.routing.quotes import Quote
from core.decide.routing.result import NO_STOCK, SKU_NOT_IN_WH
from core.decide.routing.why import sentence


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to ship the order. `parts` in fen add up to `total`; `codes` say why it may not be chosen."""

    warehouses: tuple[str, ...]
    feasible: bool
    codes: tuple[str, ...]
    parts: dict[str, int] = field(default_factory=dict)
    quotes: tuple[Quote, ...] = ()
    filled_lines: int = 0
    plan: Plan = ()

    @property
    def total(self) -> int:
        return sum(self.parts.values())

    def document(self) -> dict[str, Any]:
        return {
            "warehouses": list(self.warehouses),
            "feasible": self.feasible,
            "codes": list(self.codes),
            "parts": self.parts,
            "total": self.total if self.feasible else None,
            "filled_lines": self.filled_lines,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """The record kept with an order's decision. `chosen` and `runner_up` are None where nothing is shipped."""

    order_id: str
    rule: Tiers
    tier: int
    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    runner_up: Candidate | None
    stock_seen: dict[str, dict[str, int]]

    @property
    def delta_fen(self) -> int | None:
        """What the runner-up scores more; below 0 where the rule outweighs the score (strict tiers)."""
        return self.runner_up.total - self.chosen.total if self.chosen and self.runner_up else None

    def document(self) -> dict[str, Any]:
        """The record as JSON."""
        return {
            "rule_id": self.rule.id or None,
            "rule": self.rule.name or None,
            "tiered": bool(self.rule.tiers),
            "codes": [] if self.chosen else self.codes(),
            "tier": self.tier + 1,
            "candidates": [candidate.document() for candidate in self.candidates],
            "chosen": list(self.chosen.warehouses) if self.chosen else None,
            "runner_up": list(self.runner_up.warehouses) if self.runner_up else None,
            "delta_fen": self.delta_fen,
            "stock_seen": self.stock_seen,
            "quotes": [_quote(quote) for quote in self.chosen.quotes] if self.chosen else [],
        }

    def sentence(self) -> str:
        """The record as one sentence in the language of the call."""
        return sentence(self.document())

    def codes(self) -> list[str]:
        """The codes of all candidates, each once."""
        return list(dict.fromkeys(code for candidate in self.candidates for code in candidate.codes))


def _quote(quote: Quote) -> dict[str, Any]:
    return {
        "courier": quote.courier,
        "freight_fen": quote.freight_fen,
        "code": quote.code,
        "skipped": [
            {"courier": each.courier, "quote_fen": each.quote_fen, "cap_fen": each.cap_fen} for each in quote.skipped
        ],
        **({"rule": quote.rule} if quote.rule else {}),
    }


class Explainer:
    """Explains orders of a problem on the stock of a moment (before the order takes its own) and its prices."""

    def __init__(self, problem: Problem, stock: list[list[int]], prices: Prices | None = None) -> None:
        self.problem, self.planner = problem, Planner(problem, stock, prices)
        self.stock, self.prices = stock, prices

    def explain(self, n: int, plan: Plan | None = None) -> Explanation:
        """Explain order n (in order of arrival). A `plan` made by a batch mode stands as chosen, as it is."""
        group, lines = self.problem.group_of[n], self.problem.lines[n]
        rules = self.problem.groups[group]
        offer = Offer(self.planner, group, lines)
        plans = list(self.planner.every(offer, sorted(offer.has)))
        own = self.planner.pick(group, offer, plans)
        objected = self.planner.objections(group, offer, plans)
        found = [self._candidate(n, offer, each, codes) for each, codes in zip(plans, objected, strict=True)]
        nothing = (NOWHERE,) * len(lines)
        wanted = own.plan if plan is None and own else nothing if plan is None else plan
        chosen = next((each for each in found if each.plan == wanted), None)
        if chosen is None and wanted != nothing:
            chosen = self._candidate(n, offer, self._scored(offer, wanted), ())
            found.append(chosen)
        left = [each for each in plans if chosen and each.plan != chosen.plan]
        second = self.planner.pick(group, offer, left)
        runner_up = next((each for each in found if second and each.plan == second.plan), None)
        barred = [self._barred(n, w) for w in range(len(self.problem.warehouses)) if w not in offer.has]
        tier = max((rules.tier[w] for w in set(chosen.plan) if w != NOWHERE), default=0) if chosen else 0
        return Explanation(
            self.problem.orders[n].order_id, rules.tiers, tier, (*found, *barred), chosen, runner_up, self._seen(n)
        )  # fmt: skip

    def _scored(self, offer: Offer, plan: Plan) -> Scored:
        used = sorted({w for w in plan if w != NOWHERE})
        parts = {w: sum(1 << k for k, at in enumerate(plan) if at == w) for w in used}
        return self.planner.scored(offer, parts, self.planner.score(offer, parts))

    def _candidate(self, n: int, offer: Offer, scored: Scored, codes: tuple[str, ...]) -> Candidate:
        """A plan with its parts, taken from the quotes."""
        problem, policy = self.problem, self.problem.policy
        group = problem.groups[problem.group_of[n]]
        quotes: list[Quote] = []
        for w in scored.warehouses:
            load = sum(line[2] for line, at in zip(offer.lines, scored.plan, strict=True) if at == w)
            quote = problem.quote(problem.group_of[n], w, load)
            assert isinstance(quote, Quote)
            quotes.append(quote)
        missing = scored.plan.count(NOWHERE)
        parts = {
            "freight": sum(quote.freight_fen for quote in quotes),
            "pack": sum(quote.pack_fen for quote in quotes),
            "time": sum(quote.time_fen for quote in quotes),
            "tier": sum(group.penalty[w] for w in scored.warehouses),
            "split": policy.split_penalty_fen * (len(quotes) - 1),
            "unfilled": policy.unfilled_line_penalty_fen * missing,
            "shadow": self._shadow(offer, scored.plan),
        }
        names = tuple(problem.warehouses[w] for w in scored.warehouses)
        return Candidate(names, not codes, codes, parts, tuple(quotes), offer.count - missing, scored.plan)

    def _shadow(self, offer: Offer, plan: Plan) -> int:
        if self.prices is None:
            return 0
        return sum(
            self.prices[sku][w] * qty
            for (sku, qty, _load), w in zip(offer.lines, plan, strict=True)
            if w != NOWHERE
        )  # fmt: skip

    def _barred(self, n: int, w: int) -> Candidate:
        """A warehouse that can ship none of the lines, with the codes of why."""
        problem = self.problem
        group, name = problem.groups[problem.group_of[n]], (problem.warehouses[w],)
        if group.barred[w]:
            return Candidate(name, False, (group.barred[w],))
        refused = problem.quote(problem.group_of[n], w, min(load for _sku, _qty, load in problem.lines[n]))
        if isinstance(refused, str):
            return Candidate(name, False, (refused,))
        codes = [NO_STOCK if (sku, w) in problem.carried else SKU_NOT_IN_WH for sku, _qty, _load in problem.lines[n]]
        return Candidate(name, False, tuple(dict.fromkeys(codes)))

    def _seen(self, n: int) -> dict[str, dict[str, int]]:
        """The stock the decision looked at: by SKU, by warehouse that may ship it."""
        problem = self.problem
        return {
            line.sku: {problem.warehouses[w]: self.stock[sku][w] for w in problem.cands[sku]}
            for line, (sku, _qty, _load) in zip(problem.orders[n].lines, problem.lines[n], strict=True)
        }
