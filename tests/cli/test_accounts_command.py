"""`python -m core accounts`: help for an administrator who is locked out."""

import json
from pathlib import Path

import pytest

from core import runtime
from core.cli.main import main


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(runtime, "_settings", None)
    path = tmp_path / "config.toml"
    path.write_text(
        f'[store]\nurl = "duckdb:{tmp_path / "store.duckdb"}"\n[secrets]\nkey_file = "{tmp_path / "secret.key"}"\n'
    )
    return str(path)


def run(capsys: pytest.CaptureFixture[str], config: str, *words: str) -> tuple[int, dict]:
    status = main(["accounts", *words, "--json", "--config", config])
    return status, json.loads(capsys.readouterr().out)


def test_an_account_is_added_listed_and_its_password_reset(capsys: pytest.CaptureFixture[str], config: str) -> None:
    status, made = run(capsys, config, "add", "boss", "--role", "admin", "--name", "老板")
    assert status == 0 and len(made["temporary_password"]) == 12
    assert run(capsys, config, "list") == (
        0,
        {"accounts": [{"account": "boss", "role": "admin", "active": True}]},
    )
    status, reset = run(capsys, config, "reset-password", "boss")
    assert status == 0 and reset["temporary_password"] != made["temporary_password"]


@pytest.mark.parametrize("words", [("add",), ("add", "system"), ("reset-password", "nobody"), ("destroy", "boss")])
def test_a_wrong_request_is_status_two_and_one_json_document(
    capsys: pytest.CaptureFixture[str], config: str, words: tuple[str, ...]
) -> None:
    status, answer = run(capsys, config, *words)
    assert status == 2 and set(answer) == {"error", "message", "hint"}


def test_the_last_administrator_cannot_be_switched_off(capsys: pytest.CaptureFixture[str], config: str) -> None:
    run(capsys, config, "add", "boss", "--role", "admin")
    assert run(capsys, config, "switch-off", "boss")[0] == 2
    run(capsys, config, "add", "second", "--role", "admin")
    assert run(capsys, config, "switch-off", "boss") == (0, {"account": "boss", "active": False})
