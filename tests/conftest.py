"""Shared fixtures: a real store in a temporary folder, nothing faked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings
from core.store import Store, open_store

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store_url=f"duckdb:{tmp_path / 'store.duckdb'}", key_file=tmp_path / "secret.key", demo=False)


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
