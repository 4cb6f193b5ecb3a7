"""The overview for a person: the shared snapshot of the pool."""

from core.insight.live import Snapshot, snapshot
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store


def overview(actor: Actor, store: Store, zone: str) -> Snapshot:
    """The newest figures of the pool, at most some seconds old."""
    require(actor, store, "overview.view")
    return snapshot(store, zone)
