"""Shared fixtures: a real store in a temporary folder, nothing faked. `--store=postgres` puts it into PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.settings import Settings
from core.store import Store, open_store
from tests.postgres import Postgres, serving

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--store", choices=("file", "postgres"), default="file", help="where the tests' stores lie")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Who takes which tests, where several workers run."""
    from tests.turns import OneBrowser

    return OneBrowser(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is about the file of a store itself has nothing to say of another kind."""
    if config.getoption("--store") == "file":
        return
    gone = [item for item in items if item.get_closest_marker("file_store")]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in set(gone)]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A private PostgreSQL server; a visible skip where none is installed, a failure under CI."""
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed, empty store of the present schema: a copy of it costs a fifth of its making."""
    path = tmp_path_factory.mktemp("made") / "store.duckdb"
    open_store(Settings(store_url=f"duckdb:{path}")).close()
    return path


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    yield from _places(tmp_path, request, "fresh")


@pytest.fixture
def blank(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """As `settings`, but in a place where no store was ever made."""
    yield from _places(tmp_path, request, "database")


def _places(tmp_path: Path, request: pytest.FixtureRequest, make: str) -> Iterator[Settings]:
    key_file = tmp_path / "secret.key"
    if request.config.getoption("--store") == "file":
        if make == "fresh":
            shutil.copyfile(request.getfixturevalue("made"), tmp_path / "store.duckdb")
        yield Settings(store_url=f"duckdb:{tmp_path / 'store.duckdb'}", key_file=key_file, demo=False)
        return
    server: Postgres = request.getfixturevalue("postgres")
    database: str = getattr(server, make)()
    yield Settings(store_url=server.url(database), key_file=key_file, demo=False)
    server.drop(database)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings)
    yield opened
    opened.close()


@pytest.fixture
def shared() -> Path:
    """The folder of real files beside the repository; a visible skip where it is absent."""
    if not SHARED.exists():
        pytest.skip("the shared folder with real files is not beside this repository")
    return SHARED
