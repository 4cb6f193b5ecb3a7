"""What may befall a store's file: a full disk, a log torn off, a damaged block, an upgrade broken off, another holder.

After each the store opens with every commit that was answered, or says in words what is wrong and which way leads back.
"""

import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from core.errors import BadSetup, DanliuError
from core.people.vault import Vault, check_fits, open_vault
from core.settings import ROOT, Settings
from core.store import Store, backup, migrate, open_store, restore
from core.store.backup import proof, tables
from tests.factories import fill
from tests.faults import laws

pytestmark = pytest.mark.file_store
SEEDS = (3, 4, 5)


@pytest.fixture
def vault(settings: Settings) -> Vault:
    return open_vault(settings)


def path_of(settings: Settings) -> Path:
    return Path(settings.store_url.partition(":")[2])


def filled(settings: Settings, vault: Vault, orders: int = 150) -> dict[str, Any]:
    """A closed store with orders; the proofs of its tables."""
    store = open_store(settings)
    check_fits(vault, store)
    fill(store, vault, orders)
    found = proofs(store)
    store.close()
    return found


def proofs(store: Store) -> dict[str, Any]:
    with store.read() as cursor:
        return {name: proof(cursor, name) for name in tables(cursor)}


def schema(store: Store) -> list[Any]:
    with store.read() as cursor:
        return cursor.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'danliu' ORDER BY ALL"
        ).fetchall()


def test_on_a_full_disk_every_answered_commit_stays_and_with_room_the_work_goes_on(
    settings: Settings, vault: Vault
) -> None:
    before = filled(settings, vault)
    command = [
        sys.executable,
        "-m",
        "tests.faults.full_disk",
        str(path_of(settings)),
        str(settings.key_file),
        "6000000",
    ]
    said = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    ).stdout.splitlines()
    kept = [int(line.split()[1]) for line in said if line.startswith("kept")]
    assert kept and said[len(kept)].startswith("met"), said
    assert said[-1] == "went on", said
    store = open_store(settings)
    with store.read() as cursor:
        batches = cursor.execute("SELECT batch, count(*) FROM ballast GROUP BY 1 ORDER BY 1").fetchall()
    assert batches == [(-1, 1), *((batch, 20_000) for batch in kept)]
    after = proofs(store)
    assert {name: after[name] for name in before} == before
    store.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_log_torn_off_anywhere_leaves_whole_commits_from_the_first_on(settings: Settings, seed: int) -> None:
    """As a power cut leaves it: the log ends in the middle of a commit, or in a sector of noughts."""
    chance = Random(seed)
    path = path_of(settings)
    log = path.with_name(f"{path.name}.wal")
    store = open_store(settings)
    with store.write() as cursor:
        cursor.execute("CREATE TABLE pairs (n INTEGER, side VARCHAR)")
    store._connection.execute("CHECKPOINT danliu")
    for n in range(30):
        with store.write() as cursor:
            cursor.execute("INSERT INTO pairs VALUES (?, 'l')", [n])
            cursor.execute("INSERT INTO pairs VALUES (?, 'r')", [n])
    main, whole = path.read_bytes(), log.read_bytes()
    store.close()
    cut = chance.randrange(1, len(whole))
    path.write_bytes(main)
    log.write_bytes(whole[:cut] + b"\x00" * chance.choice((0, 512)))
    try:
        store = open_store(settings)
    except BadSetup as told:
        assert "python -m core restore" in told.hint
        return
    with store.read() as cursor:
        rows = cursor.execute("SELECT n, count(*) FROM pairs GROUP BY 1 ORDER BY 1").fetchall()
    store.close()
    assert rows == [(n, 2) for n in range(len(rows))]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_file_is_told_with_the_way_back_and_the_back_up_restores_it(
    settings: Settings, vault: Vault, tmp_path: Path, seed: int
) -> None:
    before = filled(settings, vault)
    store = open_store(settings)
    backup.write(store, tmp_path / "kept")
    store.close()
    path, chance = path_of(settings), Random(seed)
    held = bytearray(path.read_bytes())
    for _hit in range(40):
        place = chance.randrange(12_288, len(held) - 4096)
        held[place : place + 4096] = chance.randbytes(4096)
    path.write_bytes(bytes(held))
    with pytest.raises(BadSetup) as told:
        store = open_store(settings)
        try:
            proofs(store)
        finally:
            store.close()
    assert "python -m core restore" in told.value.hint
    restore.restore(settings, backup.read(tmp_path / "kept"))
    store = open_store(settings)
    assert proofs(store) == before
    store.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_an_upgrade_killed_between_two_steps_goes_on_where_it_stopped(
    blank: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """The process goes without a word after a step: its commits are all there is. Killed again and again, then whole."""
    chance, every = Random(seed), migrate.steps()
    stops = sorted(chance.sample(range(1, len(every)), 3))
    for stop in stops:
        monkeypatch.setattr(migrate, "steps", lambda stop=stop: every[:stop])
        store = open_store(blank)
        assert migrate.applied(store) == {number for number, _path in every[:stop]}
        store.close()
    monkeypatch.setattr(migrate, "steps", lambda: every)
    fresh = open_store(Settings(store_url=f"duckdb:{tmp_path / 'fresh.duckdb'}", key_file=blank.key_file))
    again = open_store(blank)
    assert schema(again) == schema(fresh)
    assert proofs(again).keys() == proofs(fresh).keys()
    assert laws.broken(again) == {}
    again.close()
    fresh.close()


def test_a_write_that_breaks_off_leaves_nothing_and_the_next_one_is_taken(store: Store) -> None:
    with store.write() as cursor:
        cursor.execute("CREATE TABLE one (n INTEGER)")
    seen = store.version
    with pytest.raises(DanliuError), store.write() as cursor:
        cursor.execute("INSERT INTO one VALUES (1)")
        with store.write() as nested:
            nested.execute("INSERT INTO one VALUES (2)")
            raise BadSetup("stop")
    assert store.version == seen
    with store.write() as cursor:
        cursor.execute("INSERT INTO one VALUES (3)")
    with store.read() as cursor:
        assert cursor.execute("SELECT n FROM one").fetchall() == [(3,)]
