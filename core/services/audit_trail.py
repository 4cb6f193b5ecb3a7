"""The audit trail for who may see it."""

from core.people.actor import Actor
from core.people.guard import require
from core.store import Store, audit_trail
from core.store.audit_trail import Entry, Wanted

MOST_ROWS = 200


def page(actor: Actor, store: Store, wanted: Wanted, *, start: int = 0, limit: int = 50) -> tuple[list[Entry], int]:
    """(rows from `start`, newest first, at most 200; how many there are in all)."""
    require(actor, store, "audit.view")
    return audit_trail.page(store, wanted, start=max(start, 0), limit=min(limit, MOST_ROWS))


def choices(actor: Actor, store: Store) -> tuple[list[str], list[str]]:
    """(the actors, the actions) to filter by."""
    require(actor, store, "audit.view")
    return audit_trail.choices(store)
