"""`kpi` as the contract has it."""

import json

from core.cli.main import main


def ask(capsys, tmp_path, *words):
    url = f"duckdb:{tmp_path / 'store.duckdb'}"
    status = main(["kpi", "--json", "--store", url, *words])
    return status, json.loads(capsys.readouterr().out)


def test_it_prints_every_figure(capsys, tmp_path):
    status, found = ask(capsys, tmp_path, "--from", "2026-11-01", "--to", "2026-11-30")
    assert status == 0
    assert set(found) == {
        "paid_to_slip_minutes", "paid_to_ship_minutes", "dispatch_error_rate", "order_inquiry_share", "loss_fen",
        "false_positive_rate", "false_discovery_rate", "automation_rate", "oversell_rate", "routing_acceptance",
        "cross_team_tickets_per_day",
    }  # fmt: skip


def test_a_wrong_period_is_a_wrong_request(capsys, tmp_path):
    for words in (("--from", "yesterday"), ("--from", "2026-11-30", "--to", "2026-11-01")):
        status, told = ask(capsys, tmp_path, *words)
        assert (status, told["error"]) == (2, "bad_request") and told["hint"]
