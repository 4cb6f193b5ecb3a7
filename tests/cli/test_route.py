"""`route DIR` as other programs call it: the shape of the contract, exact figures, exit 2 for what is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.cli.benches.routing_task import routing_task, write_task
from core.cli.main import main
from core.decide.routing.modes import MODES

FILES = {
    "orders.csv": "order_id,paid_at,region\n2,2026-11-01T10:00:01+08:00,浙江\n1,2026-11-01T10:00:00+08:00,浙江\n",
    "lines.csv": "order_id,line_no,sku,qty,weight_g\n1,1,A,2,600\n1,2,B,1,100\n2,1,A,1,600\n",
    "stock.csv": "warehouse,sku,qty\n嘉兴,A,2\n嘉兴,B,1\n苏州,A,1\n",
    "lanes.csv": "warehouse,region,courier,first_g,first_fee_fen,step_g,step_fee_fen,lead_days\n"
    "嘉兴,浙江,SF,1000,700,1000,101,1\n嘉兴,浙江,ZTO,1000,240,1000,50,1.5\n苏州,浙江,ZTO,1000,280,1000,80,2.5\n",
}
POLICY: dict[str, Any] = {
    "time_value_fen_per_day": 61, "pack_fee_fen": 10, "split_penalty_fen": 30, "unfilled_line_penalty_fen": 3000,
    "max_parcels": 2, "couriers": [{"courier": "SF", "price_cap_fen": 800}, {"courier": "ZTO", "price_cap_fen": None}],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "policy.json").write_text(json.dumps(POLICY), encoding="utf-8")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], folder: Path, *more: str, status: int = 0) -> dict[str, Any]:
    assert main(["route", str(folder), *more, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_a_small_day_comes_out_to_the_fen(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    got = run(capsys, folder)
    # Order 1 weighs 2 x 600 + 100 = 1,300 g: SF quotes 801, over its cap, so ZTO: 290 + 10 + 61 x 1.5 = 91.5 -> 92.
    # Order 2 finds no A in Jiaxing any more: Suzhou 280 + 10 + 61 x 2.5 = 152.5 -> 153.
    assert got.pop("seconds") >= 0
    assert got == {
        "cost_fen": 392 + 443,
        "freight_fen": 290 + 280,
        "filled_lines": 3,
        "lines": 3,
        "split_orders": 0,
        "orders": 2,
        "lower_bound_fen": got["lower_bound_fen"],
        "gap": got["gap"],
        "assignments": [
            {"order_id": "1", "line_no": "1", "warehouse": "嘉兴", "courier": "ZTO", "qty": 2},
            {"order_id": "1", "line_no": "2", "warehouse": "嘉兴", "courier": "ZTO", "qty": 1},
            {"order_id": "2", "line_no": "1", "warehouse": "苏州", "courier": "ZTO", "qty": 1},
        ],
        "unfilled": [],
    }
    assert got["lower_bound_fen"] <= got["cost_fen"]


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_prints_the_contract_and_never_a_cost_below_the_bound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mode: str
) -> None:
    write_task(routing_task(400, skus=60), tmp_path)
    direct = run(capsys, tmp_path)
    got = run(capsys, tmp_path, "--mode", mode, "--seconds", "6")
    assert got["lower_bound_fen"] <= got["cost_fen"] <= direct["cost_fen"]
    assert got["gap"] == pytest.approx(got["cost_fen"] / got["lower_bound_fen"] - 1, abs=1e-6)
    assert len(got["assignments"]) == got["filled_lines"] == got["lines"] - len(got["unfilled"])
    assert got["orders"] == 400


def test_a_line_that_stays_open_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "stock.csv").write_text("warehouse,sku,qty\n嘉兴,A,0\n苏州,A,2\n苏州,B,0\n", encoding="utf-8")
    got = run(capsys, folder)
    assert [(line["order_id"], line["line_no"], line["reason"]) for line in got["unfilled"]] == [
        ("1", "2", "NO_STOCK"),
        ("2", "1", "NO_STOCK"),
    ]


def test_a_policy_given_by_name_wins_over_the_folders_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "other.json").write_text(json.dumps({**POLICY, "disabled_warehouses": ["嘉兴"]}), encoding="utf-8")
    got = run(capsys, folder, "--policy", str(folder / "other.json"))
    assert {line["warehouse"] for line in got["assignments"]} == {"苏州"}


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("lines.csv", "1,2,B,1,100", "1,2,C,1,100", "lines.csv:3 sku"),
        ("lines.csv", "1,2,B,1,100", "1,2,B,0,100", "lines.csv:3 qty"),
        ("lines.csv", "1,2,B,1,100", "1,2,B,1.5,100", "lines.csv:3 qty"),
        ("lines.csv", "1,2,B,1,100", "1,1,B,1,100", "lines.csv:3 line_no"),
        ("lines.csv", "1,2,B,1,100", "9,2,B,1,100", "lines.csv:3 order_id"),
        ("lines.csv", "1,2,B,1,100", "1,2,B,1", "lines.csv:3 weight_g"),
        ("lines.csv", "weight_g", "weight", "lines.csv"),
        ("stock.csv", "嘉兴,B,1", "嘉兴,B,-1", "stock.csv:3 qty"),
        ("stock.csv", "嘉兴,B,1", "嘉兴,A,1", "stock.csv:3 sku"),
        ("orders.csv", "1,2026-11-01T10:00:00+08:00,浙江", "1,yesterday,浙江", "orders.csv:3 paid_at"),
        ("orders.csv", "1,2026-11-01T10:00:00+08:00,浙江", "1,2026-11-01T10:00:00+08:00,西藏", "orders.csv:3 region"),
        ("orders.csv", "1,2026-11-01", "2,2026-11-01", "orders.csv:3 order_id"),
        ("lanes.csv", "50,1.5", "50,soon", "lanes.csv:3 lead_days"),
        ("lanes.csv", "1000,240,1000,50", "1000,240,0,50", "lanes.csv:3 step_g"),
        ("lanes.csv", "嘉兴,浙江,ZTO", "嘉兴,浙江,SF", "lanes.csv:3 lead_days"),
        ("policy.json", '"pack_fee_fen"', '"pack_fee"', "policy.json pack_fee"),
        ("policy.json", '"price_cap_fen": 800', '"price_cap_fen": "8"', "couriers[0].price_cap_fen"),
        ("policy.json", '"max_parcels": 2', '"max_parcels": 0', "max_parcels"),
        ("policy.json", "{", "", "policy.json"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, said: str
) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    got = run(capsys, folder, status=2)
    assert got["error"] == "bad_request"
    assert all(part in got["message"] for part in said.split())
    assert got["hint"]


@pytest.mark.parametrize("arguments", [("--policy", "nowhere.json"), ("--seconds", "0"), ("--mode", "best")])
def test_a_wrong_argument_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, str]
) -> None:
    assert run(capsys, folder, *arguments, status=2)["message"]


def test_a_folder_without_files_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "orders.csv" in run(capsys, tmp_path, status=2)["message"]
