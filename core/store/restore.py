"""Restoring: a back-up becomes a new store file, is proven table by table, and only then takes the old one's place.

The old file is never deleted: it is set aside beside the new one. On a server the proven file is moved into an empty
database; nothing there is ever replaced.
"""

import re
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as parquet
from pyarrow import RecordBatchReader

from core import clock
from core.errors import BadRequest, BadSetup, NeedsPerson
from core.i18n import N_
from core.settings import Settings
from core.store.backup import BATCH_ROWS, Backup, TableCopy, digest, proof
from core.store.engines import engine_of
from core.store.engines.file import FileEngine, attach, file_of
from core.store.migrate import migrate
from core.store.store import Cursor, Store
from core.store.transfer import transfer

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_TYPES = frozenset(
    ("VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "BOOLEAN", "TIMESTAMP WITH TIME ZONE", "DATE", "HUGEINT", "BLOB")
)


def restore(settings: Settings, backup: Backup) -> Path | None:
    """Put the back-up in the place of the settings' store. Returns where the old file lies now, None if there was none.

    Raises BadRequest for a damaged back-up or a database that holds something, TryAgain while another process has the
    store: then nothing has changed.
    """
    if engine_of(settings).shared:
        _into_empty(settings, backup)
        return None
    path = file_of(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.restoring")
    _remove(fresh)
    try:
        load(settings, backup, fresh)
        _let_go(path, settings)
        aside = _set_aside(path)
        fresh.replace(path)
    finally:
        _remove(fresh)
    return aside


def _into_empty(settings: Settings, backup: Backup) -> None:
    with TemporaryDirectory(dir=backup.path.parent, prefix=".restore-") as folder:
        path = Path(folder) / "restored.duckdb"
        load(settings, backup, path)
        transfer(replace(settings, store_url=f"duckdb:{path}"), settings, lambda *_told: None)


def _let_go(path: Path, settings: Settings) -> None:
    """TryAgain while somebody has the file. Opening it also writes its log into it; a broken file is set aside as it is."""
    with suppress(BadSetup):
        if path.exists():
            attach(path, settings).close()


def verify(settings: Settings, backup: Backup) -> None:
    """Restore into a throw-away store and prove every table. Raises BadRequest naming what is damaged."""
    with TemporaryDirectory(dir=backup.path.parent, prefix=".verify-") as folder:
        load(settings, backup, Path(folder) / "verify.duckdb")


def load(settings: Settings, backup: Backup, path: Path) -> None:
    """Make a store file of the back-up, prove it, and bring it to the present schema."""
    _check_files(backup)
    engine = FileEngine(replace(settings, store_url=f"duckdb:{path.resolve()}"))
    store = Store(engine.connect(), engine, settings.zone)
    try:
        for name, table in backup.tables.items():
            with store.write() as cursor:
                _fill(cursor, backup.path / f"{name}.parquet", name, table)
        with store.read() as cursor:
            for name, table in backup.tables.items():
                _prove(cursor, name, table, backup.engine)
        migrate(store)
    finally:
        store.close()


def _check_files(backup: Backup) -> None:
    for name, table in backup.tables.items():
        file = backup.path / f"{name}.parquet"
        words = [name, *table.columns]
        if not all(map(_NAME.match, words)) or not _TYPES.issuperset(table.columns.values()):
            raise _damaged(name)
        if not file.is_file() or file.stat().st_size != table.bytes or digest(file) != table.sha256:
            raise _damaged(name)


def _fill(cursor: Cursor, file: Path, name: str, table: TableCopy) -> None:
    columns = ", ".join(f'"{column}" {kind}' for column, kind in table.columns.items())
    cursor.execute(f'CREATE TABLE "{name}" ({columns})')
    with parquet.ParquetFile(file) as opened:
        if opened.schema_arrow.names != list(table.columns):
            raise _damaged(name)
        cursor.register(
            "restored_rows", RecordBatchReader.from_batches(opened.schema_arrow, opened.iter_batches(BATCH_ROWS))
        )
        cursor.execute(f'INSERT INTO "{name}" SELECT * FROM restored_rows')
        cursor.unregister("restored_rows")


def _prove(cursor: Cursor, name: str, table: TableCopy, engine: str) -> None:
    rows, total = proof(cursor, name)
    # Another DuckDB may hash rows otherwise; the files' SHA-256 and the counts still hold.
    if rows != table.rows or (engine == version("duckdb") and total != table.sum):
        raise _damaged(name)


def _set_aside(path: Path) -> Path | None:
    if not path.exists():
        return None
    aside = path.with_name(f"{path.name}.before-{clock.now():%Y%m%d-%H%M%S}")
    if aside.exists():
        raise NeedsPerson(N_("{path} is in the way."), N_("Move it elsewhere and restore again."), path=aside.name)
    log = path.with_name(f"{path.name}.wal")
    if log.exists():
        log.replace(aside.with_name(f"{aside.name}.wal"))
    path.replace(aside)
    return aside


def _remove(path: Path) -> None:
    for each in (path, path.with_name(f"{path.name}.wal")):
        each.unlink(missing_ok=True)


def check_key(backup: Backup, *key_ids: str) -> None:
    """BadSetup when the back-up was made with another key file: its secrets and person data could not be opened."""
    if backup.key_id and backup.key_id not in key_ids:
        raise BadSetup(
            N_("The back-up belongs to another key file: its secrets and person data could not be opened."),
            N_("Put the key file of that store in place first."),
        )


def _damaged(table: str) -> BadRequest:
    return BadRequest(
        N_("The back-up is damaged: its table {table} is not what was written."),
        N_("Take another back-up."),
        table=table,
    )
