"""`import`: the document of the contract, the exit status, and one JSON text on standard output."""

import json
from pathlib import Path

import pytest

from core.cli.main import main

KEYS = {"rows", "orders", "lines", "inserted", "updated", "unchanged", "rejected", "rejects", "mapping", "seconds"}


@pytest.fixture
def place(tmp_path: Path) -> list[str]:
    config = tmp_path / "config.toml"
    config.write_text(f'[secrets]\nkey_file = "{tmp_path / "secret.key"}"\n', encoding="utf-8")
    return ["--config", str(config), "--store", f"duckdb:{tmp_path / 'store.duckdb'}", "--json"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    text = "订单编号,订单状态,订单付款时间,买家实际支付金额\n" + "".join(
        f"10000000000{n},交易成功,2024-05-01 10:00:0{n},1{n}.50\n" for n in range(3)
    )
    path.write_bytes((text + ",交易成功,,\n").encode("gb18030"))
    return path


def test_an_import_prints_the_document_of_the_contract(
    place: list[str], file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = ["import", str(file), "--shop", "旗舰店", "--channel", "taobao", *place]
    for extra, inserted, unchanged in ((["--dry-run"], 3, 0), ([], 3, 0), ([], 0, 3)):
        assert main([*ask, *extra]) == 0
        shown = json.loads(capsys.readouterr().out)
        assert set(shown) >= KEYS
        assert (shown["rows"], shown["orders"], shown["rejected"]) == (4, 3, 1)
        assert (shown["inserted"], shown["updated"], shown["unchanged"]) == (inserted, 0, unchanged)
        assert [set(one) for one in shown["rejects"]] == [{"row", "field", "value", "reason"}]
        assert shown["rejects"][0]["row"] == 5


@pytest.mark.parametrize(
    "wrong",
    [
        ["--channel", "tmall"],
        ["--channel", "taobao", "--mapping", "nowhere"],
        ["--channel", "taobao", "--shop", " "],
    ],
)
def test_a_wrong_request_exits_2_and_says_what_to_do(
    place: list[str], file: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    assert main(["import", str(file), "--shop", "a", *wrong, *place]) == 2
    shown = json.loads(capsys.readouterr().out)
    assert set(shown) == {"error", "message", "hint"}
    assert all(shown.values())


def test_a_missing_file_exits_2_and_makes_no_store(
    place: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(tmp_path / "nowhere.csv"), "--shop", "a", "--channel", "taobao", *place]) == 2
    assert "nowhere.csv" in json.loads(capsys.readouterr().out)["message"]
    assert not (tmp_path / "store.duckdb").exists()
