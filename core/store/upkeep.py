"""What keeps the store's file small and its start quick."""

from core.store.store import Store


def checkpoint(store: Store) -> bool:
    """Write the log into the file, between two writes. False when a long reading made it wait for another time."""
    with store._lock, store.read() as cursor:  # the one writer's lock: no transaction may be open
        return store.engine.checkpoint(cursor)
