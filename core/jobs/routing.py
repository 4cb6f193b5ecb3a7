"""Routes new orders while no flow does it, and works out hourly what scarce pieces are worth to later orders."""

from time import monotonic
from weakref import WeakKeyDictionary

from core.decide import reroute
from core.decide.policies import book
from core.decide.warehouse import assign
from core.i18n import N_
from core.jobs.table import Job
from core.people.vault import Vault
from core.settings import Settings
from core.store import Store, documents, routing_input

BATCH = 5_000
MOST_BATCHES = 10
AGAIN_SECONDS = 300.0
"""How often orders for which no warehouse was found are asked again."""
_idle: WeakKeyDictionary[Store, int] = WeakKeyDictionary()
_tried: WeakKeyDictionary[Store, float] = WeakKeyDictionary()


def route_new(store: Store, vault: Vault, settings: Settings) -> int:
    """Route what waits by the live policy; returns how many found a warehouse. A published flow does this itself."""
    again = monotonic() - _tried.get(store, -AGAIN_SECONDS) >= AGAIN_SECONDS
    if _idle.get(store) == store.version and not again:
        return 0
    if book(store).live is None or documents.all_published(store, "flow"):
        _idle[store] = store.version
        return 0
    routed = 0
    for _batch in range(MOST_BATCHES):
        with store.read() as cursor:
            keys = routing_input.waiting(cursor, BATCH, again=again)
        if not keys or store.closing.is_set():
            break
        found = assign(store, keys, settings.zone, keyed=vault.keyed)
        routed += len(found.routed)
        if not found.routed:
            break
    if again:
        _tried[store] = monotonic()
    _idle[store] = store.version
    return routed


def solve(store: Store, _vault: Vault, settings: Settings) -> str:
    """Solve the shadow prices anew on the open orders and those that are likely to come."""
    prices, orders = reroute.solve_prices(store, settings.zone)
    return f"{prices} / {orders}"


JOBS = (
    Job("routing.assign", N_("Give new orders a warehouse and a courier"), 2, route_new),
    Job("routing.prices", N_("Work out what scarce stock is worth to later orders"), 3600, solve),
)
