"""The default: one DuckDB file on this machine, held by one process."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import duckdb

from core.errors import BadSetup, TryAgain
from core.i18n import N_
from core.settings import ROOT, Settings
from core.store.engines.engine import SPACE, Cursor, close_in, connection


class FileEngine:
    """`duckdb:PATH`; a relative path counts from the repository's root."""

    has_rowid = True
    keeps_nul = True
    shared = False

    def __init__(self, settings: Settings) -> None:
        self.shown = settings.store_url
        self._settings = settings
        self._path = file_of(settings)

    def connect(self) -> Cursor:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return attach(self._path, self._settings)

    def cursor(self, connection: Cursor) -> Cursor:
        return connection.cursor()

    def alter(self, cursor: Cursor, script: str) -> None:
        cursor.execute(script)

    def prepare(self, cursor: Cursor) -> None:
        """The file skips what it need not read by itself."""

    def checkpoint(self, cursor: Cursor) -> bool:
        try:
            cursor.execute(f"CHECKPOINT {SPACE}")
        except duckdb.TransactionException:
            return False
        return True

    def begin(self, cursor: Cursor) -> None:
        cursor.execute("BEGIN TRANSACTION")

    def committed(self) -> None:
        """Nobody else has to know."""

    def foreign(self) -> int:
        return 0

    def alone(self, *, wanted: bool) -> None:
        """The system's lock on the file lasts as long as the process."""

    def turn(self) -> AbstractContextManager[object]:
        return nullcontext()

    def lead(self) -> bool:
        return True

    def resign(self) -> None:
        """Whoever opens the file next has it."""

    def close(self) -> None:
        """The connection is all there is."""


def file_of(settings: Settings) -> Path:
    """The file of the settings' store. BadSetup for a url of another kind."""
    kind, _colon, place = settings.store_url.partition(":")
    if kind != "duckdb" or not place:
        raise BadSetup(
            N_("This works with a store in a file only."),
            N_("Restore into an empty database: python -m core restore DIR --store postgres://…"),
        )
    return Path(place) if Path(place).is_absolute() else ROOT / place


def attach(path: Path, settings: Settings) -> Cursor:
    """A connection with the file attached as `SPACE`. TryAgain while another process has it, BadSetup for a broken one."""
    opened = connection(settings, str(path.parent / "spill"))
    try:
        # A storage format of 1.4 knows ZSTD for long texts; the file is read by every later DuckDB.
        opened.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS {SPACE} (STORAGE_VERSION 'v1.4.0')")
    except duckdb.Error as error:
        opened.close()
        if "could not set lock" in str(error).lower():  # a damaged file's error tells of a corrupt b-lock
            raise TryAgain(
                N_("The store {path} is in use by another process."),
                N_("Use the running pages, or stop them first."),
                path=path.name,
            ) from error
        raise BadSetup(
            N_("The store {path} cannot be opened: {cause}"),
            N_("Restore the last back-up: python -m core restore DIR. The broken file is set aside, not deleted."),
            path=path.name,
            cause=str(error),
        ) from error
    close_in(opened)
    # At 16 MB, the default, a large intake would write its row groups anew with every part; 128 MB replay in a second.
    opened.execute("SET checkpoint_threshold = '128MB'")
    return opened
