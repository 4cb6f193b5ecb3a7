"""The life of the pretend shops: a queue of things that happen, played up to any instant.

Everything runs by the instants given to `advance`, never by itself; one seed gives one life.
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any

from core.channels.sandbox import fate
from core.channels.sandbox.birth import bear
from core.channels.sandbox.curve import CHINA, arrivals
from core.channels.sandbox.goods import WORDS
from core.channels.sandbox.orders import Before, Order, Refund, State
from core.channels.sandbox.people import Buyer
from core.channels.sandbox.shop import Shop, open_shop
from core.channels.sandbox.stock import Stock

CHANNELS = ("taobao", "jd", "doudian", "pinduoduo", "wechat")
DAY = 86400
REST = 600  # a standing life ends this many seconds before the start
MOST_PER_SHOP_AND_DAY = 2_000


class World:
    """All shops together. `rate` is orders a minute over all shops; 0 lets the life stand still after the past days."""

    def __init__(self, seed: int, rate: float, days: int, start: int, skews: dict[str, int] | None = None) -> None:
        self.seed, self.start = seed, start
        self.live_from = start - REST
        self.standing = rate <= 0
        self.shops = {
            shop.name: shop for shop in (open_shop(channel, number, seed) for channel, number in shop_numbers())
        }
        for shop in self.shops.values():
            shop.skew = (skews or {}).get(shop.channel, 0)
        past = min(rate * 1440 or 1_000.0, MOST_PER_SHOP_AND_DAY * float(len(self.shops)))
        self.stock = Stock(max(past, rate * 1440), list(self.shops.values()))
        self.now = self.live_from - days * DAY
        self._queue: list[tuple[int, int, str, Any]] = []
        self._serial = count()
        self._births: dict[str, Iterator[int]] = {}
        each = len(self.shops)
        for shop in self.shops.values():
            self._births[shop.name] = arrivals(
                Random(f"{seed}:arrivals:{shop.name}"),
                self.now,
                past / each,
                self.live_from,
                rate * 1440 / each,
            )
            self._next_birth(shop)
        self.restock()
        self.plan((self.now + CHINA) // DAY * DAY + DAY - CHINA + 2 * 3600, "restock", None)
        self.paused = False

    def plan(self, at: int, what: str, subject: Any) -> None:
        """Let something happen at an instant."""
        heappush(self._queue, (at, next(self._serial), what, subject))

    def advance(self, now: int) -> None:
        """Play everything up to an instant. A standing life never goes beyond its rest."""
        until = self.live_from if self.standing else now
        if self.paused:
            return
        while self._queue and self._queue[0][0] <= until:
            at, _, what, subject = heappop(self._queue)
            self.now = at
            self._happen(at, what, subject)
        self.now = max(self.now, until)

    def _happen(self, at: int, what: str, subject: Any) -> None:
        if what == "birth":
            self._birth(at, subject)
        elif what == "burst":
            self._enter(at, self.shops[subject[0]], subject[1], subject[2])
        elif what == "restock":
            self.stock.replenish()
            self.restock()
            self.plan(at + DAY, "restock", None)
        else:
            fate.HAPPENINGS[what](self, at, subject)

    def _next_birth(self, shop: Shop) -> None:
        at = next(self._births[shop.name], None)
        if at is not None:
            self.plan(at, "birth", shop)

    def _birth(self, at: int, shop: Shop) -> None:
        self._next_birth(shop)
        chance = shop.random.random()
        if chance > 0.0006:
            self._enter(at, shop)
            return
        root = shop.crowd.stranger(shop.random)
        code = shop.codes[int(chance / 0.0006 * 20)]
        for n in range(5 + int(shop.random.random() * 8)):
            buyer = root if n % 3 else shop.crowd.twin(shop.random, root)
            self.plan(at + n * 70 + int(shop.random.random() * 50), "burst", (shop.name, buyer, code))

    def _enter(self, at: int, shop: Shop, buyer: Buyer | None = None, code: str | None = None) -> None:
        """A new order, if the shop still lists what it wants. In the past somebody took care that it was there."""
        order = bear(shop, at, self.live_from, buyer, code)
        if any(shop.listed.get(line.listing.sku.code, 0) < line.qty for line in order.lines):
            return
        if at < self.live_from and any(self.stock.free(line.listing.sku) < line.qty for line in order.lines):
            return
        for line in order.lines:
            shop.listed[line.listing.sku.code] -= line.qty
        order.modified = at + shop.skew
        shop.orders[order.no] = order
        if shop.sells_unpaid:
            self.show(order)
        fate.expect(self, order)

    def shop_of(self, order: Order) -> Shop:
        return self.shops[order.shop]

    def show(self, order: Order) -> None:
        """Put an order into the lists of its shop under its present modified time."""
        shop = self.shop_of(order)
        shop.by_modified.put(order, order.modified)
        shop.by_created.put(order, order.created)

    def keep(self, order: Order) -> None:
        """Remember the present version: call before changing an order."""
        order.told = b""
        order.before = Before(
            order.modified,
            order.state,
            order.paid_at,
            order.shipped_at,
            order.finished_at,
            order.courier,
            order.tracking_no,
        )

    def touch(self, order: Order, at: int) -> None:
        """After a change: a new version with a later modified time."""
        shop = self.shop_of(order)
        order.version += 1
        order.modified = max(order.modified + 1, at + shop.skew)
        if shop.sells_unpaid or order.state not in (State.UNPAID, State.CLOSED):
            self.show(order)

    def touch_refund(self, refund: Refund, at: int) -> None:
        """After a change of a refund."""
        shop = self.shop_of(refund.order)
        refund.modified = max(refund.modified + 1, at + shop.skew)
        shop.refunds_by_modified.put(refund, refund.modified)
        shop.refunds_by_created.put(refund, refund.created)

    def restock(self) -> None:
        """The seller's old habit: every night each shop lists all that is free, unless the product pushes stock."""
        free = {}
        for shop in self.shops.values():
            for code, listing in shop.listings.items():
                if code not in shop.pushed:
                    if code not in free:
                        free[code] = self.stock.free(listing.sku)
                    shop.listed[code] = free[code]


def shop_numbers() -> list[tuple[str, int]]:
    """(channel, number) of the shops: one a platform, and a second Taobao shop."""
    return [*((channel, 1) for channel in CHANNELS), ("taobao", 2)]


def warehouses() -> list[dict[str, str]]:
    """The three warehouses with their addresses."""
    keys = ("warehouse", "name", "province", "city", "district")
    return [dict(zip(keys, row, strict=True)) for row in WORDS["warehouses"]]
