"""Small named facts of the whole store: demo on or off, epochs, salts."""

from core import clock
from core.store.store import Store


def get(store: Store, name: str, default: str = "") -> str:
    """The fact's text, or the default."""
    with store.read() as cursor:
        row = cursor.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
    return row[0] if row else default


def put(store: Store, name: str, value: str) -> None:
    """Set the fact."""
    with store.write() as cursor:
        cursor.execute("DELETE FROM facts WHERE name = ?", [name])
        cursor.execute("INSERT INTO facts VALUES (?, ?, ?)", [name, value, clock.now()])
