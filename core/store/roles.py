"""What was changed of the ready-made roles, and the own roles: their rows."""

import json
from dataclasses import dataclass

from core import clock
from core.store.scope import EVERYTHING, Scope
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One stored role. `added` and `removed` are permissions beside those of the code's table; `title` of own roles."""

    role: str
    title: str = ""
    note: str = ""
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    scope: Scope = EVERYTHING


COLUMNS = "role, title, note, added, removed, shops, warehouses, hidden"


def row_of(values: tuple) -> RoleRow:
    """The row of the columns `COLUMNS`."""
    role, title, note, *lists = values
    added, removed, shops, warehouses, hidden = (json.loads(text or "[]") for text in lists)
    scope = Scope(frozenset((channel, shop) for channel, shop in shops), frozenset(warehouses), frozenset(hidden))
    return RoleRow(role, title or "", note or "", frozenset(added), frozenset(removed), scope)


def listing(store: Store) -> list[RoleRow]:
    """All stored roles, the oldest first."""
    with store.read() as cursor:
        return [
            row_of(row) for row in cursor.execute(f"SELECT {COLUMNS} FROM roles ORDER BY created_at, role").fetchall()
        ]


def find(cursor: Cursor, role: str) -> RoleRow | None:
    """The stored row of a role; None for an unchanged ready-made one and for an unknown one."""
    row = cursor.execute(f"SELECT {COLUMNS} FROM roles WHERE role = ?", [role]).fetchone()
    return row_of(row) if row else None


def put(cursor: Cursor, row: RoleRow) -> None:
    """Insert or replace one role's row."""
    now = clock.now()
    lists = [row.added, row.removed, row.scope.shops, row.scope.warehouses, row.scope.hidden]
    cursor.execute(
        "MERGE INTO roles AS r USING (SELECT ? AS role, ? AS title, ? AS note, ? AS added, ? AS removed, ? AS shops, "
        "? AS warehouses, ? AS hidden, ?::TIMESTAMPTZ AS now) AS n ON r.role = n.role "
        "WHEN MATCHED THEN UPDATE SET title = n.title, note = n.note, added = n.added, removed = n.removed, "
        "shops = n.shops, warehouses = n.warehouses, hidden = n.hidden, changed_at = n.now "
        "WHEN NOT MATCHED THEN INSERT (role, title, note, added, removed, shops, warehouses, hidden, created_at, changed_at) "
        "VALUES (n.role, n.title, n.note, n.added, n.removed, n.shops, n.warehouses, n.hidden, n.now, n.now)",
        [row.role, row.title, row.note, *(json.dumps(sorted(each), ensure_ascii=False) for each in lists), now],
    )


def remove(cursor: Cursor, role: str) -> None:
    """Remove the row: an own role is gone, a ready-made one is as the code has it."""
    cursor.execute("DELETE FROM roles WHERE role = ?", [role])


def holders(cursor: Cursor, role: str) -> list[str]:
    """The accounts with the role, switched off or not."""
    rows = cursor.execute("SELECT account FROM accounts WHERE role = ? ORDER BY account", [role]).fetchall()
    return [row[0] for row in rows]
