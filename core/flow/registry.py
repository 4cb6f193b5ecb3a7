"""Every station of the palette by its kind: one file each in `core/flow/stations/`, found by itself."""

import importlib
import pkgutil
from functools import cache

from core.flow import stations as folder
from core.flow.station import GROUPS, Station


@cache
def stations() -> dict[str, Station]:
    """Kind -> its one instance, in the order of the palette's groups. ValueError for two of one kind."""
    found: dict[str, Station] = {}
    for module in pkgutil.iter_modules(folder.__path__):
        kind = getattr(importlib.import_module(f"{folder.__name__}.{module.name}"), "STATION", None)
        if kind is None:
            continue
        if kind.kind in found:
            raise ValueError(f"two stations are of the kind {kind.kind}")
        found[kind.kind] = kind()
    places = {group: place for place, group in enumerate(GROUPS)}
    return dict(sorted(found.items(), key=lambda pair: (places[pair[1].group], pair[0])))
