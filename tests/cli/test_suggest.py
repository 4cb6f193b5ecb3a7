"""`suggest`: the document of the contract, for a header alone as for a full file."""

import json
from pathlib import Path

import pytest

from core.cli.main import main

KEYS = {"encoding", "sheet", "header_row", "granularity", "fields", "unmapped", "missing"}


@pytest.fixture
def place(tmp_path: Path) -> list[str]:
    config = tmp_path / "config.toml"
    config.write_text(f'[secrets]\nkey_file = "{tmp_path / "secret.key"}"\n', encoding="utf-8")
    return ["--config", str(config), "--store", f"duckdb:{tmp_path / 'store.duckdb'}", "--json"]


def test_a_header_alone_gets_its_suggestion(
    place: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "header.csv"
    path.write_bytes("平台单号,货号,件数,实付款(元),金额\n".encode("gb18030"))
    assert main(["suggest", str(path), "--channel", "taobao", *place]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert set(shown) >= KEYS
    assert (shown["encoding"], shown["header_row"], shown["granularity"]) == ("gb18030", 1, "line")
    assert {one["target"]: one["source"] for one in shown["fields"]} == {
        "platform_no": "平台单号",
        "paid_fen": "实付款(元)",
        "sku": "货号",
        "qty": "件数",
    }
    assert all({"target", "source", "convert", "confidence"} <= set(one) for one in shown["fields"])
    assert shown["unmapped"] == ["金额"]
    assert shown["missing"] == ["status", "ordered_at", "paid_at"]


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 300, b"PK\x03\x04junk"])
def test_what_is_no_table_exits_2_with_the_next_step(
    place: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = tmp_path / "junk.csv"
    path.write_bytes(content)
    assert main(["suggest", str(path), *place]) == 2
    shown = json.loads(capsys.readouterr().out)
    assert set(shown) == {"error", "message", "hint"}
    assert not (tmp_path / "store.duckdb").exists()


def test_an_unknown_channel_is_refused(place: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "header.csv"
    path.write_text("订单编号,实付款\n", encoding="utf-8")
    assert main(["suggest", str(path), "--channel", "tmall", *place]) == 2
    assert "tmall" in json.loads(capsys.readouterr().out)["message"]
