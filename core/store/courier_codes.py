"""Couriers and how each platform names them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import clock
from core.store.store import Cursor


@dataclass(frozen=True, slots=True)
class Courier:
    """A courier company: our code (SF), what people call it, whether it may be chosen, its place in lists."""

    courier: str
    title: str
    active: bool = True
    place: int = 0


def couriers(cursor: Cursor) -> list[Courier]:
    """The couriers in their order."""
    rows = cursor.execute(
        "SELECT courier, title, coalesce(active, true), coalesce(place, 0) FROM couriers ORDER BY 4, 1"
    ).fetchall()
    return [Courier(*row) for row in rows]


def save(cursor: Cursor, rows: Sequence[Courier]) -> None:
    """Insert them or replace what is known of them."""
    cursor.execute("DELETE FROM couriers WHERE list_contains(?, courier)", [[row.courier for row in rows]])
    if rows:
        cursor.execute(
            "INSERT INTO couriers SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::BOOLEAN[]), "
            "unnest(?::INTEGER[]), ?",
            [[r.courier for r in rows], [r.title for r in rows], [r.active for r in rows], [r.place for r in rows],
             clock.now()],
        )  # fmt: skip


def codes(cursor: Cursor) -> dict[tuple[str, str], str]:
    """(courier, channel) -> the platform's code, where the operator has set one."""
    rows = cursor.execute("SELECT courier, channel, code FROM courier_codes").fetchall()
    return {(courier, channel): code for courier, channel, code in rows}


def save_codes(cursor: Cursor, changed: Mapping[tuple[str, str], str]) -> None:
    """Set codes; an empty one is forgotten, so that the connector's own counts again."""
    for (courier, channel), code in changed.items():  # a handful
        cursor.execute("DELETE FROM courier_codes WHERE courier = ? AND channel = ?", [courier, channel])
        if code:
            cursor.execute("INSERT INTO courier_codes VALUES (?, ?, ?, ?)", [courier, channel, code, clock.now()])
