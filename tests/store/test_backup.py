"""A back-up is one instant, whole; restored it is equal table by table; damaged it is refused and nothing changes."""

import json
import subprocess
import sys
import threading

import pytest

from core.errors import BadRequest, BadSetup
from core.people.vault import check_fits, open_vault
from core.settings import ROOT, Settings
from core.store import backup, open_store, restore
from core.store.backup import proof, tables
from tests.factories import fill


@pytest.fixture
def vault(settings, store):
    found = open_vault(settings)
    check_fits(found, store)
    return found


def proofs(store):
    with store.read() as cursor:
        return {name: proof(cursor, name) for name in tables(cursor)}


def test_a_restored_back_up_equals_the_original_in_every_table(store, settings, vault, tmp_path):
    fill(store, vault, 300)
    with store.write() as cursor:
        cursor.execute("ALTER TABLE orders ADD COLUMN x_colour VARCHAR")
        cursor.execute("UPDATE orders SET x_colour = '红' WHERE order_key % 2 = 0")
    made = backup.write(store, tmp_path / "kept")
    before = proofs(store)
    assert made.rows["orders"] == 300
    store.close()
    other = Settings(store_url=f"duckdb:{tmp_path / 'other.duckdb'}", key_file=settings.key_file)
    assert restore.restore(other, backup.read(tmp_path / "kept")) is None
    opened = open_store(other)
    try:
        assert proofs(opened) == before
        check_fits(vault, opened)
    finally:
        opened.close()


@pytest.mark.file_store
def test_the_present_file_is_set_aside_with_everything_in_it(store, settings, vault, tmp_path):
    made = backup.write(store, tmp_path / "kept")
    fill(store, vault, 50)
    store.close()
    aside = restore.restore(settings, made)
    assert aside is not None and aside.name.startswith("store.duckdb.before-")
    for path, orders in ((tmp_path / "store.duckdb", 0), (aside, 50)):
        opened = open_store(Settings(store_url=f"duckdb:{path}"))
        with opened.read() as cursor:
            assert cursor.execute("SELECT count(*) FROM orders").fetchone() == (orders,)
        opened.close()
    assert not list(tmp_path.glob("*.restoring*"))


def test_orders_that_come_during_a_back_up_are_in_all_tables_or_in_none(store, vault, tmp_path):
    fill(store, vault, 200)
    ended = threading.Event()

    def keep_writing():
        for _n in range(40):
            with store.write() as cursor:
                cursor.execute("INSERT INTO facts VALUES ('a', 'x', now())")
                cursor.execute("INSERT INTO labels VALUES (1, 'normal', 'test', 'me', now())")
        ended.set()

    writer = threading.Thread(target=keep_writing)
    writer.start()
    made = [backup.write(store, tmp_path / "kept") for _n in range(3)]
    writer.join()
    assert ended.is_set()
    for each in made:
        assert each.rows["labels"] == each.rows["facts"] - 1  # the fact of the key


@pytest.mark.file_store
def test_a_damaged_table_is_named_and_the_store_stays(store, settings, vault, tmp_path):
    fill(store, vault, 30)
    made = backup.write(store, tmp_path / "kept")
    before = proofs(store)
    store.close()
    file = made.path / "orders.parquet"
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)
    with pytest.raises(BadRequest, match="orders"):
        restore.restore(settings, made)
    opened = open_store(settings)
    assert proofs(opened) == before
    opened.close()
    assert sorted(path.name for path in tmp_path.iterdir() if "duckdb" in path.name) == ["store.duckdb"]


def test_a_manifest_is_a_value_from_outside(store, settings, vault, tmp_path):
    made = backup.write(store, tmp_path / "kept")
    document = json.loads((made.path / "manifest.json").read_text())
    document["tables"]["facts"]["columns"]["name"] = "VARCHAR); DROP TABLE orders; --"
    (made.path / "manifest.json").write_text(json.dumps(document))
    with pytest.raises(BadRequest, match="facts"):
        restore.verify(settings, backup.read(made.path))


@pytest.mark.file_store
def test_a_store_in_use_by_another_process_is_not_replaced(store, settings, vault, tmp_path):
    made = backup.write(store, tmp_path / "kept")
    config = tmp_path / "config.toml"
    config.write_text(f'[store]\nurl = "{settings.store_url}"\n[secrets]\nkey_file = "{settings.key_file}"\n')
    command = [sys.executable, "-m", "core", "restore", str(made.path), "--json", "--config", str(config)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, json.loads(done.stdout)["error"]) == (1, "try_again")
    fill(store, vault, 5)
    assert [path.name for path in tmp_path.glob("*.before-*")] == []


def test_a_back_up_of_another_key_is_refused(store, vault, tmp_path):
    made = backup.write(store, tmp_path / "kept")
    restore.check_key(made, vault.key_id.hex())
    with pytest.raises(BadSetup, match="另一把密钥文件"):
        restore.check_key(made, "00000000")


@pytest.mark.file_store
def test_an_older_back_up_is_brought_to_the_present_schema(store, settings, vault, tmp_path):
    with store.write() as cursor:
        cursor.execute("DROP TABLE audit_seals")
        cursor.execute("DROP TABLE audit_heads")
        cursor.execute("ALTER TABLE audit DROP COLUMN seq")
        cursor.execute("ALTER TABLE audit DROP COLUMN chain")
        cursor.execute("DELETE FROM schema_steps WHERE step = 120")
    made = backup.write(store, tmp_path / "kept")
    store.close()
    restore.restore(settings, made)
    opened = open_store(settings)
    with opened.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM audit_heads").fetchone() == (0,)
    opened.close()


def test_thinning_keeps_the_newest_and_removes_what_was_broken_off(store, vault, tmp_path):
    made = [backup.write(store, tmp_path / "kept") for _n in range(4)]
    (made[0].path / "manifest.json").unlink()
    assert backup.thin(tmp_path / "kept", 2) == 2
    assert [each.path for each in backup.listing(tmp_path / "kept")] == [made[3].path, made[2].path]


def test_a_folder_without_a_back_up_says_so(tmp_path):
    with pytest.raises(BadRequest, match="没有备份"):
        backup.read(tmp_path)
