"""A pretend shop: its keys, its listings, its orders, and the lists by time that the platforms page through."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import accumulate, islice
from random import Random
from typing import Generic, TypeVar, overload

from core.channels.sandbox.goods import WORDS, Listing, listings
from core.channels.sandbox.orders import Order, Refund
from core.channels.sandbox.people import Crowd

T = TypeVar("T", Order, Refund)


class Timeline(Generic[T]):
    """Things sorted by an instant, found by a range in O(log n); a thing can move to a later instant."""

    def __init__(self) -> None:
        self._rows: list[tuple[int, int, T]] = []
        self._place: dict[int, int] = {}  # id(thing) -> the instant it stands at
        self._serial = 0
        self._keys: dict[int, int] = {}

    def put(self, thing: T, instant: int) -> None:
        """Place or move a thing."""
        key = id(thing)
        if key in self._place:
            at = bisect_left(self._rows, (self._place[key], self._keys[key]))
            del self._rows[at]
        else:
            self._serial += 1
            self._keys[key] = self._serial
        self._place[key] = instant
        row = (instant, self._keys[key], thing)
        if not self._rows or self._rows[-1] < row:  # the second member is unique: things are never compared
            self._rows.append(row)
        else:
            insort(self._rows, row)

    def between(self, since: int, until: int) -> "Span[T]":
        """Things from `since` to `until`, both included, the oldest first."""
        low = bisect_left(self._rows, (since,))
        return Span(self._rows, low, max(low, bisect_right(self._rows, (until, 1 << 62))))


class Span(Sequence[T]):
    """A stretch of a timeline, looked at without copying it. Valid until the timeline changes."""

    def __init__(self, rows: list[tuple[int, int, T]], low: int, high: int) -> None:
        self._rows, self._low, self._high = rows, low, high

    def __len__(self) -> int:
        return self._high - self._low

    def __iter__(self) -> Iterator[T]:
        return (row[2] for row in islice(self._rows, self._low, self._high))

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> list[T]: ...
    def __getitem__(self, place: int | slice) -> T | list[T]:
        if isinstance(place, slice):
            return [self._rows[self._low + n][2] for n in range(*place.indices(len(self)))]
        return self._rows[range(self._low, self._high)[place]][2]


@dataclass(slots=True)
class Shop:
    """One shop on one platform. `skew` is how wrong the platform's clock goes (seconds)."""

    name: str
    title: str
    channel: str
    number: int
    app_key: str
    app_secret: str
    shop_id: str
    listings: dict[str, Listing]
    random: Random
    skew: int = 0
    crowd: Crowd = field(default_factory=Crowd)
    orders: dict[str, Order] = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)
    by_modified: Timeline[Order] = field(default_factory=Timeline)
    by_created: Timeline[Order] = field(default_factory=Timeline)
    refunds_by_modified: Timeline[Refund] = field(default_factory=Timeline)
    refunds_by_created: Timeline[Refund] = field(default_factory=Timeline)
    listed: dict[str, int] = field(default_factory=dict)  # sku code -> quantity on sale
    pushed: set[str] = field(default_factory=set)  # sku codes whose quantity the product has taken over
    by_sku_id: dict[str, Listing] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    born: int = 0

    @property
    def sells_unpaid(self) -> bool:
        """Whether the platform shows orders before they are paid; Pinduoduo does not."""
        return self.channel != "pinduoduo"

    def listing(self, sku: str) -> Listing | None:
        """The listing under the platform's own SKU number or the seller's code."""
        return self.by_sku_id.get(sku) or self.listings.get(sku)


def open_shop(channel: str, number: int, seed: int) -> Shop:
    """A shop with keys and listings fixed by the seed."""
    name = f"{channel}-{number}"
    found = listings(channel, name, seed)
    digest = sha256(f"{seed}:{name}".encode()).hexdigest()
    app_key = f"wx{digest[:16]}" if channel == "wechat" else str(int(digest[:10], 16) % 10**8 + 10**8)
    codes = [code for code, listing in found.items() if not listing.sku.gift]
    shop = Shop(
        name=name,
        title=WORDS["shops"][channel] + (str(number) if number > 1 else ""),
        channel=channel,
        number=number,
        app_key=app_key,
        app_secret=digest[10:42],
        shop_id=str(4_000_000 + int(digest[:4], 16)),
        listings=found,
        random=Random(f"{seed}:{name}"),
        by_sku_id={str(listing.sku_id): listing for listing in found.values()},
        codes=codes,
    )
    shop.random.shuffle(codes)
    shop.weights = list(accumulate(1 / (rank + 4) for rank in range(len(codes))))
    return shop
