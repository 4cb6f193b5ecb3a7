"""How far each shop's pull has come: one ISO 8601 instant (with offset) for each (channel, shop, entity)."""

from datetime import datetime

from core import clock
from core.store.store import Cursor, Store


def get(store: Store, channel: str, shop: str, entity: str) -> datetime | None:
    """The instant up to which everything of the entity is in the store, or None before the first pull."""
    with store.read() as cursor:
        row = cursor.execute(
            "SELECT cursor FROM cursors WHERE channel = ? AND shop = ? AND entity = ?", [channel, shop, entity]
        ).fetchone()
    return datetime.fromisoformat(row[0]) if row and row[0] else None


def put(cursor: Cursor, channel: str, shop: str, entity: str, reached: datetime) -> None:
    """Set the cursor inside the caller's transaction."""
    cursor.execute("DELETE FROM cursors WHERE channel = ? AND shop = ? AND entity = ?", [channel, shop, entity])
    cursor.execute(
        "INSERT INTO cursors VALUES (?, ?, ?, ?, ?)", [channel, shop, entity, reached.isoformat(), clock.now()]
    )


def all_of(store: Store) -> dict[tuple[str, str], dict[str, datetime]]:
    """The cursors by (channel, shop), then by entity."""
    with store.read() as cursor:
        rows = cursor.execute("SELECT channel, shop, entity, cursor FROM cursors WHERE cursor <> ''").fetchall()
    found: dict[tuple[str, str], dict[str, datetime]] = {}
    for channel, shop, entity, text in rows:
        found.setdefault((channel, shop), {})[entity] = datetime.fromisoformat(text)
    return found


def newest_seen(cursor: Cursor, channel: str, shop: str, entity: str) -> datetime | None:
    """The greatest platform time among the payloads of the entity: how far the platform's own clock is known to be."""
    row = cursor.execute(
        "SELECT max(platform_updated_at) FROM raw_payloads WHERE channel = ? AND shop = ? AND entity = ?",
        [channel, shop, entity],
    ).fetchone()
    return row[0] if row else None
