"""The printers: how each is reached, what it understands, which paper it has, and beside which warehouse it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import clock
from core.model.printing import PAPERS, PDF, RAW
from core.store.store import Cursor, Store


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer. `kind` raw: host and port take bytes; ipp: host and port of CUPS, `queue` its queue. No secrets."""

    name: str
    host: str
    port: int
    demo: bool = False
    kind: str = RAW
    language: str = PDF
    paper: str = PAPERS[PDF][0]
    queue: str = ""
    warehouse: str = ""


_COLUMNS = (
    f"name, host, port, coalesce(demo, false), coalesce(kind, '{RAW}'), coalesce(language, '{PDF}'), "
    f"coalesce(paper, '{PAPERS[PDF][0]}'), coalesce(queue, ''), coalesce(warehouse, '')"
)


def of(cursor: Cursor) -> list[Printer]:
    """The printers by name."""
    return [Printer(*row) for row in cursor.execute(f"SELECT {_COLUMNS} FROM printers ORDER BY name").fetchall()]


def printers(store: Store) -> list[Printer]:
    """The printers by name."""
    with store.read() as cursor:
        return of(cursor)


def find(store: Store, name: str) -> Printer | None:
    """The printer of that name."""
    return next((printer for printer in printers(store) if printer.name == name), None)


def choose(known: Sequence[Printer], wanted: str, warehouse: str) -> Printer | None:
    """The printer for a pick list: the one that is wanted; else one of the warehouse, else one of no warehouse, PDF first."""
    if wanted:
        return next((printer for printer in known if printer.name == wanted), None)
    fitting = [printer for printer in known if printer.warehouse in ("", warehouse)]
    return min(fitting, key=lambda each: (each.warehouse != warehouse, each.language != PDF, each.name), default=None)


def save(cursor: Cursor, printer: Printer) -> None:
    """Insert it or replace what is known of it."""
    remove(cursor, printer.name)
    cursor.execute(
        "INSERT INTO printers (name, host, port, demo, kind, language, paper, queue, warehouse, changed_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [printer.name, printer.host, printer.port, printer.demo, printer.kind, printer.language, printer.paper,
         printer.queue, printer.warehouse, clock.now()],
    )  # fmt: skip


def save_printers(cursor: Cursor, rows: Sequence[Printer]) -> None:
    """Insert them; of those that are there only host and port change, what a person set stays."""
    known = {printer.name for printer in of(cursor)}
    for row in rows:  # a handful
        if row.name in known:
            cursor.execute(
                "UPDATE printers SET host = ?, port = ?, changed_at = ? WHERE name = ?",
                [row.host, row.port, clock.now(), row.name],
            )
        else:
            save(cursor, row)


def remove(cursor: Cursor, name: str) -> None:
    """Forget a printer; its jobs stay."""
    cursor.execute("DELETE FROM printers WHERE name = ?", [name])
