import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.cli.main import main
from core.settings import Settings
from core.store import documents, open_store

RULES: dict[str, Any] = {
    "kind": "risk", "name": "starter", "mode": "live", "hit": "first",
    "rules": [
        {"id": "big", "name": "big", "when": {"field": "paid_fen", "op": "gt", "value": 5000},
         "then": {"action": "review"}},
        {"id": "any", "name": "any", "when": {"field": "paid_fen", "op": "gt", "value": 1000},
         "then": {"action": "tag", "tag": "t"},
         "valid_from": "2026-11-02T00:00:00+08:00"},
    ],
}  # fmt: skip


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"duckdb:{tmp_path / 'store.duckdb'}"
    store = open_store(Settings(store_url=url))
    with store.write() as cursor:
        for key, (day, fen) in enumerate([(1, 9000), (1, 3000), (2, 3000), (3, 500)]):
            cursor.execute(
                "INSERT INTO orders (order_key, platform_no, channel, shop, paid_at, paid_fen)"
                " VALUES (?, ?, 'jd', 's', ?, ?)",
                [key, f"N{key}", datetime(2026, 11, day, 4, tzinfo=UTC), fen],
            )
    live = {**RULES, "rules": [{**RULES["rules"][0], "when": {"field": "paid_fen", "op": "lt", "value": 1000}}]}
    draft = documents.save_draft(store, "risk", "starter", live, author="test")
    documents.publish(store, "risk", "starter", draft.version)
    store.close()
    return url


def run(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], document: Any, *more: str
) -> tuple[int, dict[str, Any]]:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(f'[secrets]\nkey_file = "{tmp_path / "secret.key"}"\n', encoding="utf-8")
    status = main(["backtest", str(file), "--store", url, "--config", str(config), "--json", *more])
    return status, json.loads(capsys.readouterr().out)


def test_a_back_test_counts_first_hits_valid_rules_and_the_change_against_live(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = run(url, tmp_path, capsys, RULES)
    assert status == 0
    assert (found["orders"], found["hit"]) == (4, 2)
    assert found["by_rule"] == [{"id": "big", "hits": 1}, {"id": "any", "hits": 1}]
    assert found["changed_vs_live"] == {"newly_hit": 2, "no_longer_hit": 1}
    assert found["sample"] == ["N0", "N2"]


def test_a_period_holds_whole_business_days(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _status, found = run(url, tmp_path, capsys, RULES, "--from", "2026-11-02", "--to", "2026-11-02")
    assert (found["orders"], found["hit"], found["sample"]) == (1, 1, ["N2"])


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({**RULES, "surprise": 1}, "surprise"),
        ({**RULES, "kind": "magic"}, "kind"),
        ({**RULES, "rules": [{**RULES["rules"][0], "when": {"field": "nope", "op": "eq", "value": 1}}]},
         "rules[0].when"),
        ({**RULES, "rules": [RULES["rules"][0]] * 2}, "rules[1].id"),
        ({**RULES, "rules": [{**RULES["rules"][0], "then": {"action": "explode"}}]}, "rules[0].then.action"),
    ],
)  # fmt: skip
def test_a_wrong_document_exits_with_2_and_names_the_place(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], document: Any, place: str
) -> None:
    status, found = run(url, tmp_path, capsys, document)
    assert status == 2
    assert place in found["message"]
