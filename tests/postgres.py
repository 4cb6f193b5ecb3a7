"""A private PostgreSQL for the tests that need the real thing: its own folder and port, gone at the end."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import pytest

from core.settings import Settings
from core.store import open_store

PASSWORD = "g'eh@im/1"  # signs that a url and a connection string have to escape
_numbers = count(1)


@dataclass(slots=True)
class Postgres:
    """A running server; `bin` is the folder of its programs. The user `danliu` owns each database."""

    bin: Path
    place: Path
    port: int
    template: str = ""

    def url(self, database: str, *, user: str = "danliu", password: str = "g%27eh%40im%2F1", port: int = 0) -> str:
        return f"postgres://{user}:{password}@127.0.0.1:{port or self.port}/{database}"

    def run(self, sql: str, database: str = "postgres") -> str:
        """What psql answers to the statement of the server's owner."""
        words = [str(self.bin / "psql"), "-XqAt", "-h", str(self.place), "-p", str(self.port), "-U", "owner"]
        done = subprocess.run(
            [*words, "-d", database, "-v", "ON_ERROR_STOP=1", "-c", sql], check=True, capture_output=True, timeout=60
        )
        return done.stdout.decode().strip()

    def database(self, template: str = "") -> str:
        """Make a database; with a template, one that holds the same."""
        name = f"store_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} OWNER danliu" + (f" TEMPLATE {template}" if template else ""))
        return name

    def drop(self, database: str) -> None:
        self.run(f"DROP DATABASE {database} WITH (FORCE)")

    def fresh(self) -> str:
        """A database with the present schema and nothing else: a copy of one that was migrated."""
        return self.database(self.template)

    def prepare(self) -> None:
        """Make the user, and the database that `fresh` copies."""
        quoted = PASSWORD.replace("'", "''")
        self.run(f"CREATE ROLE danliu LOGIN PASSWORD '{quoted}'")
        template = self.database()
        open_store(Settings(store_url=self.url(template))).close()
        self.template = template

    def control(self, *words: str) -> None:
        """Run pg_ctl on the server: start, stop, restart."""
        command = [
            str(self.bin / "pg_ctl"),
            "-D",
            str(self.place / "files"),
            "-w",
            "-l",
            str(self.place / "log"),
            *words,
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60, user=_user(), cwd="/tmp")


def missing() -> None:
    reason = "PostgreSQL's server (initdb, pg_ctl) or DuckDB's extension for it is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def serving() -> Iterator[Postgres]:
    """A server for the length of the block; a visible skip where none is installed."""
    folder = programs()
    if folder is None:
        missing()
        return
    place = Path(mkdtemp(prefix="danliu-pg-", dir="/tmp"))  # a socket's path must be short
    if user := _user():
        shutil.chown(place, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Postgres(folder, place, port)
    made = [folder / "initdb", "-D", place / "files", "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    subprocess.run(made, check=True, capture_output=True, timeout=120, user=user, cwd="/tmp")
    (place / "files" / "pg_hba.conf").write_text("local all owner trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    with (place / "files" / "postgresql.conf").open("a") as settings:
        settings.write(f"port={port}\nunix_socket_directories='{place}'\nlisten_addresses='127.0.0.1'\n")
        settings.write("fsync=off\nsynchronous_commit=off\nfull_page_writes=off\nmax_connections=200\n")
    server.control("start")
    try:
        server.prepare()
        yield server
    finally:
        server.control("stop", "-m", "immediate")
        shutil.rmtree(place, ignore_errors=True)


def programs() -> Path | None:
    """The folder of the newest server's programs."""
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = shutil.which("initdb")
    for folder in [*known, *([Path(found).parent] if found else [])]:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "psql", "postgres")):
            return folder
    return None


def _user() -> str | None:
    """PostgreSQL never runs as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"
