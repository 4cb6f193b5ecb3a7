"""`demo` and `sync` as other programs call them: one JSON document, the keys of the contract, exit 2 for a wrong request."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from core.channels.backfill import wish
from core.channels.sandbox import Sandbox
from core.cli.main import main
from core.settings import load
from core.store import open_store, runs


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(8, rate=0, days=1) as running:
        yield running


@pytest.fixture
def config(tmp_path):
    def write(*rows):
        lines = ["[store]", f'url = "duckdb:{tmp_path / "s.duckdb"}"', "[secrets]", f'key_file = "{tmp_path / "key"}"']
        for row in rows:
            lines += ["[[shops]]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in row.items())]
        (tmp_path / "config.toml").write_text("\n".join(lines), encoding="utf-8")
        return str(tmp_path / "config.toml")

    return write


def run(capsys, *arguments):
    status = main([*arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_demo_fills_a_fresh_store_and_sync_brings_its_orders(capsys, config, sandbox):
    path = config()
    status, told = run(capsys, "demo", "--sandbox", sandbox.url, "--config", path)
    assert status == 0 and set(told) == {"shops", "warehouses", "skus", "printers", "documents"}
    assert (told["shops"], told["warehouses"], told["printers"]) == (6, 3, 1)
    assert told["skus"] > 50 and told["documents"] >= 10
    assert run(capsys, "demo", "--sandbox", sandbox.url, "--config", path) == (0, told)
    status, told = run(capsys, "sync", "--shop", "jd-1", "--config", path)
    assert status == 0 and set(told) == {"shops", "seconds"}
    (row,) = told["shops"]
    assert set(row) == {
        "shop", "channel", "pulled", "inserted", "updated", "unchanged", "rejected", "cursor", "error",
    }  # fmt: skip
    assert (row["shop"], row["channel"], row["error"], row["rejected"]) == ("jd-1", "jd", None, 0)
    assert row["inserted"] >= sum(order["channel"] == "jd" for order in sandbox.truth()["orders"])
    assert row["cursor"].endswith("+00:00")


def test_a_row_of_the_sandbox_is_enough_for_a_headless_sync(capsys, config, sandbox):
    row = next(row for row in sandbox.shops()["shops"] if row["channel"] == "doudian")
    path = config({**row, "first_days": 2})
    status, told = run(capsys, "sync", "--once", "--config", path)
    assert status == 0 and [shop["shop"] for shop in told["shops"]] == ["doudian-1"]
    assert told["shops"][0]["inserted"] > 100
    status, told = run(capsys, "sync", "--config", path)
    assert (told["shops"][0]["inserted"], told["shops"][0]["updated"]) == (0, 0)


def test_a_sync_carries_out_the_back_fills_that_wait_for_its_shops(capsys, config, sandbox):
    rows = [row for row in sandbox.shops()["shops"] if row["channel"] in ("jd", "doudian")]
    path = config(*rows)
    settings = load(Path(path))
    store, until = open_store(settings), clock.now()
    for row in rows:
        wish(store, row["channel"], row["shop"], until - timedelta(days=1), until)
    store.close()
    status, told = run(capsys, "sync", "--shop", "jd-1", "--config", path)
    (row,) = told["shops"]
    assert status == 0 and row["error"] is None
    store = open_store(settings)
    states = {found.shop: (found.state, found.progress) for found in runs.listing(store, kind="backfill")}
    store.close()
    assert states == {"jd-1": ("ok", 1.0), "doudian-1": ("queued", 0.0)}
    assert row["unchanged"] > 0  # the back-filled day overlaps what the pull brought


def test_an_unknown_shop_is_a_wrong_request(capsys, config):
    status, told = run(capsys, "sync", "--shop", "nobody", "--config", config())
    assert status == 2 and set(told) == {"error", "message", "hint"} and "nobody" in told["message"]


def test_a_sandbox_that_is_none_is_told(capsys, config):
    assert run(capsys, "demo", "--sandbox", "here", "--config", config())[0] == 2
    status, told = run(capsys, "demo", "--sandbox", "http://127.0.0.1:9", "--config", config())
    assert status == 1 and told["error"] == "try_again"


def test_a_shop_that_cannot_be_reached_is_told_in_its_row(capsys, config):
    row = {"shop": "one", "channel": "jd", "gateway": "http://127.0.0.1:9/", "app_key": "k", "app_secret": "s" * 8,
           "access_token": "t"}  # fmt: skip
    status, told = run(capsys, "sync", "--once", "--config", config(row))
    assert status == 0 and "127.0.0.1:9" in told["shops"][0]["error"]
