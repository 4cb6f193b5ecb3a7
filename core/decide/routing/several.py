"""The cheapest plan of an order with two to SMALL lines, exactly, without making objects: the hot path of every mode.

`plans.Planner` says the same at length, with all candidates, for explanations and for rules that look beyond the score;
a property test holds the two together.
"""

from collections.abc import Sequence

from core.decide.routing.problem import NEVER, NOWHERE, Lines, Plan, Problem

SMALL = 6
SUBSETS: list[tuple[int, ...]] = [
    tuple(bits for bits in range(1, whole + 1) if bits & whole == bits) for whole in range(1 << SMALL)
]
"""By set of lines its subsets but the empty one."""
WAYS: list[tuple[int, ...]] = [(0, *subsets) for subsets in SUBSETS]


class Several:
    """Places orders of two to SMALL lines on the stock that is left; reads it, never takes from it."""

    def __init__(self, problem: Problem, stock: list[list[int]], prices: Sequence[Sequence[int]] | None) -> None:
        policy = problem.policy
        self.stock, self.prices, self.cands = stock, prices, problem.cands
        self.rows, self.least, self.groups = problem.rows, problem.least, problem.groups
        self.dear, self.extra, self.pairs = (
            policy.unfilled_line_penalty_fen,
            policy.split_penalty_fen,
            policy.parcels > 1,
        )
        # No plan of two parcels scores less than this, by group.
        self.floor = [sum(sorted(least)[:2]) + self.extra if self.pairs else NEVER for least in problem.least]
        self.short = [
            [self.dear * (count - bits.bit_count()) for bits in range(1 << count)] for count in range(SMALL + 1)
        ]

    def place(self, group: int, lines: Lines) -> Plan:
        """The cheapest plan."""
        has: dict[int, int] = {}
        stock, cands, least = self.stock, self.cands, self.least[group]
        loads, bit = [0], 1
        for sku, qty, load in lines:
            left = stock[sku]
            for w in cands[sku]:
                if left[w] >= qty:
                    has[w] = has.get(w, 0) | bit
            loads += [each + load for each in loads]
            bit += bit
        whole = bit - 1
        row, best, chosen, tier = self.rows[group][loads[whole]], NEVER, NOWHERE, self.groups[group].tier
        if self.prices is None:
            for w, bits in has.items():
                if bits == whole:
                    score = row[w]
                    if score < best or (score == best and (tier[w], w) < (tier[chosen], chosen)):
                        best, chosen = score, w
            if best <= self.dear and (
                best <= self.floor[group] or best <= self.extra + sum(sorted([least[w] for w in has])[:2])
            ):
                return (chosen,) * len(lines)
        columns = self._columns(group, lines, loads, {w: has[w] for w in sorted(has) if least[w] < NEVER})
        return self._search(columns, has, len(lines), tier, least)

    def _columns(self, group: int, lines: Lines, loads: list[int], has: dict[int, int]) -> dict[int, list[int]]:
        """By warehouse the score of a parcel by set of lines."""
        rows = self.rows[group]
        by_bits = [rows[load] for load in loads]
        found = {w: [row[w] for row in by_bits] for w in has}
        if self.prices is not None:
            for w, column in found.items():
                worth = [0]
                for sku, qty, _load in lines:
                    price = self.prices[sku][w] * qty
                    worth += [each + price for each in worth]
                found[w] = [score + more for score, more in zip(column, worth, strict=True)]
        return found

    def _search(
        self, columns: dict[int, list[int]], has: dict[int, int], count: int, tier: Sequence[int], least: Sequence[int]
    ) -> Plan:
        """The best of all plans of one parcel, then of two that can still undercut it."""
        short, dear = self.short[count], self.dear
        best, chosen, taken, second, rest = short[0], NOWHERE, 0, NOWHERE, 0
        for w, column in columns.items():
            bits = has[w]
            for some in SUBSETS[bits] if column[bits] > dear else (bits,):
                score = column[some] + short[some]
                if score < best or (score == best and (chosen == NOWHERE or tier[w] < tier[chosen])):
                    best, chosen, taken = score, w, some
        if not self.pairs:
            return self._plan(count, chosen, taken, second, rest)
        open_, extra, ranks = list(columns), self.extra, -1
        for n, i in enumerate(open_):
            a, low, column = has[i], least[i] + extra, columns[i]
            for j in open_[n + 1 :]:
                b = has[j]
                if low + least[j] + short[a | b] > best:
                    continue
                score, left, right = self._two(column, columns[j], a, b, short)
                rank = tier[i] + tier[j]
                if score + extra < best or (score + extra == best and second != NOWHERE and rank < ranks):
                    best, chosen, taken, second, rest, ranks = score + extra, i, left, j, right, rank
        return self._plan(count, chosen, taken, second, rest)

    def _two(self, one: list[int], other: list[int], a: int, b: int, short: list[int]) -> tuple[int, int, int]:
        """The best division of the lines: score without split penalty, the lines of either."""
        free, missing = a & b, short[a | b]
        fixed_a, fixed_b = a & ~b, b & ~a
        best, left, right = NEVER, 0, 0
        for bits in WAYS[free]:
            here, there = fixed_a | bits, fixed_b | (free & ~bits)
            if here and there:
                score = one[here] + other[there]
                if score < best:
                    best, left, right = score, here, there
        best += missing
        if best - missing > self.dear:  # a line left out may be cheaper than its parcel
            for here in SUBSETS[a]:
                for there in SUBSETS[b & ~here]:
                    score = one[here] + other[there] + short[here | there]
                    if score < best:
                        best, left, right = score, here, there
        return best, left, right

    @staticmethod
    def _plan(count: int, first: int, taken: int, second: int, rest: int) -> Plan:
        return tuple(first if taken >> k & 1 else second if rest >> k & 1 else NOWHERE for k in range(count))
