from pathlib import Path

import duckdb
import pytest

from core.errors import BadSetup, TryAgain
from core.settings import Settings
from core.store import Store, open_store
from core.store import migrate as migrations


@pytest.fixture
def settings(blank: Settings) -> Settings:
    """A place where no store was ever made."""
    return blank


def path_of(settings: Settings) -> Path:
    return Path(settings.store_url.removeprefix("duckdb:"))


def test_numbers_of_migrations_are_unique() -> None:
    numbers = [number for number, _path in migrations.steps()]
    assert len(numbers) == len(set(numbers))


def test_a_store_of_an_older_version_is_brought_up_with_what_it_holds(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = migrations.steps()
    monkeypatch.setattr(migrations, "steps", lambda: every[:1])
    old = open_store(settings)
    with old.write() as cursor:
        cursor.execute("INSERT INTO orders (order_key, platform_no) VALUES (1, 'A1')")
    old.close()
    monkeypatch.setattr(migrations, "steps", lambda: every)
    store = open_store(settings)
    with store.read() as cursor:
        assert cursor.execute("SELECT platform_no FROM orders").fetchall() == [("A1",)]
        assert cursor.execute("SELECT count(*) FROM list_members").fetchone() == (0,)
    assert migrations.applied(store) == {number for number, _path in every}
    store.close()


def test_a_step_that_came_in_between_is_not_skipped(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    every = migrations.steps()
    monkeypatch.setattr(migrations, "steps", lambda: [every[0], *every[2:]])
    open_store(settings).close()
    monkeypatch.setattr(migrations, "steps", lambda: every)
    store = open_store(settings)
    assert every[1][0] in migrations.applied(store)
    store.close()


@pytest.mark.file_store
def test_a_store_of_a_newer_version_is_refused_and_untouched(store: Store, settings: Settings) -> None:
    with store.write() as cursor:
        cursor.execute("INSERT INTO schema_steps VALUES (9999, 'future', now())")
    store.close()
    before = path_of(settings).read_bytes()
    with pytest.raises(BadSetup, match="9999"):
        open_store(settings)
    assert path_of(settings).read_bytes() == before


def test_a_migration_that_fails_leaves_nothing_behind(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "0999_broken.sql"
    broken.write_text("CREATE TABLE half (a INTEGER); SELECT nonsense", encoding="utf-8")
    every = migrations.steps()
    monkeypatch.setattr(migrations, "steps", lambda: [*every, (999, broken)])
    with pytest.raises(duckdb.Error):
        open_store(settings)
    monkeypatch.setattr(migrations, "steps", lambda: every)
    store = open_store(settings)
    with store.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'half'").fetchone() == (0,)
    store.close()


@pytest.mark.file_store
def test_a_file_that_is_no_store_is_a_clear_error(settings: Settings) -> None:
    path_of(settings).write_bytes(b"not a database" * 1000)
    with pytest.raises(BadSetup, match=r"back-up|备份"):
        open_store(settings)


@pytest.mark.file_store
def test_a_store_held_by_another_process_says_so(settings: Settings) -> None:
    import subprocess
    import sys

    holder = subprocess.Popen(
        [sys.executable, "-c", f"import duckdb,sys; c=duckdb.connect({str(path_of(settings))!r}); print(1, flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    holder.stdout.readline()
    try:
        with pytest.raises(TryAgain):
            open_store(settings)
    finally:
        holder.communicate(b"", timeout=20)
