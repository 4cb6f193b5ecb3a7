"""The seller's own goods: what lies in the three warehouses, what is promised, and nightly deliveries."""

import math

from core.channels.sandbox.goods import WORDS, Sku, catalogue
from core.channels.sandbox.orders import Line
from core.channels.sandbox.shop import Shop

_SHARES = (0.4, 0.35, 0.25)
_SCARCE = 17


class Stock:
    """On-hand pieces by warehouse and SKU, and pieces of open orders that have not left. Sets lie as their parts."""

    def __init__(self, orders_per_day: float, shops: list[Shop]) -> None:
        self.warehouses: tuple[str, ...] = tuple(row[0] for row in WORDS["warehouses"])
        self.on_hand: dict[str, dict[str, int]] = {name: {} for name in self.warehouses}
        self.promised: dict[str, int] = {}
        self._total: dict[str, int] = {}
        self.target = self._targets(orders_per_day, shops)
        for code, wanted in self.target.items():
            self._deliver(code, wanted)

    def _targets(self, orders_per_day: float, shops: list[Shop]) -> dict[str, int]:
        """About four days of demand by popularity, at least 40 pieces; every 17th SKU is scarce."""
        found = {code: 40 for code, sku in catalogue().items() if not sku.components}
        for shop in shops:
            each, before = orders_per_day / len(shops) / shop.weights[-1], 0.0
            for code, weight in zip(shop.codes, shop.weights, strict=True):
                for part, pieces in parts_of(catalogue()[code]):
                    found[part] += math.ceil(each * (weight - before) * 1.8 * 1.3 * 4) * pieces
                before = weight
        for code, sku in catalogue().items():
            if sku.gift:
                found[code] += int(orders_per_day * 2)
            elif sku.number % _SCARCE == 3 and code in found:
                found[code] = max(12, found[code] // 12)
        return found

    def _deliver(self, code: str, pieces: int) -> None:
        left = pieces
        self._total[code] = self._total.get(code, 0) + pieces
        for name, share in zip(self.warehouses, _SHARES, strict=True):
            part = left if name == self.warehouses[-1] else int(pieces * share)
            self.on_hand[name][code] = self.on_hand[name].get(code, 0) + part
            left -= part

    def total(self, code: str) -> int:
        return self._total.get(code, 0)

    def free(self, sku: Sku) -> int:
        """How many could be sold at most: on hand less promised; a set by its scarcest part."""
        return max(0, min((self.total(c) - self.promised.get(c, 0)) // n for c, n in parts_of(sku)))

    def promise(self, line: Line, sign: int = 1) -> None:
        """A line waits for its pieces (`sign` 1), or no longer (-1)."""
        for code, pieces in parts_of(line.listing.sku):
            self.promised[code] = self.promised.get(code, 0) + sign * pieces * line.qty

    def take(self, line: Line) -> None:
        """A line leaves the house: from the fullest warehouse first; never below zero."""
        self.promise(line, -1)
        for code, pieces in parts_of(line.listing.sku):
            left = pieces * line.qty
            for shelf in sorted(self.on_hand.values(), key=lambda kept: -kept.get(code, 0)):
                part = min(left, shelf.get(code, 0))
                shelf[code] = shelf.get(code, 0) - part
                self._total[code] -= part
                left -= part

    def replenish(self) -> None:
        """The night's delivery brings everything short back to its target."""
        for code, wanted in self.target.items():
            free = self.total(code) - self.promised.get(code, 0)
            if free < wanted * 0.6:
                self._deliver(code, wanted - free)

    def oversold(self) -> list[dict[str, str | int]]:
        """SKUs promised beyond what lies in all warehouses."""
        short = ((code, promised - self.total(code)) for code, promised in sorted(self.promised.items()))
        return [{"sku": code, "qty": qty} for code, qty in short if qty > 0]


def parts_of(sku: Sku) -> tuple[tuple[str, int], ...]:
    """The pieces one unit needs: a plain SKU is its own part."""
    return sku.components or ((sku.code, 1),)
