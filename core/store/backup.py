"""Back-up: every table of one instant as Parquet in a folder of its own, with counts, sums and hashes to prove it by.

The reader's snapshot is taken once, so orders keep flowing meanwhile. What is sealed in the store stays sealed; the key
file is not in here. A folder without its manifest, which is written last, is none.
"""

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as parquet

from core import clock
from core.errors import BadRequest, TryAgain
from core.i18n import N_
from core.store.store import SPACE, Cursor, Store

MANIFEST = "manifest.json"
FORMAT = 1
BATCH_ROWS = 65_536
PREFIX = "backup-"


@dataclass(frozen=True, slots=True)
class TableCopy:
    """One table: its columns with their SQL types, rows, order-free sum of row hashes, bytes and SHA-256 of its file."""

    columns: dict[str, str]
    rows: int
    sum: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Backup:
    """A whole back-up. `engine` is the DuckDB that computed the sums: another one may hash rows otherwise."""

    path: Path
    made_at: datetime
    key_id: str
    engine: str
    tables: dict[str, TableCopy]

    @property
    def bytes(self) -> int:
        """Size of all files of tables."""
        return sum(table.bytes for table in self.tables.values())

    @property
    def rows(self) -> dict[str, int]:
        """Rows by table."""
        return {name: table.rows for name, table in self.tables.items()}


def write(store: Store, folder: Path) -> Backup:
    """Write a back-up into a new folder below `folder`. TryAgain when the disk is full or the folder not writable."""
    made_at = clock.now()
    place = folder / f"{PREFIX}{made_at:%Y%m%d-%H%M%S-%f}"
    try:
        place.mkdir(parents=True)
        return _write(store, place, made_at)
    except OSError as error:
        shutil.rmtree(place, ignore_errors=True)
        raise TryAgain(
            N_("The back-up could not be written to {folder}: {cause}"),
            N_("Free space there or choose another folder, then make it again."),
            folder=str(folder),
            cause=error.strerror or str(error),
        ) from error
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _write(store: Store, place: Path, made_at: datetime) -> Backup:
    with store.read() as cursor:
        cursor.execute("BEGIN TRANSACTION")
        found = {name: _copy(cursor, name, place) for name in tables(cursor)}
        key = cursor.execute("SELECT value FROM facts WHERE name = 'vault_key'").fetchone()
        cursor.execute("ROLLBACK")
    backup = Backup(place, made_at, key[0] if key else "", version("duckdb"), found)
    document = {
        "format": FORMAT,
        "made_at": made_at.isoformat(),
        "key_id": backup.key_id,
        "engine": backup.engine,
        "tables": {name: asdict(table) for name, table in found.items()},
    }
    draft = place / f".{MANIFEST}"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place / MANIFEST)
    return backup


def tables(cursor: Cursor) -> list[str]:
    """The store's own tables by name."""
    rows = cursor.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND NOT temporary ORDER BY 1", [SPACE]
    ).fetchall()
    return [row[0] for row in rows]


def proof(cursor: Cursor, table: str) -> tuple[int, str]:
    """(rows, sum of the rows' hashes) of a table: equal for equal rows in any order."""
    row = cursor.execute(f'SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0) FROM "{table}" AS t').fetchone()
    assert row is not None
    return int(row[0]), str(row[1])


def _copy(cursor: Cursor, table: str, place: Path) -> TableCopy:
    columns = dict(
        cursor.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = ? AND table_name = ? "
            "ORDER BY column_index",
            [SPACE, table],
        ).fetchall()
    )
    rows, total = proof(cursor, table)
    file = place / f"{table}.parquet"
    reader = cursor.execute(f'SELECT * FROM "{table}"').to_arrow_reader(BATCH_ROWS)
    # Sealed texts are random: neither a dictionary nor a strong compression pays for them.
    with parquet.ParquetWriter(file, reader.schema, compression="zstd", compression_level=1) as writer:
        for batch in reader:
            writer.write_batch(batch)
    return TableCopy(columns, rows, total, file.stat().st_size, digest(file))


def digest(file: Path) -> str:
    """SHA-256 of a file, as hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def read(folder: Path) -> Backup:
    """The back-up in the folder, or the newest of those below it. BadRequest where there is none."""
    for place in [folder, *sorted(folder.glob(f"{PREFIX}*"), reverse=True)]:
        if (place / MANIFEST).is_file():
            return _read(place)
    raise BadRequest(
        N_("There is no back-up in {folder}."), N_("Name the folder that a back-up was written to."), folder=str(folder)
    )


def listing(folder: Path) -> list[Backup]:
    """The whole back-ups below the folder, newest first. Damaged ones are left out."""
    found: list[Backup] = []
    for place in sorted(folder.glob(f"{PREFIX}*"), reverse=True):
        if (place / MANIFEST).is_file():
            try:
                found.append(_read(place))
            except BadRequest:
                continue
    return found


def _read(place: Path) -> Backup:
    try:
        document = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise ValueError(f"format {document['format']}")
        copies = {str(name): TableCopy(**table) for name, table in document["tables"].items()}
        made_at = datetime.fromisoformat(document["made_at"])
        return Backup(place, made_at, str(document["key_id"]), str(document["engine"]), copies)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadRequest(
            N_("The back-up {folder} cannot be read: {cause}"),
            N_("Take another back-up."),
            folder=place.name,
            cause=str(error),
        ) from error


def thin(folder: Path, keep: int) -> int:
    """Remove all but the newest `keep` back-ups and every broken-off one older than the newest whole one."""
    whole = listing(folder)
    if not whole:
        return 0
    kept = {backup.path for backup in whole[:keep]}
    gone = [path for path in folder.glob(f"{PREFIX}*") if path not in kept and path.name < whole[0].path.name]
    for path in gone:
        shutil.rmtree(path)
    return len(gone)
