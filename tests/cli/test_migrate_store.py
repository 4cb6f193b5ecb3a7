"""`migrate-store` as one document, with its progress beside it."""

import json

from core.cli.main import main
from core.people.vault import check_fits, open_vault
from core.settings import Settings
from core.store import open_store
from tests.factories import fill


def test_a_move_tells_its_tables_and_is_refused_the_second_time(tmp_path, capsys) -> None:
    here, there = (f"duckdb:{tmp_path / name}" for name in ("here.duckdb", "there.duckdb"))
    settings = Settings(store_url=here, key_file=tmp_path / "secret.key")
    store = open_store(settings)
    vault = open_vault(settings)
    check_fits(vault, store)
    fill(store, vault, 12)
    store.close()
    capsys.readouterr()
    assert main(["migrate-store", here, there, "--json"]) == 0
    told = capsys.readouterr()
    document = json.loads(told.out)
    assert (document["from"], document["to"], document["kept"]) == (here, there, 0)
    assert document["tables"]["orders"] == 12 and document["rows"] == sum(document["tables"].values())
    assert len(told.err.strip().splitlines()) == len(document["tables"]) and "orders" in told.err
    assert main(["migrate-store", here, there, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "bad_request"
