"""Finds the connectors: every module of the package `connectors` that holds a Connector. No list to keep."""

import importlib
import inspect
import logging
import pkgutil
import threading
from collections.abc import Callable, Mapping
from functools import cache

import connectors as package
from core.channels.base import Connector, TokenState
from core.channels.http import Http, Throttle
from core.errors import BadRequest
from core.i18n import N_

logger = logging.getLogger(__name__)
_throttles: dict[tuple[str, str], Throttle] = {}
_lock = threading.Lock()


@cache
def connectors() -> dict[str, type[Connector]]:
    """The connectors by name, which is the name of their file; for a platform it is the channel too.

    A module without a connector class is a help to others; one that cannot be imported is logged and left out, so that
    one broken file does not stop the other shops.
    """
    found: dict[str, type[Connector]] = {}
    for entry in pkgutil.iter_modules(package.__path__):
        try:
            module = importlib.import_module(f"{package.__name__}.{entry.name}")
        except Exception:  # whatever a newcomer's file does at import, the others go on
            logger.exception("the connector %s cannot be loaded", entry.name)
            continue
        for _name, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Connector) and kind.__module__ == module.__name__ and not inspect.isabstract(kind):
                found[entry.name] = kind
    return found


def connector(name: str) -> type[Connector]:
    """The connector of that name. Raises BadRequest naming the known ones."""
    kind = connectors().get(name)
    if kind is None:
        raise BadRequest(
            N_("There is no connector {name}."), N_("Known are: {known}."), name=name, known=", ".join(connectors())
        )
    return kind


def connect(
    name: str,
    shop: str,
    values: Mapping[str, str],
    *,
    keep_token: Callable[[TokenState], None] | None = None,
    authorising: bool = False,
) -> Connector:
    """A connector for one shop, its calls throttled together with every other one of the same shop.

    `values` are the settings with opened secrets; `keep_token` is called with a token renewed on the way. `authorising`:
    it is only to get its tokens. Raises BadSetup for a missing setting.
    """
    kind = connector(name)
    with _lock:
        throttle = _throttles.setdefault((name, shop), Throttle(kind.calls_per_second))
    http = Http(throttle)
    if authorising and kind.grants_codes:
        return kind(shop, values, http, keep_token=keep_token, authorising=True)
    return kind(shop, values, http, keep_token=keep_token)
