"""The oversell simulator: the seller's own demand played against a push interval and a buffer. Seeded, without side effects.

A buyer on a channel is served when the figure shown there suffices; the platform lowers its own figure at once, we hear of
the order after a delay, and each push overwrites the figure with what we know. Oversold = served although nothing was left.
"""

from bisect import insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from core.stock import buffer

DAY_MINUTES = 1440.0
LEGACY = (10.0, 60.0, 240.0, 1440.0)
"""Minutes between two figures of a seller who keeps them by hand: one channel often, the last one daily."""


@dataclass(frozen=True, slots=True)
class Sale:
    """Somebody wants `qty` pieces on a channel, `minute` after the beginning."""

    minute: float
    channel: str
    qty: int


@dataclass(frozen=True, slots=True)
class Setting:
    """How figures are kept: minutes between pushes (of every channel, or one each), buffer in pieces by SKU, share of
    pushes that fail."""

    name: str
    minutes: tuple[float, ...]
    buffer: Callable[[str], int]
    failing: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a setting comes to, in pieces. `lost`: asked for and not served; `needless`: of those, pieces that lay
    there to the end."""

    name: str
    wanted: int = 0
    accepted: int = 0
    oversold: int = 0
    lost: int = 0
    needless: int = 0

    @property
    def oversell_rate(self) -> float:
        """Pieces accepted while nothing was left / pieces accepted."""
        return self.oversold / self.accepted if self.accepted else 0.0

    @property
    def lost_rate(self) -> float:
        """Pieces not served / pieces asked for."""
        return self.lost / self.wanted if self.wanted else 0.0


def bad_day(demand: Mapping[str, Sequence[Sale]], seed: int) -> dict[str, int]:
    """A deliberately bad day: 45 % of the SKUs have less than is asked for, 25 % just as much, the others more."""
    random, stock = Random(f"stock:{seed}"), {}
    for sku in sorted(demand):
        wanted = sum(sale.qty for sale in demand[sku])
        chance = random.random()
        factor = random.uniform(0.5, 0.95) if chance < 0.45 else 1.0 if chance < 0.70 else random.uniform(1.1, 1.8)
        stock[sku] = max(1, round(wanted * factor))
    return stock


def fixed(pieces: int) -> Callable[[str], int]:
    """The same buffer for every SKU."""
    return lambda _sku: pieces


def formula(demand: Mapping[str, Sequence[Sale]], q: float, minutes: float) -> Callable[[str], int]:
    """The Poisson buffer over each SKU's busiest hour."""
    kept = {sku: buffer.pieces(_peak(sales), minutes, q) for sku, sales in demand.items()}
    return lambda sku: kept.get(sku, 0)


def _peak(sales: Sequence[Sale]) -> float:
    hours: dict[int, int] = {}
    for sale in sales:
        hour = int(sale.minute // 60)
        hours[hour] = hours.get(hour, 0) + sale.qty
    return max(hours.values(), default=0) / 60


def play(
    demand: Mapping[str, Sequence[Sale]],
    stock: Mapping[str, int],
    setting: Setting,
    *,
    seed: int,
    delay_minutes: float = 3.0,
) -> Outcome:
    """Play all SKUs. `demand`: SKU -> sales in order of time; the order of an accepted sale is heard of 0 to
    `delay_minutes` later. The same seed gives the same outcome."""
    channels = sorted({sale.channel for sales in demand.values() for sale in sales})
    every = {name: setting.minutes[min(place, len(setting.minutes) - 1)] for place, name in enumerate(channels)}
    totals = [0, 0, 0, 0, 0]
    for sku in sorted(demand):
        part = _play_one(
            demand[sku],
            stock.get(sku, 0),
            every,
            setting.buffer(sku),
            setting.failing,
            delay_minutes,
            Random(f"{seed}:{sku}"),
        )
        totals = [total + more for total, more in zip(totals, part, strict=True)]
    return Outcome(setting.name, *totals)


def _play_one(
    sales: Sequence[Sale],
    pieces: int,
    every: Mapping[str, float],
    kept: int,
    failing: float,
    delay: float,
    random: Random,
) -> tuple[int, int, int, int, int]:
    """(wanted, accepted, oversold, lost, needless) of one SKU."""
    shown = dict.fromkeys(every, max(0, pieces - kept))
    pushed, heard, known = dict.fromkeys(every, 0.0), dict.fromkeys(every, 0), dict.fromkeys(every, 0)
    arrivals: list[tuple[float, int]] = []  # of accepted orders; new ones always come after the last push
    left, wanted, accepted, oversold, lost = pieces, 0, 0, 0, 0
    for sale in sales:
        name, qty = sale.channel, sale.qty
        push = sale.minute // every[name] * every[name]
        while failing and push > pushed[name] and random.random() < failing:
            push -= every[name]
        if push > pushed[name]:
            place, sold = heard[name], known[name]
            while place < len(arrivals) and arrivals[place][0] <= push:
                sold += arrivals[place][1]
                place += 1
            pushed[name], heard[name], known[name] = push, place, sold
            shown[name] = max(0, pieces - sold - kept)
        wanted += qty
        if shown[name] < qty:
            lost += qty
            continue
        shown[name] -= qty
        accepted += qty
        oversold += min(qty, max(0, qty - max(0, left)))
        left -= qty
        insort(arrivals, (sale.minute + random.uniform(0, delay), qty))
    return wanted, accepted, oversold, lost, min(lost, max(0, left))


def settings(demand: Mapping[str, Sequence[Sale]], intervals: Sequence[float], buffers: Sequence[int]) -> list[Setting]:
    """Every interval with every buffer, by hand as now and by formula beside them."""
    found = [Setting("by hand", LEGACY, fixed(0))]
    for minutes in intervals:
        found += [Setting(f"{minutes:g}/{pieces}", (minutes,), fixed(pieces)) for pieces in buffers]
        found.append(Setting(f"{minutes:g}/95%", (minutes,), formula(demand, 0.95, minutes + 2)))
    return found


def made_up(seed: int, skus: int = 120, per_day: float = 90.0) -> dict[str, list[Sale]]:
    """A day nobody lived: four channels 40/30/20/10, SKUs of very different speed, for tests and for an empty store."""
    random = Random(f"demand:{seed}")
    names, weights = ("a", "b", "c", "d"), (40, 30, 20, 10)
    found: dict[str, list[Sale]] = {}
    for number in range(skus):
        mean = per_day * random.lognormvariate(-0.3, 0.8)
        minute, sales = 0.0, list[Sale]()
        while (minute := minute + random.expovariate(mean / DAY_MINUTES)) < DAY_MINUTES:
            sales.append(Sale(minute, random.choices(names, weights)[0], 1))
        found[f"S{number:03d}"] = sales
    return found
