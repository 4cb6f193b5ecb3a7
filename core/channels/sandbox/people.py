"""Pretend buyers: names, phones and addresses that repeat as real ones do, and what a platform shows of them.

Nobody here exists: names are drawn from lists, phones from numbers built by rule.
"""

import base64
import hashlib
from bisect import bisect
from dataclasses import dataclass
from random import Random

from core.channels.sandbox.goods import WORDS

_PLACES: list[tuple[str, str, str, int, int]] = [tuple(place) for place in WORDS["places"]]
_WEIGHTS: list[int] = []
_total = 0
for _place in _PLACES:
    _total += _place[4]
    _WEIGHTS.append(_total)
_SURNAMES: str = WORDS["surnames"]
_SHORT = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区", "省", "市")


@dataclass(slots=True)
class Home:
    """Where parcels go: a place, a street address and a phone; a household shares it."""

    place: int
    street: str
    phone: str

    @property
    def province(self) -> str:
        return _PLACES[self.place][0]

    @property
    def city(self) -> str:
        return _PLACES[self.place][1]

    @property
    def district(self) -> str:
        return _PLACES[self.place][2]

    @property
    def code(self) -> int:
        """The district's administrative code, six digits."""
        return _PLACES[self.place][3]

    @property
    def short_province(self) -> str:
        """As JD writes it: without the kind of the province."""
        for ending in _SHORT:
            if self.province.endswith(ending):
                return self.province.removesuffix(ending)
        return self.province


@dataclass(slots=True)
class Buyer:
    """One account on one platform shop."""

    number: int
    name: str
    home: Home


class Crowd:
    """The buyers of one shop. New ones come, old ones come again, some live in one household."""

    def __init__(self) -> None:
        self.buyers: list[Buyer] = []

    def draw(self, random: Random) -> Buyer:
        """The next buyer: a known one in a quarter of the cases, else new; now and then in a known household."""
        chance = random.random()
        known = self.buyers[int(random.random() ** 2 * len(self.buyers))] if self.buyers else None
        if known and chance < 0.24:
            return known
        home = known.home if known and chance < 0.28 else _home(random)
        buyer = Buyer(len(self.buyers), _name(random), home)
        self.buyers.append(buyer)
        return buyer

    def stranger(self, random: Random) -> Buyer:
        """A new account at a new address: the root of a brushing burst."""
        buyer = Buyer(len(self.buyers), _name(random), _home(random))
        self.buyers.append(buyer)
        return buyer

    def twin(self, random: Random, of: Buyer) -> Buyer:
        """Another account with the same phone and address."""
        buyer = Buyer(len(self.buyers), _name(random), of.home)
        self.buyers.append(buyer)
        return buyer


def _name(random: Random) -> str:
    given = WORDS["given"]
    return _SURNAMES[int(random.random() * len(_SURNAMES))] + given[int(random.random() * len(given))]


def _home(random: Random) -> Home:
    roads, estates = WORDS["roads"], WORDS["estates"]
    place = bisect(_WEIGHTS, random.random() * _total)
    number = int(random.random() * 10**9)
    road = roads[number % len(roads)]
    estate = estates[number // 100 % len(estates)]
    street = f"{road}{number % 499 + 1}号{estate}{number % 31 + 1}栋{number // 7 % 28 + 1}0{number % 4 + 1}室"
    return Home(place, street, f"1{'35789'[number % 5]}{int(random.random() * 10**9):09d}")


def token(*parts: object, length: int = 24) -> str:
    """A stable text that looks like a platform's cipher or open id of its parts."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return base64.b64encode(digest).decode("ascii").replace("/", "x").replace("+", "y")[:length]


def masked_name(name: str) -> str:
    return f"{name[0]}**"
