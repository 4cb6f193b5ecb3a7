"""Named lists for rules: whitelists and blacklists. A person's value is a keyed hash with a masked text beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.model.fields import PERSON_FIELDS
from core.store.store import Cursor, Store, count_of

PURPOSES = ("block", "trust", "other")
KINDS = ("phone", "buyer_id", "recipient", "address", "ip", "sku")


@dataclass(frozen=True, slots=True)
class NamedList:
    """One list: how many members it has, and how many orders of the pool carry one of them."""

    name: str
    purpose: str
    note: str
    members: int
    orders: int


@dataclass(frozen=True, slots=True)
class Member:
    """One member as it may be shown. `value` identifies it: a hash for a person's value, else the text itself."""

    kind: str
    value: str
    shown: str
    note: str
    added_by: str
    added_at: datetime


def listing(store: Store) -> list[NamedList]:
    """All lists by name, those that only members or the starter rules brought included."""
    keyed = [kind for kind in KINDS if kind != "sku"]
    found = " UNION ".join(
        f"SELECT m.list, o.order_key FROM list_members m JOIN orders o ON o.{_column(kind)} = m.value "
        f"WHERE m.kind = '{kind}'"
        for kind in keyed
    )
    with store.read() as cursor:
        rows = cursor.execute(
            "WITH names AS (SELECT list FROM named_lists UNION SELECT list FROM list_members), "
            f"met AS (SELECT list, count(*) AS orders FROM ({found}) GROUP BY list), "
            "counted AS (SELECT list, count(*) AS members FROM list_members GROUP BY list) "
            "SELECT n.list, coalesce(l.purpose, 'other'), coalesce(l.note, ''), coalesce(c.members, 0), coalesce(t.orders, 0) "
            "FROM names n LEFT JOIN named_lists l USING (list) LEFT JOIN counted c USING (list) LEFT JOIN met t USING (list) "
            "ORDER BY n.list"
        ).fetchall()
    return [NamedList(*row) for row in rows]


def make(cursor: Cursor, name: str, purpose: str, note: str, *, by: str) -> None:
    """A new, empty list, or another purpose and note for one that is there."""
    cursor.execute("DELETE FROM named_lists WHERE list = ?", [name])
    cursor.execute("INSERT INTO named_lists VALUES (?, ?, ?, ?, ?)", [name, purpose, note, by, clock.now()])


def drop(cursor: Cursor, name: str) -> int:
    """Remove a list with its members; returns how many it had."""
    cursor.execute("DELETE FROM named_lists WHERE list = ?", [name])
    cursor.execute("DELETE FROM list_members WHERE list = ?", [name])
    return count_of(cursor)


def add(cursor: Cursor, name: str, kind: str, members: Sequence[tuple[str, str]], note: str, *, by: str) -> int:
    """Add (value, shown) pairs that the list does not have yet; returns how many are new."""
    values, shown = [value for value, _shown in members], [text for _value, text in members]
    cursor.execute(
        "INSERT INTO list_members (list, kind, value, shown, note, added_by, added_at) "
        "SELECT ?, ?, value, any_value(shown), ?, ?, ? FROM (SELECT unnest(?::VARCHAR[]) AS value, unnest(?::VARCHAR[]) AS shown) "
        "WHERE value NOT IN (SELECT value FROM list_members WHERE list = ? AND kind = ?) GROUP BY value",
        [name, kind, note, by, clock.now(), values, shown, name, kind],
    )
    return count_of(cursor)


def remove(cursor: Cursor, name: str, members: Sequence[tuple[str, str]]) -> list[str]:
    """Remove (kind, value) pairs; returns what was shown of those that were there."""
    which = "list = ? AND (kind || chr(31) || value) IN (SELECT unnest(?::VARCHAR[]))"
    listed = [name, [f"{kind}\x1f{value}" for kind, value in members]]
    rows = cursor.execute(f"SELECT shown FROM list_members WHERE {which}", listed).fetchall()
    cursor.execute(f"DELETE FROM list_members WHERE {which}", listed)
    return [row[0] for row in rows]


def members(store: Store, name: str, *, text: str = "", value: str = "", limit: int | None = None) -> list[Member]:
    """The members, newest first: those whose shown text or note contains `text`, or that are exactly `value`."""
    with store.read() as cursor:
        rows = cursor.execute(
            "SELECT coalesce(kind, ''), value, coalesce(shown, ''), coalesce(note, ''), added_by, added_at FROM list_members "
            "WHERE list = ? AND (? = '' OR contains(lower(coalesce(shown, '')), lower(?)) OR contains(lower(coalesce(note, '')), "
            f"lower(?)) OR value = ?) ORDER BY added_at DESC, value {'LIMIT ' + str(int(limit)) if limit is not None else ''}",
            [name, text, text, text, value],
        ).fetchall()
    return [Member(*row) for row in rows]


def _column(kind: str) -> str:
    return f"{kind}_key" if kind in PERSON_FIELDS else kind
