"""Status tags: named, coloured marks that persons and rules put on orders. `orders.tags` is a JSON list of names."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag. `colour` is of the palette of core.model.lifecycle. A retired tag stays on the orders that have it."""

    name: str
    label_zh: str
    label_en: str
    colour: str
    retired: bool = False

    def title(self, language: str) -> str:
        """The label in a language, else in the other one, else the name."""
        first, second = (self.label_zh, self.label_en) if language == "zh" else (self.label_en, self.label_zh)
        return first or second or self.name


def listing(store: Store, *, retired: bool = False) -> list[Tag]:
    """The tags in their order; retired ones only when asked for."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT name, label_zh, label_en, colour, retired FROM status_tags WHERE ? OR NOT retired "
            "ORDER BY place, name",
            [retired],
        ).fetchall()
    return [Tag(name, zh or "", en or "", colour, bool(is_retired)) for name, zh, en, colour, is_retired in rows]


def insert(cursor: Cursor, tag: Tag) -> None:
    """Keep a new tag, last in order."""
    cursor.execute(
        "INSERT INTO status_tags SELECT ?, ?, ?, ?, coalesce(max(place), 0) + 1, ? FROM status_tags",
        [tag.name, tag.label_zh, tag.label_en, tag.colour, tag.retired],
    )


def update(cursor: Cursor, tag: Tag) -> None:
    """Replace all of a tag but its name and place."""
    cursor.execute(
        "UPDATE status_tags SET label_zh = ?, label_en = ?, colour = ?, retired = ? WHERE name = ?",
        [tag.label_zh, tag.label_en, tag.colour, tag.retired, tag.name],
    )


def arrange(cursor: Cursor, names: Sequence[str]) -> None:
    """Give the tags the places of this sequence, the first one place 1."""
    cursor.executemany(
        "UPDATE status_tags SET place = ? WHERE name = ?", [[place, name] for place, name in enumerate(names, 1)]
    )


def usage(store: Store) -> dict[str, int]:
    """How many orders carry each tag."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT tag, count(*) FROM (SELECT unnest(from_json(tags, '[\"VARCHAR\"]')) AS tag FROM orders "
            "WHERE tags IS NOT NULL AND tags NOT IN ('', '[]')) GROUP BY tag"
        ).fetchall()
    return {str(name): int(count) for name, count in rows}
