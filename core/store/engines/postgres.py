"""A database in PostgreSQL, attached by DuckDB's postgres extension. Any number of processes may have it.

Writers go one at a time over all processes: each transaction begins by locking the table `store_writes`, before anything
is read in it, so none ever fails for what another wrote. Beside the tables a second attachment, the gate, keeps one
transaction open that holds an advisory lock, shared by all who have the store; PostgreSQL takes it back by itself when
the process or its connection dies. One process at a time holds the lease of the jobs (engines/lease.py).
"""

import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, unquote, urlsplit

import duckdb

from core.errors import BadSetup, TryAgain
from core.i18n import N_
from core.settings import Settings
from core.store.engines import indexes
from core.store.engines.engine import SPACE, Cursor, close_in, connection
from core.store.engines.keyed import KeyedCursor
from core.store.engines.lease import GATE, LOST, Lease

SCHEMES = ("postgres", "postgresql")
PACKAGE = "duckdb_extension_postgres_scanner"
_LOCK = 0x64616E6C69  # "danli": the advisory lock's number, the same in every process
_COMMENT = re.compile(r"^\s*--.*$", re.MULTILINE)
_WITH_DEFAULT = re.compile(r"\s*ALTER TABLE \w+ ADD COLUMN .* DEFAULT ", re.DOTALL)
_TIMES = 5
_CROSSED = "could not serialize access"
_WAIT_SECONDS = 30  # for the other writers
# A process that hangs, or whose machine is gone, keeps the others from writing no longer than this.
_PATIENCE = (
    "-c idle_in_transaction_session_timeout=60000 -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 "
    "-c tcp_keepalives_count=2"
)
_COMMITS = f"SELECT * FROM postgres_query('{GATE}', 'SELECT commits FROM store_writes')"
_LOOKED_AT_EVERY = 1.0  # seconds between two looks whether the gate still stands
_PARAMETERS = frozenset(("sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "target_session_attrs"))


@dataclass(frozen=True, slots=True)
class Place:
    """What a url names. What it leaves out is taken from libpq's own surroundings (PGPASSWORD, ~/.pgpass)."""

    parts: dict[str, str]
    shown: str

    def words(self, **more: str) -> str:
        """The connection string of libpq."""
        both = {"connect_timeout": "10", "application_name": "danliu", **self.parts, **more}
        return " ".join(f"{name}='{_escaped(value)}'" for name, value in both.items())

    def without_password(self, text: str) -> str:
        """A message as it may be shown: DuckDB's name the whole connection string."""
        password = self.parts.get("password")
        for said in (password, _escaped(password)) if password else ():
            text = text.replace(said, "…")
        _before, told, cause = text.partition('": ')
        return " ".join((cause if told else text).split())


def place_of(url: str) -> Place:
    """Read `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require`. BadSetup for anything else."""
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError as error:
        raise _unreadable() from error
    database = unquote(found.path.removeprefix("/"))
    extra = dict(parse_qsl(found.query, keep_blank_values=True))
    if found.scheme not in SCHEMES or not database or "/" in database or not extra.keys() <= _PARAMETERS:
        raise _unreadable()
    told = {
        "host": unquote(found.hostname or "localhost"),
        "port": str(port or 5432),
        "user": unquote(found.username or ""),
        "password": unquote(found.password or ""),
        "dbname": database,
        **extra,
    }
    user = f"{found.username}@" if found.username else ""
    shown = f"postgres://{user}{told['host']}:{told['port']}/{database}"
    return Place({name: value for name, value in told.items() if value}, shown)


class PostgresEngine:
    """`postgres://…`; the tables lie in the schema `public` of the database."""

    has_rowid = False  # DuckDB reads it as NULL there
    keeps_nul = False
    shared = True

    def __init__(self, settings: Settings) -> None:
        self.place = place_of(settings.store_url)
        self.shown = self.place.shown
        self._settings = settings
        self._gate: Cursor | None = None
        self._gate_lock = threading.RLock()
        self._looked_at = 0.0
        self._alone = self._has_taken = False
        self._is_ready = False  # whether the table that orders the writers is there
        self._own = 0  # commits of this process
        self.lease = Lease(self._on_gate)

    def connect(self) -> Cursor:
        """Attach the database; the first `turn` takes the store. The spill folder lies in the system's folder for such files."""
        extension = _extension()
        spill = Path(tempfile.gettempdir()) / "danliu-spill"
        opened = connection(self._settings, str(spill))
        try:
            opened.execute(f"LOAD '{_quoted(str(extension))}'")
            self._attach(opened)
            self._check_rights(opened)
            close_in(opened)
            # PostgreSQL's texts know no NUL; a text from outside that holds one must not stop a whole batch.
            opened.execute("SET GLOBAL pg_null_byte_replacement = ''")
            # A scan in many pieces asks the index once a piece: 128 MB a piece.
            opened.execute("SET GLOBAL pg_pages_per_task = 16000")
            self._gate = opened.cursor()
        except BaseException:
            self.close()
            opened.close()
            raise
        return opened

    def cursor(self, connection: Cursor) -> Cursor:
        return cast(Cursor, KeyedCursor(connection.cursor()))

    def alter(self, cursor: Cursor, script: str) -> None:
        """A column with a default is made by the server itself: DuckDB adds only plain ones there."""
        for statement in _COMMENT.sub("", script).split(";\n"):
            if _WITH_DEFAULT.match(statement):
                cursor.execute(f"CALL postgres_execute('{SPACE}', $${statement.rstrip().rstrip(';')}$$)")
                cursor.execute("CALL pg_clear_cache()")
            elif statement.strip():
                cursor.execute(statement)

    def prepare(self, cursor: Cursor) -> None:
        """Make the indexes that are missing."""
        indexes.make(cursor)
        known = cursor.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE database_name = ? AND table_name IN ('store_writes', 'leases')",
            [SPACE],
        ).fetchone()
        if known != (2,):  # a schema of before there were several processes
            return
        for empty, row in (("store_writes", "(0)"), ("leases", "('jobs', '', 0, NULL)")):
            if cursor.execute(f"SELECT count(*) FROM {empty}").fetchone() == (0,):
                cursor.execute(f"INSERT INTO {empty} VALUES {row}")
        self._is_ready = True

    def checkpoint(self, cursor: Cursor) -> bool:
        """Renew the planner's knowledge of the tables; PostgreSQL writes its log by itself."""
        cursor.execute(f"CALL postgres_execute('{SPACE}', 'ANALYZE')")
        return True

    def begin(self, cursor: Cursor) -> None:
        """Wait for the other writers, then count this write; as holder of the lease only while it is held."""
        self._check()
        if not self._is_ready:  # the schema is being made, by this process alone
            cursor.execute("BEGIN TRANSACTION")
            return
        for left in reversed(range(_TIMES)):
            cursor.execute("BEGIN TRANSACTION")
            try:
                cursor.execute(
                    f"CALL postgres_execute('{SPACE}', $$SET LOCAL lock_timeout = '{_WAIT_SECONDS}s'; "
                    "LOCK TABLE store_writes IN SHARE ROW EXCLUSIVE MODE; "
                    f"{self.lease.proof()}UPDATE store_writes SET commits = commits + 1$$)"
                )
                return
            except duckdb.Error as error:
                with suppress(duckdb.Error):
                    cursor.execute("ROLLBACK")
                # The lease was renewed at this very moment; nothing has been read or written yet.
                if not left or _CROSSED not in str(error):
                    raise self._not_now(str(error)) from None

    def committed(self) -> None:
        self._own += 1

    def foreign(self) -> int:
        with self._gate_lock:
            if self._gate is None or not self._is_ready:
                return 0
            try:
                row = self._gate.execute(_COMMITS).fetchone()
            except duckdb.Error:
                self._take()
                row = self._gate.execute(_COMMITS).fetchone()
        return int(row[0]) - self._own if row else 0

    def alone(self, *, wanted: bool) -> None:
        with self._gate_lock:
            self._alone = wanted
            self._take()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """By an advisory lock of its own, waited for as long as another process makes or upgrades the schema."""
        assert self._gate is not None
        waiting = self._gate.cursor()
        try:
            waiting.execute("BEGIN TRANSACTION")
            waiting.execute(f"CALL postgres_execute('{GATE}', 'SELECT pg_advisory_xact_lock({_LOCK + 1})')")
            if not self._has_taken:
                self._take()
            yield
        finally:
            with suppress(duckdb.Error):
                waiting.execute("ROLLBACK")
            waiting.close()

    def lead(self) -> bool:
        return self.lease.hold()

    def resign(self) -> None:
        self.lease.give_back()

    def close(self) -> None:
        """Give the store to the next process."""
        with self._gate_lock:
            gate, self._gate = self._gate, None
            if gate is not None:
                gate.close()

    def _check(self) -> None:
        """At most once a second: whether the gate still stands. After a restart of PostgreSQL it is taken anew.

        TryAgain when another process has the store alone meanwhile, or the server does not answer.
        """
        if time.monotonic() - self._looked_at < _LOOKED_AT_EVERY:
            return
        with self._gate_lock:
            try:
                assert self._gate is not None
                self._gate.execute(f"SELECT * FROM postgres_query('{GATE}', 'SELECT 1')").fetchall()
            except duckdb.Error:
                self._take()
            self._looked_at = time.monotonic()

    @contextmanager
    def _on_gate(self) -> Iterator[Cursor]:
        """A cursor beside the gate's open transaction: what it does counts at once."""
        if self._gate is None:
            raise self._not_now("closed")
        cursor = self._gate.cursor()
        try:
            yield cursor
        except duckdb.Error as error:
            raise self._not_now(str(error)) from None
        finally:
            cursor.close()

    def _not_now(self, cause: str) -> TryAgain:
        if f"ERROR:  {LOST}" in cause:  # the statement itself, which is told too, names the word without it
            self.lease.is_lost = True
            return TryAgain(
                N_("Another process has taken over the jobs; this one ends its own first."),
                N_("Try again in some seconds."),
            )
        if "lock timeout" in cause:
            return TryAgain(
                N_("Another process has been writing for more than {seconds} seconds."),
                N_("Try again in a moment."),
                seconds=_WAIT_SECONDS,
            )
        return TryAgain(
            N_("The store {url} does not answer: {cause}"),
            N_("Look whether PostgreSQL runs; work goes on by itself when it answers."),
            url=self.shown,
            cause=self.place.without_password(cause),
        )

    def _attach(self, opened: Cursor) -> None:
        # The gate's transaction stays open: READ COMMITTED holds no snapshot, so nothing keeps VACUUM from its work.
        gate = self.place.words(options="-c idle_in_transaction_session_timeout=0")
        try:
            for name, words, more in (
                (SPACE, self.place.words(options=_PATIENCE), "SCHEMA 'public'"),
                (GATE, gate, "SCHEMA 'public', ISOLATION_LEVEL 'READ COMMITTED'"),
            ):
                opened.execute(f"ATTACH '{_quoted(words)}' AS {name} (TYPE postgres, {more})")
        except duckdb.Error as error:
            raise BadSetup(
                N_("The store {url} cannot be reached: {cause}"),
                N_("Look whether PostgreSQL runs there, and mend the user, password or database of store.url."),
                url=self.shown,
                cause=self.place.without_password(str(error)),
            ) from None

    def _check_rights(self, opened: Cursor) -> None:
        row = opened.execute(
            f"SELECT may, number, encoding FROM postgres_query('{SPACE}', $$SELECT "
            "has_schema_privilege('public', 'CREATE') AND has_schema_privilege('public', 'USAGE') AS may, "
            "current_setting('server_version_num')::int AS number, current_setting('server_encoding') AS encoding$$)"
        ).fetchone()
        may, number, encoding = row or (False, 0, "")
        if not may:
            raise BadSetup(
                N_("The user of store.url may not make tables in the database {url}."),
                N_("Let the database's owner run: GRANT CREATE, USAGE ON SCHEMA public TO that user."),
                url=self.shown,
            )
        if number < 130000 or encoding != "UTF8":
            raise BadSetup(
                N_(
                    "The database {url} is of version {version} with encoding {encoding}; 13 or newer with UTF8 is needed."
                ),
                N_("Make the database anew: CREATE DATABASE … ENCODING 'UTF8'."),
                url=self.shown,
                version=number // 10000,
                encoding=encoding,
            )

    def _take(self) -> None:
        """Open the gate's transaction anew and ask for the lock. TryAgain while another process keeps it from us."""
        gate = self._gate
        assert gate is not None
        kind = "" if self._alone else "_shared"
        with suppress(duckdb.Error):  # no transaction was open, or its connection is gone
            gate.execute("ROLLBACK")
        try:
            gate.execute("BEGIN TRANSACTION")
            row = gate.execute(
                f"SELECT * FROM postgres_query('{GATE}', 'SELECT pg_try_advisory_xact_lock{kind}({_LOCK})')"
            ).fetchone()
        except duckdb.Error as error:
            raise self._not_now(str(error)) from None
        if not row or not row[0]:
            gate.execute("ROLLBACK")
            raise TryAgain(
                N_("The store {path} is in use by another process."),
                N_("Use the running pages, or stop them first."),
                path=self.shown,
            )
        self._has_taken = True


def _extension() -> Path:
    found = find_spec(PACKAGE)
    for folder in (found.submodule_search_locations or ()) if found else ():
        for file in Path(folder).rglob("postgres_scanner.duckdb_extension"):
            if file.parent.name == f"v{duckdb.__version__}":
                return file
    raise BadSetup(
        N_("A store in PostgreSQL needs DuckDB's extension for it, version {version}."),
        N_("Install it: pip install -r requirements-cluster.txt"),
        version=duckdb.__version__,
    )


def _unreadable() -> BadSetup:
    return BadSetup(
        N_("The store's url cannot be read."),
        N_("Write postgres://USER:PASSWORD@HOST:PORT/DATABASE; signs like @ or / in the password as %40, %2F."),
    )


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _quoted(value: str) -> str:
    return value.replace("'", "''")
