"""A private MariaDB for the tests that need the real thing: its own folder, socket and port, gone at the end."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pymysql
import pytest


@dataclass(frozen=True, slots=True)
class MariaDb:
    """A running server with a database `wms`, an owner (root, no password) and a reader with SELECT only."""

    port: int

    def owner(self) -> pymysql.Connection:
        return pymysql.connect(
            host="127.0.0.1", port=self.port, user="root", database="wms", autocommit=True, charset="utf8mb4"
        )

    def run(self, *statements: str) -> None:
        with self.owner() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def _missing() -> None:
    reason = "MariaDB's server (mariadbd, mariadb-install-db) is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    server = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin")
    install = shutil.which("mariadb-install-db")
    if not server or not install:
        _missing()
        return
    place = Path("/tmp") / f"danliu-mariadb-{os.getpid()}"  # a socket's path must be short
    place.mkdir()
    own = ["--user=root"] if os.geteuid() == 0 else []
    files = f"--datadir={place / 'files'}"
    subprocess.run(
        [install, "--no-defaults", files, "--auth-root-authentication-method=normal", "--skip-test-db", *own],
        check=True,
        capture_output=True,
        timeout=120,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            server, "--no-defaults", files, f"--socket={place / 's.sock'}", f"--port={port}", *own,
            "--bind-address=127.0.0.1", "--skip-log-bin", "--innodb-buffer-pool-size=16M",
            "--innodb-flush-log-at-trx-commit=0", f"--pid-file={place / 'pid'}", "--character-set-server=utf8mb4",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait(port, process)
        yield MariaDb(port)
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(place, ignore_errors=True)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(150):
        assert process.poll() is None, "MariaDB ended at once"
        try:
            with pymysql.connect(host="127.0.0.1", port=port, user="root", autocommit=True) as connection:
                with connection.cursor() as cursor:
                    cursor.execute("CREATE DATABASE IF NOT EXISTS wms")
                    cursor.execute("CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'only-reads'")
                    cursor.execute("GRANT SELECT ON wms.* TO reader@'127.0.0.1'")
                return
        except pymysql.err.OperationalError:
            time.sleep(0.1)
    pytest.fail("MariaDB did not answer in time")
