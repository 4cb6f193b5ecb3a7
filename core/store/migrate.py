"""Forward migrations: numbered SQL files, each applied once, in one transaction with its number."""

from pathlib import Path

from core.errors import BadSetup
from core.i18n import N_
from core.store.store import SPACE, Store

FOLDER = Path(__file__).parent / "migrations"


def steps() -> list[tuple[int, Path]]:
    """All migrations as (number, file), in order."""
    return sorted((int(path.name[:4]), path) for path in FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def applied(store: Store) -> set[int]:
    """The numbers of the migrations the store has seen; empty for a new store."""
    with store.read() as cursor:
        tables = cursor.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'schema_steps' AND database_name = ?", [SPACE]
        ).fetchone()
        if not tables or not tables[0]:
            return set()
        return {row[0] for row in cursor.execute("SELECT step FROM schema_steps").fetchall()}


def migrate(store: Store) -> None:
    """Apply every migration the store has not seen, in order, while no other process has the store.

    A store of a newer version is refused untouched (BadSetup); TryAgain while a process of the older one still runs.
    """
    have, known = applied(store), steps()
    unknown = have - {number for number, _path in known}
    if unknown:
        raise BadSetup(
            N_("The store was made by a newer version (schema {have}, this version knows {newest})."),
            N_("Install the newer version, or restore an older back-up."),
            have=max(unknown),
            newest=known[-1][0],
        )
    missing = [(number, path) for number, path in known if number not in have]
    if not missing:
        return
    store.engine.alone(wanted=True)
    for number, path in missing:
        with store.write() as cursor:
            store.engine.alter(cursor, path.read_text(encoding="utf-8"))
            cursor.execute("INSERT INTO schema_steps VALUES (?, ?, now())", [number, path.stem[5:]])
    store.engine.alone(wanted=False)
