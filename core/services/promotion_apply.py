"""Applying the activities in force to open orders: the difference first, then exactly that, audited."""

from core.decide import reoffer
from core.decide.reoffer import Difference
from core.people import audit
from core.people.actor import Actor
from core.people.guard import require
from core.store import Store


def difference(actor: Actor, store: Store, *, zone: str) -> Difference:
    """What deciding the open orders anew would change. Writes nothing."""
    require(actor, store, "promotions.view", "apply")
    return reoffer.difference(store, zone)


def apply(actor: Actor, store: Store, shown: Difference, *, zone: str) -> int:
    """Make the changes that were shown; returns the number of orders. Stale when the open orders have changed since."""
    require(actor, store, "promotions.edit", "apply")
    with store.write() as cursor:
        done = reoffer.apply(store, zone, shown, actor=actor.account)
        audit.record(
            cursor, actor, "promotions.apply", "open orders", orders=done, given=shown.units("more"),
            withdrawn=shown.units("less"),
        )  # fmt: skip
    return done
