import json
from pathlib import Path

import pytest

from core.cli.main import main

CASE = {
    "id": "C1",
    "input": {
        "order": {"order_id": "T", "platform": "taobao", "paid_at": "2026-01-01T00:00:00",
                  "lines": [{"id": "1", "sku": "A", "qty": 1, "unit_price": 1000}]},
        "promotions": [{"id": "SP", "type": "special_price", "price": 900}],
    },
}  # fmt: skip


def test_promotions_prints_one_document_with_the_results_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"cases": [CASE, {**CASE, "id": "C2"}]}), encoding="utf-8")
    assert main(["promotions", str(file), "--json"]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    assert [(result["id"], result["payable"]) for result in results] == [("C1", 900), ("C2", 900)]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"cases": [{"id": "C"}]}',
        '{"cases": [{"id": "C", "input": {"promotions": [{"id": "P", "type": "?"}]}}]}',
    ],
)
def test_a_wrong_file_exits_with_2_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    file = tmp_path / "cases.json"
    file.write_text(content, encoding="utf-8")
    assert main(["promotions", str(file), "--json"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"] == "bad_request"
    assert answer["message"]
    assert answer["hint"]
