"""`backup`, `restore` and `doctor` as the contract has them."""

import json

import pytest

from core.cli.main import main
from core.people.vault import check_fits, open_vault
from core.store import open_store
from tests.factories import fill


@pytest.fixture
def ask(settings, tmp_path, capsys):
    store = open_store(settings)
    vault = open_vault(settings)
    check_fits(vault, store)
    fill(store, vault, 40)
    store.close()
    config = tmp_path / "config.toml"
    config.write_text(f'[store]\nurl = "{settings.store_url}"\n[secrets]\nkey_file = "{settings.key_file}"\n')

    def run(*words):
        capsys.readouterr()
        status = main([*words, "--json", "--config", str(config)])
        return status, json.loads(capsys.readouterr().out)

    return run


@pytest.mark.file_store
def test_what_was_backed_up_comes_back(ask, settings, tmp_path):
    status, made = ask("backup", str(tmp_path / "kept"))
    assert status == 0 and made["tables"]["orders"] == 40 and made["bytes"] > 0
    (tmp_path / "store.duckdb").unlink()
    assert ask("restore", str(tmp_path / "kept")) == (0, made)
    assert ask("doctor") == (0, {"ok": True, "problems": []})
    store = open_store(settings)
    with store.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM orders").fetchone() == (40,)
    store.close()


@pytest.mark.file_store
def test_restoring_from_nothing_is_a_wrong_request_and_changes_nothing(ask, tmp_path):
    before = (tmp_path / "store.duckdb").read_bytes()
    status, told = ask("restore", str(tmp_path / "nothing"))
    assert (status, told["error"]) == (2, "bad_request") and told["hint"]
    assert (tmp_path / "store.duckdb").read_bytes() == before


@pytest.mark.file_store
def test_a_store_that_does_not_open_is_told_with_what_to_do(ask, tmp_path):
    (tmp_path / "store.duckdb").write_bytes(b"this is no store at all" * 1000)
    status, told = ask("doctor")
    assert status == 0 and not told["ok"]
    (problem,) = told["problems"]
    assert problem["code"] == "bad_setup" and problem["hint"]


@pytest.mark.file_store
def test_a_broken_store_is_replaced_by_its_back_up(ask, tmp_path):
    ask("backup", str(tmp_path / "kept"))
    (tmp_path / "store.duckdb").write_bytes(b"this is no store at all" * 1000)
    assert ask("restore", str(tmp_path / "kept"))[0] == 0
    assert ask("doctor")[1]["ok"]


@pytest.mark.postgres
def test_a_back_up_goes_into_an_empty_database_and_into_no_other(ask, settings, tmp_path, postgres):
    made = ask("backup", str(tmp_path / "kept"))[1]
    target = postgres.url(postgres.database())
    assert ask("restore", str(tmp_path / "kept"), "--store", target) == (0, made)
    status, told = ask("restore", str(tmp_path / "kept"), "--store", target)
    assert (status, told["error"]) == (2, "bad_request") and told["hint"]
    assert ask("doctor", "--store", target) == (0, {"ok": True, "problems": []})
    assert sorted(each.name for each in tmp_path.iterdir() if each.name.startswith(".restore-")) == []
