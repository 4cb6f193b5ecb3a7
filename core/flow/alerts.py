"""A station that has something to say to people: kept in its transaction, told by the robots' job."""

from collections.abc import Sequence

from core.flow.station import Context
from core.store import alerts


def tell(context: Context, robots: Sequence[str], title: str, keys: Sequence[int], text: str = "") -> None:
    """Raise one alert about all these orders for each of the robots (by name)."""
    if keys and robots:
        alerts.raise_(context.cursor, robots, title, context.flow, context.node, keys, text, context.now)
