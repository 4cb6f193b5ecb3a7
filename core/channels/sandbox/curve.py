"""When buyers come: the day's and the week's curve, as arrivals of a Poisson process."""

from collections.abc import Iterator
from random import Random

CHINA = 8 * 3600  # Asia/Shanghai has no summer time
_HOURS = (22, 12, 7, 5, 4, 6, 14, 28, 52, 78, 96, 92, 74, 66, 68, 72, 70, 66, 64, 74, 104, 112, 92, 50)
_MEAN = sum(_HOURS) / 24
_WEEK = (0.95, 0.94, 0.95, 0.97, 1.02, 1.10, 1.07)  # Monday first


def share(instant: int) -> float:
    """The rate at an instant as a multiple of the mean: about 2 between 20 and 22 o'clock, 0.1 at four."""
    local = instant + CHINA
    return _HOURS[local // 3600 % 24] / _MEAN * _WEEK[(local // 86400 + 3) % 7]


def arrivals(random: Random, start: int, past_per_day: float, live_from: int, live_per_day: float) -> Iterator[int]:
    """Instants of orders from `start` on: by the day curve until `live_from`, then evenly and for ever.

    Ends at `live_from` for a live rate of 0.
    """
    due, passed, at = random.expovariate(1.0), 0.0, float(start)
    while at < live_from or live_per_day > 0:
        if at < live_from:
            rate = past_per_day / 86400 * share(int(at))
            until = min((int(at) // 600 + 1) * 600, live_from)
        else:
            rate, until = live_per_day / 86400, int(at) + 86400
        step = rate * (until - at)
        if passed + step < due:
            passed, at = passed + step, float(until)
            continue
        at += (due - passed) / rate
        passed = due
        due += random.expovariate(1.0)
        yield int(at)
