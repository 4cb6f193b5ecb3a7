"""The store remembers. DuckDB is spoken here and in core.insight only."""

from core.store.store import Cursor, Store, open_store

__all__ = ["Cursor", "Store", "open_store"]
