"""Forward migrations: numbered SQL files, each applied once, in one transaction with its number."""

from pathlib import Path

from core.errors import BadSetup
from core.i18n import N_
from core.store.store import Store

FOLDER = Path(__file__).parent / "migrations"


def steps() -> list[tuple[int, Path]]:
    """All migrations as (number, file), in order."""
    return sorted((int(path.name[:4]), path) for path in FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def present(store: Store) -> int:
    """The number of the last migration the store has seen; 0 for a new store."""
    with store.read() as cursor:
        tables = cursor.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'schema_steps'").fetchone()
        if not tables or not tables[0]:
            return 0
        row = cursor.execute("SELECT coalesce(max(step), 0) FROM schema_steps").fetchone()
        return int(row[0]) if row else 0


def migrate(store: Store) -> None:
    """Bring the store to the newest schema. A store of a newer version is refused untouched."""
    have, known = present(store), steps()
    newest = known[-1][0]
    if have > newest:
        raise BadSetup(
            N_("The store was made by a newer version (schema {have}, this version knows {newest})."),
            N_("Install the newer version, or restore an older back-up."),
            have=have,
            newest=newest,
        )
    for number, path in known:
        if number > have:
            with store.write() as cursor:
                cursor.execute(path.read_text(encoding="utf-8"))
                cursor.execute("INSERT INTO schema_steps VALUES (?, ?, now())", [number, path.stem[5:]])
