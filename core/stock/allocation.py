"""How many of the pieces that can be sold each channel may show."""

from collections.abc import Mapping, Sequence

from core.i18n import N_

SHARED, SHARE, HYBRID = "shared", "share", "hybrid"
MODES = {
    SHARED: N_("Every channel shows all"),
    SHARE: N_("Each channel its share"),
    HYBRID: N_("All together, the last pieces for one channel"),
}


def allocate(
    available: int,
    channels: Sequence[str],
    *,
    mode: str = SHARED,
    shares: Mapping[str, int] | None = None,
    priority: str = "",
    threshold: int = 0,
) -> dict[str, int]:
    """Channel -> pieces to show, never below 0.

    shared: all show everything. share: whole parts by percent, what is left over by rounding or given to nobody goes to
    the priority channel. hybrid: as shared above the threshold, below it only the priority channel shows anything.
    """
    pieces = max(0, available)
    if mode == SHARE:
        given = {channel: pieces * (shares or {}).get(channel, 0) // 100 for channel in channels}
        if priority in given:
            given[priority] += pieces - sum(given.values())
        return given
    if mode == HYBRID and pieces <= threshold:
        return {channel: pieces if channel == priority else 0 for channel in channels}
    return dict.fromkeys(channels, pieces)
