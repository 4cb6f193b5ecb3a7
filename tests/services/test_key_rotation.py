"""The key is exchanged: nothing is left under the old one, everything opens all the time, a broken-off run goes on."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import BadSetup
from core.people.actor import SYSTEM
from core.people.vault import check_fits, open_vault
from core.services import key_rotation
from core.settings import ROOT, Settings
from core.store import Store, backup, open_store, resealing, restore
from core.store.store import Cursor


def put_everywhere(store: Store, settings: Settings) -> None:
    """A sealed text in each place that holds one, three rows each."""
    vault = open_vault(settings)
    check_fits(vault, store)
    with store.write() as cursor:
        for place in range(3):
            for table, column, _rows in resealing.TEXTS:
                cursor.execute(f"INSERT INTO {table} ({column}) VALUES (?)", [vault.seal_text(f"{table} {place}")])
            for table, column, _rows in resealing.PAYLOADS:
                cursor.execute(f"INSERT INTO {table} ({column}) VALUES (?)", [vault.seal(f"{table} {place}".encode())])
        sealed = f'{{"sealed": {{"key": "{vault.seal_text("blacklist")}"}}}}'
        cursor.execute("INSERT INTO facts (name, value) VALUES ('blacklist_service', ?)", [sealed])


def told(store: Store, settings: Settings) -> dict[str, list[str]]:
    """What the sealed places hold, opened."""
    vault, found = open_vault(settings), {}
    with store.read() as cursor:
        for table, column, _rows in (*resealing.TEXTS, *resealing.PAYLOADS):
            texts = [row[0] for row in cursor.execute(f"SELECT {column} FROM {table}").fetchall()]
            payload = (table, column) in {each[:2] for each in resealing.PAYLOADS}
            found[table] = sorted(vault.open(text).decode() if payload else vault.open_text(text) for text in texts)
    return found


def under(cursor: Cursor, head: str) -> list[str]:
    """Every column of every table in which a text of that key stands, wherever it may be."""
    columns = cursor.execute(
        "SELECT table_name, column_name FROM information_schema.columns c JOIN information_schema.tables t "
        "USING (table_schema, table_name) WHERE t.table_type = 'BASE TABLE' AND data_type IN ('VARCHAR', 'JSON')"
    ).fetchall()
    return [
        f"{table}.{column}"
        for table, column in columns
        if cursor.execute(f"SELECT 1 FROM {table} WHERE contains({column}::VARCHAR, ?) LIMIT 1", [head]).fetchone()
    ]


def test_nothing_is_left_under_the_old_key_and_everything_still_opens(store: Store, settings: Settings) -> None:
    put_everywhere(store, settings)
    before, old = told(store, settings), open_vault(settings)
    done = key_rotation.rotate(SYSTEM, store, settings)
    new = open_vault(settings)
    assert (done.resealed, done.resumed, done.key_id) == (37, False, new.key_id.hex())
    assert told(store, settings) == before and new.key_ids[1] == old.key_id.hex()
    with store.read() as cursor:
        assert under(cursor, new.older_heads[0]) == []
    assert resealing.key_of(store) == new.key_id.hex()
    with pytest.raises(BadSetup):  # who has the old key alone opens nothing any more
        old.open_text(_one(store))


def _one(store: Store) -> str:
    with store.read() as cursor:
        row = cursor.execute("SELECT cipher FROM order_persons LIMIT 1").fetchone()
    assert row is not None
    return row[0]


def test_hashes_stay_so_that_buyers_are_found_as_before(store: Store, settings: Settings) -> None:
    before = open_vault(settings)
    check_fits(before, store)
    key_rotation.rotate(SYSTEM, store, settings)
    key_rotation.rotate(SYSTEM, store, settings)
    after = open_vault(settings)
    assert (after.keyed("13800000000"), after.pads) == (before.keyed("13800000000"), before.pads)
    assert len(after.key_ids) == 3


@pytest.mark.parametrize("parts", (0, 1, 6, 13))
def test_a_rotation_killed_anywhere_opens_all_the_time_and_goes_on(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    put_everywhere(store, settings)
    before, real, calls = told(store, settings), resealing.part, iter(range(100))

    def dying(*given: object) -> int:
        if next(calls) == parts:
            raise KeyboardInterrupt
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(resealing, "part", dying)
    with pytest.raises(KeyboardInterrupt):
        key_rotation.rotate(SYSTEM, store, settings)
    monkeypatch.undo()
    check_fits(open_vault(settings), store)
    assert told(store, settings) == before
    done = key_rotation.rotate(SYSTEM, store, settings)
    assert done.resumed and told(store, settings) == before
    assert resealing.left(store, open_vault(settings).older_heads) == 0
    assert len(open_vault(settings).key_ids) == 2


def test_a_process_killed_in_the_middle_leaves_a_store_that_goes_on(store: Store, settings: Settings) -> None:
    put_everywhere(store, settings)
    before = told(store, settings)
    store.close()
    killed = subprocess.run([sys.executable, "-c", _DYING, settings.store_url, str(settings.key_file)], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    again = open_store(settings)
    assert told(again, settings) == before
    assert 0 < resealing.left(again, open_vault(settings).older_heads) < 36
    assert key_rotation.rotate(SYSTEM, again, settings).resumed
    assert told(again, settings) == before and resealing.left(again, open_vault(settings).older_heads) == 0
    again.close()


_DYING = """
import os, signal, sys
from pathlib import Path
from core.people.actor import SYSTEM
from core.people.vault import Vault
from core.services import key_rotation
from core.settings import Settings
from core.store import open_store
settings = Settings(store_url=sys.argv[1], key_file=Path(sys.argv[2]), demo=False)
resealed, calls = Vault.resealed, iter(range(1000))
def dying(vault, sealed, *, payload):
    if next(calls) == 20:  # in the middle of a part, its transaction open
        os.kill(os.getpid(), signal.SIGKILL)
    return resealed(vault, sealed, payload=payload)
Vault.resealed = dying
key_rotation.rotate(SYSTEM, open_store(settings), settings)
"""


def test_a_backup_of_before_stays_restorable(store: Store, settings: Settings, tmp_path: Path) -> None:
    put_everywhere(store, settings)
    before = told(store, settings)
    made = backup.write(store, tmp_path / "backups")
    key_rotation.rotate(SYSTEM, store, settings)
    restore.check_key(made, *open_vault(settings).key_ids)
    store.close()
    restore.restore(settings, made)
    again = open_store(settings)
    check_fits(open_vault(settings), again)
    assert told(again, settings) == before
    assert key_rotation.rotate(SYSTEM, again, settings).resumed
    assert told(again, settings) == before
    again.close()
