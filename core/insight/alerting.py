"""When a figure leaves its band or comes back: pure comparing of values with bands and with what was judged before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEAST_ORDERS = 30
"""Fewer orders paid in the days looked at say nothing of a trend: no figure is judged then."""
Band = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Turn:
    """A figure that was inside and is outside now, or the other way round."""

    name: str
    value: float
    outside: bool


def is_outside(value: float, band: Band) -> bool:
    """Whether the value is below or above its band; the ends belong to it."""
    low, high = band
    return (low is not None and value < low) or (high is not None and value > high)


def turns(
    watched: Iterable[str], values: Mapping[str, float | None], bands: Mapping[str, Band], outside: Iterable[str]
) -> list[Turn]:
    """What has turned since the last look. `outside`: the names that were out of their band then. A figure without a
    value or a band stays as it was judged, one no longer watched is left alone."""
    was_out = set(outside)
    found = []
    for name in watched:
        value, band = values.get(name), bands.get(name, (None, None))
        if value is None or band == (None, None):
            continue
        now_out = is_outside(value, band)
        if now_out != (name in was_out):
            found.append(Turn(name, value, now_out))
    return found
